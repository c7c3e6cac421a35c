/** Parts of a window. A count over a sliding window is right to one part. */
const PARTS = 50;

/** Counts arrivals in a sliding window, in bounded memory, and keeps the largest count. */
export class WindowCounter {
  readonly #partMs: number;
  readonly #parts = new Uint32Array(PARTS);
  #part = Number.NaN;
  #total = 0;
  #peak = 0;
  #peakAt = 0;

  constructor(windowMs: number) {
    this.#partMs = windowMs / PARTS;
  }

  get peak(): number {
    return this.#peak;
  }

  /** Time of the last arrival in the busiest window, ms since the start of the simulator. */
  get peakAt(): number {
    return this.#peakAt;
  }

  add(now: number): void {
    const part = Math.floor(now / this.#partMs);
    if (Number.isNaN(this.#part) || part - this.#part >= PARTS) {
      this.#parts.fill(0);
      this.#total = 0;
      this.#part = part;
    }
    while (this.#part < part) {
      this.#part += 1;
      const slot = this.#part % PARTS;
      this.#total -= this.#parts[slot] ?? 0;
      this.#parts[slot] = 0;
    }
    const slot = part % PARTS;
    this.#parts[slot] = (this.#parts[slot] ?? 0) + 1;
    this.#total += 1;
    if (this.#total <= this.#peak) return;
    this.#peak = this.#total;
    this.#peakAt = now;
  }
}
