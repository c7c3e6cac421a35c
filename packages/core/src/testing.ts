import type { Clock, Random, Undo } from './contract/clock.js';

export { assertNoStalledCalls, findStalledCalls } from './line/stalled-calls.js';

interface Timer {
  at: number;
  order: number;
  fn: () => void;
}

/**
 * A clock that moves only when a test moves it, so that a test of one hour takes a millisecond.
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
 * @public
 */
export class VirtualClock implements Clock {
  #now = 0;
  #wall: number;
  #order = 0;
  readonly #timers = new Set<Timer>();
  readonly #checks = new Set<() => void>();

  /** @param wall - Wall time at the start, in ms. @defaultValue 2026-01-01T00:00:00Z */
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

  /** Number of waiting timers. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves only the wall clock, as an administrator or NTP does. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  /**
   * Runs `check` before the first timer and after each timer, when promises have settled. An error of `check` rejects the current
   * `advance` or `run`.
   */
  afterEachStep(check: () => void): Undo {
    this.#checks.add(check);
    return () => {
      this.#checks.delete(check);
    };
  }

  /** Moves the clock by `ms`, timer by timer, and lets promises settle after each timer. */
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
   * Moves the clock, timer by timer, until no timer waits.
   * @throws Error after `maxTimers` timers (default 1,000,000), because a timer then probably starts itself again endlessly.
   */
  async run(maxTimers = 1_000_000): Promise<void> {
    await this.#settle();
    for (let n = 0, next = this.#first(); next; next = this.#first()) {
      if (++n > maxTimers) throw new Error(`more than ${maxTimers} timers: a timer starts itself again endlessly`);
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

/**
 * Lets all promises settle that can: one turn of the event loop empties the microtask queue.
 * @public
 */
export function settle(): Promise<void> {
  const { setImmediate: soon } = globalThis as { setImmediate?: (fn: () => void) => unknown };
  return new Promise((resolve) => void (soon ?? setTimeout)(() => resolve()));
}

/**
 * Random numbers that are the same in every run (mulberry32).
 * @public
 */
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

// For our own packages. These exports may change in any version.
export { EVENT_QUEUE_CASES, type EventQueueCase, type EventQueueHost } from './stores/event-queue-cases.js';
