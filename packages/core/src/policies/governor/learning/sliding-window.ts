/** Permits remembered while no limit is known. */
const MAX_REMEMBERED = 4_096;

/**
 * Counts permits against a limit that holds in any window, wherever the window starts.
 *
 * A permit counts from the moment it is taken until `windowMs` after its answer arrived. The platform receives the attempt
 * between those two moments. So no window of the platform holds more than `limit` permits, whatever the network delay.
 */
export class SlidingWindow {
  /** Permits whose attempt has not ended. */
  inFlight = 0;
  /**
   * Arrival times of answers, oldest first. Permits answered at one moment form one run, so the weight of a call
   * costs no memory.
   */
  #times = new Float64Array(16);
  /** Running total of permits at the end of each run. */
  #totals = new Float64Array(16);
  #head = 0;
  #runs = 0;
  /** Total of the permits that no longer count. */
  #evicted = 0;
  #total = 0;

  constructor(
    public limit: number,
    public windowMs: number,
  ) {}

  /** Returns the permits in use. */
  used(now: number): number {
    this.#evict(now);
    return this.inFlight + this.#counted;
  }

  /** Returns when `weight` permits are free: `now`, a later time, or Infinity while the time depends on an answer. */
  freeAt(now: number, weight: number): number {
    this.#evict(now);
    const missing = this.inFlight + this.#counted + weight - this.limit;
    if (missing <= 0) return now;
    return missing <= this.#counted ? this.#timeOf(missing) + this.windowMs : Infinity;
  }

  take(weight: number): void {
    this.inFlight += weight;
  }

  /** Ends an attempt. Its permits count for one more window. */
  end(now: number, weight: number): void {
    this.inFlight -= weight;
    this.#push(now, weight);
  }

  /** Frees the permits of an attempt that the platform did not receive. */
  undo(weight: number): void {
    this.inFlight -= weight;
  }

  /** Counts the permits of `other` in this window: attempts that were sent before the quota was known count too. */
  adopt(other: SlidingWindow): void {
    this.inFlight = other.inFlight;
    let before = other.#evicted;
    for (let i = 0; i < other.#runs; i++) {
      const at = other.#index(i);
      const total = other.#totals[at] as number;
      this.#push(other.#times[at] as number, total - before);
      before = total;
    }
  }

  /**
   * Returns when the `n`th permit from `from` on is free, if all permits before it are taken as early as possible.
   *
   * @param from - Start of the estimate; not before `now`.
   * @param takenAt - Returns when the `i`th permit is taken, where other limits decide too.
   */
  estimate(now: number, n: number, from = now, takenAt?: (i: number) => number): number {
    this.#evict(now);
    const expired = this.#expiredBy(from);
    const counted = this.#counted - expired;
    // Answers of permits in flight are expected at once.
    const used = now + this.windowMs > from ? counted + this.inFlight : counted;
    const missing = used + n - this.limit;
    if (missing <= 0) return from;
    // The nth permit takes the place of a permit in use, or of the permit one whole limit before.
    if (takenAt && missing > used) return takenAt(n - this.limit) + this.windowMs;
    const places = Math.max(used, this.limit);
    const rounds = Math.max(0, Math.ceil((missing - places) / this.limit));
    const nth = missing - rounds * this.limit;
    const taken = nth <= counted ? this.#timeOf(expired + nth) : nth <= used ? now : from;
    return taken + this.windowMs * (rounds + 1);
  }

  /** Returns the number of permits whose answers arrived after `time`. */
  countSince(now: number, time: number): number {
    this.#evict(now);
    const run = this.#firstRun((at) => (this.#times[at] as number) > time);
    return this.#counted - this.#countedBefore(run);
  }

  /** Returns the arrival time of the oldest answer that still counts. */
  oldestAt(now: number): number | undefined {
    this.#evict(now);
    return this.#runs > 0 ? (this.#times[this.#head] as number) : undefined;
  }

  /** Whether no permits are counted. */
  idle(now: number): boolean {
    return this.used(now) === 0;
  }

  get #counted(): number {
    return this.#total - this.#evicted;
  }

  /** Returns the array index of a run. */
  #index(run: number): number {
    return (this.#head + run) & (this.#times.length - 1);
  }

  /** Returns the first run for which `holds` is true (and stays true for all later runs), or the number of runs. */
  #firstRun(holds: (place: number) => boolean): number {
    let low = 0;
    let high = this.#runs;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#index(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Returns the permits of all runs before this run. */
  #countedBefore(run: number): number {
    return run === 0 ? 0 : (this.#totals[this.#index(run - 1)] as number) - this.#evicted;
  }

  /**
   * Returns when the answer of the `n`th permit arrived. A learned limit may leave a fraction; the fraction counts as
   * a whole permit.
   */
  #timeOf(n: number): number {
    const run = this.#firstRun((at) => (this.#totals[at] as number) - this.#evicted >= n);
    return this.#times[this.#index(run)] as number;
  }

  #evict(now: number): void {
    while (this.#runs > 0 && (this.#times[this.#head] as number) + this.windowMs <= now) this.#dropOldest();
  }

  /** Drops the oldest run. */
  #dropOldest(): void {
    this.#evicted = this.#totals[this.#head] as number;
    this.#head = this.#index(1);
    this.#runs--;
  }

  /** Returns the number of permits that no longer count at `at`. */
  #expiredBy(at: number): number {
    return this.#countedBefore(this.#firstRun((place) => (this.#times[place] as number) + this.windowMs > at));
  }

  #push(time: number, permits: number): void {
    const last = this.#index(this.#runs - 1);
    this.#total += permits;
    if (this.#runs > 0 && this.#times[last] === time) {
      this.#totals[last] = this.#total;
    } else {
      if (this.#runs === this.#times.length) this.#grow();
      const at = this.#index(this.#runs++);
      this.#times[at] = time;
      this.#totals[at] = this.#total;
    }
    // Without a limit the exact number does not matter.
    if (this.limit < Infinity) return;
    while (this.#runs > 1 && this.#counted > MAX_REMEMBERED) this.#dropOldest();
  }

  #grow(): void {
    const size = this.#runs * 2;
    const [times, totals] = [new Float64Array(size), new Float64Array(size)];
    for (let run = 0; run < this.#runs; run++) {
      const at = this.#index(run);
      times[run] = this.#times[at] as number;
      totals[run] = this.#totals[at] as number;
    }
    this.#times = times;
    this.#totals = totals;
    this.#head = 0;
  }
}
