/** Number of sources from which on idle sources are forgotten. */
const MANY_SOURCES = 1_000;

/** The times of the last events of one source. */
interface Window {
  /** A ring of times. `next` is the index of the oldest. */
  readonly times: number[];
  next: number;
  lastAt: number;
}

/** Counts events in a sliding window for each source: in any window, wherever it starts, are at most `limit` events. */
export class RateWindows {
  /** The source that was used last is the last one. */
  readonly #windows = new Map<string, Window>();

  constructor(
    readonly limit: number,
    readonly windowMs: number,
  ) {}

  /** Number of sources that it remembers. */
  get sources(): number {
    return this.#windows.size;
  }

  /** Counts an event of a source. Returns 0, or the ms until the source may have another event. */
  take(source: string, now: number): number {
    const window = this.#windows.get(source) ?? { times: [], next: 0, lastAt: now };
    const oldest = window.times.length < this.limit ? -Infinity : (window.times[window.next] as number);
    const waitMs = oldest + this.windowMs - now;
    if (waitMs > 0) return waitMs;
    window.times[window.next] = now;
    window.next = (window.next + 1) % this.limit;
    window.lastAt = now;
    this.#windows.delete(source);
    this.#windows.set(source, window);
    this.#forgetIdle(now);
    return 0;
  }

  #forgetIdle(now: number): void {
    if (this.#windows.size <= MANY_SOURCES) return;
    for (const [source, { lastAt }] of this.#windows) {
      if (lastAt + this.windowMs > now) return;
      this.#windows.delete(source);
    }
  }
}
