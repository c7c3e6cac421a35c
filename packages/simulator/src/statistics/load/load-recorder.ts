import type { AppliedLimit, Refusal } from '../../limits/limiter.js';
import type { LimitSettings } from '../../options/limit-options.js';
import type { SocketStats } from '../../sockets/socket-log.js';
import type { AccessToken } from '../../tokens/token-store.js';
import type { CallStats } from '../call-stats.js';
import { Histogram } from './histogram.js';
import { LimitUsage } from './limit-usage.js';
import type { CallerLoad, LatencySummary, LimitLoad, LoadReport, RouteLoad } from './load-report.js';
import { RetryAfterWatch } from './retry-after-watch.js';
import { TimeSeries } from './time-series.js';

/** Routes and callers that are tracked by name. Further ones count under `other`. */
const MAX_ROUTES = 2000;
const MAX_CALLERS = 20_000;
const OTHER = 'other';
/** Routes and callers in a report. */
const MAX_LISTED = 20;
/** Length of the two periods of the recent latency, ms. */
const RECENT_MS = 5000;

interface RouteUsage {
  requests: number;
  throttled: number;
  readonly latency: Histogram;
}

type CallerUsage = Omit<CallerLoad, 'byLimit'> & { readonly byLimit: Map<string, number> };

/** Who sent a request, an upgrade or a frame. */
export type Caller = Pick<AccessToken, 'label' | 'clientId' | 'user' | 'tenant'>;

/** One decision of a limiter. */
export interface LimitDecision {
  readonly of: LimitLoad['of'];
  readonly applied: readonly AppliedLimit[];
  readonly refusal: Refusal | undefined;
  readonly caller: Caller;
  /** The request as text, to recognise its repetition: method and path. */
  readonly subject: string;
  /** Whether the answer is a refusal that names the time of the next try. */
  readonly namesTime: boolean;
  readonly now: number;
}

/** The parts of a report that other parts of the engine count. */
export interface ReportContext {
  readonly now: number;
  readonly enforced: boolean;
  readonly sockets: SocketStats;
  readonly calls: CallStats | undefined;
}

/** Aggregates the load of a run. Its memory is bounded, however many requests come. */
export class LoadRecorder {
  #startedAt: number;
  #limits = new Map<string, LimitUsage>();
  /** Limits whose numbers changed at run time, as they were before. */
  #formerLimits: LimitUsage[] = [];
  #routes = new Map<string, RouteUsage>();
  #callers = new Map<string, CallerUsage>();
  #watch = new RetryAfterWatch();
  #series: TimeSeries<'requests' | 'throttled' | 'upgrades'>;
  #latency = new Histogram();
  #recent: { endsAt: number; now: Histogram; before: Histogram };
  #requests = 0;
  #throttled = 0;
  #tokenRequests = 0;
  #early = 0;
  #repeats = 0;

  constructor(now: number) {
    this.#startedAt = now;
    this.#series = createSeries(now);
    this.#recent = createRecent(now);
  }

  /** Starts a new period. */
  reset(now: number): void {
    this.#startedAt = now;
    this.#limits = new Map();
    this.#formerLimits = [];
    this.#routes = new Map();
    this.#callers = new Map();
    this.#watch = new RetryAfterWatch();
    this.#series = createSeries(now);
    this.#latency = new Histogram();
    this.#recent = createRecent(now);
    this.#requests = this.#throttled = this.#tokenRequests = this.#early = this.#repeats = 0;
  }

  recordRequest(route: string, now: number): void {
    this.#requests += 1;
    this.#series.add('requests', now);
    this.#route(route).requests += 1;
  }

  recordTokenRequest(): void {
    this.#tokenRequests += 1;
  }

  recordUpgrade(now: number): void {
    this.#series.add('upgrades', now);
  }

