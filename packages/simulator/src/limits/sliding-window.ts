import type { Meter } from './meter.js';

/**
 * At most `limit` requests in every window `(now - windowMs, now]`, wherever it starts. It keeps an exact log of times.
 */
export class SlidingWindow implements Meter {
  #limit: number;
  readonly #windowMs: number;
  #times: number[] = [];
  #head = 0;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  waitMs(now: number): number {
    if (this.#countLive(now) < this.#limit) return 0;
    // After the limit was reduced, the log may hold more entries than `limit`. Then more than the oldest must expire.
    const expiring = this.#times[this.#times.length - this.#limit] ?? now;
    return expiring + this.#windowMs - now;
  }

  takePermit(now: number): void {
    this.#countLive(now);
    this.#times.push(now);
  }

  changeLimit(limit: number): void {
    this.#limit = limit;
  }

  readQuota(now: number): { remaining: number; resetMs: number } {
    const live = this.#countLive(now);
    const oldest = this.#times[this.#head];
    return {
      remaining: Math.max(0, this.#limit - live),
      resetMs: oldest === undefined ? 0 : oldest + this.#windowMs - now,
    };
  }

  #countLive(now: number): number {
    while (this.#head < this.#times.length && now - (this.#times[this.#head] ?? now) >= this.#windowMs) this.#head += 1;
    // Compacting only when most entries have expired keeps the cost per request constant.
    if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
    return this.#times.length - this.#head;
  }
}
