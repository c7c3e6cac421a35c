import { callable, type Check, list, number, refuse, shape, text } from '../../contract/check.js';
import { ConfigError } from '../../contract/errors.js';
import { checkOrigins } from '../../http/origins.js';

const GRANT = 'a function that returns a promise of { accessToken }';

/** What a grant brings. */
export interface AccessToken {
  accessToken: string;
  /** Lifetime in ms from now. Left out: unknown, and a 401 tells. */
  expiresInMs?: number | undefined;
  /** The refresh token that is valid from now on, where the platform rotates it. */
  refreshToken?: string | undefined;
}

/** What a grant is called with. */
export interface GrantInput {
  /** The refresh token that is valid now, where the store knows one. Undefined: the grant uses the one it has. */
  readonly refreshToken: string | undefined;
  /**
   * Shares the answer of the login host with the other processes. A grant calls it before it does anything else with the answer, so
   * that a rotated refresh token is lost only with the process. It never rejects. Not called: the token is shared when the grant
   * returns.
   */
  keep(token: AccessToken): Promise<void>;
}

/** Fetches a new access token. `undefined` means that there is nothing to fetch one with: a 401 then reaches the caller. */
export interface Grant {
  (input?: GrantInput): Promise<AccessToken | undefined>;
  /**
   * A digest of all that tells this credential from others: login host, client, user, and a secret of it. Lines whose grants have
   * the same identity share one token where their store shares tokens. The grants of the adapters have one; see `identityOf`.
   * Left out: `token.name` identifies the credential. Returns undefined while the credential is not known yet: then no token is
   * shared.
   */
  readonly identity?: () => string | undefined;
}

/** One of several credentials that share the load. */
export interface PooledCredential {
  /** Names it in events, snapshots and the keys of its quotas. No secret. Unique in its pool. */
  name: string;
  /** How to get its token. Called by one caller at a time. */
  grant: Grant;
  /**
   * Told of every new token of it.
   * @defaultValue none
   */
  onToken?: (token: AccessToken) => void;
}

/** Options of the token refresh. One of `grant` and `pool` is needed. */
export interface TokenOptions {
  /**
   * How to get a token. Called by one caller at a time; all others wait for its answer. Its own requests may go through a client
   * that hangs on the same line: they pass by all policies (in browsers only the one that is made before its first `await`).
   * @defaultValue none
   */
  grant?: Grant;
  /**
   * Names the credential in a store that shares tokens between processes; of a pool, together with the names of its members. Lines
   * with the same name share one token and its quotas. Needed there where the grant has no identity of its own, and where processes
   * may start with different refresh tokens of one user.
   * @defaultValue the identity of the grant: login host, client and user (ours)
   */
  name?: string;
  /**
   * Several credentials instead of one, for deployments that hold them anyway: each attempt goes by the one with the fewest calls
   * under way. Quotas of scope `credential` count for each of them. One whose token is refused with 401, or that is throttled again
   * and again, is set aside and renewed, and what comes goes by another. No way round a limit: those of a tenant, a route or an
   * entity hold for all of them together, and platforms may count by user, client or tenant as well.
   * @defaultValue none: one credential
   */
  pool?: PooledCredential[];
  /**
   * After this many 429s in a row a credential of the pool is set aside and gets a new token; the only one is not.
   * @defaultValue 3 (ours)
   */
  throttlesUntilSetAside?: number;
  /**
   * A token is renewed in the background when it has less than this left, in ms.
   * At most half of the lifetime, or a short-lived token would be renewed on every call.
   * @defaultValue 300,000, or a tenth of the lifetime if that is shorter (ours; the vendor's timers use 60 s to 10 min)
   */
  refreshBeforeExpiryMs?: number;
  /**
   * Longest wait for one grant, in ms.
   * @defaultValue 30,000 (ours: twice the 16 s timeout of the vendor's SDK)
   */
  grantTimeoutMs?: number;
  /**
   * Origins the token may go to, for example `https://api.mypurecloud.com`.
   * @defaultValue the origin of the guarded client's own API, and no other
   */
  origins?: readonly string[];
  /**
   * Told of every new token, to write it back to wherever else it is kept.
   * @defaultValue none; adapters write back to their SDK themselves
   */
  onToken?: (token: AccessToken) => void;
  /**
   * Where the client keeps its token itself. Looked at before each attempt, so that a token set there counts.
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
    if (name === undefined) refuse(`${key}[${i}].name`, undefined, 'a string that is not empty');
    if (grant === undefined) refuse(`${key}[${i}].grant`, undefined, GRANT);
    if (pool.findIndex((other) => other.name === name) < i)
      refuse(`${key}[${i}].name`, name, 'a name that no other credential of the pool has');
  }
  return pool;
};

const tokenShape = shape<TokenOptions>({
  name: text,
  grant: callable<Grant>(),
  pool: poolCheck,
  throttlesUntilSetAside: number({ min: 1, integer: true }),
  refreshBeforeExpiryMs: number({ min: 0 }),
  grantTimeoutMs: number({ above: 0 }),
  origins: checkOrigins,
  onToken: callable<(token: AccessToken) => void>(),
  current: callable<NonNullable<TokenOptions['current']>>(),
});

/** Checks {@link TokenOptions}. */
export const checkToken: Check<TokenOptions> = (value, key) => {
  const options = tokenShape(value, key);
  if (options.pool === undefined) {
    if (options.grant === undefined) refuse(`${key}.grant`, undefined, GRANT);
    return options;
  }
  for (const other of ['grant', 'current', 'onToken'] as const) {
    if (options[other] !== undefined)
      throw new ConfigError(`${key}.${other} is of one credential and ${key}.pool of several: give one of them`);
  }
  return options;
};

/** Options in force where the user gave none. */
export const TOKEN_DEFAULTS = {
  refreshBeforeExpiryMs: 300_000,
  grantTimeoutMs: 30_000,
  throttlesUntilSetAside: 3,
} as const satisfies Partial<TokenOptions>;

const tokenText: Check<string> = (value, key) =>
  typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
    ? value
    : refuse(key, value, 'a string that can stand in a header');

const accessTokenShape = shape<AccessToken>({
  accessToken: tokenText,
  expiresInMs: number({ above: 0 }),
  refreshToken: text,
});

/** Checks what a grant resolved with. Never shows it. */
export const checkAccessToken: Check<AccessToken> = (value, key) => {
  const token = accessTokenShape(value, key);
  if (token.accessToken === undefined) refuse(`${key}.accessToken`, undefined, 'a string that can stand in a header');
  return token;
};
