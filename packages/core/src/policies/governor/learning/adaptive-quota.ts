import type { Bounds, Counting } from '../../../contract/counting.js';
import { Trials } from './limit-trials.js';
import { Belief } from './quota-estimate.js';
import { canBeRefused, mayTry } from './refusal-tolerance.js';
import { QuotaWindow } from './sliding-window.js';
import type { Ended, Evidence, Kin, LearnedLimit, QuotaTerms } from './types.js';

/** By how much the longest round trip is forgotten with each answer. */
const ROUND_TRIP_DECAY = 0.95;

/**
 * A quota of the platform, spent the way the platform counts it, as far as its {@link Belief} has found that out.
 *
 * A given limit holds in any window until it is known how the platform counts, which attempts beyond it ask. Where nobody
 * enforces it the limit holds in any window for good. From time to time {@link Trials} go beyond a limit that was learned, to
 * see whether there is more. Both kinds follow the platform when it cuts, and when it raises again.
 */
export class AdaptiveQuota {
  /** What was last told of it as an event. */
  told: { limit: number; counts: Counting | undefined } | undefined = undefined;
  readonly #belief: Belief;
  /** What was refused, where that counts too. */
  #refusedLog: QuotaWindow | undefined = undefined;

  constructor(terms: QuotaTerms, kin: Kin = { counts: undefined }) {
    this.#belief = new Belief(terms, kin);
  }

  /** Attempts per window that are thought to pass; Infinity until a refusal taught a limit. */
  get limit(): number {
    return this.#belief.counter.limit;
  }

  get windowMs(): number {
    return this.#belief.counter.windowMs;
  }

  get counts(): Counting | undefined {
    return this.#belief.counter.counts;
  }

  get evidence(): Evidence {
    return this.#belief.evidence;
  }

  /** Whether the limit has to be found out. */
  get isDiscovered(): boolean {
    return this.#belief.isDiscovered;
  }

