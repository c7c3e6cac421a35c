import type { Pattern } from '../paths/path-pattern.js';

/**
 * One limit of the platform. Several limits apply at once; a request must pass every limit that matches it.
 * @public
 */
export interface Limit {
  /** Unique name, sent as the key in bodies and quota headers: letters, digits, `.`, `_`, `-`. */
  name: string;
  /**
   * Scope of one counter: an access token, an OAuth client, a user, a tenant, an entity (one contact, one queue) of a
   * tenant, a route (over all tokens), or everything. With a `match` without wildcards, `route` means that one pattern.
   * The simulated Genesys Cloud has one tenant; on CXone the token names the tenant.
   */
  per: 'token' | 'client' | 'user' | 'tenant' | 'entity' | 'route' | 'org';
  /**
   * Requests that the limit counts, for example `PUT /api/v2/architect/ivrs/:id` or `POST /api/v2/analytics/**`.
   * Several patterns share one counter.
   *
   * @defaultValue every API request
   */
  match?: string | string[];
  /**
   * The `:name` in `match` that identifies the entity. Only with `per: 'entity'`.
   *
   * @defaultValue the last `:name` of the first pattern
   */
  entity?: string;
  /** Requests per window, 1 or more. */
  limit: number;
  /** Length of the window, ms. */
  windowMs: number;
  /**
   * Way of counting. `fixed`: consecutive windows. `sliding`: any window, by an exact log. `bucket`: `burst` permits,
   * refilled evenly with `limit` per `windowMs`.
   */
  enforcement: 'fixed' | 'sliding' | 'bucket';
  /**
   * Offset of the fixed windows from the start of the simulator, 0 to `windowMs`, ms. Only with `fixed`.
   *
   * @defaultValue random, from `seed` and `name`
   */
  phaseMs?: number;
  /**
   * Capacity of the bucket, permits. Only with `bucket`.
   *
   * @defaultValue `limit`
   */
  burst?: number;
}

/** A limit with all defaults and parsed patterns. */
export interface LimitSettings extends Required<Omit<Limit, 'match' | 'per'>> {
  readonly per: Limit['per'] | 'socket';
  readonly patterns: readonly Pattern[] | undefined;
}
