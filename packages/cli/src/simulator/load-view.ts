import type { LoadReport } from '@holdline/simulator';
import { limitWords } from './report/report-text.js';

/** Points of the chart. */
const MAX_POINTS = 120;
/** Lines of each table. */
const MAX_LINES = 8;

/** The load as the page shows it. */
export interface LoadView {
  /** Whether limits refuse; false in shadow mode. */
  readonly enforced: boolean;
  readonly durationMs: number;
  readonly requests: number;
  readonly throttled: number;
  readonly peakPerSec: number;
  /** Rates of the last intervals, per second, the newest last. Each point stands for `intervalMs`. */
  readonly chart: {
    readonly intervalMs: number;
    readonly requests: readonly number[];
    readonly throttled: readonly number[];
  };
  /** Latency of the last seconds; undefined without answers. */
  readonly latency: { readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number } | undefined;
  readonly openSockets: number;
  readonly calls: { readonly open: number; readonly connected: number } | undefined;
  readonly limits: readonly { name: string; allows: string; fill: number; throttled: number; scope: string }[];
  readonly callers: readonly { token: string; client: string; user: string; throttled: number; early: number }[];
  readonly routes: readonly { route: string; requests: number; throttled: number; p95Ms: number }[];
}

/** Takes from a report what the page shows. */
export function viewLoad(report: LoadReport): LoadView {
  const { enforced, durationMs, requests, throttled, peakPerSec, series, recentLatency, sockets, calls } = report;
  const { intervalMs } = series;
  // The last interval has only begun, and would look like a drop.
  const points = (counts: readonly number[]): number[] =>
    counts
      .slice(0, -1)
      .slice(-MAX_POINTS)
      .map((n) => (n * 1000) / intervalMs);
  return {
    enforced,
    durationMs,
    requests,
    throttled,
    peakPerSec,
    chart: { intervalMs, requests: points(series.requests), throttled: points(series.throttled) },
    latency:
      recentLatency.count === 0
        ? undefined
        : { p50Ms: recentLatency.p50Ms, p95Ms: recentLatency.p95Ms, p99Ms: recentLatency.p99Ms },
    openSockets: sockets.open,
    calls: calls && { open: calls.open, connected: calls.connected },
    limits: report.limits.slice(-MAX_LINES).map((limit) => ({
      name: limit.name,
      allows: limitWords(limit),
      fill: limit.fill,
      throttled: limit.throttled,
      scope: limit.busiest[0]?.scope ?? '',
    })),
    callers: report.callers.slice(0, MAX_LINES).map(({ token, client, user, throttled: refused, early }) => ({
      token,
      client,
      user,
      throttled: refused,
      early,
    })),
    routes: [...report.routes]
      .sort((a, b) => b.throttled - a.throttled || b.requests - a.requests)
      .slice(0, MAX_LINES)
      .map(({ route, requests: sent, throttled: refused, latency }) => ({
        route,
        requests: sent,
        throttled: refused,
        p95Ms: latency.p95Ms,
      })),
  };
}
