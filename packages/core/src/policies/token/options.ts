import {
  callable,
  type Check,
  count,
  list,
  matching,
  nonNegative,
  positive,
  refuse,
  shape,
  text,
} from '../../contract/check.js';
import { ConfigError } from '../../contract/errors.js';
import type { AccessToken, GrantInput } from '../../contract/tokens.js';
import { checkOrigins } from '../../http/origins.js';

const ALLOWED_GRANT = 'a function that returns a promise of { accessToken }';

/**
 * Fetches a new access token. `undefined` means that the grant has no credential to fetch a token with: a 401 then reaches the caller.
 * An unknown key in the token is refused.
 * @public
 */
export interface Grant {
  (input?: GrantInput): Promise<AccessToken | undefined>;
  /**
   * Returns a digest of everything that distinguishes the credential: login host, client, user and a secret. If the store shares
   * tokens, lines whose grants have the same identity share one token. The grants of the adapters have an identity; see `identityOf`.
   * Left out: `token.name` identifies the credential. Undefined: the credential is not known yet, and no token is shared.
   */
  readonly identity?: () => string | undefined;
  /**
   * Revokes an access token at the platform, for `close({ revoke: true })`. Its requests do not go through a client of the line, because
   * the line refuses them by then. Resolves also if the token was invalid before. Left out: the line cannot revoke the token.
   *
   * @param signal - Aborts when the time of `close()` is over.
   */
  readonly revoke?: (accessToken: string, signal: AbortSignal) => Promise<void>;
}

/**
 * One of several credentials that share the calls.
 * @public
 */
export interface PooledCredential {
  /** Name in events, snapshots and the keys of quotas. Unique in its pool, and no secret. */
  name: string;
  /** Fetches a token of the credential. One caller at a time calls the function. */
  grant: Grant;
  /**
   * Receives every new token of the credential.
   * @defaultValue none
   */
  onToken?: (token: AccessToken) => void;
}

/**
 * Options of the token refresh. `grant` or `pool` is required.
 * @public
 */
export interface TokenOptions {
  /**
   * Fetches a token. One caller at a time calls the function; all others wait for its result. Its own requests may go through a
   * client of the same line: they skip all policies (in browsers only a request before the first `await`).
   * @defaultValue none
   */
  grant?: Grant;
  /**
   * Name of the credential in a store that shares tokens between processes. In a pool it is combined with the names of the
   * credentials. Lines with the same name share one token and its quotas. Such a store requires the name if the grant has no
   * identity, or if processes may start with different refresh tokens of one user.
   * @defaultValue the identity of the grant: login host, client and user (ours)
   */
  name?: string;
  /**
   * Several credentials instead of one: each attempt uses the credential with the fewest calls in flight. Quotas of scope
   * `credential` count for each credential. A credential whose token gets a 401, or that is throttled repeatedly, is set aside and
   * renewed; the next attempts use another one. A pool does not circumvent limits: those of a tenant, a route or an entity apply to
   * all credentials together, and platforms may also count by user, client or tenant.
   * @defaultValue none: one credential
   */
  pool?: PooledCredential[];
  /**
   * Number of 429s in a row after which a credential of the pool is set aside and gets a new token. The only credential of a pool is
   * never set aside.
   * @defaultValue 3 (ours)
   */
  throttlesUntilSetAside?: number;
  /**
   * Remaining lifetime in ms below which a token is renewed in the background. The line uses at most half of the lifetime, because a
   * short-lived token would otherwise be renewed with every call.
   * @defaultValue 300,000, or a tenth of the lifetime if that is shorter (ours; the vendor's timers use 60 s to 10 min)
   */
  refreshBeforeExpiryMs?: number;
  /**
   * Time limit of one grant, in ms.
   * @defaultValue 30,000 (ours: twice the 16 s timeout of the vendor's SDK)
   */
  grantTimeoutMs?: number;
  /**
   * Origins that may receive the token, for example `https://api.mypurecloud.com`.
   * @defaultValue the origin of the guarded client's own API, and no other
   */
  origins?: readonly string[];
  /**
   * Receives every new token, to store it elsewhere.
   * @defaultValue none; adapters write back to their SDK themselves
   */
  onToken?: (token: AccessToken) => void;
  /**
   * Reads the token that the client itself stores. The line reads it before each attempt, so a token that the application sets there
   * is used.
   * @defaultValue none
   */
  current?: () => { accessToken: string; expiresInMs?: number | undefined } | undefined;
}

const credentialShape = shape<PooledCredential>({
  name: text,
  grant: callable<Grant>(),
  onToken: callable<(token: AccessToken) => void>(),
});

const poolCheck: Check<PooledCredential[]> = (value, key) => {
  const pool = list(credentialShape)(value, key);
  if (pool.length === 0) refuse(key, value, 'a list of at least one credential');
  for (const [i, { name, grant }] of pool.entries()) {
    text(name, `${key}[${i}].name`);
    if (grant === undefined) refuse(`${key}[${i}].grant`, undefined, ALLOWED_GRANT);
    if (pool.findIndex((other) => other.name === name) < i)
      refuse(`${key}[${i}].name`, name, 'a name that no other credential of the pool has');
  }
  return pool;
};

const tokenShape = shape<TokenOptions>({
  name: text,
  grant: callable<Grant>(),
  pool: poolCheck,
  throttlesUntilSetAside: count,
  refreshBeforeExpiryMs: nonNegative,
  grantTimeoutMs: positive,
  origins: checkOrigins,
  onToken: callable<(token: AccessToken) => void>(),
  current: callable<NonNullable<TokenOptions['current']>>(),
});

/** Checks {@link TokenOptions}. */
export const checkToken: Check<TokenOptions> = (value, key) => {
  const options = tokenShape(value, key);
  if (options.pool === undefined) {
    if (options.grant === undefined) refuse(`${key}.grant`, undefined, ALLOWED_GRANT);
    return options;
  }
  for (const other of ['grant', 'current', 'onToken'] as const) {
    if (options[other] !== undefined)
      throw new ConfigError(`${key}.${other} and ${key}.pool exclude each other: give one of them`);
  }
  return options;
};

/** Default options of the token refresh. */
export const TOKEN_DEFAULTS = {
  refreshBeforeExpiryMs: 300_000,
  grantTimeoutMs: 30_000,
  throttlesUntilSetAside: 3,
} as const satisfies Partial<TokenOptions>;

const tokenText = matching(/^[\x21-\x7e]{1,16384}$/, 'a string that a header can carry');

const accessTokenShape = shape<AccessToken>({
  accessToken: tokenText,
  expiresInMs: positive,
  refreshToken: text,
});

/** Checks the result of a grant. The error never shows the result. */
export const checkAccessToken: Check<AccessToken> = (value, key) => {
  const token = accessTokenShape(value, key);
  tokenText(token.accessToken, `${key}.accessToken`);
  return token;
};
