/** Intervals that a series keeps. A longer run doubles their length. */
const MAX_INTERVALS = 1200;

/**
 * Counts events by time in a bounded number of intervals. When they are full, pairs are merged and each interval covers
 * twice the time.
 */
export class TimeSeries<Name extends string> {
  readonly names: readonly Name[];
  readonly #startedAt: number;
  #intervalMs = 1000;
  #counts: Map<Name, number[]>;
  /** Exact counts of the current second, for the peak. */
  #second = { index: 0, counts: new Map<Name, number>() };
  readonly #peaks = new Map<Name, number>();

  constructor(names: readonly Name[], startedAt: number) {
    this.names = names;
    this.#startedAt = startedAt;
    this.#counts = new Map(names.map((name) => [name, []]));
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  add(name: Name, now: number): void {
    const sinceStart = Math.max(0, now - this.#startedAt);
    while (Math.floor(sinceStart / this.#intervalMs) >= MAX_INTERVALS) this.#mergePairs();
    const counts = this.#counts.get(name);
    if (counts === undefined) return;
    const index = Math.floor(sinceStart / this.#intervalMs);
    while (counts.length <= index) counts.push(0);
    counts[index] = (counts[index] ?? 0) + 1;
    this.#countSecond(name, Math.floor(sinceStart / 1000));
  }

  /** Events in the busiest second, counted in whole seconds from the start. */
  peak(name: Name): number {
    return this.#peaks.get(name) ?? 0;
  }

  /** The counts of all intervals until now; the last one may be incomplete. */
  list(name: Name, now: number): number[] {
    const length = Math.min(MAX_INTERVALS, Math.floor(Math.max(0, now - this.#startedAt) / this.#intervalMs) + 1);
    const counts = this.#counts.get(name) ?? [];
    return Array.from({ length: Math.max(length, counts.length) }, (_, index) => counts[index] ?? 0);
  }

  #countSecond(name: Name, index: number): void {
    if (index !== this.#second.index) this.#second = { index, counts: new Map() };
    const count = (this.#second.counts.get(name) ?? 0) + 1;
    this.#second.counts.set(name, count);
    if (count > this.peak(name)) this.#peaks.set(name, count);
  }

  #mergePairs(): void {
    this.#intervalMs *= 2;
    for (const [name, counts] of this.#counts) {
      const merged: number[] = [];
      for (let index = 0; index < counts.length; index += 2)
        merged.push((counts[index] ?? 0) + (counts[index + 1] ?? 0));
      this.#counts.set(name, merged);
    }
  }
}
