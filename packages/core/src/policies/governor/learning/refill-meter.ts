/** So many permits make the refill of a bucket measurable. */
const ENOUGH_TO_MEASURE = 8;
/** So many, and one more or less is no more than a few percent. */
const ENOUGH_TO_BE_SURE = 40;

/** A measured refill. */
export interface Measured {
  /** Permits per ms. */
  readonly perMs: number;
  /** How many passed while it was measured. */
  readonly permits: number;
  /** Whether they were enough to rely on, or only for a bound. */
  readonly certainty: 'sure' | 'unsure' | 'bound';
}

/** Measures how fast a bucket fills: whenever it refuses it is empty, and what it let through since it last was flowed in. */
export class RefillMeter {
  #emptyAt = -Infinity;
  #passed = 0;
  #measured = false;

  passed(weight: number): void {
    this.#passed += weight;
  }

  /** It is empty. */
  emptied(now: number): void {
    this.#emptyAt = now;
    this.#passed = 0;
  }

  /**
   * It is empty again. Undefined if that is not enough to measure by; then it is measured on from where it was empty before, and
   * the first time it is known at least that it fills no faster than this.
   */
  measure(now: number): Measured | undefined {
    const permits = this.#passed;
    const ms = now - this.#emptyAt;
    if (ms < Infinity && permits < ENOUGH_TO_MEASURE)
      return this.#measured || ms === 0 ? undefined : { perMs: (permits + 1) / ms, permits, certainty: 'bound' };
    this.emptied(now);
    if (ms === Infinity) return undefined;
    this.#measured = true;
    return { perMs: permits / ms, permits, certainty: permits >= ENOUGH_TO_BE_SURE ? 'sure' : 'unsure' };
  }
}
