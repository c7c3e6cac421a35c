import { TokenBucket } from './bucket.js';
import { QuotaWindow } from './window.js';

/** Part of its share that a process may send at once. */
const BURST = 0.05;

/**
 * What one process may send while the store is lost: its share of the limit in any window, evenly, since nobody knows what the
 * others have sent in the window that had begun.
 */
export class Substitute {
  readonly #window: QuotaWindow;
  readonly #bucket: TokenBucket;

  /** @param spent When what this process spent in the last window was answered, oldest first, with how many. */
  constructor(
    limit: number,
    windowMs: number,
    processes: number,
    inFlight: number,
    spent: readonly (readonly [at: number, count: number])[],
    now: number,
  ) {
    const share = limit / processes;
    // A share below one is one in a longer time.
    const whole = Math.max(1, Math.floor(share));
    this.#window = new QuotaWindow(whole, share >= 1 ? windowMs : windowMs / share);
    this.#bucket = new TokenBucket(Math.max(1, whole * BURST), (share / windowMs) * 1000, now);
    for (const [at, count] of spent) {
      this.#window.take(count);
      this.#window.end(at, count);
    }
    this.#window.take(inFlight);
  }

  freeAt(now: number, weight: number): number {
    return Math.max(this.#window.freeAt(now, Math.min(weight, this.#window.limit)), this.#bucket.freeAt(now, weight));
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