  /** Takes new terms; what is in use stays in use. */
  renumber(terms: QuotaTerms, now: number): void {
    this.#belief.renumber(terms, now);
    if (this.#refusedLog) this.#refusedLog.windowMs = terms.windowMs;
  }

  /** Counts what another one counts: what was sent before a quota was known was sent all the same. */
  adopt(other: AdaptiveQuota): void {
    this.#belief.counter.adopt(other.#belief.counter);
  }

  /** Counts attempts that are out already. */
  adoptInFlight(permits: number): void {
    this.#belief.counter.take(permits);
  }

  /** Begins with what an earlier start has learned. */
  believe(learned: LearnedLimit, now: number): void {
    this.#belief.believe(learned, now);
  }

  /** What was learned, if anything was. */
  learned(): LearnedLimit | undefined {
    return this.#belief.learned();
  }

  /** Whether a refusal of this attempt would be about what we only try, or guess, of this quota. */
  isTrial(order: number): boolean {
    return this.#belief.isUnproven || this.#belief.trials.has(order);
  }

  /**
   * When `weight` permits can be had: `now`, later, or Infinity while only an answer can tell.
   *
   * @param patienceMs How long the attempt could wait if it were refused: it may be one that finds out something.
   */
  freeAt(now: number, weight: number, patienceMs: number): number {
    const { counter, slowStart, terms } = this.#belief;
    if (counter.limit === Infinity) return now;
    const given = this.#givenAt(now, weight);
    const free = counter.freeAt(now, this.#fit(weight));
    const at = Math.max(free, slowStart.freeAt(now, counter, counter.limit === terms.limit));
    if (at <= now || !mayTry(patienceMs)) return Math.max(at, given);
    const patient = canBeRefused(patienceMs, counter.windowMs);
    return Math.max(given, Math.min(at, this.#beyondAt(now, at, weight, patient)));
  }

  take(now: number, weight: number, order: number): void {
    const { counter, question, trials, evidence } = this.#belief;
    if (counter.limit < Infinity && counter.freeAt(now, this.#fit(weight)) > now) {
      trials.sent(order, weight);
      question.asked(now, counter);
      evidence.trials++;
    }
    counter.take(weight);
  }

  undo(weight: number, order: number): void {
    const { counter, question, trials, evidence } = this.#belief;
    if (trials.ended(order)) {
      question.undone();
      evidence.trials--;
    }
    counter.undo(weight);
  }

  /** An attempt ended. What the platform refused here it did not count. */
  end(now: number, attempt: { sentAt: number; weight: number; order: number }, ended: Ended): void {
    const { sentAt, weight, order } = attempt;
    const belief = this.#belief;
    const { counter, trials } = belief;
    const trial = trials.ended(order);
    belief.ended();
    counter.roundTripMs = Math.max(now - sentAt, counter.roundTripMs * ROUND_TRIP_DECAY);
    if (typeof ended === 'object') {
      counter.undo(weight);
      if (belief.terms.enforcement === 'sliding') this.#noteRefused(now, weight);
      belief.refused(now, sentAt, ended, trial);
      return;
    }
    counter.end(now, weight, sentAt);
    if (ended === 'accepted') belief.accepted(now, sentAt, weight, trial);
    if (trial && trials.size === 0) belief.question.settled();
  }

  /** An answer said when the quota will be whole again. */
  tellReset(now: number, moment: Bounds): void {
    this.#belief.tellReset(now, moment);
  }

  /** An answer said how much is left. Where a given limit was lowered, and is used up, that makes it worth trying for more. */
  tellRemaining(now: number, remaining: number): void {
    const { counter, terms, trials } = this.#belief;
    if (remaining >= 1 && terms.limit < Infinity && counter.limit < terms.limit && counter.freeAt(now, 1) > now)
      trials.encourage();
  }

  /** Longest recent round trip, ms. */
  get roundTripMs(): number {
    return this.#belief.counter.roundTripMs;
  }

  /** The refusals were not about this scope after all. */
  forget(now: number): void {
    this.#belief.forget(now);
  }

  /** When the `n`th permit from now on can be had, nothing leaving before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    return this.#belief.counter.estimate(now, n, from, takenAt);
  }

  /** Whether forgetting it would change nothing that is still sure. */
  idle(now: number): boolean {
    const { counter } = this.#belief;
    if (!this.isDiscovered) return counter.idle(now);
    if (counter.limit === Infinity) return counter.inFlight === 0;
    return this.#belief.isStale(now) && counter.idle(now);
  }

  used(now: number): number {
    return this.#belief.counter.used(now);
  }

  /** What is heavier than a limit that was lowered waits for all of it. */
  #fit(weight: number): number {
    const { counter, terms } = this.#belief;
    return weight > counter.limit && weight <= terms.limit ? counter.limit : weight;
  }

  /** By hand a limit is one of all that is sent, refused or not. When that allows it; looked at again then. */
  #givenAt(now: number, weight: number): number {
    const refused = this.#refusedLog;
    const { counter, terms } = this.#belief;
    if (!refused || terms.enforcement !== 'sliding') return now;
    if (counter.used(now) + refused.used(now) + weight <= terms.limit) return now;
    const oldest = Math.min(counter.oldest(now) ?? Infinity, refused.oldest(now) ?? Infinity);
    return oldest + terms.windowMs;
  }

  #noteRefused(now: number, weight: number): void {
    const { limit, windowMs } = this.#belief.terms;
    this.#refusedLog ??= new QuotaWindow(limit, windowMs);
    this.#refusedLog.take(weight);
    this.#refusedLog.end(now, weight);
  }

  /** When an attempt beyond the limit may go out. @param at When the limit itself allows one. */
  #beyondAt(now: number, at: number, weight: number, patient: boolean): number {
    const belief = this.#belief;
    const { counter, question, terms, trials } = belief;
    if (belief.asks) {
      // How it counts is asked by those only who can wait for the answer.
      if (!patient || weight > 1) return at;
      if (belief.countsLikeKin()) return counter.freeAt(now, 1);
      const askAt = question.askAt(now, counter);
      return askAt + Trials.tooNear(counter) <= at ? askAt : at;
    }
    if (counter.limit >= terms.limit) return at;
    // Beyond a limit that was lowered, never beyond the one that was given.
    if (counter.counts !== 'bucket')
      return counter.used(now) + weight <= terms.limit ? trials.tryAt(now, at, counter, patient) : at;
    const stepAt = trials.stepAt(counter, patient);
    // Looked at again then: with a higher limit it is free sooner.
    if (stepAt > now) return Math.min(at, stepAt);
    belief.setLimit(now, trials.step(now, counter));
    return counter.freeAt(now, this.#fit(weight));
  }
}
