/** A token bucket: `burst` permits at once, then `ratePerSec`. The bucket smooths; the window over it enforces the quota. */
export class TokenBucket {
  #tokens: number;
  #refilledAt: number;

  constructor(
    public burst: number,
    public ratePerSec: number,
    now: number,
  ) {
    this.#tokens = burst;
    this.#refilledAt = now;
  }

  #refill(now: number): void {
    if (now > this.#refilledAt) {
      this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#refilledAt) * this.ratePerSec) / 1000);
      this.#refilledAt = now;
    }
  }

  /** Applies new numbers. Tokens refilled until now were refilled at the old rate. */
  reconfigure(burst: number, ratePerSec: number, now: number): void {
    this.#refill(now);
    this.burst = burst;
    this.ratePerSec = ratePerSec;
    this.#tokens = Math.min(burst, this.#tokens);
  }

  /** Returns when `weight` tokens are available. A weight above `burst` waits for a full bucket and then overdraws the bucket. */
  freeAt(now: number, weight: number): number {
    this.#refill(now);
    const missing = Math.min(weight, this.burst) - this.#tokens;
    // Rounding of fractions leaves sums slightly below the whole token.
    return missing <= 1e-9 ? now : now + (missing / this.ratePerSec) * 1000;
  }

  take(weight: number): void {
    this.#tokens -= weight;
  }

  undo(weight: number): void {
    this.#tokens = Math.min(this.burst, this.#tokens + weight);
  }

  /** Returns when the `n`th token from `from` on is available, if no other token is taken. */
  estimate(now: number, n: number, from = now): number {
    this.#refill(now);
    const tokens = Math.min(this.burst, this.#tokens + ((from - now) * this.ratePerSec) / 1000);
    return from + Math.max(0, ((n - tokens) / this.ratePerSec) * 1000);
  }

  isFull(now: number): boolean {
    return this.freeAt(now, this.burst) === now;
  }
}
