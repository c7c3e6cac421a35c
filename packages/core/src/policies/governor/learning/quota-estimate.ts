import type { Interval, Enforcement, Refusal } from '../../../contract/counting.js';
import { classifyRefusal, FEW_ACCEPTED } from './classify-refusal.js';
import { Counter } from './counter.js';
import { CountingTrials } from './counting-trials.js';
import { isStale, LimitTrials, STEP_PERMITS } from './limit-trials.js';
import { RefillMeter } from './refill-meter.js';
import { ResetEdges } from './reset-edges.js';
import { SlowStart } from './slow-start.js';
import type { Evidence, SharedCounting, LearnedLimit, QuotaTerms } from './types.js';
import { WindowMeter } from './window-meter.js';

/** Measured refills that differ by no more than this part are equal. */
const REFILL_TOLERANCE = 0.1;
/** Longer waits belong to a quota per hour or day, ms. Too little of such a quota is visible here. */
const MAX_WAIT_MS = 121_000;
/** Limits that differ by no more than this part, or by one, are equal. */
const LIMIT_TOLERANCE = 0.02;
/** One refusal leaves at least this part of a given limit: another client may have used the rest once. */
const MIN_PART_LEFT = 1 / 2;
/** Windows without a refusal that show the throughput per window. */
const STABLE_WINDOWS = 2;
/**
 * Maximum part of a window in which its edge may lie. Permits answered in this part count in two windows, and no trial leaves in it. So
 * an edge that is known to a second only, as that of a Retry-After, would halve a limit per second, and a lowered one would stay low.
 */
const MAX_EDGE_PART = 3 / 4;
/** Maximum windows between trial steps of a bucket. */
const MAX_STEP_WINDOWS = 3;

/**
 * Estimate of a platform's limit: permits, window length, and how the platform counts. Every answer corrects the estimate.
 *
 * The Retry-After of a refusal names the edge of a fixed window, or the moment at which the oldest attempt leaves a sliding
 * window. A limit to be discovered starts as the number of attempts accepted before the first refusal.
 */
export class QuotaEstimate {
  readonly evidence: Evidence = { refusals: 0, trials: 0, trialsPassed: 0 };
  readonly counter: Counter;
  readonly slowStart = new SlowStart();
  countingTrials!: CountingTrials;
  /** Whether the edge of fixed windows is a guess. The next refusal is then about the edge. */
  isUnproven = false;
  trials = new LimitTrials();
  #refillMeter = new RefillMeter();
  #resetEdges = new ResetEdges();
  #windowMeter: WindowMeter;
  #lastFound: number | undefined;
  #guesses = 0;
  /** Whether the next refusal that looks like a bucket is ignored: another scope of the quota counts in windows. */
  #doubtsBucket = false;
  #refusedAt = -Infinity;
  /** Permits accepted before the last lowering refusal, including answers that the refusal overtook. */
  #acceptedAtRefusal = 0;
  /** Whether the limit was stable for some windows before the last refusal. */
  #wasStable = false;
  /** Whether the last refusal lowered the limit to the accepted permits. */
  #wasLowered = false;
  /** Whether half a limit was accepted between two refusals: too much for a slowly filling bucket. */
  #refillsFast = false;

  constructor(
    public terms: QuotaTerms,
    readonly shared: SharedCounting,
  ) {
    this.counter = new Counter(terms.limit, terms.windowMs, terms.burst);
    this.#windowMeter = new WindowMeter(terms.windowMs);
    this.#setEnforcement(terms.enforcement);
  }

  /** Whether the limit is to be discovered. */
  get isDiscovered(): boolean {
    return this.terms.limit === Infinity;
  }

  /** Whether attempts beyond the limit test how the platform counts, and not how much passes. */
  get isCountingTrial(): boolean {
    return this.countingTrials.isOpen && this.counter.limit === this.terms.limit;
  }

