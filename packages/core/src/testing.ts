import type { Clock, Random, Undo } from './contract/clock.js';

export { assertNoStalledCalls, findStalledCalls } from './line/stalled-calls.js';

interface Timer {
  at: number;
  order: number;
  fn: () => void;
}

/**
 * A clock that stands still until it is told to move, so that a test of an hour takes a millisecond.
 *
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { seededRandom, VirtualClock } from '@holdline/core/testing';
 *
 * const clock = new VirtualClock();
 * const line = createHoldline({ clock, random: seededRandom(1) });
 * await clock.advance(60_000);
 * await line.close();
 * ```
 */
export class VirtualClock implements Clock {
  #now = 0;
  #wall: number;
  #order = 0;
  readonly #timers = new Set<Timer>();
  readonly #checks = new Set<() => void>();

  /** @param wall Wall time at the start, in ms. @defaultValue 2026-01-01T00:00:00Z */
  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wall + this.#now;
  }

  setTimer(ms: number, fn: () => void): Undo {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: ++this.#order, fn };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the wall clock alone, as an administrator or NTP does. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  /**
   * Runs `check` after each timer, when promises have settled, and before the first one. What it throws rejects the `advance` or
   * `run` under way.
   */
  afterEachStep(check: () => void): Undo {
    this.#checks.add(check);
    return () => {
      this.#checks.delete(check);
    };
  }

  /** Moves on by `ms`, timer by timer, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.#settle();
    for (let next = this.#first(); next && next.at <= until; next = this.#first()) {
      this.#fire(next);
      await this.#settle();
    }
    this.#now = until;
  }

  /**
   * Moves on, timer by timer, until none waits.
   * @throws Error after `most` timers (default 1,000,000): something arms itself for ever.
   */
  async run(most = 1_000_000): Promise<void> {
    await this.#settle();
    for (let n = 0, next = this.#first(); next; next = this.#first()) {
      if (++n > most) throw new Error(`more than ${most} timers: something arms itself for ever`);
      this.#fire(next);
      await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    await settle();
    for (const check of this.#checks) check();
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }

  #fire(timer: Timer): void {
    this.#now = Math.max(this.#now, timer.at);
    this.#timers.delete(timer);
    timer.fn();
  }
}

/** Lets every promise that can settle do so: one turn of the event loop runs the microtask queue dry. */
export function settle(): Promise<void> {
  const { setImmediate: soon } = globalThis as { setImmediate?: (fn: () => void) => unknown };
  return new Promise((resolve) => void (soon ?? setTimeout)(() => resolve()));
}

/** Chance that is the same in every run (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    },
  };
}
