/** One way to pace requests. */
export interface Pace {
  /** Requests per second. */
  readonly ratePerSec: number;
  /** Requests that may leave at once after a pause. */
  readonly burst: number;
}

/** The numbers of a limit that decide which paces it accepts. */
export interface PacedLimit {
  readonly limit: number;
  readonly windowMs: number;
  readonly enforcement: 'fixed' | 'sliding' | 'bucket';
  readonly burst: number;
}

/** Parts of a window's limit that may leave in one burst. The rest is its rate. */
const BURST_SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];
/** Requests are judged at their arrival. This much rounding of times must not cost a refusal, ms. */
const MARGIN_MS = 1;
/** Largest window limit whose pacer is simulated. It keeps the times of so many requests. */
const MAX_WINDOW_LIMIT = 5000;

/**
 * Returns paces that a limit always accepts, whatever the arrivals are.
 *
 * A pacer with burst `b` and a distance `T` lets `n + 1` requests through in no less than `(n + 1 - b) * T`. A window
 * refuses when `limit + 1` requests arrive within less than its length. So every pace with
 * `(limit + 1 - b) * T > windowMs` passes, in fixed and in sliding windows. A bucket accepts its own rate and burst.
 */
export function acceptedPaces({ limit, windowMs, enforcement, burst }: PacedLimit): Pace[] {
  if (enforcement === 'bucket') return [{ ratePerSec: roundDown((limit * 1000) / windowMs), burst }];
  const bursts = new Set(BURST_SHARES.map((share) => Math.max(1, Math.floor(share * limit))));
  return [...bursts].map((one) => ({
    ratePerSec: roundDown(((limit + 1 - one) * 1000) / (windowMs + MARGIN_MS)),
    burst: one,
  }));
}

/** Rounds down to four digits, so that the printed rate is the simulated one. */
function roundDown(rate: number): number {
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 3);
  const rounded = Number((Math.floor(rate / unit) * unit).toPrecision(4));
  return rounded > 0 ? rounded : rate;
}

/** Delays requests. Each pacer serves one scope, first in, first out. Times must not decrease. */
export interface Pacer {
  /** Returns the time at which a request that arrives now leaves, ms. */
  release(now: number): number;
}

/** A pacer by rate and burst. It needs one number of memory (the generic cell rate algorithm). */
export class RatePacer implements Pacer {
  readonly #distanceMs: number;
  readonly #toleranceMs: number;
  #theoreticalAt = Number.NEGATIVE_INFINITY;

  constructor({ ratePerSec, burst }: Pace) {
    // The part of 1e-9 keeps the sum of rounded distances above the exact one.
    this.#distanceMs = (1000 / ratePerSec) * (1 + 1e-9);
    this.#toleranceMs = (burst - 1) * this.#distanceMs;
  }

  release(now: number): number {
    const at = Math.max(now, this.#theoreticalAt - this.#toleranceMs);
    this.#theoreticalAt = Math.max(at, this.#theoreticalAt) + this.#distanceMs;
    return at;
  }
}

/** A pacer that lets the whole limit through at once, and the next request when the oldest leaves the window. */
export class WindowPacer implements Pacer {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #times: number[] = [];
  #next = 0;

  constructor({ limit, windowMs }: PacedLimit) {
    this.#limit = limit;
    this.#windowMs = windowMs + MARGIN_MS;
  }

  release(now: number): number {
    const oldest = this.#times.length < this.#limit ? undefined : this.#times[this.#next];
    const newest = this.#times[(this.#next + this.#times.length - 1) % Math.max(1, this.#times.length)];
    const at = Math.max(now, newest ?? now, oldest === undefined ? now : oldest + this.#windowMs);
    this.#times[this.#next] = at;
    this.#next = (this.#next + 1) % this.#limit;
    return at;
  }
}

/** Whether a pacer of the whole window is simulated for a limit. */
export function hasWindowPacer({ enforcement, limit }: PacedLimit): boolean {
  return enforcement !== 'bucket' && limit <= MAX_WINDOW_LIMIT;
}
