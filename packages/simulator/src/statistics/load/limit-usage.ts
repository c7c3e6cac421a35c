import type { AppliedLimit } from '../../limits/limiter.js';
import type { Meter } from '../../limits/meter.js';
import type { LimitSettings } from '../../options/limit-options.js';
import { Histogram } from './histogram.js';
import type { LimitLoad, PacingAdvice, ScopeLoad } from './load-report.js';
import { type Pace, type Pacer, RatePacer, WindowPacer, acceptedPaces, hasWindowPacer } from './pacer.js';
import { WindowCounter } from './window-counter.js';

/** Scopes of one limit that are tracked. */
const MAX_SCOPES = 10_000;
/** Times that the window pacers of one limit may keep together, about 16 MB. */
const MAX_WINDOW_TIMES = 2_000_000;
/** Scopes in a report. */
const MAX_BUSIEST = 10;
/** Tokens of one scope whose start is tracked. */
const MAX_STARTS = 10_000;
/** Requests of a token within this time of its first one belong to its start, ms. */
const START_MS = 30_000;
/** A scope that was quiet for so many windows is not looked at for the fill level. */
const QUIET_WINDOWS = 2;

/** Scopes with one token each. Agents cannot be spread there. */
const SINGLE_TOKEN_SCOPES: ReadonlySet<LimitSettings['per']> = new Set(['token', 'socket']);

interface TokenStart {
  readonly at: number;
  requests: number;
}

interface ScopeUsage {
  readonly scope: string;
  meter: Meter;
  requests: number;
  throttled: number;
  lastAt: number;
  readonly window: WindowCounter;
  readonly pacers: readonly Pacer[];
  readonly windowPacer: Pacer | undefined;
  readonly starts: Map<string, TokenStart> | undefined;
}

/** Records what one limit counts, by scope, and simulates paces with the same arrivals. */
export class LimitUsage {
  readonly of: LimitLoad['of'];
  readonly #limit: LimitSettings;
  readonly #paces: readonly Pace[];
  /** Waits by pace, over all scopes. */
  readonly #waits: readonly Histogram[];
  readonly #windowWaits = new Histogram();
  readonly #scopes = new Map<string, ScopeUsage>();
  #isWindowComplete: boolean;
  #requests = 0;
  #throttled = 0;
  #untracked = 0;

  constructor(of: LimitLoad['of'], limit: LimitSettings) {
    this.of = of;
    this.#limit = limit;
    this.#paces = acceptedPaces(limit);
    this.#waits = this.#paces.map(() => new Histogram());
    this.#isWindowComplete = hasWindowPacer(limit);
  }

  /** Whether the numbers are still those of this limit, which may change at run time. */
  counts(limit: LimitSettings): boolean {
    const own = this.#limit;
    return (
      own === limit ||
      (own.limit === limit.limit &&
        own.windowMs === limit.windowMs &&
        own.burst === limit.burst &&
        own.enforcement === limit.enforcement &&
        own.per === limit.per)
    );
  }

  /**
   * Records one arrival.
   *
   * @param isDemand - False for a request that repeats a refused one.
   */
  record({ scope, meter }: AppliedLimit, token: string, isThrottled: boolean, isDemand: boolean, now: number): void {
    this.#requests += 1;
    if (isThrottled) this.#throttled += 1;
    const usage = this.#findScope(scope, meter);
    if (usage === undefined) {
      this.#untracked += 1;
      return;
    }
    usage.meter = meter;
    usage.requests += 1;
    if (isThrottled) usage.throttled += 1;
    usage.lastAt = now;
    usage.window.add(now);
    if (isDemand) this.#pace(usage, token, now);
  }

