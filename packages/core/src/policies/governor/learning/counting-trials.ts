import type { Interval } from '../../../contract/counting.js';
import type { Counter } from './counter.js';
import type { ResetEdges } from './reset-edges.js';

/** At most this many attempts beyond a limit, or this part of it, to see whether the platform is a bucket. */
const MOST_CONFIRMING = 4;
const MOST_CONFIRMING_PART = 1 / 3;

/**
 * How does the platform count? Asked by attempts beyond the limit.
 *
 * The first goes alone, at the moment at which a bucket would have its next permit. If it is accepted, so many follow that a
 * bucket must refuse one of them: what it holds by our count, what flows in during a round trip, and one more. If none is refused, one more goes half a window later: a fixed window's edge may have passed
 * before the first. If that is accepted too, nobody enforces the limit.
 *
 * Where headers tell an edge the first goes just after it instead, and costs no refusal.
 */
export class CountingTrials {
  #next: 'first' | 'confirm' | 'second' | 'none';
  /** How many are still to follow an accepted first; looked at only while they do. */
  #confirming = 0;
  #askedAt = 0;
  /** The edge after which the first went, as headers told it. */
  #atEdge: Interval | undefined = undefined;

  /** @param confirms Whether it may be a bucket; if not, only edges are asked for. */
  constructor(
    asked: boolean,
    readonly confirms: boolean,
    readonly resets?: ResetEdges,
  ) {
    this.#next = asked ? 'first' : 'none';
  }

  /** Whether something is still to be asked, or to be answered. */
  get isOpen(): boolean {
    return this.#next !== 'none';
  }

  /** Whether nothing was answered yet. */
  get isUnanswered(): boolean {
    return this.#next === 'first';
  }

  /** There is nothing to ask any more. */
  close(): void {
    this.#next = 'none';
  }

  /** When the next attempt that asks may go out; Infinity while the answer to another one is awaited. */
  askAt(now: number, counter: Counter): number {
    if (this.#next === 'confirm') return this.#confirming > 0 ? now : Infinity;
    if (counter.inFlight > 0) return Infinity;
    const { windowMs } = counter;
    if (this.#next === 'second') return Math.max(now, this.#askedAt + windowMs / 2);
    const past = this.resets?.edge(now - windowMs, windowMs);
    if (!past) return this.resets?.isConsistent(now, windowMs) ? Infinity : Math.max(now, counter.bucketFreeAt(now, 1));
    // Only a window that is younger than all we count is news.
    const younger = (counter.oldest(now) ?? now) <= past.from;
    return younger ? now : past.to + windowMs;
  }

  asked(now: number, { windowMs }: Counter): void {
    this.#confirming--;
    if (this.#next === 'first') this.#atEdge = this.resets?.edge(now - windowMs, windowMs);
  }

  /** It was never sent. */
  undone(): void {
    this.#confirming++;
  }

  /** Returns the edge of fixed windows that this proves, if it does. */
  accepted(now: number, counter: Counter): Interval | undefined {
    const { roundTripMs, perPermitMs, limit, windowMs } = counter;
    const edge = this.#atEdge;
    if (edge || this.#next === 'second') this.#next = 'none';
    if (edge) return { from: edge.from + windowMs, to: edge.to + windowMs };
    if (this.#next !== 'first') return undefined;
    this.#confirming = Math.ceil(counter.bucketHolds(now) + roundTripMs / perPermitMs) + 1;
    const most = Math.max(MOST_CONFIRMING, limit * MOST_CONFIRMING_PART);
    this.#next = this.confirms && this.#confirming <= most ? 'confirm' : 'second';
    this.#askedAt = now;
    return undefined;
  }

  /** No answer is awaited any more. */
  settled(): void {
    if (this.#next === 'confirm' && this.#confirming === 0) this.#next = 'second';
  }

  /** That answers it. Returns whether it is a bucket, as far as that alone says. */
  refused(): boolean {
    const isBucket = this.#next === 'confirm';
    this.#next = 'none';
    if (this.#atEdge) this.resets?.refute();
    return isBucket;
  }

  /** Whether the answer rests on an edge that headers told. */
  get byHeaders(): boolean {
    return this.#atEdge !== undefined;
  }
}
