/** Maximum lag behind the schedule that is made up for, ms: timers fire late. */
const MAX_LAG_MS = 20;

/** Spaces permits evenly. A ramp raises the rate evenly from zero to the full rate, from the first permit on. */
export class Pacer {
  #startedAt: number | undefined;
  #nextAt = -Infinity;

  /**
   * @param ratePerSec - Full rate.
   * @param rampUpMs - Duration of the ramp.
   * @param isSpaced - Whether the rate also holds after the ramp.
   */
  constructor(
    public ratePerSec: number,
    public rampUpMs: number,
    public isSpaced: boolean,
  ) {}

  freeAt(now: number): number {
    return Math.max(now, this.#nextAt);
  }

  take(now: number, weight: number): void {
    this.#startedAt ??= now;
    this.#nextAt = this.#advance(Math.max(this.#nextAt, now - MAX_LAG_MS, this.#startedAt), weight);
  }

  /** Returns when the `n`th permit is free, if no attempt leaves before `from`. */
  estimate(now: number, n: number, from: number): number {
    return this.#advance(Math.max(this.#nextAt, from, now), n - 1);
  }

  /** Returns when `permits` more permits are free after `time`. A ramp begins with the first permit ever taken. */
  #advance(time: number, permits: number): number {
    const startedAt = this.#startedAt ?? time;
    const fullRateAt = startedAt + this.rampUpMs;
    const rate = this.ratePerSec / 1000;
    let left = permits;
    let from = time;
    if (from < fullRateAt) {
      // During the ramp, the number of permits is the area of a triangle.
      const at = startedAt + Math.sqrt((from - startedAt) ** 2 + (2 * this.rampUpMs * permits) / rate);
      if (at <= fullRateAt) return at;
      left -= (rate * (this.rampUpMs ** 2 - (from - startedAt) ** 2)) / (2 * this.rampUpMs);
      from = fullRateAt;
    }
    return this.isSpaced ? from + left / rate : from;
  }
}
