import type { AnswerToJudge, CacheRules, Freshness } from '@holdline/core';
import CachePolicy from 'http-cache-semantics';
import { checkOptions, type HttpCacheOptions } from './options.js';

/**
 * Makes the rules of RFC 9111 and RFC 5861 for the cache of a line: `Cache-Control`, `Expires`, `Age`, `Vary`, and validators. An answer that
 * may be used only after the platform confirmed it has a `ttlMs` of 0. An answer whose headers forbid caching, or neither give it a time nor a
 * validator, is not kept by these rules; `ttlMs` of the endpoint then decides.
 *
 * @throws ConfigError if an option is unknown or wrong.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { httpCacheRules } from '@holdline/http-cache';
 *
 * const line = createHoldline({ endpoints: { 'GET /scripts/:id': { cache: { rules: httpCacheRules() } } } });
 * ```
 * @public
 */
export function httpCacheRules(options: HttpCacheOptions = {}): CacheRules {
  const { shared = false, heuristicFraction = 0 } = checkOptions(options, 'options');
  return { name: 'http-cache', judge: (answer) => judge(answer, { shared, cacheHeuristic: heuristicFraction }) };
}

/** A policy of http-cache-semantics at the time at which its answer arrived. The library itself takes the time of the system. */
class JudgedPolicy extends CachePolicy {
  static receivedAt = 0;

  /** The constructor of the library calls it. */
  now(): number {
    return JudgedPolicy.receivedAt;
  }
}

function judge(
  { method, url, requestHeader, status, headers, receivedAt }: AnswerToJudge,
  options: CachePolicy.Options,
): Freshness | undefined {
  const vary = splitNames(headers['vary']);
  // Such an answer depends on more than the request.
  if (vary.includes('*')) return undefined;
  // Names of directives are not case-sensitive. The library compares them as they are.
  const cacheControl = headers['cache-control']?.toLowerCase();
  const request = {
    method: method.toUpperCase(),
    url,
    headers: {
      authorization: requestHeader('authorization'),
      'cache-control': requestHeader('cache-control')?.toLowerCase(),
    },
  };
  JudgedPolicy.receivedAt = receivedAt;
  const policy = new JudgedPolicy(request, { status, headers: headersOf(headers, cacheControl) }, options);
  if (!policy.storable()) return undefined;
  const ttlMs = Math.max(0, Math.round((policy.maxAge() - policy.age()) * 1_000));
  const isConfirmable = headers['etag'] !== undefined || headers['last-modified'] !== undefined;
  const staleWhileRevalidateMs = readStaleMs(cacheControl);
  if (ttlMs === 0 && staleWhileRevalidateMs === 0 && !isConfirmable) return undefined;
  return { ttlMs, staleWhileRevalidateMs, vary };
}

function headersOf(headers: AnswerToJudge['headers'], cacheControl: string | undefined): CachePolicy.Headers {
  return { ...headers, ...(cacheControl !== undefined && { 'cache-control': cacheControl }) };
}

function splitNames(header = ''): string[] {
  return header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Directives that forbid a stale answer (RFC 9111, RFC 5861). */
const NEVER_STALE = /(^|[,\s])(no-cache|must-revalidate)(?![\w-])/;

/** The time of RFC 5861 for which a stale answer may be used during its refresh. */
function readStaleMs(cacheControl = ''): number {
  if (NEVER_STALE.test(cacheControl)) return 0;
  const [, seconds = '0'] = /(?:^|[,\s])stale-while-revalidate\s*=\s*"?(\d{1,9})(?!\d)/.exec(cacheControl) ?? [];
  return Number(seconds) * 1_000;
}
