import type { Meter } from './meter.js';

/**
 * At most `limit` requests in each window `[phaseMs + k·windowMs, phaseMs + (k+1)·windowMs)`. Two bursts may meet at an
 * edge.
 */
export class FixedWindow implements Meter {
  #limit: number;
  readonly #windowMs: number;
  readonly #phaseMs: number;
  #window = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number, windowMs: number, phaseMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#phaseMs = phaseMs;
  }

  waitMs(now: number): number {
    return this.#rollWindow(now) < this.#limit ? 0 : this.#windowEndMs() - now;
  }

  takePermit(now: number): void {
    this.#rollWindow(now);
    this.#used += 1;
  }

  changeLimit(limit: number): void {
    this.#limit = limit;
  }

  readQuota(now: number): { remaining: number; resetMs: number } {
    const used = this.#rollWindow(now);
    return { remaining: Math.max(0, this.#limit - used), resetMs: this.#windowEndMs() - now };
  }

  #rollWindow(now: number): number {
    const window = Math.floor((now - this.#phaseMs) / this.#windowMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    return this.#used;
  }

  #windowEndMs(): number {
    return this.#phaseMs + (this.#window + 1) * this.#windowMs;
  }
}
