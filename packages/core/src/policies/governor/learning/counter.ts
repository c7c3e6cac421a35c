import type { Interval, Counting } from '../../../contract/counting.js';
import { SlidingWindow } from './sliding-window.js';

/**
 * Counts permits against a limit the way the platform does. As long as that is not known the limit holds in any window,
 * wherever it starts, which is right for all of them and the least for some.
 *
 * Everything is counted from the arrival of answers: an attempt was on the platform's side before its answer was on ours, so
 * that jitter of the network needs no margin.
 */
export class Counter {
  #counts: Counting | undefined = undefined;
  /** Longest recent round trip, ms. */
  roundTripMs = 0;
  readonly #log: SlidingWindow;
  #limit: number;
  /** Permits a full bucket holds; the limit where nobody said otherwise. */
  #burst: number | undefined;
  /** A bucket: when it would be full again. Never earlier than the platform's own. */
  #fullAt = -Infinity;
  /** When the attempt was sent that found it empty. */
  #emptiedBy = -Infinity;
  /** Fixed windows: the edge that ends the present one. */
  #edge: Interval | undefined = undefined;
  #inWindow = 0;

  constructor(limit: number, windowMs: number, burst?: number) {
    this.#limit = limit;
    this.#burst = burst;
    this.#log = new SlidingWindow(limit, windowMs);
  }

  get limit(): number {
    return this.#limit;
  }

  /** Length of the window; of a bucket, the time in which the limit flows in. */
  get windowMs(): number {
    return this.#log.windowMs;
  }

  /** Takes new numbers; a burst only where one is handed over, if only to say that there is none. What a bucket holds stays in it. */
  reconfigure(now: number, limit: number, windowMs = this.windowMs, ...burst: [burst?: number | undefined]): void {
    const missing = this.#missing(now);
    const held = this.capacity - missing;
    this.#limit = this.#log.limit = limit;
    this.#log.windowMs = windowMs;
    if (burst.length > 0) this.#burst = burst[0];
    this.#fullAt = now + Math.max(0, Number.isFinite(held) ? this.capacity - held : missing) * this.perPermitMs;
  }

  get inFlight(): number {
    return this.#log.inFlight;
  }

  get perPermitMs(): number {
    return this.windowMs / this.#limit;
  }

  /** How it counts, as far as known. */
  get counts(): Counting | undefined {
    return this.#counts;
  }

  /** The edge that ends the present fixed window, where its place in time is known. */
  get edge(): Interval | undefined {
    return this.#edge;
  }

