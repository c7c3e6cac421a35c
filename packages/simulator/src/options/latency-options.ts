import type { Pattern } from '../paths/path-pattern.js';

/**
 * Distribution of the time between the execution of a request and its answer. A number is a fixed time, ms. `minMs` and
 * `maxMs` give a uniform distribution. `p50Ms` and `p95Ms` give a log-normal one: half of the times are below `p50Ms`,
 * 95 % are below `p95Ms`. With `p99Ms`, the tail above `p95Ms` has a spread of its own, so that all three values hold.
 * @public
 */
export type LatencyDistribution =
  | number
  | { minMs: number; maxMs: number }
  | {
      p50Ms: number;
      p95Ms: number;
      p99Ms?: number;
      /**
       * Largest time, ms.
       *
       * @defaultValue ten times `p99Ms`, or `p95Ms` without it
       */
      maxMs?: number;
    };

/**
 * Latency profile: the time that the platform takes, by route. All values are drawn from `seed`.
 * @public
 */
export interface LatencyOptions {
  /**
   * Distribution by route pattern: `{ 'POST /api/v2/analytics/**': { p50Ms: 250, p95Ms: 1200 } }`. The first pattern that
   * matches decides. Patterns may name token endpoints.
   *
   * @defaultValue none
   */
  routes?: Record<string, LatencyDistribution>;
  /**
   * Distribution of all other requests.
   *
   * @defaultValue that of `serviceMs`
   */
  other?: LatencyDistribution;
  /**
   * Slow start: times are multiplied by `factor` at the start of the simulator. The factor falls evenly to 1 within
   * `forMs`.
   *
   * @defaultValue none
   */
  slowStart?: { forMs: number; factor: number };
  /**
   * Stalls: one in each period of `everyMs`, at a random time. Answers that are due during a stall of `forMs` leave at
   * its end, all together.
   *
   * @defaultValue none
   */
  stalls?: { everyMs: number; forMs: number };
}

/** A checked distribution. A fixed time is a uniform distribution of one value. */
export type LatencySettings =
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | {
      readonly kind: 'log-normal';
      readonly p50Ms: number;
      readonly p95Ms: number;
      readonly p99Ms: number | undefined;
      readonly maxMs: number;
    };

/** A checked latency profile. */
export interface LatencyProfile {
  readonly routes: readonly { readonly pattern: Pattern; readonly distribution: LatencySettings }[];
  readonly other: LatencySettings | undefined;
  readonly slowStart: { readonly forMs: number; readonly factor: number } | undefined;
  readonly stalls: { readonly everyMs: number; readonly forMs: number } | undefined;
}

export const NO_LATENCY: LatencyProfile = { routes: [], other: undefined, slowStart: undefined, stalls: undefined };

/**
 * A plausible latency profile. No vendor publishes latencies: every number here is an assumption, for load tests that
 * should not run against an answer in no time.
 */
export const ASSUMED_LATENCY: LatencyOptions = {
  routes: {
    'POST /oauth/token': { p50Ms: 90, p95Ms: 250, p99Ms: 600 },
    'POST /api/v2/analytics/**': { p50Ms: 180, p95Ms: 900, p99Ms: 2500 },
    'GET /api/v2/analytics/**': { p50Ms: 120, p95Ms: 600, p99Ms: 1800 },
    'GET /**': { p50Ms: 45, p95Ms: 160, p99Ms: 450 },
  },
  other: { p50Ms: 80, p95Ms: 280, p99Ms: 800 },
  slowStart: { forMs: 10_000, factor: 2 },
  stalls: { everyMs: 120_000, forMs: 400 },
};
