import type { Ports } from '../../contract/store.js';

export const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

/** Exponentially growing pauses after failures in a row. */
export class Backoff {
  #failures = 0;
  #until = -Infinity;
  readonly #freeFailures: number;

  /** @param freeFailures - Number of failures without a pause. */
  constructor(freeFailures: number) {
    this.#freeFailures = freeFailures;
  }

  /** Monotonic ms before which no next try starts. */
  get until(): number {
    return this.#until;
  }

  addFailure({ clock, random }: Ports, requestedMs?: number): void {
    this.#failures++;
    if (this.#failures <= this.#freeFailures) return;
    const maxMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (this.#failures - this.#freeFailures - 1));
    this.#until = clock.now() + (requestedMs ?? maxMs * (0.75 + 0.25 * random.next()));
  }

  reset(): void {
    this.#failures = 0;
    this.#until = -Infinity;
  }
}
