import type { Attempt, Interval, Counting } from '../../../contract/counting.js';
import { LimitTrials } from './limit-trials.js';
import { QuotaEstimate } from './quota-estimate.js';
import { toleratesRefusal, mayTryBeyondLimit } from './refusal-tolerance.js';
import { SlidingWindow } from './sliding-window.js';
import type { Ended, Evidence, SharedCounting, LearnedLimit, QuotaTerms } from './types.js';

/** By how much the longest round trip is forgotten with each answer. */
const ROUND_TRIP_DECAY = 0.95;

/**
 * A quota of the platform, spent the way the platform counts it, as far as its {@link QuotaEstimate} has found that out.
 *
 * A given limit holds in any window until it is known how the platform counts, which attempts beyond it ask. Where nobody
 * enforces it the limit holds in any window for good. From time to time {@link LimitTrials} go beyond a limit that was learned, to
 * see whether there is more. Both kinds follow the platform when it cuts, and when it raises again.
 */
export class AdaptiveQuota {
  /** What was last told of it as an event. */
  told: { limit: number; counts: Counting | undefined } | undefined = undefined;
  readonly #estimate: QuotaEstimate;
  /** What was refused, where that counts too. */
  #refusedLog: SlidingWindow | undefined = undefined;

  constructor(terms: QuotaTerms, kin: SharedCounting = { counts: undefined }) {
    this.#estimate = new QuotaEstimate(terms, kin);
  }

  /** Attempts per window that are thought to pass; Infinity until a refusal taught a limit. */
  get limit(): number {
    return this.#estimate.counter.limit;
  }

  get windowMs(): number {
    return this.#estimate.counter.windowMs;
  }

  get counts(): Counting | undefined {
    return this.#estimate.counter.counts;
  }

  get evidence(): Evidence {
    return this.#estimate.evidence;
  }

  /** Whether the limit has to be found out. */
  get isDiscovered(): boolean {
    return this.#estimate.isDiscovered;
  }

