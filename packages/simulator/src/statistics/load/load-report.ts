import type { Limit } from '../../options/limit-options.js';
import type { CallStats } from '../call-stats.js';

/**
 * Quantiles of times, ms, right to 2 %.
 * @public
 */
export interface LatencySummary {
  count: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
}

/**
 * The load of one route.
 * @public
 */
export interface RouteLoad {
  route: string;
  requests: number;
  /** Refused by a limit. In shadow mode: would have been refused. */
  throttled: number;
  latency: LatencySummary;
}

/**
 * Who sent requests: never the token itself, only its label.
 * @public
 */
export interface CallerLoad {
  /** Label of the token, `t1`, `t2`, … in order of issue; empty for refusals of the token endpoint. */
  token: string;
  client: string;
  user: string;
  tenant: string;
  requests: number;
  /** Refused by a limit. In shadow mode: would have been refused. */
  throttled: number;
  /** `throttled` by limit. */
  byLimit: Record<string, number>;
  /** Requests that came before the time that Retry-After had named. Only of limits that refuse. */
  early: number;
  /** How much too early the earliest of them came, ms. */
  earliestByMs: number;
}

/**
 * One scope of a limit: a token, a user, a route, depending on what the limit counts by.
 * @public
 */
export interface ScopeLoad {
  scope: string;
  requests: number;
  throttled: number;
  /** Most requests in one window, refused ones included. Sliding windows are counted to a fiftieth of their length. */
  peakPerWindow: number;
}

/**
 * The pace at which a limit would have refused nothing. It is simulated with the arrivals of the run, each scope for
 * itself. A request that repeats a refused one (same token, method and path) is no arrival: the paced one passes.
 * @public
 */
export interface PacingAdvice {
  /** Requests per second of each scope. */
  ratePerSec: number;
  /** Requests that may leave at once after a pause. */
  burst: number;
  /** Requests that were simulated, and those that would have waited. */
  requests: number;
  delayed: number;
  waitP95Ms: number;
  waitMaxMs: number;
  /**
   * The same with the quota of a Holdline: up to `limit` at once, and the next when the oldest leaves the window.
   * Undefined for buckets, and for limits above 5,000.
   */
  window?: { limit: number; windowMs: number; waitP95Ms: number; waitMaxMs: number };
  /**
   * For a scope with several tokens: the time over which agents have to start, so that their first requests pass without
   * a wait. `requestsPerAgent` counts the requests of a token within 30 s of its first one.
   */
  rampUp?: { agents: number; requestsPerAgent: number; overMs: number };
}

/**
 * The load on one limit.
 * @public
 */
export interface LimitLoad {
  name: string;
  /** What the limit counts. */
  of: 'requests' | 'upgrades' | 'frames';
  per: Limit['per'] | 'socket';
  limit: number;
  windowMs: number;
  enforcement: Limit['enforcement'];
  /** Only of buckets. */
  burst?: number;
  /** Requests that the limit counts; undefined for all. */
  match?: string[];
  requests: number;
  /** Refused by this limit. In shadow mode: would have been refused. */
  throttled: number;
  /** Scopes that were seen, and those with refusals. Beyond 10,000 scopes, further ones are counted under `untracked`. */
  scopes: number;
  throttledScopes: number;
  untracked: number;
  /** Share of the limit that the fullest scope has used now, 0 to 1. */
  fill: number;
  /** The scopes with the most refusals, then with the most requests; at most 10. */
  busiest: ScopeLoad[];
  /** Undefined if the limit refused nothing. */
  pacing?: PacingAdvice;
}

/**
 * What a run did to the platform: requests, latencies, limits, and the pace that would have avoided refusals. All parts
 * have a bounded size, however long the run is.
 * @public
 */
export interface LoadReport {
  /** Length of the period since the start or the last `resetStats()`, ms. */
  durationMs: number;
  /** Whether limits refuse. `false` is shadow mode: `throttled` then means "would have been refused". */
  enforced: boolean;
  requests: number;
  throttled: number;
  tokenRequests: number;
  meanPerSec: number;
  /** Requests in the busiest second. */
  peakPerSec: number;
  /** Times from arrival to answer, of requests with an answer other than a refusal. */
  latency: LatencySummary;
  /** The same of the last 5 to 10 s. */
  recentLatency: LatencySummary;
  /** Routes with the most requests, at most 20, and the number of all. */
  routes: RouteLoad[];
  routeCount: number;
  limits: LimitLoad[];
  /** Callers with refusals, the most first; at most 20. */
  callers: CallerLoad[];
  /** Tokens that sent requests, and those with refusals. */
  callerCount: number;
  throttledCallers: number;
  /** Requests that came before the time that Retry-After had named. */
  early: number;
  /** Requests that repeated a refused one. */
  repeats: number;
  /** Counts by time, from the start. Each interval has `intervalMs`; the last one may be incomplete. */
  series: { intervalMs: number; requests: number[]; throttled: number[]; upgrades: number[] };
  sockets: { open: number; peakOpen: number; upgrades: number; accepted: number; framesIn: number; framesOut: number };
  /** Calls to softphones. Genesys Cloud only. */
  calls?: CallStats;
}
