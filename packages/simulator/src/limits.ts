/**
 * How a platform counts: three ways, each a class without a clock. Every `now` is in ms, never goes back, and has the
 * start of the simulator as zero.
 */
export interface Meter {
  /** Time until one more request would be accepted, ms; 0 when it would be now. */
  waitMs(now: number): number;
  /** Counts one accepted request. Only after `waitMs(now)` was 0. */
  take(now: number): void;
  /** New numbers at run time; what was counted stays counted. */
  retune(limit: number, burst: number): void;
  /** What a quota header would say: whole permits left, and the time until more come back, ms. */
  level(now: number): { remaining: number; resetMs: number };
}

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

/** At most `limit` requests in every window `(now - windowMs, now]`, wherever it starts: an exact log of times. */
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
    if (this.#live(now) < this.#limit) return 0;
    // After a cut of the limit more entries than `limit` may live, so it is not always the oldest that must leave.
    const leaving = this.#times[this.#times.length - this.#limit] ?? now;
    return leaving + this.#windowMs - now;
  }

  take(now: number): void {
    this.#live(now);
    this.#times.push(now);
  }

  retune(limit: number): void {
    this.#limit = limit;
  }

  level(now: number): { remaining: number; resetMs: number } {
    const live = this.#live(now);
    const oldest = this.#times[this.#head];
    return {
      remaining: Math.max(0, this.#limit - live),
      resetMs: oldest === undefined ? 0 : oldest + this.#windowMs - now,
    };
  }

  #live(now: number): number {
    while (this.#head < this.#times.length && now - (this.#times[this.#head] ?? now) >= this.#windowMs) this.#head += 1;
    // Compacting only when most of the array is dead keeps the cost per request constant.
    if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
    return this.#times.length - this.#head;
  }
}

/** A bucket of `burst` permits, full at first, that gains `limit` permits per `windowMs`, evenly. */
export class TokenBucket implements Meter {
  #limit: number;
  readonly #windowMs: number;
  #burst: number;
  #level: number;
  #at = 0;

  constructor(limit: number, windowMs: number, burst: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#burst = burst;
    this.#level = burst;
  }

  waitMs(now: number): number {
    const missing = 1 - this.#refill(now);
    // Refilling adds rounding errors of about 1e-16 each; they must not cost a client a whole extra second.
    return missing <= 1e-9 ? 0 : (missing * this.#windowMs) / this.#limit;
  }

  take(now: number): void {
    this.#level = Math.max(0, this.#refill(now) - 1);
  }

  retune(limit: number, burst: number): void {
    this.#limit = limit;
    this.#burst = burst;
    this.#level = Math.min(this.#level, burst);
  }

  level(now: number): { remaining: number; resetMs: number } {
    const level = this.#refill(now);
    return {
      remaining: Math.floor(level + 1e-9),
      resetMs: ((this.#burst - level) * this.#windowMs) / this.#limit,
    };
  }

  #refill(now: number): number {
    if (now > this.#at) {
      this.#level = Math.min(this.#burst, this.#level + ((now - this.#at) * this.#limit) / this.#windowMs);
      this.#at = now;
    }
    return this.#level;
  }
}
