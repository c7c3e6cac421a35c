import { BoundedMap } from '../bounded-map.js';
import type { LimitSettings } from '../options/limit-options.js';
import { matchesPattern, type Pattern, extractParams } from '../paths/path-pattern.js';
import { FixedWindow } from './fixed-window.js';
import type { Meter } from './meter.js';
import { SlidingWindow } from './sliding-window.js';
import { TokenBucket } from './token-bucket.js';

/** The limit that refused a request, and the time until it accepts one. */
export interface Refusal {
  readonly limit: LimitSettings;
  readonly waitMs: number;
}

/** The properties of a request that limits use. */
export interface LimitSubject {
  readonly method: string;
  readonly segments: readonly string[];
  /** Route name: method and path pattern. */
  readonly route: string;
  readonly token: string;
  readonly client: string;
  readonly user: string;
  readonly tenant: string;
  /** Number of the WebSocket, for frames. */
  readonly socket: string;
}

/** One limit that applied to a request, with the meter of the request's scope. */
export interface AppliedLimit {
  readonly limit: LimitSettings;
  /** The token, user, route or other thing that the limit counts by. */
  readonly scope: string;
  readonly meter: Meter;
}

export interface Admission {
  readonly applied: readonly AppliedLimit[];
  /** Set when the request is refused: the limit with the longest wait. */
  readonly refusal?: { readonly limit: LimitSettings; readonly waitMs: number };
}

/** Maximum number of stored scopes per limit. The oldest is deleted first; it would start again at zero. */
const MAX_SCOPES_PER_LIMIT = 100_000;

interface LimitCounter {
  limit: LimitSettings;
  readonly meters: BoundedMap<string, Meter>;
}

/** All limits of a platform. A request takes a permit from every limit that applies, or from none. */
export class Limiter {
  #counters: LimitCounter[];

  constructor(limits: readonly LimitSettings[]) {
    this.#counters = limits.map(createCounter);
  }

  /** Replaces the limits at run time. A limit with the same name, scope and window keeps its counters. */
  update(limits: readonly LimitSettings[]): void {
    const before = new Map(this.#counters.map((counter) => [counter.limit.name, counter]));
    this.#counters = limits.map((limit) => {
      const known = before.get(limit.name);
      if (known === undefined || !hasSameCounting(known.limit, limit)) return createCounter(limit);
      for (const meter of known.meters.values()) meter.changeLimit(limit.limit, limit.burst);
      known.limit = limit;
      return known;
    });
  }

  /** Asks every limit first, and takes permits only when all accept. */
  admit(subject: LimitSubject, now: number): Admission {
    const applied: AppliedLimit[] = [];
    let refusal: { limit: LimitSettings; waitMs: number } | undefined;
    for (const counter of this.#counters) {
      const { limit } = counter;
      const pattern = limit.patterns?.find((one) => matchesPattern(one, subject.method, subject.segments));
      if (limit.patterns !== undefined && pattern === undefined) continue;
      const scope = resolveScope(limit, subject, pattern);
      const meter = getMeter(counter, scope);
      applied.push({ limit, scope, meter });
      const waitMs = meter.waitMs(now);
      if (waitMs > 0 && (refusal === undefined || waitMs > refusal.waitMs)) refusal = { limit, waitMs };
    }
    if (refusal !== undefined) return { applied, refusal };
    for (const { meter } of applied) meter.takePermit(now);
    return { applied };
  }
}

function createCounter(limit: LimitSettings): LimitCounter {
  return { limit, meters: new BoundedMap(MAX_SCOPES_PER_LIMIT) };
}

function hasSameCounting(a: LimitSettings, b: LimitSettings): boolean {
  return (
    a.per === b.per &&
    a.enforcement === b.enforcement &&
    a.windowMs === b.windowMs &&
    a.phaseMs === b.phaseMs &&
    a.entity === b.entity &&
    a.patterns?.map(({ text }) => text).join() === b.patterns?.map(({ text }) => text).join()
  );
}

function getMeter(counter: LimitCounter, scope: string): Meter {
  let meter = counter.meters.get(scope);
  if (meter === undefined) {
    meter = createMeter(counter.limit);
    counter.meters.set(scope, meter);
  }
  return meter;
}

function createMeter({ enforcement, limit, windowMs, phaseMs, burst }: LimitSettings): Meter {
  if (enforcement === 'fixed') return new FixedWindow(limit, windowMs, phaseMs);
  if (enforcement === 'sliding') return new SlidingWindow(limit, windowMs);
  return new TokenBucket(limit, windowMs, burst);
}

function resolveScope({ per, entity }: LimitSettings, subject: LimitSubject, pattern: Pattern | undefined): string {
  switch (per) {
    case 'token':
    case 'client':
    case 'user':
    case 'tenant':
    case 'socket':
      return subject[per];
    case 'org':
      return 'org';
    case 'entity':
      // The same id in two tenants means two entities.
      return `${subject.tenant} ${pattern === undefined ? '' : (extractParams(pattern, subject.segments)[entity] ?? '')}`;
    case 'route':
      // A pattern without wildcards is itself the route name, whatever name the route table gives to the path.
      return pattern?.isExact === true ? pattern.text : subject.route;
  }
}
