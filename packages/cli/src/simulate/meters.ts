/** Counts the requests of one scope of a limit. */
export interface Meter {
  /** Time until a request is accepted, ms; 0 if it is accepted at `now`. */
  waitMs(now: number): number;
  /** Counts an accepted request. */
  take(now: number): void;
}

/** Allows `limit` requests in each window `[phaseMs + k * windowMs, phaseMs + (k + 1) * windowMs)`. */
export class FixedMeter implements Meter {
  #window = Number.NaN;
  #used = 0;

  constructor(
    readonly limit: number,
    readonly windowMs: number,
    readonly phaseMs: number,
  ) {}

  waitMs(now: number): number {
    this.#enter(now);
    return this.#used < this.limit ? 0 : this.phaseMs + (this.#window + 1) * this.windowMs - now;
  }

  take(now: number): void {
    this.#enter(now);
    this.#used++;
  }

  #enter(now: number): void {
    const window = Math.floor((now - this.phaseMs) / this.windowMs);
    if (window === this.#window) return;
    this.#window = window;
    this.#used = 0;
  }
}

/** Allows `limit` requests in any window. It keeps the times of the last `limit` accepted requests in a ring. */
export class SlidingMeter implements Meter {
  readonly #times: number[] = [];
  #next = 0;

  constructor(
    readonly limit: number,
    readonly windowMs: number,
  ) {}

  waitMs(now: number): number {
    // The oldest of the last `limit` requests has to leave the window.
    const oldest = this.#times.length < this.limit ? undefined : this.#times[this.#next];
    return oldest === undefined ? 0 : Math.max(0, oldest + this.windowMs - now);
  }

  take(now: number): void {
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.limit;
  }
}

/** A bucket of `burst` permits, full at the start, that regains `limit` permits per window evenly. */
export class BucketMeter implements Meter {
  #level: number;
  #at = 0;

  constructor(
    readonly limit: number,
    readonly windowMs: number,
    readonly burst: number,
  ) {
    this.#level = burst;
  }

  waitMs(now: number): number {
    this.#refill(now);
    const missing = 1 - this.#level;
    // Each refill has a rounding error, which must not cost a whole second of Retry-After.
    return missing <= 1e-9 ? 0 : (missing * this.windowMs) / this.limit;
  }

  take(now: number): void {
    this.#refill(now);
    this.#level = Math.max(0, this.#level - 1);
  }

  #refill(now: number): void {
    this.#level = Math.min(this.burst, this.#level + ((now - this.#at) * this.limit) / this.windowMs);
    this.#at = now;
  }
}
