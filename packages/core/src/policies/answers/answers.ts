import type { ActiveCall } from '../../call/call.js';
import { ConfigError } from '../../contract/errors.js';
import { text } from '../../contract/check.js';
import { pathOf } from '../../http/url.js';
import type { BulkCounts } from './bulk-options.js';
import type { Flight } from './flight.js';
import type { AnswerHost } from './host.js';
import { type AnsweredEndpoint, Invalidation, type InvalidationRule } from './invalidation.js';
import type { ResolvedCache } from './options.js';
import { AnswerStore } from './store.js';

/**
 * The cache, the shared reads and the bulk reads of a line as plain data. All numbers are 0 if no endpoint declares them.
 * @public
 */
export interface AnswerSnapshot {
  cache: {
    /** Answers in the cache now. */
    entries: number;
    /** Their size in bytes, keys and headers included. */
    bytes: number;
    /** Calls that got a fresh answer. */
    hits: number;
    /** Calls that got a stale answer. */
    staleHits: number;
    /** Calls of cached endpoints that got no answer from the cache. */
    misses: number;
    /** Requests of the line itself to refresh a stale answer. */
    revalidations: number;
    /** Those of them that brought no answer. */
    failedRevalidations: number;
    /** Answers that the cache did not keep: too large, a stream, or not allowed by their headers. */
    notKept: number;
    /** Writes and topics that made answers invalid. */
    invalidations: number;
  };
  /** Calls that got the answer of an identical call. */
  coalesced: number;
  bulk: BulkCounts;
}

/** The answers that a line keeps and shares. */
export class Answers {
  readonly invalidation = new Invalidation();
  readonly flights = new Map<string, Flight>();
  readonly counts = {
    hits: 0,
    staleHits: 0,
    misses: 0,
    revalidations: 0,
    failedRevalidations: 0,
    notKept: 0,
    coalesced: 0,
  };
  readonly bulk: BulkCounts = { requests: 0, answered: 0, alone: 0 };
  /** Whether an endpoint of the line declares a cache or coalescing. Then the line follows writes too. */
  isOn = false;
  /** The caches, by the pattern of their endpoint. */
  readonly #stores = new Map<string, AnswerStore>();

  constructor(readonly host: AnswerHost) {}

  /** Keeps the caches of these endpoint patterns, and drops all others. */
  configure(isOn: boolean, patterns: ReadonlySet<string>): void {
    this.isOn = isOn;
    for (const pattern of this.#stores.keys()) {
      if (patterns.has(pattern)) continue;
      this.#stores.delete(pattern);
      this.invalidation.removeEndpoint(pattern);
    }
  }

  /** The cache of an endpoint. An update of the line keeps its answers. */
  storeOf(options: ResolvedCache, endpoint: AnsweredEndpoint, rules: readonly InvalidationRule[]): AnswerStore {
    const known = this.#stores.get(endpoint.pattern);
    if (known?.options === options) return known;
    if (known && String(known.options.invalidateBy) === String(options.invalidateBy)) {
      known.options = options;
      known.limit();
      return known;
    }
    // Answers from before the update do not know what the new rules would have made invalid.
    const store = new AnswerStore(options, endpoint, rules, this.invalidation);
    this.#stores.set(endpoint.pattern, store);
    return store;
  }

  /**
   * Makes answers invalid.
   *
   * @param what - A path, a URL or a topic.
   * @throws ConfigError if `what` is none of them.
   */
  invalidate(what: string, segmentsOf: (path: string) => readonly string[]): void {
    const given = text(what, 'what');
    if (/\s/.test(given))
      throw new ConfigError(`what must be a path, a URL or a topic without spaces, got '${given.slice(0, 80)}'`);
    if (given.startsWith('/') || given.includes('://')) this.invalidation.write(undefined, segmentsOf(pathOf(given)));
    else this.invalidation.report(given);
  }

  /** What the cache has for a request, for `explain`. Its client is unknown, so the newest answer for any client counts. */
  describe({ method, url }: ActiveCall, pattern: string): 'fresh in cache' | 'stale in cache' | 'not in cache' {
    let found: 'fresh in cache' | 'stale in cache' | 'not in cache' = 'not in cache';
    for (const [key, entry] of this.#stores.get(pattern)?.entries ?? []) {
      if (!key.includes(`\n${method} ${url}\n`)) continue;
      if (entry.age(this.host.clock) < entry.life.ttlMs) return 'fresh in cache';
      found = 'stale in cache';
    }
    return found;
  }

  snapshot(): AnswerSnapshot {
    const { coalesced, ...counts } = this.counts;
    let entries = 0;
    let bytes = 0;
    for (const store of this.#stores.values()) {
      entries += store.size;
      bytes += store.bytes;
    }
    return {
      cache: { entries, bytes, ...counts, invalidations: this.invalidation.now },
      coalesced,
      bulk: { ...this.bulk },
    };
  }
}
