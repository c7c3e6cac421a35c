import type { Random } from '@holdline/core';
import { BucketMeter, FixedMeter, SlidingMeter, type Meter } from './meters.js';
import type { LimitSettings, PlatformSettings, ServiceTime } from './scenario.js';

/** A request as the platform sees it. */
export interface ModelRequest {
  token: string;
  method: string;
  path: string;
  route: string;
}

/** The answer to a request. */
export interface ModelAnswer {
  status: number;
  /** Value of the header, or undefined without it. */
  retryAfter: string | undefined;
  /** Name of the limit that refused, if it has one. */
  limitKey: string | undefined;
  /** Time from the arrival of the request to the answer. */
  serviceMs: number;
}

interface Counter {
  limit: LimitSettings;
  segments: { method: string; path: string[] } | undefined;
  meters: Map<string, Meter>;
}

/** The service time without an option. */
export const DEFAULT_SERVICE: ServiceTime = { p50Ms: 100, p95Ms: 100 };
/** The 95th percentile of the normal distribution. */
const Z95 = 1.6449;

/** Answers requests as a platform with limits would. It knows nothing of the line. */
export class PlatformModel {
  readonly #counters: Counter[];
  readonly #platform: PlatformSettings;
  readonly #random: Random;

  /** @param random - Source of service times and errors. */
  constructor(platform: PlatformSettings, random: Random) {
    this.#platform = platform;
    this.#random = random;
    this.#counters = platform.limits.map((limit) => {
      const [method = '', path = ''] = limit.match?.split(' ') ?? [];
      const segments = limit.match === undefined ? undefined : { method, path: path.split('/') };
      return { limit, segments, meters: new Map() };
    });
  }

  /** Answers a request that arrives at `now`, ms after the start of the load. */
  answer(request: ModelRequest, now: number): ModelAnswer {
    const { errorRate, errorStatus } = this.#platform;
    const serviceMs = this.#serviceMs();
    const refusal = this.#admit(request, now);
    if (refusal)
      return {
        status: 429,
        retryAfter: this.#retryAfter(refusal.waitMs),
        limitKey: refusal.limit.name,
        serviceMs,
      };
    const fails = errorRate > 0 && this.#random.next() < errorRate;
    return { status: fails ? errorStatus : 200, retryAfter: undefined, limitKey: undefined, serviceMs };
  }

  /** A request of another client, with a token of its own. */
  answerOther(now: number): void {
    const { others } = this.#platform;
    if (!others) return;
    const [method = '', path = ''] = others.route.split(' ');
    this.#admit({ token: 'another client', method, path, route: others.route }, now);
  }

  #admit(request: ModelRequest, now: number): { limit: LimitSettings; waitMs: number } | undefined {
    const applied: Meter[] = [];
    let refusal: { limit: LimitSettings; waitMs: number } | undefined;
    for (const { limit, segments, meters } of this.#counters) {
      if (segments && !matches(segments, request)) continue;
      const scope =
        limit.per === 'token' ? request.token : limit.per === 'org' ? 'org' : (limit.match ?? request.route);
      let meter = meters.get(scope);
      if (!meter) meters.set(scope, (meter = createMeter(limit)));
      const waitMs = meter.waitMs(now);
      if (waitMs > 0 && waitMs > (refusal?.waitMs ?? 0)) refusal = { limit, waitMs };
      applied.push(meter);
    }
    if (!refusal) for (const meter of applied) meter.take(now);
    return refusal;
  }

  #retryAfter(waitMs: number): string | undefined {
    switch (this.#platform.retryAfter) {
      case 'seconds':
        return String(Math.max(1, Math.ceil(waitMs / 1_000)));
      case 'exact':
        return (Math.max(1, Math.ceil(waitMs)) / 1_000).toFixed(3);
      case 'none':
        return undefined;
    }
  }

  #serviceMs(): number {
    const { p50Ms, p95Ms } = this.#platform.service ?? DEFAULT_SERVICE;
    if (p50Ms === p95Ms) return p50Ms;
    // Box and Muller's method; 1 - next() is never 0.
    const angle = 2 * Math.PI * this.#random.next();
    const normal = Math.sqrt(-2 * Math.log(1 - this.#random.next())) * Math.cos(angle);
    return p50Ms * Math.exp((Math.log(p95Ms / p50Ms) / Z95) * normal);
  }
}

function createMeter({ counts, limit, windowMs, phaseMs, burst }: LimitSettings): Meter {
  if (counts === 'fixed') return new FixedMeter(limit, windowMs, phaseMs);
  return counts === 'sliding' ? new SlidingMeter(limit, windowMs) : new BucketMeter(limit, windowMs, burst ?? limit);
}

/** Whether a request belongs to a pattern. `:name` and `*` match one segment, `**` the rest. */
function matches(pattern: { method: string; path: string[] }, { method, path }: ModelRequest): boolean {
  if (pattern.method !== method) return false;
  const segments = path.split('/');
  for (const [i, wanted] of pattern.path.entries()) {
    if (wanted === '**') return true;
    const segment = segments[i];
    if (segment === undefined || (!wanted.startsWith(':') && wanted !== '*' && wanted !== segment)) return false;
  }
  return segments.length === pattern.path.length;
}
