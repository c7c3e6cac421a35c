/** So many in any window of this length. */
export interface Rate {
  /** 1 or more. */
  limit: number;
  /** ms. */
  windowMs: number;
}

export interface TokenEndpointOptions {
  /**
   * Known OAuth clients, id to secret.
   *
   * @defaultValue any id with any secret is accepted
   */
  clients?: Record<string, string>;
  /**
   * How long an access token lives, ms. `expires_in` says it in whole seconds, rounded down, at least 1.
   *
   * @defaultValue 86_400_000, the platform's default of 24 hours
   */
  lifetimeMs?: number;
  /**
   * A refresh gives a new refresh token and the old one dies; otherwise the same one comes back and lives on.
   *
   * @defaultValue true
   */
  rotateRefreshTokens?: boolean;
  /**
   * The token endpoint's own limit, per client, over a sliding window. Genesys Cloud refuses with HTTP 400
   * `invalid_request`, "rate limit exceeded", not with 429; CXone with 429. `false` takes it away again at run time.
   *
   * @defaultValue false
   */
  throttle?: Rate | false;
  /**
   * An access token that limits refuse more often than this dies: 401 from then on. Neither vendor documents it; some
   * texts claim it, and a client should survive it.
   *
   * @defaultValue false
   */
  revokeOnFlood?: Rate | false;
  /**
   * Which tenant a client, access key or user belongs to, by id. CXone only.
   *
   * @defaultValue what stands behind the last `@` of the id, else `tenant-1`
   */
  tenants?: Record<string, string>;
  /**
   * The next so many token requests answer 500.
   *
   * @defaultValue 0
   */
  fail?: number;
}

export interface TokenSettings {
  readonly clients: ReadonlyMap<string, string> | undefined;
  readonly lifetimeMs: number;
  readonly rotateRefreshTokens: boolean;
  readonly throttle: Readonly<Rate> | undefined;
  readonly revokeOnFlood: Readonly<Rate> | undefined;
  readonly tenants: ReadonlyMap<string, string> | undefined;
  /** Undefined in a change that leaves the failures still due alone. */
  readonly fail: number | undefined;
}

export const TOKEN_DEFAULTS: TokenSettings = {
  clients: undefined,
  lifetimeMs: 86_400_000,
  rotateRefreshTokens: true,
  throttle: undefined,
  revokeOnFlood: undefined,
  tenants: undefined,
  fail: 0,
};
