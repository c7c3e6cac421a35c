/** A token bucket: `burst` at once, then `ratePerSec`. Smooths; the window over it keeps the quota. */
export class TokenBucket {
  #tokens: number;
  #at: number;

  constructor(
    public burst: number,
    public ratePerSec: number,
    now: number,
  ) {
    this.#tokens = burst;
    this.#at = now;
  }

  #refill(now: number): void {
    if (now > this.#at) {
      this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#at) * this.ratePerSec) / 1000);
      this.#at = now;
    }
  }

  /** Takes new numbers; what was regained until now was regained at the old rate. */
  reconfigure(burst: number, ratePerSec: number, now: number): void {
    this.#refill(now);
    this.burst = burst;
    this.ratePerSec = ratePerSec;
    this.#tokens = Math.min(burst, this.#tokens);
  }

  /** When `weight` tokens are there. A weight above `burst` waits for a full bucket and then overdraws it. */
  freeAt(now: number, weight: number): number {
    this.#refill(now);
    const missing = Math.min(weight, this.burst) - this.#tokens;
    // Sums of fractions fall a hair short of the whole token they stand for.
    return missing <= 1e-9 ? now : now + (missing / this.ratePerSec) * 1000;
  }

  take(weight: number): void {
    this.#tokens -= weight;
  }

  undo(weight: number): void {
    this.#tokens = Math.min(this.burst, this.#tokens + weight);
  }

  /** When the `n`th token from `from` on is there, if none is taken before. */
  estimate(now: number, n: number, from = now): number {
    this.#refill(now);
    const tokens = Math.min(this.burst, this.#tokens + ((from - now) * this.ratePerSec) / 1000);
    return from + Math.max(0, ((n - tokens) / this.ratePerSec) * 1000);
  }

  full(now: number): boolean {
    return this.freeAt(now, this.burst) === now;
  }
}
