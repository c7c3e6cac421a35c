import { refuse } from '../../contract/check.js';
import type { Store } from '../../contract/store.js';
import { digestOf } from '../../crypto/digest.js';
import type { Grant, TokenOptions } from './options.js';

/**
 * For grants: the identity of a credential, as `Grant.identity` has it. Nothing can be read from it.
 *
 * @param parts All that tells the credential from others: the kind of grant, the login host, client and user, and a secret that only
 *   the owner of the credential knows, so that nobody gets a token by naming somebody else's client.
 * @example
 * ```ts
 * import { identityOf, type Grant } from '@holdline/core';
 *
 * declare function login(secret: string): Promise<{ accessToken: string }>;
 * const identity = identityOf('client credentials', 'https://login.example.com', 'client id', 'client secret');
 * const grant: Grant = Object.assign(() => login('client secret'), { identity: () => identity });
 * ```
 */
export function identityOf(...parts: readonly (string | undefined)[]): string {
  return digestOf(JSON.stringify(parts)).digest;
}

/**
 * For adapters whose SDK refreshes by itself: one login, from its first refresh token on. Each later one is that of the same user as
 * long as it is told to replace the one before; another one is another login.
 */
export class RefreshLineage {
  #identity: string | undefined = undefined;
  #newest: string | undefined = undefined;

  /** @param parts As those of {@link identityOf}, without the refresh token. */
  identity(refreshToken: string, ...parts: readonly (string | undefined)[]): string {
    if (this.#identity === undefined || this.#newest !== refreshToken) {
      this.#newest = refreshToken;
      this.#identity = identityOf('refresh token', ...parts, refreshToken);
    }
    return this.#identity;
  }

  /** A refresh token was replaced. */
  replaced(before: string | undefined, next: string | undefined): void {
    if (before !== undefined && next !== undefined && before === this.#newest) this.#newest = next;
  }
}

/** The name of a credential in a store, where it is known. */
export function sharedName(
  { name, grant }: TokenOptions & { grant: Grant },
  { salt = '' }: Store,
  member: string | undefined,
): () => string | undefined {
  const digest = (kind: string, ...parts: (string | undefined)[]): string =>
    digestOf(JSON.stringify([salt, kind, ...parts])).digest.slice(0, 20);
  if (name !== undefined) {
    const given = digest('name', name, member);
    return () => given;
  }
  if (typeof grant.identity !== 'function') return () => undefined;
  let last: string | undefined;
  let lastName: string | undefined;
  return () => {
    const identity = grant.identity?.();
    if (identity !== last) {
      last = identity;
      lastName = identity === undefined ? undefined : digest('identity', identity);
    }
    return lastName;
  };
}

/**
 * Refuses credentials that nothing identifies where the store shares tokens: two of them would get each other's.
 *
 * @throws ConfigError
 */
export function checkIdentified({ name, grant, pool }: TokenOptions, { tokens }: Store): void {
  if (!tokens || name !== undefined) return;
  const grants = pool ? pool.map((member) => member.grant) : [grant as Grant];
  if (grants.every(({ identity }) => typeof identity === 'function')) return;
  refuse(
    'token.name',
    undefined,
    'a name of the credential: the store shares tokens, and the grant does not say whose it fetches',
  );
}
