export interface CorsOptions {
  /**
   * Headers that pages may read besides the few a browser always shows: `['Retry-After']`. Preflights allow all that
   * is asked for, Authorization too.
   *
   * @defaultValue []
   */
  exposeHeaders?: string[];
  /**
   * Pages may send cookies: the origin is named instead of `*`, and `Access-Control-Allow-Credentials` is sent.
   *
   * @defaultValue false
   */
  credentials?: boolean;
}

/** CORS with its defaults filled in; undefined where it is off. */
export interface CorsSettings {
  readonly exposeHeaders: readonly string[];
  readonly credentials: boolean;
}

export const CORS_DEFAULTS: CorsSettings = { exposeHeaders: [], credentials: false };
