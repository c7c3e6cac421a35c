import { DurationHistogram } from '../totals/histogram.js';

interface Slot {
  /** Number of the slot since the start of the clock. */
  index: number;
  count: number;
  bad: number;
  durations: DurationHistogram | undefined;
}

/** The sum of a time. */
export interface Sum {
  count: number;
  bad: number;
  durations: DurationHistogram | undefined;
}

/** Counts of the last time, in slots. Slots are made when something happens. */
export class Rolling {
  #slots: Slot[] = [];

  /**
   * @param slotMs - Width of a slot.
   * @param slots - Number of slots that are kept.
   * @param hasDurations - Whether durations are counted.
   */
  constructor(
    readonly slotMs: number,
    private readonly slots: number,
    private readonly hasDurations: boolean,
  ) {}

  add(now: number, isBad: boolean, durationMs?: number): void {
    const index = Math.floor(now / this.slotMs);
    let slot = this.#slots.at(-1);
    if (slot?.index !== index) {
      slot = { index, count: 0, bad: 0, durations: this.hasDurations ? new DurationHistogram() : undefined };
      this.#slots.push(slot);
      if (this.#slots.length > this.slots) this.#slots.shift();
    }
    slot.count++;
    if (isBad) slot.bad++;
    if (durationMs !== undefined) slot.durations?.add(durationMs);
  }

  /** The sum of the slots that have not ended at `from`. */
  sum(from: number): Sum {
    const sum: Sum = { count: 0, bad: 0, durations: this.hasDurations ? new DurationHistogram() : undefined };
    for (const { index, count, bad, durations } of this.#slots) {
      const end = (index + 1) * this.slotMs;
      if (end <= from) continue;
      sum.count += count;
      sum.bad += bad;
      if (durations) sum.durations?.merge(durations);
    }
    return sum;
  }

  /** A value of each slot that has not ended at `from`, and has ended at `until`. */
  each(from: number, until: number, read: (sum: Sum) => number | undefined): number[] {
    const values: number[] = [];
    for (const slot of this.#slots) {
      const end = (slot.index + 1) * this.slotMs;
      const value = end <= from || end > until ? undefined : read(slot);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  /** Forgets the slots that ended at `from`. Returns whether none is left. */
  dropBefore(from: number): boolean {
    this.#slots = this.#slots.filter(({ index }) => (index + 1) * this.slotMs > from);
    return this.#slots.length === 0;
  }
}
