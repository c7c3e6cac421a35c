import { SlidingWindow } from '../learning/sliding-window.js';
import { TokenBucket } from '../limits/token-bucket.js';

/** Part of its share that a process may send at once. */
const BURST = 0.05;
/** Part of its share that a process may use of the window that had begun, though it had used less: where others wanted all, or not. */
const FLOOR = { contended: 0.1, free: 0.5 };

/** What a process knows of itself and the others when the store is lost. */
export interface LastKnown {
  readonly limit: number;
  readonly windowMs: number;
  readonly processes: number;
  /** Whether others wanted more than there was. */
  readonly contended: boolean;
  readonly inFlight: number;
  /** When what this process spent in the last window was answered, the oldest first, with how many. */
  readonly spent: readonly (readonly [at: number, count: number])[];
}

/**
 * What one process may send while the store is lost: its share of the limit in any window, evenly. In the window that had begun
 * it sends no more than it had, or little: who had more than a share has spent it there.
 */
export class FallbackLimiter {
  readonly #window: SlidingWindow;
  readonly #bucket: TokenBucket;
  readonly #share: number;
  readonly #sharesFrom: number;

  constructor({ limit, windowMs, processes, contended, inFlight, spent }: LastKnown, now: number) {
    const share = limit / processes;
    // A share below one is one in a longer time.
    this.#share = Math.max(1, Math.floor(share));
    const had = spent.reduce((sum, [, count]) => sum + count, inFlight);
    const floor = Math.ceil(share * (contended ? FLOOR.contended : FLOOR.free));
    this.#window = new SlidingWindow(
      Math.min(this.#share, Math.max(had, floor)),
      share >= 1 ? windowMs : windowMs / share,
    );
    this.#sharesFrom = now + windowMs;
    this.#bucket = new TokenBucket(Math.max(1, this.#share * BURST), (share / windowMs) * 1000, now);
    for (const [at, count] of spent) {
      this.#window.take(count);
      this.#window.end(at, count);
    }
    this.#window.take(inFlight);
  }

  freeAt(now: number, weight: number): number {
    const window = this.#window;
    const bucketAt = this.#bucket.freeAt(now, weight);
    if (now >= this.#sharesFrom) window.limit = this.#share;
    const windowAt = window.freeAt(now, Math.min(weight, window.limit));
    return Math.max(bucketAt, now < this.#sharesFrom ? Math.min(windowAt, this.#sharesFrom) : windowAt);
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
