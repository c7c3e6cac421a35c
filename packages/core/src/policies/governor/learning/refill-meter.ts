/** Permits that make the refill of a bucket measurable. */
const MIN_PERMITS = 8;
/** Permits at which an error of one permit is only a few percent. */
const MIN_SURE_PERMITS = 40;

/** A measured refill rate. */
export interface RefillRate {
  /** Permits per ms. */
  readonly perMs: number;
  /** Permits accepted during the measurement. */
  readonly permits: number;
  /** Whether the rate is reliable (`sure`), rough (`unsure`), or an upper bound only (`bound`). */
  readonly certainty: 'sure' | 'unsure' | 'bound';
}

/**
 * Measures the refill rate of a bucket. A refusal shows an empty bucket: permits accepted since the previous refusal
 * were refilled.
 */
export class RefillMeter {
  #emptyAt = -Infinity;
  #accepted = 0;
  #measured = false;

  recordAccepted(weight: number): void {
    this.#accepted += weight;
  }

  /** Records that the bucket is empty. */
  recordEmpty(now: number): void {
    this.#emptyAt = now;
    this.#accepted = 0;
  }

  /**
   * Measures the rate at a further refusal. With too few permits the measurement continues from the previous refusal.
   *
   * @returns an upper bound where the first measurement has too few permits; undefined where a later one has.
   */
  measure(now: number): RefillRate | undefined {
    const permits = this.#accepted;
    const ms = now - this.#emptyAt;
    if (ms < Infinity && permits < MIN_PERMITS)
      return this.#measured || ms === 0 ? undefined : { perMs: (permits + 1) / ms, permits, certainty: 'bound' };
    this.recordEmpty(now);
    if (ms === Infinity) return undefined;
    this.#measured = true;
    return { perMs: permits / ms, permits, certainty: permits >= MIN_SURE_PERMITS ? 'sure' : 'unsure' };
  }
}