  /** Whether the last refusal is so old that the limit may have changed. */
  isStale(now: number): boolean {
    return isStale(now - this.#refusedAt, this.counter.windowMs);
  }

  /** Applies new terms. Permits in use stay in use. */
  reconfigure(terms: QuotaTerms, now: number): void {
    const { limit, windowMs, enforcement, burst } = this.terms;
    const sameWindow = windowMs === terms.windowMs && burst === terms.burst;
    this.terms = terms;
    if (limit !== terms.limit || !sameWindow) this.#restart(now, terms.windowMs);
    if (enforcement !== terms.enforcement || !sameWindow) this.#setEnforcement(terms.enforcement);
  }

  /** Restores the limit that an earlier start learned. */
  adoptEstimate({ limit, windowMs, counts }: LearnedLimit, now: number): void {
    const { enforcement } = this.terms;
    this.trials.recordRestored(now);
    if (this.isDiscovered) {
      this.counter.reconfigure(now, limit, windowMs, counts === 'bucket' ? limit : undefined);
      this.#lastFound = limit;
    } else if (windowMs !== this.counter.windowMs) return;
    if (enforcement !== 'auto' || counts === undefined) return;
    this.counter.setCounting(counts);
    this.countingTrials = new CountingTrials(counts === 'fixed', false);
  }

  /** Returns the learned limit, if there is one. */
  learnedLimit(): LearnedLimit | undefined {
    const { limit, windowMs, counts } = this.counter;
    const known = this.isDiscovered ? limit < Infinity : this.terms.enforcement === 'auto' && counts !== undefined;
    return known ? { limit: Math.max(1, Math.round(limit)), windowMs, counts } : undefined;
  }

  /** Resets the estimate: the refusals were about another scope. */
  reset(now: number): void {
    this.#restart(now, this.counter.windowMs);
    this.#setEnforcement(this.terms.enforcement);
  }

  /** Sets the estimated limit, never above the given limit. */
  setLimit(now: number, limit: number): void {
    this.counter.reconfigure(now, Math.min(this.terms.limit, Math.max(1, limit)));
  }

  /** Adopts the counting that another scope of the quota found. Edges may differ per scope and are not adopted. */
  adoptSharedCounting(): boolean {
    const { counts } = this.shared;
    if (
      this.terms.enforcement !== 'auto' ||
      !this.countingTrials.isUnanswered ||
      counts === undefined ||
      counts === 'fixed'
    )
      return false;
    this.countingTrials.close();
    this.counter.setCounting(counts);
    return true;
  }

  /** Records the reset that an answer names. */
  recordReset(now: number, reset: Interval): void {
    const { counts, windowMs } = this.counter;
    if (!this.countingTrials.isUnanswered || (counts !== undefined && counts !== 'fixed')) return;
    this.#resetEdges.recordReset(now, reset, windowMs);
  }

  /** Records the end of an attempt with any result. */
  recordEnd(): void {
    if (this.slowStart.endNarrow(this.counter.limit)) this.isUnproven = false;
  }

  recordAccepted(now: number, sentAt: number, weight: number, isTrial: boolean): void {
    const { counter, trials } = this;
    const isLate = sentAt < this.#refusedAt;
    if (!isLate) this.slowStart.recordAccepted();
    this.#refillMeter.recordAccepted(weight);
    trials.recordThroughput(now, weight, counter);
    if (isTrial) this.evidence.trialsPassed++;
    // A refusal can overtake the answers of attempts accepted before.
    if (isLate && this.#wasLowered) this.#raiseLimit(now, weight);
    else if (isTrial && this.isCountingTrial) this.#acceptCountingTrial(now);
    else if (isTrial && !isLate && counter.counts !== 'bucket')
      this.setLimit(now, trials.recordAccepted(counter.limit, weight));
    // A heavier attempt waited for the whole limit, and was accepted all the same.
    else if (!isLate && weight > counter.limit) this.setLimit(now, weight);
  }

  recordRefusal(now: number, sentAt: number, refusal: Refusal, isTrial: boolean): void {
    this.evidence.refusals++;
    // Attempts sent before the last refusal show the same limit again.
    if (sentAt < this.#refusedAt) return;
    const { counter } = this;
    const wasCountingTrial = isTrial && this.isCountingTrial;
    this.slowStart.begin(now);
    const { acceptedBefore: passedBefore } = this.slowStart;
    if (passedBefore >= counter.limit / 2) this.#refillsFast = true;
    const sinceMs = now - this.#refusedAt;
    const msPerAccepted = sinceMs / Math.max(1, passedBefore);
    this.#refusedAt = now;
    this.#wasLowered = false;
    this.trials.recordRefusal(now, isTrial);
    if (refusal.until - now > Math.max(MAX_WAIT_MS, 2 * counter.windowMs)) return;
    if (wasCountingTrial && this.countingTrials.recordRefusal()) {
      counter.setCounting('bucket');
      this.shared.counts = 'bucket';
      return counter.emptyBucket(now, sentAt);
    }
    const wasLearned = counter.limit < Infinity;
    const { windowMs } = counter;
    if (this.isDiscovered) this.#measureWindow(now, refusal, isTrial);
    // A longer window lets at least the sustained throughput pass.
    this.#wasStable = sinceMs >= STABLE_WINDOWS * counter.windowMs;
    const isLonger = counter.windowMs > windowMs && sinceMs >= STABLE_WINDOWS * counter.windowMs;
    const sustained = isLonger ? (passedBefore * counter.windowMs) / sinceMs : 0;
    if (wasLearned && sustained > counter.limit) this.setLimit(now, Math.floor(sustained));
    if (!wasLearned) this.#assumeLimit();
    if (Number.isFinite(refusal.roundedMs)) this.#classify(now, refusal, msPerAccepted);
    const isBucket = counter.counts === 'bucket';
    if (isBucket) counter.emptyBucket(now);
    if (!wasCountingTrial && isBucket && wasLearned) this.#lowerBucket(now);
    else if (!wasCountingTrial) this.#lowerLimit(now, isTrial, wasLearned ? Math.floor(sustained) : 0);
    counter.fillWindow();
    this.shared.counts = counter.counts;
  }

  #setEnforcement(enforcement: Enforcement): void {
    this.slowStart.isNarrow = this.isUnproven = false;
    this.counter.setCounting(enforcement === 'auto' ? undefined : enforcement);
    const hasTrials = enforcement === 'auto' || enforcement === 'fixed';
    this.countingTrials = new CountingTrials(hasTrials, enforcement === 'auto', this.#resetEdges);
  }

  #restart(now: number, windowMs: number): void {
    const { limit, burst } = this.terms;
    this.counter.reconfigure(now, limit, windowMs, burst);
    this.trials = new LimitTrials();
    this.#refillMeter = new RefillMeter();
    this.#resetEdges = new ResetEdges();
    this.#windowMeter = new WindowMeter(this.terms.windowMs);
    this.#lastFound = undefined;
    this.#guesses = 0;
    this.#refillsFast = false;
    this.slowStart.skip();
  }

  #setWindow(now: number, windowMs: number): void {
    if (windowMs !== this.counter.windowMs) this.counter.reconfigure(now, this.counter.limit, windowMs);
  }

  /** Adopts the counting found by other scopes, without the edge of fixed windows. */
  #assumeLimit(): void {
    const { counts } = this.shared;
    this.#doubtsBucket = counts !== undefined && counts !== 'bucket';
    this.adoptSharedCounting();
  }

