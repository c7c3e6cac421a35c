import { callable, number, refuse, shape, text, type Check } from '../check.js';
import { checkOrigins } from '../origin.js';

/** What a grant brings. */
export interface AccessToken {
  accessToken: string;
  /** Lifetime in ms from now. Left out: unknown, and a 401 tells. */
  expiresInMs?: number | undefined;
  /** The refresh token that is valid from now on, where the platform rotates it. */
  refreshToken?: string | undefined;
}

/** Fetches a new access token. `undefined` means that there is nothing to fetch one with: a 401 then reaches the caller. */
export type Grant = () => Promise<AccessToken | undefined>;

/** Options of the token refresh. */
export interface TokenOptions {
  /**
   * How to get a token. Called by one caller at a time; all others wait for its answer. Its own requests may go through a client
   * that hangs on the same line: they pass by all policies (in browsers only the one that is made before its first `await`).
   */
  grant: Grant;
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

const tokenShape = shape<TokenOptions>({
  grant: callable<Grant>(),
  refreshBeforeExpiryMs: number({ min: 0 }),
  grantTimeoutMs: number({ above: 0 }),
  origins: checkOrigins,
  onToken: callable<(token: AccessToken) => void>(),
  current: callable<NonNullable<TokenOptions['current']>>(),
});

/** Checks {@link TokenOptions}. */
export const checkToken: Check<TokenOptions> = (value, key) => {
  const options = tokenShape(value, key);
  if (options.grant === undefined)
    refuse(`${key}.grant`, undefined, 'a function that returns a promise of { accessToken }');
  return options;
};

/** Options in force where the user gave none. */
export const TOKEN_DEFAULTS = {
  refreshBeforeExpiryMs: 300_000,
  grantTimeoutMs: 30_000,
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
