/** The timers of one simulator, so that `stop()` can cancel them all. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  /** Calls `act` after `ms`, and returns what cancels it. */
  start(ms: number, act: () => void): () => void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      act();
    }, ms);
    this.#pending.add(timer);
    return () => {
      clearTimeout(timer);
      this.#pending.delete(timer);
    };
  }

  /** Resolves after `ms`; undefined when there is nothing to wait for. */
  pause(ms: number): Promise<void> | undefined {
    return ms <= 0 ? undefined : new Promise((resolve) => this.start(ms, resolve));
  }

  /** Cancels all timers. What they would have done is never done. */
  clear(): void {
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
