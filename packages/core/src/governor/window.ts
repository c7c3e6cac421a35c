/** Answers remembered while there is no limit to count them against. */
const MOST_REMEMBERED = 4_096;

/**
 * Counts permits against a limit that holds in any window, wherever it starts.
 *
 * A permit is counted from the moment it is taken until `windowMs` after its answer arrived. The platform saw the attempt
 * somewhere between the two, so whatever the network does to a request, no window on the platform's side holds more than
 * `limit` of ours either.
 */
export class QuotaWindow {
  /** Permits taken whose attempt has not ended. */
  inFlight = 0;
  #times = new Float64Array(16);
  #head = 0;
  #count = 0;

  constructor(
    public limit: number,
    public windowMs: number,
  ) {}

  /** Permits in use. */
  used(now: number): number {
    this.#evict(now);
    return this.inFlight + this.#count;
  }

  /** When `weight` permits can be taken, as far as known: `now`, a later time, or Infinity while only an answer can tell. */
  freeAt(now: number, weight: number): number {
    this.#evict(now);
    const missing = this.inFlight + this.#count + weight - this.limit;
    if (missing <= 0) return now;
    return missing <= this.#count ? this.#timeAt(missing - 1) + this.windowMs : Infinity;
  }

  take(weight: number): void {
    this.inFlight += weight;
  }

  /** The attempt ended: its permits count for one more window. */
  end(now: number, weight: number): void {
    this.inFlight -= weight;
    for (let i = 0; i < weight; i++) this.#push(now);
  }

  /** The attempt never reached the platform: its permits are free again. */
  undo(weight: number): void {
    this.inFlight -= weight;
  }

  /** Counts what `other` counts, in a window of its own length: what was sent before a quota was known was sent all the same. */
  adopt(other: QuotaWindow): void {
    this.inFlight = other.inFlight;
    for (let i = 0; i < other.#count; i++) this.#push(other.#timeAt(i));
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
    const counted = this.#count - gone;
    // Permits in flight are expected back at once: their answers are on the way.
    const used = now + this.windowMs > from ? counted + this.inFlight : counted;
    const missing = used + n - this.limit;
    if (missing <= 0) return from;
    // The nth takes the place of one in use, or else of the one a whole limit before it.
    if (takenAt && missing > used) return takenAt(n - this.limit) + this.windowMs;
    const places = Math.max(used, this.limit);
    const rounds = Math.max(0, Math.ceil((missing - places) / this.limit));
    const place = missing - rounds * this.limit;
    const taken = place <= counted ? this.#timeAt(gone + place - 1) : place <= used ? now : from;
    return taken + this.windowMs * (rounds + 1);
  }

  /** How many answers arrived after `time`. */
  since(now: number, time: number): number {
    this.#evict(now);
    let n = 0;
    while (n < this.#count && this.#timeAt(this.#count - 1 - n) > time) n++;
    return n;
  }

  /** Arrival of the oldest answer that still counts. */
  oldest(now: number): number | undefined {
    this.#evict(now);
    return this.#count > 0 ? this.#timeAt(0) : undefined;
  }

  /** Whether nothing is remembered. */
  idle(now: number): boolean {
    return this.used(now) === 0;
  }

  #timeAt(i: number): number {
    return this.#times[(this.#head + i) & (this.#times.length - 1)] as number;
  }

  #evict(now: number): void {
    while (this.#count > 0 && (this.#times[this.#head] as number) + this.windowMs <= now) {
      this.#head = (this.#head + 1) & (this.#times.length - 1);
      this.#count--;
    }
  }

  /** How many of the remembered will count no more at `at`. */
  #expiredBy(at: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeAt(middle) + this.windowMs <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #push(time: number): void {
    // Without a limit nothing depends on how many there were.
    if (this.limit === Infinity && this.#count >= MOST_REMEMBERED) {
      this.#head = (this.#head + 1) & (this.#times.length - 1);
      this.#count--;
    }
    if (this.#count === this.#times.length) {
      const grown = new Float64Array(this.#count * 2);
      for (let i = 0; i < this.#count; i++) grown[i] = this.#timeAt(i);
      this.#times = grown;
      this.#head = 0;
    }
    this.#times[(this.#head + this.#count) & (this.#times.length - 1)] = time;
    this.#count++;
  }
}
