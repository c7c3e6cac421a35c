import type { CacheRules } from '../../contract/cache-rules.js';
import { count, list, nonNegative, port, record, shape, text } from '../../contract/check.js';

/**
 * Options of the cache. A line caches the answers of the endpoints that declare it, and of no others. `cache` of the line itself only
 * gives defaults. The key of an answer always has the credential and the tenant, so no answer crosses either.
 * @public
 */
export interface CacheOptions {
  /**
   * Milliseconds for which an answer is fresh. The platform may forbid caching by `no-store`, as Genesys Cloud does for all answers. A
   * `ttlMs` overrides this.
   * @defaultValue none: the endpoint or the line must have `ttlMs` or `rules`
   */
  ttlMs?: number;
  /**
   * Milliseconds after `ttlMs` for which the cache still gives the answer, while the line fetches a new one.
   * @defaultValue 0
   */
  staleWhileRevalidateMs?: number;
  /**
   * Milliseconds after `ttlMs` for which the cache gives the answer while a gate is closed, or after the platform refused the call
   * because of a limit. `callInfo().isStale` marks such an answer.
   * @defaultValue 0
   */
  staleIfThrottledMs?: number;
  /**
   * What makes the answers of the endpoint invalid, besides writes to its own path, to paths above and to paths below: endpoint patterns
   * of writes, such as `PATCH /api/v2/users/bulk`, and topics, such as `v2.users.{id}.presence`. A parameter that the endpoint has too
   * limits the effect to the same value. A topic takes effect if something reports it, such as `live()` or `notifications()` of
   * `@holdline/genesys`, or `line.invalidate`.
   * @defaultValue none
   */
  invalidateBy?: string[];
  /**
   * Request headers that the answer depends on.
   * @defaultValue ['accept', 'accept-language'] (the content negotiation of RFC 9110, without the coding)
   */
  vary?: string[];
  /**
   * Largest number of answers. The least recently used answer goes first.
   * @defaultValue 10,000 (ours)
   */
  maxEntries?: number;
  /**
   * Largest sum of the sizes of all answers in bytes, keys and headers included.
   * @defaultValue 16,777,216 (ours: 16 MiB)
   */
  maxBytes?: number;
  /**
   * Rules that read the freshness of an answer from its headers, such as `httpCacheRules()` of `@holdline/http-cache`. `ttlMs` then holds
   * for answers whose headers do not allow caching; without `ttlMs` the cache does not keep them.
   * @defaultValue none
   */
  rules?: CacheRules;
}

/** Checks {@link CacheOptions}. */
export const checkCache = shape<CacheOptions>({
  ttlMs: nonNegative,
  staleWhileRevalidateMs: nonNegative,
  staleIfThrottledMs: nonNegative,
  invalidateBy: list(text),
  vary: list(text),
  maxEntries: count,
  maxBytes: count,
  rules: port<CacheRules>('cache rules', 'judge'),
});

/** Default options of the cache. */
export const CACHE_DEFAULTS = {
  staleWhileRevalidateMs: 0,
  staleIfThrottledMs: 0,
  invalidateBy: [] as string[],
  vary: ['accept', 'accept-language'],
  maxEntries: 10_000,
  maxBytes: 16_777_216,
} as const satisfies CacheOptions;

/** The resolved options of the cache. */
export type ResolvedCache = Required<Omit<CacheOptions, 'ttlMs' | 'rules'>> & Pick<CacheOptions, 'ttlMs' | 'rules'>;

/**
 * Options of bulk reads: the line answers several calls for single resources from one request for a list by ids. A call whose id the list
 * lacks is sent itself, so the caller gets the answer of the platform.
 * @public
 */
export interface BulkOptions {
  /** Path of the list, such as `/api/v2/users`. It may have parameters of the endpoint, such as `/api/v2/teams/:teamId/members`. */
  list: string;
  /** Query parameter of the list for the ids, which are joined by commas. */
  parameter: string;
  /** Largest number of ids per request. */
  max: number;
  /**
   * Parameter of the endpoint pattern that has the id.
   * @defaultValue the last parameter
   */
  id?: string;
  /**
   * Key of the array in the answer. '' if the answer itself is the array.
   * @defaultValue 'entities'
   */
  items?: string;
  /**
   * Key of the id in an item.
   * @defaultValue 'id'
   */
  key?: string;
  /**
   * Further query parameters of the list, such as `{ state: 'any' }`.
   * @defaultValue none
   */
  query?: Record<string, string>;
  /**
   * Query parameter of the list for the number of items per page. The line sets it to the number of ids.
   * @defaultValue none
   */
  pageSize?: string;
  /**
   * Query parameters of the endpoint that the list takes too. A call with another query parameter is sent itself, and only calls with equal
   * values share a list.
   * @defaultValue none
   */
  passes?: string[];
  /**
   * Query parameters whose values name fields that the list may leave out. A call whose item lacks such a field is sent itself.
   * @defaultValue none
   */
  expands?: string[];
  /**
   * Values of the id that are no ids but other resources, such as `me`.
   * @defaultValue none
   */
  except?: string[];
  /**
   * Milliseconds for which a call waits for others. With 0, the calls of one turn of the event loop share a request.
   * @defaultValue 0
   */
  withinMs?: number;
}

const textOrEmpty = (value: unknown, key: string): string => (value === '' ? '' : text(value, key));

/** Checks {@link BulkOptions}. The required keys are checked with the pattern of the endpoint. */
export const checkBulk = shape<BulkOptions>({
  list: text,
  parameter: text,
  max: count,
  id: text,
  items: textOrEmpty,
  key: text,
  query: record(textOrEmpty),
  pageSize: text,
  passes: list(text),
  expands: list(text),
  except: list(text),
  withinMs: nonNegative,
});
