import type { LimitLoad, LoadReport } from '@holdline/simulator';

const NO_TIMES = { count: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };

/** Builds a report of a simulator for a test. */
export class LoadBuilder {
  readonly report: LoadReport = {
    durationMs: 60_000,
    enforced: true,
    requests: 0,
    throttled: 0,
    tokenRequests: 0,
    meanPerSec: 0,
    peakPerSec: 0,
    latency: NO_TIMES,
    recentLatency: NO_TIMES,
    routes: [],
    routeCount: 0,
    limits: [],
    callers: [],
    callerCount: 0,
    throttledCallers: 0,
    early: 0,
    repeats: 0,
    series: { intervalMs: 1_000, requests: [], throttled: [], upgrades: [] },
    sockets: { open: 0, peakOpen: 0, upgrades: 0, accepted: 0, framesIn: 0, framesOut: 0 },
  };

  with(more: Partial<LoadReport>): this {
    Object.assign(this.report, more);
    return this;
  }

  /** Adds a limit that refused requests. */
  limit(more: Partial<LimitLoad> & Pick<LimitLoad, 'name'>): this {
    this.report.limits.push({
      of: 'requests',
      per: 'token',
      limit: 300,
      windowMs: 60_000,
      enforcement: 'fixed',
      requests: 1_000,
      throttled: 10,
      scopes: 4,
      throttledScopes: 1,
      untracked: 0,
      fill: 1,
      busiest: [{ scope: 't1', requests: 400, throttled: 10, peakPerWindow: 310 }],
      pacing: {
        ratePerSec: 4.5,
        burst: 30,
        requests: 990,
        delayed: 120,
        waitP95Ms: 1_200,
        waitMaxMs: 2_400,
        window: { limit: 300, windowMs: 60_000, waitP95Ms: 0, waitMaxMs: 900 },
      },
      ...more,
    });
    return this;
  }
}