  report(now: number): LimitLoad {
    const { name, per, limit, windowMs, enforcement, burst, patterns } = this.#limit;
    const scopes = [...this.#scopes.values()];
    const busiest = scopes.sort((a, b) => b.throttled - a.throttled || b.requests - a.requests).slice(0, MAX_BUSIEST);
    return {
      name,
      of: this.of,
      per,
      limit,
      windowMs,
      enforcement,
      ...(enforcement === 'bucket' && { burst }),
      ...(patterns !== undefined && { match: patterns.map(({ text }) => text) }),
      requests: this.#requests,
      throttled: this.#throttled,
      scopes: scopes.length,
      throttledScopes: scopes.filter(({ throttled }) => throttled > 0).length,
      untracked: this.#untracked,
      fill: this.#measureFill(scopes, now),
      busiest: busiest.map(describeScope),
      ...(this.#throttled > 0 && { pacing: this.#advise(scopes) }),
    };
  }

  #findScope(scope: string, meter: Meter): ScopeUsage | undefined {
    const known = this.#scopes.get(scope);
    if (known !== undefined || this.#scopes.size >= MAX_SCOPES) return known;
    const { limit, windowMs, per } = this.#limit;
    if ((this.#scopes.size + 1) * limit > MAX_WINDOW_TIMES) this.#isWindowComplete = false;
    const usage: ScopeUsage = {
      scope,
      meter,
      requests: 0,
      throttled: 0,
      lastAt: 0,
      window: new WindowCounter(windowMs),
      pacers: this.#paces.map((pace) => new RatePacer(pace)),
      windowPacer: this.#isWindowComplete ? new WindowPacer(this.#limit) : undefined,
      starts: SINGLE_TOKEN_SCOPES.has(per) ? undefined : new Map<string, TokenStart>(),
    };
    this.#scopes.set(scope, usage);
    return usage;
  }

  #pace({ pacers, windowPacer, starts }: ScopeUsage, token: string, now: number): void {
    for (let index = 0; index < pacers.length; index += 1)
      this.#waits[index]?.add((pacers[index]?.release(now) ?? now) - now);
    if (windowPacer !== undefined) this.#windowWaits.add(windowPacer.release(now) - now);
    if (starts === undefined) return;
    const start = starts.get(token);
    if (start === undefined) {
      if (starts.size < MAX_STARTS) starts.set(token, { at: now, requests: 1 });
    } else if (now - start.at < START_MS) start.requests += 1;
  }

  /** Of the paces that the limit accepts, the one with the shortest longest wait. */
  #advise(scopes: readonly ScopeUsage[]): PacingAdvice {
    const ranked = this.#paces
      .map((pace, index) => ({ pace, waits: this.#waits[index] ?? new Histogram() }))
      .sort(
        (a, b) =>
          a.waits.max - b.waits.max || a.waits.quantile(0.95) - b.waits.quantile(0.95) || b.pace.burst - a.pace.burst,
      );
    const [{ pace, waits } = { pace: { ratePerSec: 0, burst: 1 }, waits: new Histogram() }] = ranked;
    const rampUp = findRampUp(pace, scopes);
    return {
      ...pace,
      requests: waits.count,
      delayed: waits.aboveZero,
      waitP95Ms: waits.quantile(0.95),
      waitMaxMs: waits.max,
      ...(this.#isWindowComplete && {
        window: {
          limit: this.#limit.limit,
          windowMs: this.#limit.windowMs,
          waitP95Ms: this.#windowWaits.quantile(0.95),
          waitMaxMs: this.#windowWaits.max,
        },
      }),
      ...(rampUp !== undefined && { rampUp }),
    };
  }

  #measureFill(scopes: readonly ScopeUsage[], now: number): number {
    const { limit, burst, enforcement, windowMs } = this.#limit;
    const capacity = enforcement === 'bucket' ? burst : limit;
    let fill = 0;
    for (const { meter, lastAt } of scopes) {
      if (now - lastAt > QUIET_WINDOWS * windowMs) continue;
      fill = Math.max(fill, 1 - meter.readQuota(now).remaining / capacity);
    }
    return Math.max(0, Math.min(1, fill));
  }
}

function describeScope({ scope, requests, throttled, window }: ScopeUsage): ScopeLoad {
  return { scope, requests, throttled, peakPerWindow: window.peak };
}

/** The time over which the agents of the fullest scope have to start. */
function findRampUp({ ratePerSec, burst }: Pace, scopes: readonly ScopeUsage[]): PacingAdvice['rampUp'] {
  let best: PacingAdvice['rampUp'];
  for (const { starts, throttled } of scopes) {
    if (starts === undefined || starts.size < 2 || throttled === 0) continue;
    let requests = 0;
    for (const start of starts.values()) requests += start.requests;
    const overMs = (Math.max(0, requests - burst) / ratePerSec) * 1000;
    if (overMs <= (best?.overMs ?? 0)) continue;
    best = { agents: starts.size, requestsPerAgent: requests / starts.size, overMs };
  }
  return best;
}
