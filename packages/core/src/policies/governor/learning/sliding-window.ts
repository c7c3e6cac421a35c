/** Permits remembered while there is no limit to count them against. */
const MOST_REMEMBERED = 4_096;

/**
 * Counts permits against a limit that holds in any window, wherever it starts.
 *
 * A permit is counted from the moment it is taken until `windowMs` after its answer arrived. The platform saw the attempt
 * somewhere between the two, so whatever the network does to a request, no window on the platform's side holds more than
 * `limit` of ours either.
 */
export class SlidingWindow {
  /** Permits taken whose attempt has not ended. */
  inFlight = 0;
  /** Runs of permits whose answers arrived at one moment, the oldest first: a call takes one, whatever it weighs. */
  #times = new Float64Array(16);
  /** Permits counted since the beginning, those of the run included. */
  #totals = new Float64Array(16);
  #head = 0;
  #runs = 0;
  /** Permits that were counted once, and count no more. */
  #gone = 0;
  #total = 0;

  constructor(
    public limit: number,
    public windowMs: number,
  ) {}

  /** Permits in use. */
  used(now: number): number {
    this.#evict(now);
    return this.inFlight + this.#counted;
  }

  /** When `weight` permits can be taken, as far as known: `now`, a later time, or Infinity while only an answer can tell. */
  freeAt(now: number, weight: number): number {
    this.#evict(now);
    const missing = this.inFlight + this.#counted + weight - this.limit;
    if (missing <= 0) return now;
    return missing <= this.#counted ? this.#timeOf(missing) + this.windowMs : Infinity;
  }

  take(weight: number): void {
    this.inFlight += weight;
  }

  /** The attempt ended: its permits count for one more window. */
  end(now: number, weight: number): void {
    this.inFlight -= weight;
    this.#push(now, weight);
  }

  /** The attempt never reached the platform: its permits are free again. */
  undo(weight: number): void {
    this.inFlight -= weight;
  }

  /** Counts what `other` counts, in a window of its own length: what was sent before a quota was known was sent all the same. */
  adopt(other: SlidingWindow): void {
    this.inFlight = other.inFlight;
    let before = other.#gone;
    for (let i = 0; i < other.#runs; i++) {
      const at = other.#place(i);
      const total = other.#totals[at] as number;
      this.#push(other.#times[at] as number, total - before);
      before = total;
    }
  }

  /**
   * When the `n`th permit from `from` on can be had, if all before it are taken as soon as they can be.
   *
   * @param from Not before `now`: nothing leaves until then.
   * @param takenAt When the `i`th of them is taken, where something else decides that too.
   */
  estimate(now: number, n: number, from = now, takenAt?: (i: number) => number): number {
    this.#evict(now);
    const gone = this.#expiredBy(from);
    const counted = this.#counted - gone;
    // Permits in flight are expected back at once: their answers are on the way.
    const used = now + this.windowMs > from ? counted + this.inFlight : counted;
    const missing = used + n - this.limit;
    if (missing <= 0) return from;
    // The nth takes the place of one in use, or else of the one a whole limit before it.
    if (takenAt && missing > used) return takenAt(n - this.limit) + this.windowMs;
    const places = Math.max(used, this.limit);
    const rounds = Math.max(0, Math.ceil((missing - places) / this.limit));
    const place = missing - rounds * this.limit;
    const taken = place <= counted ? this.#timeOf(gone + place) : place <= used ? now : from;
    return taken + this.windowMs * (rounds + 1);
  }

  /** How many permits' answers arrived after `time`. */
  since(now: number, time: number): number {
    this.#evict(now);
    const run = this.#firstRun((at) => (this.#times[at] as number) > time);
    return this.#counted - this.#countedBefore(run);
  }

  /** Arrival of the oldest answer that still counts. */
  oldest(now: number): number | undefined {
    this.#evict(now);
    return this.#runs > 0 ? (this.#times[this.#head] as number) : undefined;
  }

  /** Whether nothing is remembered. */
  idle(now: number): boolean {
    return this.used(now) === 0;
  }

  get #counted(): number {
    return this.#total - this.#gone;
  }

  /** Where a run stands. */
  #place(run: number): number {
    return (this.#head + run) & (this.#times.length - 1);
  }

  /** The first run of which this holds, where it holds of all that follow; else how many there are. */
  #firstRun(holds: (place: number) => boolean): number {
    let low = 0;
    let high = this.#runs;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#place(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Permits of all runs before this one. */
  #countedBefore(run: number): number {
    return run === 0 ? 0 : (this.#totals[this.#place(run - 1)] as number) - this.#gone;
  }

  /** When the answer of the `n`th permit arrived. A part of one, as a learned limit may leave, is in the next whole one. */
  #timeOf(n: number): number {
    const run = this.#firstRun((at) => (this.#totals[at] as number) - this.#gone >= n);
    return this.#times[this.#place(run)] as number;
  }

  #evict(now: number): void {
    while (this.#runs > 0 && (this.#times[this.#head] as number) + this.windowMs <= now) this.#drop();
  }

  /** Forgets the oldest run. */
  #drop(): void {
    this.#gone = this.#totals[this.#head] as number;
    this.#head = this.#place(1);
    this.#runs--;
  }

  /** How many of the remembered will count no more at `at`. */
  #expiredBy(at: number): number {
    return this.#countedBefore(this.#firstRun((place) => (this.#times[place] as number) + this.windowMs > at));
  }

  #push(time: number, permits: number): void {
    const last = this.#place(this.#runs - 1);
    this.#total += permits;
    if (this.#runs > 0 && this.#times[last] === time) {
      this.#totals[last] = this.#total;
    } else {
      if (this.#runs === this.#times.length) this.#grow();
      const at = this.#place(this.#runs++);
      this.#times[at] = time;
      this.#totals[at] = this.#total;
    }
    // Without a limit nothing depends on how many there were.
    if (this.limit < Infinity) return;
    while (this.#runs > 1 && this.#counted > MOST_REMEMBERED) this.#drop();
  }

  #grow(): void {
    const size = this.#runs * 2;
    const [times, totals] = [new Float64Array(size), new Float64Array(size)];
    for (let run = 0; run < this.#runs; run++) {
      const at = this.#place(run);
      times[run] = this.#times[at] as number;
      totals[run] = this.#totals[at] as number;
    }
    this.#times = times;
    this.#totals = totals;
    this.#head = 0;
  }
}
