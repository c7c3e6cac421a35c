import type { CircuitTotals } from './circuit.js';

const SLOTS = 10;

/** Counts the results of the last `windowMs` by timestamp. Old counts expire without a timer. */
export class RollingCounts {
  #slotMs: number;
  readonly #index = new Float64Array(SLOTS).fill(-Infinity);
  readonly #counts = new Float64Array(SLOTS * 3);

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** Sets the length of the window. A new length clears the counts. */
  set windowMs(windowMs: number) {
    if (windowMs === this.#slotMs * SLOTS) return;
    this.#slotMs = windowMs / SLOTS;
    this.clear();
  }

  /** @param kind - 0 success, 1 failure, 2 throttled. */
  add(now: number, kind: 0 | 1 | 2): void {
    const index = Math.floor(now / this.#slotMs);
    const slot = index % SLOTS;
    if (this.#index[slot] !== index) {
      this.#index[slot] = index;
      this.#counts.fill(0, slot * 3, slot * 3 + 3);
    }
    const at = slot * 3 + kind;
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  totals(now: number): CircuitTotals {
    const newest = Math.floor(now / this.#slotMs);
    const sums = [0, 0, 0];
    for (let slot = 0; slot < SLOTS; slot++) {
      const index = this.#index[slot] as number;
      if (index <= newest - SLOTS || index > newest) continue;
      for (let kind = 0; kind < 3; kind++)
        sums[kind] = (sums[kind] as number) + (this.#counts[slot * 3 + kind] as number);
    }
    const [succeeded, failed, throttled] = sums as [number, number, number];
    return { succeeded, failed, throttled };
  }

  clear(): void {
    this.#index.fill(-Infinity);
  }
}
