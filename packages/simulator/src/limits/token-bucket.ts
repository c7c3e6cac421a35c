import type { Meter } from './meter.js';

/** A bucket of `burst` permits, full at the start, refilled evenly with `limit` permits per `windowMs`. */
export class TokenBucket implements Meter {
  #limit: number;
  readonly #windowMs: number;
  #burst: number;
  #permits: number;
  #refilledAt = 0;

  constructor(limit: number, windowMs: number, burst: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#burst = burst;
    this.#permits = burst;
  }

  waitMs(now: number): number {
    const missing = 1 - this.#refill(now);
    // Each refill adds a rounding error of about 1e-16. The error must not cost a client a whole extra second.
    return missing <= 1e-9 ? 0 : (missing * this.#windowMs) / this.#limit;
  }

  takePermit(now: number): void {
    this.#permits = Math.max(0, this.#refill(now) - 1);
  }

  changeLimit(limit: number, burst: number): void {
    this.#limit = limit;
    this.#burst = burst;
    this.#permits = Math.min(this.#permits, burst);
  }

  readQuota(now: number): { remaining: number; resetMs: number } {
    const level = this.#refill(now);
    return {
      remaining: Math.floor(level + 1e-9),
      resetMs: ((this.#burst - level) * this.#windowMs) / this.#limit,
    };
  }

  #refill(now: number): number {
    if (now > this.#refilledAt) {
      this.#permits = Math.min(this.#burst, this.#permits + ((now - this.#refilledAt) * this.#limit) / this.#windowMs);
      this.#refilledAt = now;
    }
    return this.#permits;
  }
}
