import type { Interval, Counting } from '../../../contract/counting.js';
import { SlidingWindow } from './sliding-window.js';

/**
 * Counts permits against a limit in the same way as the platform. While the counting of the platform is unknown, the limit
 * holds in any window: that is safe for every counting, and strict for some.
 *
 * Permits count from the arrival of their answers. The platform counted the attempt before its answer arrived, so network
 * jitter needs no margin.
 */
export class Counter {
  #counts: Counting | undefined;
  /** Longest recent round trip, ms. */
  roundTripMs = 0;
  readonly #window: SlidingWindow;
  /** Configured capacity of a bucket; undefined where the capacity is the limit. */
  #burst: number | undefined;
  /** Bucket: when the bucket is full again. Never earlier than on the platform. */
  #fullAt = -Infinity;
  /** Bucket: when the attempt was sent that found the bucket empty. */
  #emptySentAt = -Infinity;
  /** Fixed windows: the edge that ends the current window. */
  #edge: Interval | undefined;
  #inWindow = 0;

  constructor(limit: number, windowMs: number, burst?: number) {
    this.#burst = burst;
    this.#window = new SlidingWindow(limit, windowMs);
  }

  get limit(): number {
    return this.#window.limit;
  }

  /** Length of the window; for a bucket, the time in which the limit is refilled. */
  get windowMs(): number {
    return this.#window.windowMs;
  }

  /**
   * Applies new numbers. A bucket keeps its tokens.
   *
   * @param burst - Omitted: the burst stays; undefined: no burst.
   */
  reconfigure(now: number, limit: number, windowMs = this.windowMs, ...burst: [burst?: number | undefined]): void {
    const missing = this.#missingTokens(now);
    const held = this.capacity - missing;
    this.#window.limit = limit;
    this.#window.windowMs = windowMs;
    if (burst.length > 0) this.#burst = burst[0];
    this.#fullAt = now + Math.max(0, Number.isFinite(held) ? this.capacity - held : missing) * this.perPermitMs;
  }

  get inFlight(): number {
    return this.#window.inFlight;
  }

  get perPermitMs(): number {
    return this.windowMs / this.limit;
  }

  /** How the platform counts, as far as known. */
  get counts(): Counting | undefined {
    return this.#counts;
  }

  /** The edge that ends the current fixed window, where known. */
  get edge(): Interval | undefined {
    return this.#edge;
  }

