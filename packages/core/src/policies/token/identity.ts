import { refuse } from '../../contract/check.js';
import type { Store } from '../../contract/store.js';
import { digestParts } from '../../crypto/digest.js';
import type { Grant, TokenOptions } from './options.js';

/**
 * For grants: computes the identity of a credential for `Grant.identity`. The identity is a digest and reveals nothing.
 *
 * @param parts - Everything that distinguishes the credential: the kind of grant, the login host, client and user, and a secret. Only
 *   the owner of the credential knows the secret, so nobody gets its token by naming its client.
 * @example
 * ```ts
 * import { identityOf, type Grant } from '@holdline/core';
 *
 * declare function login(secret: string): Promise<{ accessToken: string }>;
 * const identity = identityOf('client credentials', 'https://login.example.com', 'client id', 'client secret');
 * const grant: Grant = Object.assign(() => login('client secret'), { identity: () => identity });
 * ```
 * @public
 */
export function identityOf(...parts: readonly (string | undefined)[]): string {
  return digestParts(...parts);
}

/**
 * For adapters whose SDK refreshes its token itself: keeps the identity of a login while its refresh tokens rotate. A refresh token
 * that replaces the last one belongs to the same login. Any other refresh token starts a new login.
 * @public
 */
export class RefreshLineage {
  #identity: string | undefined;
  #newest: string | undefined;

  /**
   * Returns the identity of the login with this refresh token.
   *
   * @param parts - The parts for {@link identityOf}, without the refresh token.
   */
  identity(refreshToken: string, ...parts: readonly (string | undefined)[]): string {
    if (this.#identity === undefined || this.#newest !== refreshToken) {
      this.#newest = refreshToken;
      this.#identity = identityOf('refresh token', ...parts, refreshToken);
    }
    return this.#identity;
  }

  /** Records that a refresh token replaces another one. */
  replaced(before: string | undefined, next: string | undefined): void {
    if (before !== undefined && next !== undefined && before === this.#newest) this.#newest = next;
  }
}

const lineages = new WeakMap<object, RefreshLineage>();

/**
 * For adapters whose SDK refreshes its token itself: returns the lineage of the login of one SDK client. The same client always
 * gets the same lineage.
 *
 * @param client - The object that holds the refresh token, held weakly.
 * @example
 * ```ts
 * import { refreshLineageOf } from '@holdline/core';
 *
 * declare const client: { refreshToken: string };
 * const identity = refreshLineageOf(client).identity(client.refreshToken, 'https://login.example.com');
 * ```
 * @public
 */
export function refreshLineageOf(client: object): RefreshLineage {
  let lineage = lineages.get(client);
  if (!lineage) lineages.set(client, (lineage = new RefreshLineage()));
  return lineage;
}

/** Returns a function that names a credential in a store. The function returns undefined while the credential has no name. */
export function sharedName(
  { name, grant }: TokenOptions & { grant: Grant },
  { salt = '' }: Store,
  member: string | undefined,
): () => string | undefined {
  const digest = (kind: string, ...parts: (string | undefined)[]): string =>
    digestParts(salt, kind, ...parts).slice(0, 20);
  if (name !== undefined) {
    const given = digest('name', name, member);
    return () => given;
  }
  if (typeof grant.identity !== 'function') return () => undefined;
  let lastIdentity: string | undefined;
  let lastName: string | undefined;
  return () => {
    const identity = grant.identity?.();
    if (identity !== lastIdentity) {
      lastIdentity = identity;
      lastName = identity === undefined ? undefined : digest('identity', identity);
    }
    return lastName;
  };
}

/**
 * Refuses a credential without name and identity if the store shares tokens. Two such credentials would get each other's token.
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
    'a name of the credential, because the store shares tokens and the grant has no identity',
  );
}
