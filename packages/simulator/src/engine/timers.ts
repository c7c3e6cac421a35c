/** The timers of one simulator, so that `stop()` can cancel them all. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  /** Calls `act` after `ms`. The returned function cancels the timer. */
  start(ms: number, callback: () => void): () => void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      callback();
    }, ms);
    this.#pending.add(timer);
    return () => {
      clearTimeout(timer);
      this.#pending.delete(timer);
    };
  }

  /** Resolves after `ms`; returns undefined for a wait of 0. */
  pause(ms: number): Promise<void> | undefined {
    return ms <= 0 ? undefined : new Promise((resolve) => this.start(ms, resolve));
  }

  /** Cancels all timers. */
  clear(): void {
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
