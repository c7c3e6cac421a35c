/** Longest closure that a process accepts from another one, ms. A longer one can only be damaged. */
export const LONGEST_CLOSURE_MS = 86_400_000;

/** The gates that other processes closed. Times are those of `performance.now`. */
export class ClosedGates {
  readonly #closedUntil = new Map<string, number>();

  /** Notes a closure. Returns false if its length is invalid: any client may publish to a channel. */
  close(scope: string, forMs: number): boolean {
    if (!(forMs > 0 && forMs <= LONGEST_CLOSURE_MS)) return false;
    const now = performance.now();
    for (const [name, until] of this.#closedUntil) if (until <= now) this.#closedUntil.delete(name);
    this.#closedUntil.set(scope, now + forMs);
    return true;
  }

  /** How long a gate stays closed, ms. 0 if it is open. */
  remainingMs(scope: string): number {
    const until = this.#closedUntil.get(scope);
    return until === undefined ? 0 : Math.max(0, until - performance.now());
  }
}
