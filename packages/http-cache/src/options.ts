import { check, type Check } from '@holdline/core';

/**
 * Options of `httpCacheRules`.
 * @public
 */
export interface HttpCacheOptions {
  /**
   * Whether the rules are those of a cache that several users share. Such a cache keeps no `private` answer, and follows `s-maxage`. The cache
   * of a line never gives an answer to another credential or tenant, so it is private.
   * @defaultValue false
   */
  shared?: boolean;
  /**
   * Part of the time since `Last-Modified` for which an answer without an expiry time is fresh, above 0 and up to 1. RFC 9111 suggests 0.1.
   * @defaultValue none (ours: an answer is fresh only if the platform says so)
   */
  heuristicFraction?: number;
}

/** Checks {@link HttpCacheOptions}. */
export const checkOptions: Check<HttpCacheOptions> = check.shape<HttpCacheOptions>({
  shared: check.flag,
  heuristicFraction: check.number({ above: 0, max: 1 }),
});
