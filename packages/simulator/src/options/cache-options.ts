import type { Pattern } from '../paths/path-pattern.js';

/**
 * A route whose answers may be cached by the rules of HTTP.
 * @public
 */
export interface CacheableRoute {
  /** Time for which an answer is fresh, s: `Cache-Control: max-age`. With 0 a cache must ask each time. */
  maxAgeSec: number;
  /**
   * Answers have an ETag, the digest of the body. A request with a matching If-None-Match gets a 304 without a body.
   *
   * @defaultValue false
   */
  etag?: boolean;
  /**
   * Names of request headers in `Vary`.
   *
   * @defaultValue none
   */
  vary?: string[];
}

/** A cacheable route with all defaults and its parsed pattern. */
export interface CacheableSettings extends Required<CacheableRoute> {
  readonly pattern: Pattern;
}
