import type { Meter } from './meter.js';

/** `limit` requests in each window `[phaseMs + k·windowMs, phaseMs + (k+1)·windowMs)`. Two bursts may meet at an edge. */
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
    return this.#enter(now) < this.#limit ? 0 : this.#endMs() - now;
  }

  take(now: number): void {
    this.#enter(now);
    this.#used += 1;
  }

  retune(limit: number): void {
    this.#limit = limit;
  }

  level(now: number): { remaining: number; resetMs: number } {
    const used = this.#enter(now);
    return { remaining: Math.max(0, this.#limit - used), resetMs: this.#endMs() - now };
  }

  #enter(now: number): number {
    const window = Math.floor((now - this.#phaseMs) / this.#windowMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    return this.#used;
  }

  #endMs(): number {
    return this.#phaseMs + (this.#window + 1) * this.#windowMs;
  }
}
