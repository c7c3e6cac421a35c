import type { Attempt, Interval, Counting } from '../../../contract/counting.js';
import { clearanceOf } from './limit-trials.js';
import { QuotaEstimate } from './quota-estimate.js';
import { toleratesRefusal, mayTryBeyondLimit } from './refusal-tolerance.js';
import { SlidingWindow } from './sliding-window.js';
import type { AttemptResult, Evidence, SharedCounting, LearnedLimit, QuotaTerms } from './types.js';

/** Decay of the longest round trip per answer. */
const ROUND_TRIP_DECAY = 0.95;

/**
 * A quota of the platform, counted in the same way as the platform, as far as its {@link QuotaEstimate} knows.
 *
 * A given limit holds in any window until trials beyond the limit show how the platform counts. Where the platform enforces no
 * limit, the given limit permanently holds in any window. Limit trials regularly test whether a learned limit has grown.
 * Both kinds of limit follow the platform when it lowers or raises a limit.
 */
export class AdaptiveQuota {
  /** Numbers in the last event about this quota. */
  reported: { limit: number; counts: Counting | undefined } | undefined = undefined;
  readonly #estimate: QuotaEstimate;
  /** Refused attempts, where the limit covers them too. */
  #refused: SlidingWindow | undefined;

  constructor(terms: QuotaTerms, shared: SharedCounting = { counts: undefined }) {
    this.#estimate = new QuotaEstimate(terms, shared);
  }

  /** Estimated limit per window; Infinity until a refusal taught a limit. */
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

  /** Whether the limit is to be discovered. */
  get isDiscovered(): boolean {
    return this.#estimate.isDiscovered;
  }

