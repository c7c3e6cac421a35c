/**
 * A rate: `limit` in any window of `windowMs`.
 * @public
 */
export interface Rate {
  /** Maximum number per window, 1 or more. */
  limit: number;
  /** Length of the window, ms. */
  windowMs: number;
}

/**
 * Options of the token endpoint.
 * @public
 */
export interface TokenEndpointOptions {
  /**
   * Known OAuth clients and their secrets, by id. On Amazon Connect: access keys and their secrets.
   *
   * @defaultValue any id with any secret is accepted; Amazon Connect: the access key `AKIASIMULATOR` with the secret `simulated`
   */
  clients?: Record<string, string>;
  /**
   * Lifetime of an access token, ms. `expires_in` holds it in whole seconds, rounded down, at least 1.
   *
   * @defaultValue 86_400_000 (the platform's default of 24 hours)
   */
  expiresInMs?: number;
  /**
   * A refresh issues a new refresh token and invalidates the old one. With `false` the same refresh token stays valid.
   *
   * @defaultValue true
   */
  rotateRefreshTokens?: boolean;
  /**
   * Limit of the token endpoint per client, over a sliding window. Genesys Cloud refuses with HTTP 400
   * `invalid_request`, "rate limit exceeded", not with 429; CXone with 429. `false` removes the limit at run time.
   *
   * @defaultValue false
   */
  throttle?: Rate | false;
  /**
   * Revokes an access token that limits refuse more often than this; it then gets 401. Neither vendor documents it.
   * Some texts claim it, and a client should survive it.
   *
   * @defaultValue false
   */
  revokeOnFlood?: Rate | false;
  /**
   * Tenant of a client, access key or user, by id. On Twilio: account of an API key or OAuth client. CXone and Twilio only.
   *
   * @defaultValue the text after the last `@` of the id, else `tenant-1`
   */
  tenants?: Record<string, string>;
  /**
   * Number of next token requests that get 500.
   *
   * @defaultValue 0
   */
  fail?: number;
}

export interface TokenSettings {
  readonly clients: ReadonlyMap<string, string> | undefined;
  readonly expiresInMs: number;
  readonly rotateRefreshTokens: boolean;
  readonly throttle: Readonly<Rate> | undefined;
  readonly revokeOnFlood: Readonly<Rate> | undefined;
  readonly tenants: ReadonlyMap<string, string> | undefined;
  /** Undefined in a change that does not set it; the pending failures then stay. */
  readonly fail: number | undefined;
}

export const TOKEN_DEFAULTS: TokenSettings = {
  clients: undefined,
  expiresInMs: 86_400_000,
  rotateRefreshTokens: true,
  throttle: undefined,
  revokeOnFlood: undefined,
  tenants: undefined,
  fail: 0,
};
