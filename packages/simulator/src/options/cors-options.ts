/**
 * CORS of the simulator, for clients in a page of another origin.
 * @public
 */
export interface CorsOptions {
  /**
   * Headers that pages may read in addition to those that a browser always exposes, for example `['Retry-After']`.
   * Preflights allow every requested header, Authorization included.
   *
   * @defaultValue []
   */
  exposeHeaders?: string[];
  /**
   * Pages may send cookies: answers name the origin instead of `*` and send `Access-Control-Allow-Credentials`.
   *
   * @defaultValue false
   */
  credentials?: boolean;
}

/** CORS settings with all defaults; undefined when CORS is off. */
export interface CorsSettings {
  readonly exposeHeaders: readonly string[];
  readonly credentials: boolean;
}

export const CORS_DEFAULTS: CorsSettings = { exposeHeaders: [], credentials: false };