  /** Applies new terms. Permits in use stay in use. */
  reconfigure(terms: QuotaTerms, now: number): void {
    this.#estimate.reconfigure(terms, now);
    if (this.#refused) this.#refused.windowMs = terms.windowMs;
  }

  /** Counts the permits of another quota: attempts that were sent before this quota was known count too. */
  adopt(other: AdaptiveQuota): void {
    this.#estimate.counter.adopt(other.#estimate.counter);
  }

  /** Counts attempts that are already in flight. */
  adoptInFlight(permits: number): void {
    this.#estimate.counter.take(permits);
  }

  /** Restores the limit that an earlier start learned. */
  adoptEstimate(limit: LearnedLimit, now: number): void {
    this.#estimate.adoptEstimate(limit, now);
  }

  /** Returns the learned limit, if there is one. */
  learnedLimit(): LearnedLimit | undefined {
    return this.#estimate.learnedLimit();
  }

  /** Whether this attempt is a trial, or the window edge is a guess. A refusal is then about the estimate. */
  isTrial(order: number): boolean {
    return this.#estimate.isUnproven || this.#estimate.trials.has(order);
  }

  /**
   * Returns when `weight` permits are free: `now`, later, or Infinity while the time depends on an answer.
   *
   * @param refusalToleranceMs - How long the call can wait after a refusal. A tolerant call may be a trial.
   */
  freeAt(now: number, weight: number, refusalToleranceMs: number): number {
    const { counter, slowStart, terms } = this.#estimate;
    if (counter.limit === Infinity) return now;
    const allowedAt = this.#allowedAt(now, weight);
    const free = counter.freeAt(now, this.#fitWeight(weight));
    const at = Math.max(free, slowStart.freeAt(now, counter, counter.limit === terms.limit));
    if (at <= now || !mayTryBeyondLimit(refusalToleranceMs)) return Math.max(at, allowedAt);
    const isPatient = toleratesRefusal(refusalToleranceMs, counter.windowMs);
    return Math.max(allowedAt, Math.min(at, this.#nextTrialAt(now, at, weight, isPatient)));
  }

  take(now: number, weight: number, order: number): void {
    const { counter, countingTrials, trials, evidence } = this.#estimate;
    if (counter.limit < Infinity && counter.freeAt(now, this.#fitWeight(weight)) > now) {
      trials.recordSent(order, weight);
      countingTrials.recordSent(now, counter);
      evidence.trials++;
    }
    counter.take(weight);
  }

  undo(weight: number, order: number): void {
    const { counter, countingTrials, trials, evidence } = this.#estimate;
    if (trials.recordEnd(order)) {
      countingTrials.recordUnsent();
      evidence.trials--;
    }
    counter.undo(weight);
  }

  /** Ends an attempt. The platform does not count refused attempts. */
  end(now: number, attempt: Attempt, result: AttemptResult): void {
    const { sentAt, weight, order } = attempt;
    const estimate = this.#estimate;
    const { counter, trials } = estimate;
    const isTrial = trials.recordEnd(order);
    estimate.recordEnd();
    counter.roundTripMs = Math.max(now - sentAt, counter.roundTripMs * ROUND_TRIP_DECAY);
    if (typeof result === 'object') {
      counter.undo(weight);
      if (estimate.terms.enforcement === 'sliding') this.#countRefused(now, weight);
      estimate.recordRefusal(now, sentAt, result, isTrial);
      return;
    }
    counter.end(now, weight, sentAt);
    if (result === 'accepted') estimate.recordAccepted(now, sentAt, weight, isTrial);
    if (isTrial && trials.size === 0) estimate.countingTrials.endConfirming();
  }

  /** Records the reset that an answer names. */
  recordReset(now: number, moment: Interval): void {
    this.#estimate.recordReset(now, moment);
  }

  /**
   * Records the remaining permits of an answer. Remaining permits speed up the trials of a given limit that is
   * lowered and used up.
   */
  recordRemaining(now: number, remaining: number): void {
    const { counter, terms, trials } = this.#estimate;
    if (remaining >= 1 && terms.limit < Infinity && counter.limit < terms.limit && counter.freeAt(now, 1) > now)
      trials.encourage();
  }

  /** Longest recent round trip, ms. */
  get roundTripMs(): number {
    return this.#estimate.counter.roundTripMs;
  }

  /** Resets the estimate: the refusals were about another scope. */
  reset(now: number): void {
    this.#estimate.reset(now);
  }

  /** Returns when the `n`th permit is free, if no attempt leaves before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    return this.#estimate.counter.estimate(now, n, from, takenAt);
  }

  /** Whether dropping the quota loses no valid knowledge. */
  idle(now: number): boolean {
    const { counter } = this.#estimate;
    if (!this.isDiscovered) return counter.idle(now);
    if (counter.limit === Infinity) return counter.inFlight === 0;
    return this.#estimate.isStale(now) && counter.idle(now);
  }

  used(now: number): number {
    return this.#estimate.counter.used(now);
  }

  /** Returns the weight, reduced to a lowered limit: a heavier attempt waits for the whole limit. */
  #fitWeight(weight: number): number {
    const { counter, terms } = this.#estimate;
    return weight > counter.limit && weight <= terms.limit ? counter.limit : weight;
  }

  /** Returns when a configured sliding limit allows the permits. With `sliding`, refused attempts count too. */
  #allowedAt(now: number, weight: number): number {
    const refused = this.#refused;
    const { counter, terms } = this.#estimate;
    if (!refused || terms.enforcement !== 'sliding') return now;
    if (counter.used(now) + refused.used(now) + weight <= terms.limit) return now;
    const oldest = Math.min(counter.oldestAt(now) ?? Infinity, refused.oldestAt(now) ?? Infinity);
    return oldest + terms.windowMs;
  }

  #countRefused(now: number, weight: number): void {
    const { limit, windowMs } = this.#estimate.terms;
    this.#refused ??= new SlidingWindow(limit, windowMs);
    this.#refused.take(weight);
    this.#refused.end(now, weight);
  }

  /**
   * Returns when a trial may leave.
   *
   * @param freeAt - When the limit itself allows an attempt.
   */
  #nextTrialAt(now: number, freeAt: number, weight: number, isPatient: boolean): number {
    const estimate = this.#estimate;
    const { counter, countingTrials, terms, trials } = estimate;
    if (estimate.isCountingTrial) {
      // Only calls that can wait for the answer test how the platform counts.
      if (!isPatient || weight > 1) return freeAt;
      if (estimate.adoptSharedCounting()) return counter.freeAt(now, 1);
      const trialAt = countingTrials.nextAt(now, counter);
      return trialAt + clearanceOf(counter) <= freeAt ? trialAt : freeAt;
    }
    if (counter.limit >= terms.limit) return freeAt;
    // Trials go beyond a lowered limit, never beyond the given limit.
    if (counter.counts !== 'bucket')
      return counter.used(now) + weight <= terms.limit ? trials.nextTrialAt(now, freeAt, counter, isPatient) : freeAt;
    const stepAt = trials.nextStepAt(counter, isPatient);
    // The dispatcher asks again at the step: a higher limit is free sooner.
    if (stepAt > now) return Math.min(freeAt, stepAt);
    estimate.setLimit(now, trials.beginStep(now, counter));
    return counter.freeAt(now, this.#fitWeight(weight));
  }
}
