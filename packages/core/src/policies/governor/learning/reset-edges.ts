import type { Interval } from '../../../contract/counting.js';

/** Resets that must agree on one edge, and the part of a window that they must span. */
const MIN_RESETS = 3;
const MIN_SPAN = 0.1;
/** Windows after which the resets count as inconsistent. */
const MAX_WINDOWS = 2;

/** Finds the edge of fixed windows from the resets that answers name. */
export class ResetEdges {
  #edge: Interval | undefined;
  #matches = 0;
  #startedAt = 0;
  #refuted = false;

  /** Records the reset that an answer names. */
  recordReset(now: number, reset: Interval, windowMs: number): void {
    const edge = this.#edge;
    if (edge) {
      const shift = Math.round((reset.to - edge.to) / windowMs) * windowMs;
      const from = Math.max(reset.from, edge.from + shift);
      const to = Math.min(reset.to, edge.to + shift);
      if (from <= to) {
        this.#edge = { from, to };
        this.#matches++;
        return;
      }
    } else this.#startedAt = now;
    // The reset does not fit the edge: the search starts again with this reset.
    this.#edge = reset;
    this.#matches = 1;
  }

  /** Records that the resets named a wrong edge. The resets are ignored from then on. */
  refute(): void {
    this.#refuted = true;
  }

  /** Whether further resets may still agree on an edge. */
  isConsistent(now: number, windowMs: number): boolean {
    return this.#matches > 0 && !this.#refuted && now - this.#startedAt < MAX_WINDOWS * windowMs;
  }

  /** Returns the first agreed edge whose end is not before `now`. */
  findEdge(now: number, windowMs: number): Interval | undefined {
    const edge = this.#edge;
    const isLongEnough = now - this.#startedAt >= MIN_SPAN * windowMs;
    if (!edge || this.#refuted || this.#matches < MIN_RESETS || !isLongEnough) return undefined;
    const shift = Math.ceil((now - edge.to) / windowMs) * windowMs;
    return { from: edge.from + shift, to: edge.to + shift };
  }
}
