import type { Interval } from '../../../contract/counting.js';
import type { Counter } from './counter.js';
import type { ResetEdges } from './reset-edges.js';

/** Maximum number of confirming trials: absolute, or as a part of the limit if that is more. */
const MAX_CONFIRMING = 4;
const MAX_CONFIRMING_PART = 1 / 3;

/**
 * Finds out how the platform counts, by attempts beyond the limit.
 *
 * The first trial leaves alone, at the moment at which a bucket has its next permit. If the platform accepts the first trial,
 * confirming trials follow. Their number makes a bucket refuse one: the permits of the bucket by our count, the refill during
 * a round trip, and one more. If all are accepted, a second trial leaves half a window after the first, because the edge of a
 * fixed window may have passed before the first. If the second trial is accepted too, the platform enforces no limit.
 *
 * Where headers name an edge, the first trial leaves just after the edge instead, and costs no refusal.
 */
export class CountingTrials {
  #next: 'first' | 'confirm' | 'second' | 'none';
  /** Confirming trials that have not left yet. */
  #confirming = 0;
  #acceptedAt = 0;
  /** Edge named by headers, after which the first trial left. */
  #atEdge: Interval | undefined;

  /** @param confirms - Whether the platform may count like a bucket. Otherwise only edges are tested. */
  constructor(
    isOpen: boolean,
    readonly confirms: boolean,
    readonly resets?: ResetEdges,
  ) {
    this.#next = isOpen ? 'first' : 'none';
  }

  /** Whether a trial has yet to leave or to be answered. */
  get isOpen(): boolean {
    return this.#next !== 'none';
  }

  /** Whether the first trial has no answer yet. */
  get isUnanswered(): boolean {
    return this.#next === 'first';
  }

  /** Ends the trials. */
  close(): void {
    this.#next = 'none';
  }

  /** Returns when the next trial may leave; Infinity while the answer of another trial is awaited. */
  nextAt(now: number, counter: Counter): number {
    if (this.#next === 'confirm') return this.#confirming > 0 ? now : Infinity;
    if (counter.inFlight > 0) return Infinity;
    const { windowMs } = counter;
    if (this.#next === 'second') return Math.max(now, this.#acceptedAt + windowMs / 2);
    const past = this.resets?.findEdge(now - windowMs, windowMs);
    if (!past) return this.resets?.isConsistent(now, windowMs) ? Infinity : Math.max(now, counter.bucketFreeAt(now, 1));
    // The trial is meaningful only in a window that began after all counted attempts.
    const isYounger = (counter.oldestAt(now) ?? now) <= past.from;
    return isYounger ? now : past.to + windowMs;
  }

  recordSent(now: number, { windowMs }: Counter): void {
    this.#confirming--;
    if (this.#next === 'first') this.#atEdge = this.resets?.findEdge(now - windowMs, windowMs);
  }

  /** Records that a trial was never sent. */
  recordUnsent(): void {
    this.#confirming++;
  }

  /** Records an accepted trial. Returns the edge of fixed windows, where the trial proves one. */
  recordAccepted(now: number, counter: Counter): Interval | undefined {
    const { roundTripMs, perPermitMs, limit, windowMs } = counter;
    const edge = this.#atEdge;
    if (edge || this.#next === 'second') this.#next = 'none';
    if (edge) return { from: edge.from + windowMs, to: edge.to + windowMs };
    if (this.#next !== 'first') return undefined;
    this.#confirming = Math.ceil(counter.bucketTokens(now) + roundTripMs / perPermitMs) + 1;
    const max = Math.max(MAX_CONFIRMING, limit * MAX_CONFIRMING_PART);
    this.#next = this.confirms && this.#confirming <= max ? 'confirm' : 'second';
    this.#acceptedAt = now;
    return undefined;
  }

  /** Continues with the second trial once all confirming trials are answered. */
  endConfirming(): void {
    if (this.#next === 'confirm' && this.#confirming === 0) this.#next = 'second';
  }

  /** Records a refused trial. Returns whether the refusal shows a bucket. */
  recordRefusal(): boolean {
    const isBucket = this.#next === 'confirm';
    this.#next = 'none';
    if (this.#atEdge) this.resets?.refute();
    return isBucket;
  }

  /** Whether the result rests on an edge named by headers. */
  get byHeaders(): boolean {
    return this.#atEdge !== undefined;
  }
}
