import { SlidingWindow } from '../learning/sliding-window.js';
import { TokenBucket } from '../limits/token-bucket.js';

/** Part of the share that may leave at once. */
const BURST_PART = 0.05;
/**
 * Minimum part of the share for the current window, with and without contention. More is available where the process used more
 * before.
 */
const MIN_PART = { contended: 0.1, free: 0.5 };

/** State of a process and of the other processes when the store is lost. */
export interface LastKnown {
  readonly limit: number;
  readonly windowMs: number;
  readonly processes: number;
  /** Whether other processes wanted more permits than were free. */
  readonly contended: boolean;
  readonly inFlight: number;
  /** Answer times of the permits that this process used in the last window, oldest first, with their number. */
  readonly spent: readonly (readonly [at: number, count: number])[];
}

/**
 * Limits what one process may send while the store is lost: its share of the limit in any window, spread evenly. In the current
 * window the process sends at most what it used before, or a small part of its share, because other processes may have used more
 * than their share.
 */
export class FallbackLimiter {
  readonly #window: SlidingWindow;
  readonly #bucket: TokenBucket;
  readonly #share: number;
  readonly #fullShareAt: number;

  constructor({ limit, windowMs, processes, contended, inFlight, spent }: LastKnown, now: number) {
    const share = limit / processes;
    // A share below one permit becomes one permit in a longer window.
    this.#share = Math.max(1, Math.floor(share));
    const used = spent.reduce((sum, [, count]) => sum + count, inFlight);
    const min = Math.ceil(share * (contended ? MIN_PART.contended : MIN_PART.free));
    this.#window = new SlidingWindow(
      Math.min(this.#share, Math.max(used, min)),
      share >= 1 ? windowMs : windowMs / share,
    );
    this.#fullShareAt = now + windowMs;
    this.#bucket = new TokenBucket(Math.max(1, this.#share * BURST_PART), (share / windowMs) * 1000, now);
    for (const [at, count] of spent) {
      this.#window.take(count);
      this.#window.end(at, count);
    }
    this.#window.take(inFlight);
  }

  freeAt(now: number, weight: number): number {
    const window = this.#window;
    const bucketAt = this.#bucket.freeAt(now, weight);
    if (now >= this.#fullShareAt) window.limit = this.#share;
    const windowAt = window.freeAt(now, Math.min(weight, window.limit));
    return Math.max(bucketAt, now < this.#fullShareAt ? Math.min(windowAt, this.#fullShareAt) : windowAt);
  }

  take(weight: number): void {
    this.#window.take(weight);
    this.#bucket.take(weight);
  }

  end(now: number, weight: number): void {
    this.#window.end(now, weight);
  }

  undo(weight: number): void {
    this.#window.undo(weight);
    this.#bucket.undo(weight);
  }
}
