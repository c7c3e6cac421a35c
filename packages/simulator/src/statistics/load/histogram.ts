/** Width of a bin: values in one bin differ by at most 2 %. */
const GROWTH = Math.log(1.02);
/** Values are counted in hundredths, so that 0.01 ms is the smallest value above 0. */
const SCALE = 100;
/** Bins up to about two months in ms. */
const BINS = 1400;

/** Counts values in logarithmic bins. Its memory does not depend on the number of values. Quantiles are right to 2 %. */
export class Histogram {
  #bins: Uint32Array | undefined;
  #zeros = 0;
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** Number of values above 0. */
  get aboveZero(): number {
    return this.#count - this.#zeros;
  }

  add(value: number): void {
    this.#count += 1;
    if (value > this.#max) this.#max = value;
    if (value * SCALE < 1) {
      this.#zeros += 1;
      return;
    }
    const bin = Math.min(BINS - 1, Math.floor(Math.log(value * SCALE) / GROWTH));
    this.#bins ??= new Uint32Array(BINS);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
  }

  /** Adds the values of another histogram. */
  merge(other: Histogram): void {
    this.#count += other.#count;
    this.#zeros += other.#zeros;
    this.#max = Math.max(this.#max, other.#max);
    if (other.#bins === undefined) return;
    const bins = (this.#bins ??= new Uint32Array(BINS));
    other.#bins.forEach((count, bin) => void (bins[bin] = (bins[bin] ?? 0) + count));
  }

  /** The value below which `share` of the values lie, rounded up to its bin; 0 without values. */
  quantile(share: number): number {
    const rank = Math.ceil(this.#count * share);
    if (rank <= this.#zeros || this.#bins === undefined) return 0;
    let seen = this.#zeros;
    for (let bin = 0; bin < BINS; bin += 1) {
      seen += this.#bins[bin] ?? 0;
      if (seen >= rank) return Math.min(this.#max, Math.exp((bin + 1) * GROWTH) / SCALE);
    }
    return this.#max;
  }
}