  /** When the limit allows `weight` permits: `now`, later, or Infinity while only an answer can tell. */
  freeAt(now: number, weight: number): number {
    if (this.#counts === 'bucket') return this.bucketFreeAt(now, weight);
    const edge = this.#present(now);
    if (!edge) return this.#log.freeAt(now, weight);
    return this.#inWindow + this.#log.inFlight + weight <= this.#limit ? now : edge.to;
  }

  /** When a bucket would allow it. */
  bucketFreeAt(now: number, weight: number): number {
    const wanted = this.#log.inFlight + weight;
    const capacity = this.capacity;
    if (wanted > capacity) return this.#log.inFlight === 0 ? Math.max(now, this.#fullAt) : Infinity;
    const at = this.#fullAt + (wanted - capacity) * this.perPermitMs;
    // Sums of fractions fall a hair short of the moment they stand for.
    return at <= now + 1e-6 ? now : at;
  }

  /** Permits that a bucket holds, by the answers that have arrived. */
  bucketHolds(now: number): number {
    return this.capacity - this.#missing(now);
  }

  take(weight: number): void {
    this.#log.take(weight);
  }

  /** The platform did not count it. */
  undo(weight: number): void {
    this.#log.undo(weight);
  }

  /** The attempt ended, and the platform may have counted it. */
  end(now: number, weight: number, sentAt = Infinity): void {
    this.#present(now);
    this.#log.end(now, weight);
    this.#inWindow += weight;
    // The bucket was found empty after this had been taken.
    if (sentAt <= this.#emptiedBy) return;
    this.#fullAt = Math.max(this.#fullAt, now) + weight * this.perPermitMs;
  }

  /** Counts what another counts: what was sent before a quota was known was sent all the same. */
  adopt(other: Counter): void {
    this.#log.adopt(other.#log);
    this.#fullAt = Math.max(this.#fullAt, other.#fullAt);
  }

  /** Permits answered in the present window. */
  passed(now: number): number {
    return this.#present(now) ? this.#inWindow : this.#log.used(now) - this.#log.inFlight;
  }

  /** Permits in use, those in flight included. */
  used(now: number): number {
    return this.passed(now) + this.#log.inFlight;
  }

  /** Arrival of the oldest answer that still counts in any window. */
  oldest(now: number): number | undefined {
    return this.#log.oldest(now);
  }

  /** It counts like this, wherever its windows begin; undefined: nobody knows how. */
  countAny(counts?: Counting): void {
    this.#counts = counts;
    this.#edge = undefined;
  }

  /** It is a bucket. */
  countBucket(): void {
    this.countAny('bucket');
  }

  /**
   * It refused, so it held less than a permit when the attempt came there, and has one after the time of one at most.
   *
   * @param sentAt When attempts went out together to find that out: what those took that were sent no later is gone by now.
   */
  empty(now: number, sentAt = -Infinity): void {
    const { perPermitMs } = this;
    const untilFull = (this.capacity - 1) * perPermitMs;
    const nextAt = this.#fullAt - untilFull;
    if (nextAt >= now && nextAt <= now + perPermitMs) return;
    this.#fullAt = now + perPermitMs + untilFull;
    this.#emptiedBy = sentAt;
  }

  /** It counts in fixed windows, and the present one ends at this edge. */
  countFixed(edge: Interval, now: number): void {
    this.#counts = 'fixed';
    this.#edge = edge;
    this.#inWindow = this.#answeredSince(now, edge);
  }

  /** Whether a moment can be an edge of ours, a whole number of windows apart; if so the edge is the sharper for it. */
  sharpen(now: number, moment: Interval): boolean {
    const edge = this.#present(now);
    if (!edge) return false;
    const shift = Math.round((moment.to - edge.to) / this.windowMs) * this.windowMs;
    const from = moment.from - shift;
    const to = moment.to - shift;
    if (from > edge.to || to < edge.from) return false;
    this.#edge = { from: Math.max(edge.from, from), to: Math.min(edge.to, to) };
    return true;
  }

  /** The present window is used up, whatever we counted. */
  fill(): void {
    this.#inWindow = Math.max(this.#inWindow, this.#limit - this.#log.inFlight);
  }

  /** When the `n`th permit from now on can be had, nothing leaving before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    if (this.#limit === Infinity) return from;
    const { inFlight } = this.#log;
    if (this.#counts === 'bucket')
      return Math.max(from, Math.max(from, this.#fullAt) + (inFlight + n - this.capacity) * this.perPermitMs);
    const edge = this.#present(now);
    if (!edge) return this.#log.estimate(now, n, from, takenAt);
    // What counts now counts no more in the windows after the edge.
    const later = from < edge.to ? 0 : Math.floor((from - edge.to) / this.windowMs) + 1;
    const missing = (later === 0 ? this.#inWindow + inFlight : 0) + n - this.#limit;
    if (missing <= 0) return from;
    return edge.to + (later + Math.floor((missing - 1) / this.#limit)) * this.windowMs;
  }

  /** Whether nothing is remembered that counts. */
  idle(now: number): boolean {
    return this.#log.idle(now) && (this.#counts !== 'bucket' || this.#fullAt <= now);
  }

  /** Permits that a bucket has to regain until it is full. */
  #missing(now: number): number {
    const { perPermitMs } = this;
    return perPermitMs === 0 ? 0 : Math.max(0, this.#fullAt - now) / perPermitMs;
  }

  /** Permits that a full bucket holds. */
  get capacity(): number {
    return this.#burst ?? Math.max(1, this.#limit);
  }

  /** Fixed windows: the edge that ends the present one. A new window begins when the old one's edge is surely past. */
  #present(now: number): Interval | undefined {
    const edge = this.#edge;
    if (!edge || now < edge.to) return edge;
    const shift = (Math.floor((now - edge.to) / this.windowMs) + 1) * this.windowMs;
    this.#edge = { from: edge.from + shift, to: edge.to + shift };
    // What was answered while the edge may have been passing counts in both windows.
    this.#inWindow = this.#answeredSince(now, this.#edge);
    return this.#edge;
  }

  /** What was answered in the window that ends with this edge, or just as it began. */
  #answeredSince(now: number, edge: Interval): number {
    return this.#log.since(now, edge.from - this.windowMs - 1e-6);
  }
}