  /** Takes new terms; what is in use stays in use. */
  reconfigure(terms: QuotaTerms, now: number): void {
    this.#estimate.reconfigure(terms, now);
    if (this.#refusedLog) this.#refusedLog.windowMs = terms.windowMs;
  }

  /** Counts what another one counts: what was sent before a quota was known was sent all the same. */
  adopt(other: AdaptiveQuota): void {
    this.#estimate.counter.adopt(other.#estimate.counter);
  }

  /** Counts attempts that are out already. */
  adoptInFlight(permits: number): void {
    this.#estimate.counter.take(permits);
  }

  /** Begins with what an earlier start has learned. */
  adoptEstimate(learned: LearnedLimit, now: number): void {
    this.#estimate.adoptEstimate(learned, now);
  }

  /** What was learned, if anything was. */
  learned(): LearnedLimit | undefined {
    return this.#estimate.learned();
  }

  /** Whether a refusal of this attempt would be about what we only try, or guess, of this quota. */
  isTrial(order: number): boolean {
    return this.#estimate.isUnproven || this.#estimate.trials.has(order);
  }

  /**
   * When `weight` permits can be had: `now`, later, or Infinity while only an answer can tell.
   *
   * @param refusalToleranceMs How long the attempt could wait if it were refused: it may be one that finds out something.
   */
  freeAt(now: number, weight: number, refusalToleranceMs: number): number {
    const { counter, slowStart, terms } = this.#estimate;
    if (counter.limit === Infinity) return now;
    const given = this.#givenAt(now, weight);
    const free = counter.freeAt(now, this.#fit(weight));
    const at = Math.max(free, slowStart.freeAt(now, counter, counter.limit === terms.limit));
    if (at <= now || !mayTryBeyondLimit(refusalToleranceMs)) return Math.max(at, given);
    const patient = toleratesRefusal(refusalToleranceMs, counter.windowMs);
    return Math.max(given, Math.min(at, this.#beyondAt(now, at, weight, patient)));
  }

  take(now: number, weight: number, order: number): void {
    const { counter, countingTrials: question, trials, evidence } = this.#estimate;
    if (counter.limit < Infinity && counter.freeAt(now, this.#fit(weight)) > now) {
      trials.sent(order, weight);
      question.asked(now, counter);
      evidence.trials++;
    }
    counter.take(weight);
  }

  undo(weight: number, order: number): void {
    const { counter, countingTrials: question, trials, evidence } = this.#estimate;
    if (trials.ended(order)) {
      question.undone();
      evidence.trials--;
    }
    counter.undo(weight);
  }

  /** An attempt ended. What the platform refused here it did not count. */
  end(now: number, attempt: Attempt, ended: Ended): void {
    const { sentAt, weight, order } = attempt;
    const estimate = this.#estimate;
    const { counter, trials } = estimate;
    const trial = trials.ended(order);
    estimate.recordEnd();
    counter.roundTripMs = Math.max(now - sentAt, counter.roundTripMs * ROUND_TRIP_DECAY);
    if (typeof ended === 'object') {
      counter.undo(weight);
      if (estimate.terms.enforcement === 'sliding') this.#noteRefused(now, weight);
      estimate.recordRefusal(now, sentAt, ended, trial);
      return;
    }
    counter.end(now, weight, sentAt);
    if (ended === 'accepted') estimate.recordAccepted(now, sentAt, weight, trial);
    if (trial && trials.size === 0) estimate.countingTrials.settled();
  }

  /** An answer said when the quota will be whole again. */
  recordReset(now: number, moment: Interval): void {
    this.#estimate.recordReset(now, moment);
  }

  /** An answer said how much is left. Where a given limit was lowered, and is used up, that makes it worth trying for more. */
  recordRemaining(now: number, remaining: number): void {
    const { counter, terms, trials } = this.#estimate;
    if (remaining >= 1 && terms.limit < Infinity && counter.limit < terms.limit && counter.freeAt(now, 1) > now)
      trials.encourage();
  }

  /** Longest recent round trip, ms. */
  get roundTripMs(): number {
    return this.#estimate.counter.roundTripMs;
  }

  /** The refusals were not about this scope after all. */
  forget(now: number): void {
    this.#estimate.forget(now);
  }

  /** When the `n`th permit from now on can be had, nothing leaving before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    return this.#estimate.counter.estimate(now, n, from, takenAt);
  }

  /** Whether forgetting it would change nothing that is still sure. */
  idle(now: number): boolean {
    const { counter } = this.#estimate;
    if (!this.isDiscovered) return counter.idle(now);
    if (counter.limit === Infinity) return counter.inFlight === 0;
    return this.#estimate.isStale(now) && counter.idle(now);
  }

  used(now: number): number {
    return this.#estimate.counter.used(now);
  }

  /** What is heavier than a limit that was lowered waits for all of it. */
  #fit(weight: number): number {
    const { counter, terms } = this.#estimate;
    return weight > counter.limit && weight <= terms.limit ? counter.limit : weight;
  }

  /** By hand a limit is one of all that is sent, refused or not. When that allows it; looked at again then. */
  #givenAt(now: number, weight: number): number {
    const refused = this.#refusedLog;
    const { counter, terms } = this.#estimate;
    if (!refused || terms.enforcement !== 'sliding') return now;
    if (counter.used(now) + refused.used(now) + weight <= terms.limit) return now;
    const oldest = Math.min(counter.oldest(now) ?? Infinity, refused.oldest(now) ?? Infinity);
    return oldest + terms.windowMs;
  }

  #noteRefused(now: number, weight: number): void {
    const { limit, windowMs } = this.#estimate.terms;
    this.#refusedLog ??= new SlidingWindow(limit, windowMs);
    this.#refusedLog.take(weight);
    this.#refusedLog.end(now, weight);
  }

  /** When an attempt beyond the limit may go out. @param at When the limit itself allows one. */
  #beyondAt(now: number, at: number, weight: number, patient: boolean): number {
    const estimate = this.#estimate;
    const { counter, countingTrials: question, terms, trials } = estimate;
    if (estimate.asks) {
      // How it counts is asked by those only who can wait for the answer.
      if (!patient || weight > 1) return at;
      if (estimate.countsLikeShared()) return counter.freeAt(now, 1);
      const askAt = question.askAt(now, counter);
      return askAt + LimitTrials.tooNear(counter) <= at ? askAt : at;
    }
    if (counter.limit >= terms.limit) return at;
    // Beyond a limit that was lowered, never beyond the one that was given.
    if (counter.counts !== 'bucket')
      return counter.used(now) + weight <= terms.limit ? trials.tryAt(now, at, counter, patient) : at;
    const stepAt = trials.stepAt(counter, patient);
    // Looked at again then: with a higher limit it is free sooner.
    if (stepAt > now) return Math.min(at, stepAt);
    estimate.setLimit(now, trials.step(now, counter));
    return counter.freeAt(now, this.#fit(weight));
  }
}
