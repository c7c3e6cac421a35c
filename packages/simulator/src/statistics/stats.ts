import { BoundedMap } from '../bounded-map.js';
import type { SocketStats } from '../sockets/socket-log.js';

/**
 * Counters of one route.
 * @public
 */
export interface RouteStats {
  requests: number;
  /** 429s of any origin. */
  refused: number;
  /** Requests that took effect, reads included. */
  executed: number;
  /** 304s: the client had the body already. They are requests that took effect. */
  notModified: number;
}

/**
 * Counters since the start or the last `resetStats()`. The finished API requests are
 * `answered + refused + unauthorized + dropped`. Token requests and preflights are not API requests.
 * @public
 */
export interface Stats {
  /** API requests that arrived. */
  requests: number;
  /** Complete answers other than 429 and 401. */
  answered: number;
  /** 429s of a limit, a fault or a script. */
  refused: number;
  /** 401s. */
  unauthorized: number;
  /** 304s; they also count as answered. */
  notModified: number;
  /** Requests without a complete answer: dropped, truncated, or aborted by the client. */
  dropped: number;
  /** Requests to token endpoints. */
  tokenRequests: number;
  tokensIssued: number;
  /** CORS preflights. */
  preflights: number;
  /** Writes that took effect. POST …/query and …/search are reads. */
  executedWrites: number;
  /** Writes that took effect again: same method, path and body as an earlier write. Replays by key are not executed. */
  duplicateWrites: number;
  /** By route name, `GET /api/v2/users/:id`. */
  byRoute: Record<string, RouteStats>;
  /** Largest number of API requests between arrival and answer at one time. */
  peakInFlight: number;
  /** API requests by status; 0 counts those without an answer. */
  byStatus: Record<number, number>;
  /** WebSockets. Upgrades are not requests. */
  sockets: SocketStats;
}

/** Maximum number of writes stored to find duplicates. The oldest is deleted first. */
const MAX_WRITES = 250_000;
/** Maximum number of routes counted by name. Further routes count under `other`. */
const MAX_ROUTES = 10_000;

/** The counters of one period. */
export class RequestCounters {
  readonly stats: Omit<Stats, 'sockets'>;
  readonly #writes = new BoundedMap<string, true>(MAX_WRITES);
  #routes = 0;

  constructor(inFlight: number) {
    this.stats = {
      requests: 0,
      answered: 0,
      refused: 0,
      unauthorized: 0,
      notModified: 0,
      dropped: 0,
      tokenRequests: 0,
      tokensIssued: 0,
      preflights: 0,
      executedWrites: 0,
      duplicateWrites: 0,
      byRoute: {},
      peakInFlight: inFlight,
      byStatus: {},
    };
  }

  /** Copies the counters. The page of the simulator reads them five times a second, so that it must be fast with many routes. */
  copyStats(): Omit<Stats, 'sockets'> {
    const byRoute: Record<string, RouteStats> = {};
    for (const name in this.stats.byRoute) byRoute[name] = { ...(this.stats.byRoute[name] as RouteStats) };
    return { ...this.stats, byRoute, byStatus: { ...this.stats.byStatus } };
  }

  countArrival(route: string, inFlight: number): void {
    this.stats.requests += 1;
    this.stats.peakInFlight = Math.max(this.stats.peakInFlight, inFlight);
    this.#getRouteStats(route).requests += 1;
  }

  /**
   * Counts a request that took effect. Writes have a `fingerprint`; two equal fingerprints mean a duplicate.
   *
   * @returns whether the write is a duplicate.
   */
  countExecution(route: string, fingerprint: string | undefined): boolean {
    this.#getRouteStats(route).executed += 1;
    if (fingerprint === undefined) return false;
    this.stats.executedWrites += 1;
    const isDuplicate = this.#writes.has(fingerprint);
    if (isDuplicate) this.stats.duplicateWrites += 1;
    this.#writes.set(fingerprint, true);
    return isDuplicate;
  }

  countEnd(route: string, status: number, isComplete: boolean): void {
    const { stats } = this;
    stats.byStatus[status] = (stats.byStatus[status] ?? 0) + 1;
    if (!isComplete) stats.dropped += 1;
    else if (status === 401) stats.unauthorized += 1;
    else if (status === 429) {
      stats.refused += 1;
      this.#getRouteStats(route).refused += 1;
    } else {
      stats.answered += 1;
      if (status !== 304) return;
      stats.notModified += 1;
      this.#getRouteStats(route).notModified += 1;
    }
  }

  #getRouteStats(name: string): RouteStats {
    let known = this.stats.byRoute[name];
    if (known !== undefined) return known;
    if (this.#routes >= MAX_ROUTES && name !== 'other') return this.#getRouteStats('other');
    known = { requests: 0, refused: 0, executed: 0, notModified: 0 };
    this.stats.byRoute[name] = known;
    this.#routes += 1;
    return known;
  }
}
