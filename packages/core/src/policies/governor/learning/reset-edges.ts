import type { Interval } from '../../../contract/counting.js';

/** So many answers must point at one edge, and over this part of a window at least. */
const ENOUGH = 3;
const ENOUGH_OF_A_WINDOW = 0.1;
/** Windows after which no more is expected of them. */
const PATIENT_WINDOWS = 2;

/** Works out from what answers say of the next reset whether fixed windows are behind it, and where they end. */
export class ResetEdges {
  #edge: Interval | undefined = undefined;
  #seen = 0;
  #from = 0;
  #refuted = false;

  /** An answer said when the quota will be whole again. */
  recordReset(now: number, moment: Interval, windowMs: number): void {
    const edge = this.#edge;
    if (edge) {
      const shift = Math.round((moment.to - edge.to) / windowMs) * windowMs;
      const from = Math.max(moment.from, edge.from + shift);
      const to = Math.min(moment.to, edge.to + shift);
      if (from <= to) {
        this.#edge = { from, to };
        this.#seen++;
        return;
      }
    } else this.#from = now;
    // They move with the answers: no edge, so far.
    this.#edge = moment;
    this.#seen = 1;
  }

  /** They said something that was not so. */
  refute(): void {
    this.#refuted = true;
  }

  /** Whether more answers may still tell an edge. */
  isConsistent(now: number, windowMs: number): boolean {
    return this.#seen > 0 && !this.#refuted && now - this.#from < PATIENT_WINDOWS * windowMs;
  }

  /** The edge they agree on, the first whose end is not before `now`. */
  edge(now: number, windowMs: number): Interval | undefined {
    const edge = this.#edge;
    const long = now - this.#from >= ENOUGH_OF_A_WINDOW * windowMs;
    if (!edge || this.#refuted || this.#seen < ENOUGH || !long) return undefined;
    const shift = Math.ceil((now - edge.to) / windowMs) * windowMs;
    return { from: edge.from + shift, to: edge.to + shift };
  }
}