  /** Returns when the limit allows `weight` permits: `now`, later, or Infinity while the time depends on an answer. */
  freeAt(now: number, weight: number): number {
    if (this.#counts === 'bucket') return this.bucketFreeAt(now, weight);
    const edge = this.#currentEdge(now);
    if (!edge) return this.#window.freeAt(now, weight);
    return this.#inWindow + this.#window.inFlight + weight <= this.limit ? now : edge.to;
  }

  /** Returns when a bucket allows `weight` permits. */
  bucketFreeAt(now: number, weight: number): number {
    const wanted = this.#window.inFlight + weight;
    const capacity = this.capacity;
    if (wanted > capacity) return this.#window.inFlight === 0 ? Math.max(now, this.#fullAt) : Infinity;
    const at = this.#fullAt + (wanted - capacity) * this.perPermitMs;
    // Rounding of fractions leaves sums slightly below the exact moment.
    return at <= now + 1e-6 ? now : at;
  }

  /** Returns the tokens of a bucket, by the answers that have arrived. */
  bucketTokens(now: number): number {
    return this.capacity - this.#missingTokens(now);
  }

  take(weight: number): void {
    this.#window.take(weight);
  }

  /** Frees the permits of an attempt that the platform did not count. */
  undo(weight: number): void {
    this.#window.undo(weight);
  }

  /** Ends an attempt that the platform may have counted. */
  end(now: number, weight: number, sentAt = Infinity): void {
    this.#currentEdge(now);
    this.#window.end(now, weight);
    this.#inWindow += weight;
    // The bucket was found empty after this attempt had taken its token.
    if (sentAt <= this.#emptySentAt) return;
    this.#fullAt = Math.max(this.#fullAt, now) + weight * this.perPermitMs;
  }

  /** Counts the permits of another counter: attempts that were sent before the quota was known count too. */
  adopt(other: Counter): void {
    this.#window.adopt(other.#window);
    this.#fullAt = Math.max(this.#fullAt, other.#fullAt);
  }

  /** Returns the permits answered in the current window. */
  answered(now: number): number {
    return this.#currentEdge(now) ? this.#inWindow : this.#window.used(now) - this.#window.inFlight;
  }

  /** Returns the permits in use, including those in flight. */
  used(now: number): number {
    return this.answered(now) + this.#window.inFlight;
  }

  /** Returns the arrival time of the oldest answer that still counts in a sliding window. */
  oldestAt(now: number): number | undefined {
    return this.#window.oldestAt(now);
  }

  /** Sets how the platform counts, without an edge; undefined: unknown. */
  setCounting(counts?: Counting): void {
    this.#counts = counts;
    this.#edge = undefined;
  }

  /**
   * Marks the bucket as empty after a refusal: the bucket held less than one token, and has one token after the refill time
   * of one token at most.
   *
   * @param sentAt - When the refused trial was sent. Tokens of attempts sent no later are already gone.
   */
  emptyBucket(now: number, sentAt = -Infinity): void {
    const { perPermitMs } = this;
    const untilFull = (this.capacity - 1) * perPermitMs;
    const nextAt = this.#fullAt - untilFull;
    if (nextAt >= now && nextAt <= now + perPermitMs) return;
    this.#fullAt = now + perPermitMs + untilFull;
    this.#emptySentAt = sentAt;
  }

  /** Counts in fixed windows. The current window ends at this edge. */
  setFixed(edge: Interval, now: number): void {
    this.#counts = 'fixed';
    this.#edge = edge;
    this.#inWindow = this.#answeredSince(now, edge);
  }

  /** Narrows the edge by a reset that is whole windows away. Returns whether the reset fits the edge. */
  refineEdge(now: number, reset: Interval): boolean {
    const edge = this.#currentEdge(now);
    if (!edge) return false;
    const shift = Math.round((reset.to - edge.to) / this.windowMs) * this.windowMs;
    const from = reset.from - shift;
    const to = reset.to - shift;
    if (from > edge.to || to < edge.from) return false;
    this.#edge = { from: Math.max(edge.from, from), to: Math.min(edge.to, to) };
    return true;
  }

  /** Marks the current window as used up. */
  fillWindow(): void {
    this.#inWindow = Math.max(this.#inWindow, this.limit - this.#window.inFlight);
  }

  /** Returns when the `n`th permit is free, if no attempt leaves before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    if (this.limit === Infinity) return from;
    const { inFlight } = this.#window;
    if (this.#counts === 'bucket')
      return Math.max(from, Math.max(from, this.#fullAt) + (inFlight + n - this.capacity) * this.perPermitMs);
    const edge = this.#currentEdge(now);
    if (!edge) return this.#window.estimate(now, n, from, takenAt);
    // Permits of the current window do not count in windows after the edge.
    const later = from < edge.to ? 0 : Math.floor((from - edge.to) / this.windowMs) + 1;
    const missing = (later === 0 ? this.#inWindow + inFlight : 0) + n - this.limit;
    if (missing <= 0) return from;
    return edge.to + (later + Math.floor((missing - 1) / this.limit)) * this.windowMs;
  }

  /** Whether no permits are counted. */
  idle(now: number): boolean {
    return this.#window.idle(now) && (this.#counts !== 'bucket' || this.#fullAt <= now);
  }

  /** Returns the tokens that a bucket lacks until it is full. */
  #missingTokens(now: number): number {
    const { perPermitMs } = this;
    return perPermitMs === 0 ? 0 : Math.max(0, this.#fullAt - now) / perPermitMs;
  }

  /** Tokens of a full bucket. */
  get capacity(): number {
    return this.#burst ?? Math.max(1, this.limit);
  }

  /** Fixed windows: returns the edge that ends the current window. A new window begins once its predecessor has surely ended. */
  #currentEdge(now: number): Interval | undefined {
    const edge = this.#edge;
    if (!edge || now < edge.to) return edge;
    const shift = (Math.floor((now - edge.to) / this.windowMs) + 1) * this.windowMs;
    this.#edge = { from: edge.from + shift, to: edge.to + shift };
    // Permits answered while the edge may have been passing count in both windows.
    this.#inWindow = this.#answeredSince(now, this.#edge);
    return this.#edge;
  }

  /** Returns the permits answered in the window that ends with this edge, or just as the window began. */
  #answeredSince(now: number, edge: Interval): number {
    return this.#window.countSince(now, edge.from - this.windowMs - 1e-6);
  }
}
