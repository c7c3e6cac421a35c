import type { Series, Waits } from './types.js';

/** Collects numbers in memory of 8 bytes each. */
export class Numbers {
  #values = new Float64Array(64);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  get count(): number {
    return this.#count;
  }

  addAll(other: Numbers): void {
    for (const value of other.#values.subarray(0, other.#count)) this.add(value);
  }

  /** Quantiles by the nearest rank: the smallest number that at least this part of the numbers does not exceed. */
  waits(): Waits {
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
    return { p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}

/** Maximal number of intervals of a series. Above it, two intervals become one. */
export const MAX_INTERVALS = 600;

/** Counts events per interval. */
export class CountSeries {
  readonly #counts: number[] = [];
  readonly #firstStepMs: number;
  #stepMs: number;

  /** @param startMs - Start of the first interval; at most 0. */
  constructor(
    readonly startMs: number,
    stepMs: number,
  ) {
    this.#firstStepMs = this.#stepMs = stepMs;
  }

  add(at: number): void {
    let i = Math.floor((at - this.startMs) / this.#stepMs);
    while (i >= MAX_INTERVALS) {
      merge(this.#counts, (a, b) => a + b);
      this.#stepMs *= 2;
      i >>= 1;
    }
    while (this.#counts.length <= i) this.#counts.push(0);
    (this.#counts[i] as number)++;
  }

  /** The mean count per original interval. */
  series(): Series {
    const factor = this.#stepMs / this.#firstStepMs;
    return { startMs: this.startMs, stepMs: this.#stepMs, values: this.#counts.map((count) => count / factor) };
  }
}

/** Keeps the largest value of a step function per interval. Of several values at the same time, the last counts. */
export class MaximumSeries {
  readonly #values: number[] = [];
  #stepMs: number;
  /** Value before `#at`. */
  #before = 0;
  #at = 0;
  #value = 0;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** From `at` on the function has this value. Times must not decrease. */
  set(at: number, value: number): void {
    if (at > this.#at) this.#commit();
    this.#at = at;
    this.#value = value;
  }

  series(): Series {
    this.#commit();
    return { startMs: 0, stepMs: this.#stepMs, values: [...this.#values] };
  }

  #commit(): void {
    let i = Math.floor(this.#at / this.#stepMs);
    while (i >= MAX_INTERVALS) {
      merge(this.#values, Math.max);
      this.#stepMs *= 2;
      i >>= 1;
    }
    while (this.#values.length <= i) this.#values.push(this.#before);
    this.#values[i] = Math.max(this.#values[i] as number, this.#value);
    this.#before = this.#value;
  }
}

/** Joins each pair of neighbours. */
function merge(values: number[], join: (a: number, b: number) => number): void {
  const pairs = Math.ceil(values.length / 2);
  for (let i = 0; i < pairs; i++) {
    const first = values[2 * i] as number;
    const second = values[2 * i + 1];
    values[i] = second === undefined ? first : join(first, second);
  }
  values.length = pairs;
}
