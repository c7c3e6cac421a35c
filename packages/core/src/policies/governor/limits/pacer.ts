/** How far permits may lag behind their schedule and still be made up for: timers come late, ms. */
const SLACK_MS = 20;

/** Spaces permits evenly. From the first one on the rate grows evenly from nothing, until it is whole. */
export class Pacer {
  #startedAt: number | undefined = undefined;
  #nextAt = -Infinity;

  /**
   * @param ratePerSec Whole rate.
   * @param rampUpMs Time in which it is reached.
   * @param spaced Whether the rate holds after that too.
   */
  constructor(
    public ratePerSec: number,
    public rampUpMs: number,
    public spaced: boolean,
  ) {}

  freeAt(now: number): number {
    return Math.max(now, this.#nextAt);
  }

  take(now: number, weight: number): void {
    this.#startedAt ??= now;
    this.#nextAt = this.#after(Math.max(this.#nextAt, now - SLACK_MS, this.#startedAt), weight);
  }

  /** When the `n`th permit is there, nothing leaving before `from`. */
  estimate(now: number, n: number, from: number): number {
    return this.#after(Math.max(this.#nextAt, from, now), n - 1);
  }

  /** The moment at which `permits` more have flowed in since `time`; a ramp begins with the first of all. */
  #after(time: number, permits: number): number {
    const startedAt = this.#startedAt ?? time;
    const wholeAt = startedAt + this.rampUpMs;
    const rate = this.ratePerSec / 1000;
    let left = permits;
    let from = time;
    if (from < wholeAt) {
      // What flows in while the rate grows is the area of a triangle.
      const at = startedAt + Math.sqrt((from - startedAt) ** 2 + (2 * this.rampUpMs * permits) / rate);
      if (at <= wholeAt) return at;
      left -= (rate * (this.rampUpMs ** 2 - (from - startedAt) ** 2)) / (2 * this.rampUpMs);
      from = wholeAt;
    }
    return this.spaced ? from + left / rate : from;
  }
}
