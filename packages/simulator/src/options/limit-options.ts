import type { Pattern } from '../paths/path-pattern.js';

/** One limit of the platform. Several apply at once; a request must pass all of those that match it. */
export interface Limit {
  /** Unique name, sent as the key in bodies and quota headers: letters, digits, `.`, `_`, `-`. */
  name: string;
  /**
   * What one counter belongs to: an access token, an OAuth client, a user, a tenant, a thing (one contact, one queue) of a
   * tenant, a route (over all tokens), or everything. With a `match` without wildcards, `route` means that one pattern.
   * Genesys Cloud has one tenant here; on CXone the token says which.
   */
  per: 'token' | 'client' | 'user' | 'tenant' | 'entity' | 'route' | 'org';
  /**
   * Which requests it counts, for example `PUT /api/v2/architect/ivrs/:id` or `POST /api/v2/analytics/**`; several
   * patterns are counted together.
   *
   * @defaultValue every API request
   */
  match?: string | string[];
  /**
   * The `:name` in `match` that says which thing it is. Only with `per: 'entity'`.
   *
   * @defaultValue the last `:name` of the first pattern
   */
  entity?: string;
  /** Requests per window, 1 or more. */
  limit: number;
  /** Length of the window, ms. */
  windowMs: number;
  /**
   * How it counts. `fixed`: windows one after the other. `sliding`: an exact log, any window. `bucket`: `burst`
   * permits, refilled evenly with `limit` per `windowMs`.
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

/** A limit with its defaults filled in and its pattern parsed. */
export interface LimitSettings extends Required<Omit<Limit, 'match' | 'per'>> {
  readonly per: Limit['per'] | 'socket';
  readonly patterns: readonly Pattern[] | undefined;
}