  /** Records what the limits said, also in shadow mode. */
  recordDecision({ of, applied, refusal, caller, subject, namesTime, now }: LimitDecision): void {
    const token = caller.label;
    const request = `${of} ${token} ${subject}`;
    const isRepeat = of !== 'frames' && this.#watch.takeRepeat(request);
    if (isRepeat) this.#repeats += 1;
    const known = of === 'requests' ? this.#caller(caller) : undefined;
    if (known !== undefined) known.requests += 1;
    let earlyByMs = 0;
    for (const one of applied) {
      const { limit, scope } = one;
      // Only the limit with the longest wait is named in the answer, so only this one counts the refusal.
      this.#limit(of, limit).record(one, token, refusal?.limit === limit, !isRepeat, now);
      if (of === 'requests') earlyByMs = Math.max(earlyByMs, this.#watch.measureEarly(limit.name, scope, token, now));
    }
    if (known !== undefined && earlyByMs > 0) {
      this.#early += 1;
      known.early += 1;
      known.earliestByMs = Math.max(known.earliestByMs, earlyByMs);
    }
    if (refusal === undefined) return;
    if (of === 'requests') this.#throttled += 1;
    if (of !== 'frames') this.#series.add('throttled', now);
    if (known !== undefined) countThrottled(known, refusal.limit.name);
    if (!namesTime) return;
    this.#watch.addRefused(request);
    const scope = applied.find(({ limit }) => limit === refusal.limit)?.scope ?? '';
    this.#watch.closeScope(refusal.limit.name, scope, token, now, refusal.waitMs);
  }

  /** Records a refusal by a limit that is no rate, or that has no scopes. */
  recordOtherRefusal(name: string, caller: Caller, now: number): void {
    this.#throttled += 1;
    this.#series.add('throttled', now);
    countThrottled(this.#caller(caller), name);
  }

  /** Records the end of a request. */
  recordEnd(route: string, tookMs: number, isThrottled: boolean, isAnswered: boolean, now: number): void {
    const usage = this.#route(route);
    if (isThrottled) usage.throttled += 1;
    if (!isAnswered) return;
    usage.latency.add(tookMs);
    this.#latency.add(tookMs);
    this.#rollRecent(now);
    this.#recent.now.add(tookMs);
  }

  report({ now, enforced, sockets, calls }: ReportContext): LoadReport {
    const durationMs = now - this.#startedAt;
    const list = (name: 'requests' | 'throttled' | 'upgrades'): number[] => this.#series.list(name, now);
    const throttledCallers = [...this.#callers.values()].filter(({ throttled, early }) => throttled > 0 || early > 0);
    this.#rollRecent(now);
    const recent = new Histogram();
    recent.merge(this.#recent.before);
    recent.merge(this.#recent.now);
    const { open, peakOpen, upgrades, accepted, framesIn, framesOut } = sockets;
    return {
      durationMs,
      enforced,
      requests: this.#requests,
      throttled: this.#throttled,
      tokenRequests: this.#tokenRequests,
      meanPerSec: durationMs <= 0 ? 0 : (this.#requests * 1000) / durationMs,
      peakPerSec: this.#series.peak('requests'),
      latency: summarize(this.#latency),
      recentLatency: summarize(recent),
      routes: [...this.#routes]
        .sort(([, a], [, b]) => b.requests - a.requests)
        .slice(0, MAX_LISTED)
        .map(([route, { requests, throttled, latency }]): RouteLoad => {
          return { route, requests, throttled, latency: summarize(latency) };
        }),
      routeCount: this.#routes.size,
      limits: [...this.#formerLimits, ...this.#limits.values()].map((limit) => limit.report(now)),
      callers: throttledCallers
        .sort((a, b) => b.throttled - a.throttled || b.early - a.early)
        .slice(0, MAX_LISTED)
        .map((caller) => ({ ...caller, byLimit: Object.fromEntries(caller.byLimit) })),
      callerCount: this.#callers.size,
      throttledCallers: throttledCallers.filter(({ throttled }) => throttled > 0).length,
      early: this.#early,
      repeats: this.#repeats,
      series: {
        intervalMs: this.#series.intervalMs,
        requests: list('requests'),
        throttled: list('throttled'),
        upgrades: list('upgrades'),
      },
      sockets: { open, peakOpen, upgrades, accepted, framesIn, framesOut },
      ...(calls !== undefined && { calls }),
    };
  }

  #limit(of: LimitLoad['of'], limit: LimitSettings): LimitUsage {
    const key = `${of} ${limit.name}`;
    const known = this.#limits.get(key);
    if (known?.counts(limit) === true) return known;
    if (known !== undefined) this.#formerLimits = [...this.#formerLimits, known].slice(-MAX_LISTED);
    const usage = new LimitUsage(of, limit);
    this.#limits.set(key, usage);
    return usage;
  }

  #route(name: string): RouteUsage {
    let known = this.#routes.get(name);
    if (known !== undefined) return known;
    if (this.#routes.size >= MAX_ROUTES && name !== OTHER) return this.#route(OTHER);
    known = { requests: 0, throttled: 0, latency: new Histogram() };
    this.#routes.set(name, known);
    return known;
  }

  #caller({ label, clientId, user, tenant }: Caller): CallerUsage {
    // Before its first token, a caller is known by its client only.
    const key = label === '' ? `client ${clientId}` : label;
    const known = this.#callers.get(key);
    if (known !== undefined) return known;
    if (this.#callers.size >= MAX_CALLERS && label !== OTHER)
      return this.#caller({ label: OTHER, clientId: OTHER, user: OTHER, tenant: OTHER });
    const caller: CallerUsage = {
      token: label,
      client: clientId,
      user,
      tenant,
      requests: 0,
      throttled: 0,
      byLimit: new Map(),
      early: 0,
      earliestByMs: 0,
    };
    this.#callers.set(key, caller);
    return caller;
  }

  #rollRecent(now: number): void {
    if (now < this.#recent.endsAt) return;
    const isLate = now - this.#recent.endsAt >= RECENT_MS;
    this.#recent = {
      endsAt: now + RECENT_MS,
      now: new Histogram(),
      before: isLate ? new Histogram() : this.#recent.now,
    };
  }
}

function createSeries(now: number): TimeSeries<'requests' | 'throttled' | 'upgrades'> {
  return new TimeSeries(['requests', 'throttled', 'upgrades'], now);
}

function createRecent(now: number): { endsAt: number; now: Histogram; before: Histogram } {
  return { endsAt: now + RECENT_MS, now: new Histogram(), before: new Histogram() };
}

function countThrottled(caller: CallerUsage, limit: string): void {
  caller.throttled += 1;
  caller.byLimit.set(limit, (caller.byLimit.get(limit) ?? 0) + 1);
}

/** Quantiles of a histogram. */
export function summarize(histogram: Histogram): LatencySummary {
  return {
    count: histogram.count,
    p50Ms: histogram.quantile(0.5),
    p95Ms: histogram.quantile(0.95),
    p99Ms: histogram.quantile(0.99),
    maxMs: histogram.max,
  };
}
