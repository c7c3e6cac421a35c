import type { HoldlineEvents, Snapshot } from '@holdline/core';
import type { RouteTotals, Totals } from '../types.js';
import { DurationHistogram } from './histogram.js';

/** Number of routes that are counted apart. */
const MAX_ROUTES = 1_000;
/** Name under which further routes are counted together. */
const OTHER = 'other';
const SLOTS = 60;
const SLOT_MS = 1_000;

interface RouteCount extends Omit<RouteTotals, 'p50' | 'p95' | 'p99'> {
  durations: DurationHistogram;
}

interface Slot {
  /** Number of the second, of the monotonic clock. */
  second: number;
  calls: number;
  ok: number;
  attempts: number;
  refusals: number;
  durations: DurationHistogram;
}

type Counter<K extends string> = Partial<Record<K, number>>;

function increment<K extends string>(counter: Counter<K>, key: K): void {
  counter[key] = (counter[key] ?? 0) + 1;
}

/** Counts of the last 60 s, second by second. */
class LastMinute {
  readonly #slots: Slot[] = [];

  at(now: number): Slot {
    const second = Math.floor(now / SLOT_MS);
    const index = second % SLOTS;
    const slot = (this.#slots[index] ??= {
      second,
      calls: 0,
      ok: 0,
      attempts: 0,
      refusals: 0,
      durations: new DurationHistogram(),
    });
    if (slot.second !== second) {
      Object.assign(slot, { second, calls: 0, ok: 0, attempts: 0, refusals: 0 });
      slot.durations.clear();
    }
    return slot;
  }

  read(now: number): Totals['lastMinute'] {
    const first = Math.floor(now / SLOT_MS) - SLOTS + 1;
    const sum = { calls: 0, ok: 0, attempts: 0, refusals: 0 };
    const durations = new DurationHistogram();
    for (const slot of this.#slots) {
      if (slot === undefined || slot.second < first) continue;
      sum.calls += slot.calls;
      sum.ok += slot.ok;
      sum.attempts += slot.attempts;
      sum.refusals += slot.refusals;
      durations.merge(slot.durations);
    }
    const { calls, ok, attempts, refusals } = sum;
    return { calls, attempts, refusals, successRate: calls > 0 ? ok / calls : undefined, ...durations.quantiles() };
  }
}

/** Counts since the monitor began, of the line and of its routes. */
export class TotalCounts {
  readonly #sum = { calls: 0, ok: 0, failed: 0, attempts: 0, refusals: 0, retries: 0, saved: 0 };
  readonly #tokens = { tokenRefreshes: 0, tokenRefreshFailures: 0 };
  readonly #attemptsBy: Totals['attemptsBy'] = {};
  readonly #retriesBy: Totals['retriesBy'] = {};
  readonly #rejectedBy: Totals['rejectedBy'] = {};
  readonly #gaveUpBy: Totals['gaveUpBy'] = {};
  readonly #routes = new Map<string, RouteCount>();
  readonly #lastMinute = new LastMinute();

  constructor(private readonly since: number) {}

  call({ route, outcome, durationMs, waitedMs, answeredBy }: HoldlineEvents['call'], now: number): void {
    const ok = outcome === 'ok';
    this.#sum.calls++;
    this.#sum[ok ? 'ok' : 'failed']++;
    if (answeredBy !== undefined) this.#sum.saved++;
    const count = this.#route(route);
    count.calls++;
    if (!ok) count.failed++;
    count.waitedMs += waitedMs;
    count.durations.add(durationMs);
    const slot = this.#lastMinute.at(now);
    slot.calls++;
    if (ok) slot.ok++;
    slot.durations.add(durationMs);
  }

  attempt({ route, outcome }: HoldlineEvents['attempt'], now: number): void {
    const count = this.#route(route);
    const slot = this.#lastMinute.at(now);
    this.#sum.attempts++;
    count.attempts++;
    slot.attempts++;
    increment(this.#attemptsBy, outcome);
    if (outcome !== 'refused') return;
    this.#sum.refusals++;
    count.refusals++;
    slot.refusals++;
  }

  retry({ route, reason }: HoldlineEvents['retry']): void {
    this.#sum.retries++;
    this.#route(route).retries++;
    increment(this.#retriesBy, reason);
  }

  refused({ route, code }: HoldlineEvents['refused']): void {
    this.#route(route).rejected++;
    increment(this.#rejectedBy, code);
  }

  giveUp({ reason }: HoldlineEvents['giveUp']): void {
    increment(this.#gaveUpBy, reason);
  }

  tokenRefreshed(): void {
    this.#tokens.tokenRefreshes++;
  }

  tokenRefreshFailed(): void {
    this.#tokens.tokenRefreshFailures++;
  }

  read(deadLetters: Snapshot['deadLetters'], now: number): Totals {
    return {
      since: this.since,
      ...this.#sum,
      attemptsBy: { ...this.#attemptsBy },
      retriesBy: { ...this.#retriesBy },
      rejectedBy: { ...this.#rejectedBy },
      gaveUpBy: { ...this.#gaveUpBy },
      ...this.#tokens,
      deadLetters: { ...deadLetters },
      lastMinute: this.#lastMinute.read(now),
    };
  }

  routes(): RouteTotals[] {
    return [...this.#routes.values()]
      .map(({ durations, ...counts }) => ({ ...counts, ...durations.quantiles() }))
      .sort((a, b) => b.calls - a.calls || b.attempts - a.attempts);
  }

  #route(name: string): RouteCount {
    const known = this.#routes.get(name);
    if (known) return known;
    if (this.#routes.size >= MAX_ROUTES && name !== OTHER) return this.#route(OTHER);
    const route: RouteCount = {
      route: name,
      calls: 0,
      failed: 0,
      attempts: 0,
      refusals: 0,
      retries: 0,
      rejected: 0,
      waitedMs: 0,
      durations: new DurationHistogram(),
    };
    this.#routes.set(name, route);
    return route;
  }
}