  #acceptCountingTrial(now: number): void {
    const edge = this.countingTrials.recordAccepted(now, this.counter);
    if (!edge) return;
    this.#setFixed(now, edge);
    this.slowStart.begin(now);
    this.shared.counts = 'fixed';
  }

  /** Raises the limit after late accepted answers. For a bucket, the capacity grows. */
  #raiseLimit(now: number, weight: number): void {
    const { counter } = this;
    this.#acceptedAtRefusal += weight;
    const { limit } = counter;
    // The refusal left a higher limit than the accepted permits.
    if (this.#acceptedAtRefusal <= limit) return;
    if (counter.counts !== 'bucket' || !this.isDiscovered) return this.setLimit(now, limit + weight);
    counter.reconfigure(now, limit + weight, counter.windowMs, limit + weight);
    counter.emptyBucket(now);
  }

  #measureWindow(now: number, refusal: Refusal, isTrial: boolean): void {
    const counter = this.counter;
    if (counter.limit === Infinity) return this.#setWindow(now, this.#windowMeter.measureFirst(now, refusal, counter));
    this.#setWindow(now, this.#windowMeter.measureWait(now, refusal, counter));
    if (counter.counts === 'bucket') return;
    const isFull = this.slowStart.acceptedBefore >= counter.limit / 2;
    this.#setWindow(now, this.#windowMeter.measureNext(refusal, counter, isTrial, isFull));
  }

  /**
   * Lowers the limit to the accepted permits.
   *
   * @param sustained - Permits accepted in windows longer than assumed so far.
   */
  #lowerLimit(now: number, isTrial: boolean, sustained: number): void {
    const { counter, trials } = this;
    const accepted = Math.max(counter.answered(now), sustained);
    // A refusal before any accepted attempt shows no limit.
    if (accepted === 0) return;
    const isConfirmed = this.#lastFound !== undefined && isSameLimit(accepted, this.#lastFound);
    const isSure = isTrial || isConfirmed;
    this.#lastFound = this.#acceptedAtRefusal = accepted;
    const found = isConfirmed ? accepted : Math.max(accepted, this.#minLimit);
    trials.scheduleNext(now, found, isSure, this.isDiscovered, counter);
    this.setLimit(now, Math.min(counter.limit, found));
    this.#refillMeter.recordEmpty(now);
    const isBucket = counter.counts === 'bucket';
    this.#wasLowered = true;
    // The refusal was unexpected: accepted permits may belong to another window.
    if (!isTrial && !isBucket && trials.hasSustained) this.slowStart.isNarrow = true;
    if (!isBucket) return;
    // The burst shows the capacity. The next refusals show the refill rate.
    counter.reconfigure(now, found, counter.windowMs, found);
    counter.emptyBucket(now);
    trials.delayNext(now, this.#stepMs(counter.perPermitMs));
  }

  /** Returns the time before the next trial step of a bucket. A few permits take long, and are weak evidence. */
  #stepMs(perPermitMs: number): number {
    return Math.min(STEP_PERMITS * perPermitMs, MAX_STEP_WINDOWS * this.counter.windowMs);
  }

  /** Minimum limit after one refusal. */
  get #minLimit(): number {
    const { limit } = this.counter;
    if (limit === Infinity) return FEW_ACCEPTED;
    return this.isDiscovered && !this.#wasStable ? 1 : Math.ceil(limit * MIN_PART_LEFT);
  }

  /** Sets the limit to the measured refill of the bucket. During trials, stored tokens were accepted too. */
  #lowerBucket(now: number): void {
    const { counter, trials } = this;
    const measured = this.#refillMeter.measure(now);
    if (!measured) return;
    const { perMs, permits, certainty } = measured;
    const flowed = Math.min(perMs * counter.windowMs, counter.limit);
    const isConfirmed =
      this.#lastFound !== undefined && Math.abs(flowed - this.#lastFound) <= flowed * REFILL_TOLERANCE;
    this.#lastFound = flowed;
    const found = this.isDiscovered || isConfirmed ? flowed : Math.max(flowed, this.#minLimit);
    const perPermitMs = counter.windowMs / found;
    const previous = trials.proven ?? counter.limit;
    const isSame = Math.abs(found - previous) <= previous * REFILL_TOLERANCE;
    // The limit of a discovered bucket is its capacity, and the window is the refill time of the capacity.
    if (this.isDiscovered) counter.reconfigure(now, counter.capacity, counter.capacity * perPermitMs);
    else this.setLimit(now, found);
    if (certainty === 'bound') return trials.delayNext(now, this.#stepMs(perPermitMs));
    trials.scheduleNext(now, found, isSame, this.isDiscovered, counter);
    // Each measurement of a discovered bucket takes twice as long and is more exact. A given limit may return at any
    // time.
    if (certainty === 'unsure' && this.isDiscovered) trials.delayNext(now, 2 * permits * perPermitMs);
  }

  /**
   * Infers from a Retry-After how the platform counts.
   *
   * @param msPerAccepted - Average time per accepted attempt since the last refusal, ms.
   */
  #classify(now: number, refusal: Refusal, msPerAccepted: number): void {
    const { counter, isDiscovered } = this;
    const { enforcement } = this.terms;
    const reset = { from: refusal.until - refusal.roundedMs - counter.roundTripMs, to: refusal.until };
    this.#windowMeter.recordReset(reset);
    if (counter.edge && this.#isExact(counter.edge) && (!this.#isExact(reset) || counter.refineEdge(now, reset)))
      return;
    const { shows, windowMs, doubts, guesses } = classifyRefusal({
      now,
      refusal,
      enforcement,
      isDiscovered,
      counter,
      byHeaders: this.countingTrials.byHeaders,
      msPerAccepted,
      refills: this.#refillsFast,
      doubts: this.#doubtsBucket,
      guesses: this.#guesses,
    });
    this.#doubtsBucket = doubts;
    this.#guesses = guesses;
    if (shows === undefined) return;
    if (shows === 'bucket') return counter.setCounting('bucket');
    if (shows === 'wrong headers') {
      // The trials begin again without the headers.
      this.#resetEdges.refute();
      return this.#setEnforcement(enforcement);
    }
    if (windowMs !== undefined) counter.reconfigure(now, counter.limit, windowMs, undefined);
    if (shows === 'fixed') return this.#setFixed(now, reset);
    this.isUnproven = false;
    counter.setCounting('sliding');
  }

  #setFixed(now: number, edge: Interval): void {
    this.isUnproven = this.#isExact(edge);
    // Without an edge the limit holds in any window, also in a fixed one.
    if (!this.isUnproven) return this.counter.setCounting('fixed');
    this.counter.setFixed(edge, now);
    this.slowStart.isNarrow = true;
  }

  /** Whether an edge is known well enough to count by it. */
  #isExact({ from, to }: Interval): boolean {
    return to - from <= this.counter.windowMs * MAX_EDGE_PART;
  }
}

function isSameLimit(found: number, previous: number): boolean {
  return Math.abs(found - previous) <= Math.max(1, found * LIMIT_TOLERANCE);
}
