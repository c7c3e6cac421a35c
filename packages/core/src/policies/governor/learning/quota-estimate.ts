import type { Interval, Enforcement, Refusal } from '../../../contract/counting.js';
import { classifyRefusal, FEW } from './classify-refusal.js';
import { Counter } from './counter.js';
import { CountingTrials } from './counting-trials.js';
import { STEP_PERMITS, LimitTrials } from './limit-trials.js';
import { RefillMeter } from './refill-meter.js';
import { ResetEdges } from './reset-edges.js';
import { SlowStart } from './slow-start.js';
import type { Evidence, SharedCounting, LearnedLimit, QuotaTerms } from './types.js';
import { WindowMeter } from './window-meter.js';

/** Measurements of a bucket that differ by no more than this part are of one refill. */
const NEAR = 0.1;
/** A wait beyond this is about a quota per hour or day, of which we saw a part only, ms. */
const LONGEST_WAIT_MS = 121_000;
/** Limits that differ by no more than this part, or by one, are the same. */
const SAME = 0.02;
/** One refusal leaves this part of a given limit at least: somebody else may have used the rest up, once. */
const LEAST_LEFT = 1 / 2;
/** So many windows without a refusal show how much passes in one. */
const SHOWN_WINDOWS = 2;
/** Windows after which a bucket is tried higher at the latest. */
const MOST_STEP_WINDOWS = 3;

/**
 * What is believed of a platform's limit, corrected by every answer: how much passes in how long, and how it is counted.
 *
 * Refused, an attempt tells it by its Retry-After, which points at the edge of a fixed window or at the moment the oldest
 * attempt leaves a sliding one. A limit that was not given is what got through before the first refusal.
 */
export class QuotaEstimate {
  readonly evidence: Evidence = { refusals: 0, trials: 0, trialsPassed: 0 };
  readonly counter: Counter;
  readonly slowStart = new SlowStart();
  countingTrials!: CountingTrials;
  trials = new LimitTrials();
  #refill = new RefillMeter();
  #resets = new ResetEdges();
  #length: WindowMeter;
  #lastFound: number | undefined = undefined;
  #guesses = 0;
  /** Whether the first refusal that may be of a bucket is not believed: what is counted elsewhere has windows. */
  #doubts = false;
  #refusedAt = -Infinity;
  /** What had passed by the last refusal that lowered it, with the answers that it overtook. */
  #passedBy = 0;
  /** Whether the limit had held for some windows before the last refusal. */
  #held = false;
  /** Whether that refusal lowered the limit to what had passed by then. */
  #lowered = false;
  /** Whether as much passed between two refusals as a window lets through, and no bucket that fills slowly. */
  #refills = false;
  /** Whether the edge of fixed windows is only a guess. */
  #unproven = false;

  constructor(
    public terms: QuotaTerms,
    readonly kin: SharedCounting,
  ) {
    this.counter = new Counter(terms.limit, terms.windowMs, terms.burst);
    this.#length = new WindowMeter(terms.windowMs);
    this.#setEnforcement(terms.enforcement);
  }

  /** Whether the limit has to be found out. */
  get isDiscovered(): boolean {
    return this.terms.limit === Infinity;
  }

  /** Whether where fixed windows begin is only a guess, which the next refusal would be about. */
  get isUnproven(): boolean {
    return this.#unproven;
  }

  /** Whether attempts beyond the limit are about how the platform counts, and not about how much. */
  get asks(): boolean {
    return this.countingTrials.isOpen && this.counter.limit === this.terms.limit;
  }

  /** Whether the last refusal is too long ago to expect anything of the limit. */
  isStale(now: number): boolean {
    return LimitTrials.isStale(now - this.#refusedAt, this.counter.windowMs);
  }

  /** Takes new terms; what is in use stays in use. */
  reconfigure(terms: QuotaTerms, now: number): void {
    const { limit, windowMs, enforcement, burst } = this.terms;
    const sameWindow = windowMs === terms.windowMs && burst === terms.burst;
    this.terms = terms;
    if (limit !== terms.limit || !sameWindow) this.#restart(now, terms.windowMs);
    if (enforcement !== terms.enforcement || !sameWindow) this.#setEnforcement(terms.enforcement);
  }

  /** Begins with what an earlier start has learned. */
  adoptEstimate({ limit, windowMs, counts }: LearnedLimit, now: number): void {
    const { enforcement } = this.terms;
    this.trials.recalled(now);
    if (this.isDiscovered) {
      this.counter.reconfigure(now, limit, windowMs, counts === 'bucket' ? limit : undefined);
      this.#lastFound = limit;
    } else if (windowMs !== this.counter.windowMs) return;
    if (enforcement !== 'auto' || counts === undefined) return;
    this.counter.countAny(counts);
    this.countingTrials = new CountingTrials(counts === 'fixed', false);
  }

  /** What was learned, if anything was. */
  learned(): LearnedLimit | undefined {
    const { limit, windowMs, counts } = this.counter;
    const known = this.isDiscovered ? limit < Infinity : this.terms.enforcement === 'auto' && counts !== undefined;
    return known ? { limit: Math.max(1, Math.round(limit)), windowMs, counts } : undefined;
  }

  /** The refusals were not about this scope after all. */
  forget(now: number): void {
    this.#restart(now, this.counter.windowMs);
    this.#setEnforcement(this.terms.enforcement);
  }

  /** A limit that was given is never exceeded by what was learned. */
  setLimit(now: number, limit: number): void {
    this.counter.reconfigure(now, Math.min(this.terms.limit, Math.max(1, limit)));
  }

  /** What one scope found out the others need not ask. Where the windows of a fixed one begin may differ. */
  countsLikeShared(): boolean {
    const { counts } = this.kin;
    if (
      this.terms.enforcement !== 'auto' ||
      !this.countingTrials.isUnanswered ||
      counts === undefined ||
      counts === 'fixed'
    )
      return false;
    this.countingTrials.close();
    this.counter.countAny(counts);
    return true;
  }

  /** An answer said when the quota will be whole again. */
  recordReset(now: number, moment: Interval): void {
    const { counts, windowMs } = this.counter;
    if (!this.countingTrials.isUnanswered || (counts !== undefined && counts !== 'fixed')) return;
    this.#resets.recordReset(now, moment, windowMs);
  }

  /** An attempt ended, whatever became of it. */
  recordEnd(): void {
    if (this.slowStart.widens(this.counter.limit)) this.#unproven = false;
  }

  recordAccepted(now: number, sentAt: number, weight: number, trial: boolean): void {
    const { counter, trials } = this;
    const late = sentAt < this.#refusedAt;
    if (!late) this.slowStart.passed();
    this.#refill.passed(weight);
    trials.sustain(now, weight, counter);
    if (trial) this.evidence.trialsPassed++;
    // A refusal overtakes the answers of attempts that got through before it.
    if (late && this.#lowered) this.#raise(now, weight);
    else if (trial && this.asks) this.#askAccepted(now);
    else if (trial && !late && counter.counts !== 'bucket') this.setLimit(now, trials.passed(counter.limit, weight));
    // What waited for all of the limit, and is heavier, passed all the same.
    else if (!late && weight > counter.limit) this.setLimit(now, weight);
  }

  recordRefusal(now: number, sentAt: number, refusal: Refusal, trial: boolean): void {
    this.evidence.refusals++;
    // Those that were out already say the same again.
    if (sentAt < this.#refusedAt) return;
    const { counter } = this;
    const asked = trial && this.asks;
    this.slowStart.begin(now);
    const { passedBefore } = this.slowStart;
    if (passedBefore >= counter.limit / 2) this.#refills = true;
    const sinceMs = now - this.#refusedAt;
    const perPassedMs = sinceMs / Math.max(1, passedBefore);
    this.#refusedAt = now;
    this.#lowered = false;
    this.trials.refused(now, trial);
    if (refusal.until - now > Math.max(LONGEST_WAIT_MS, 2 * counter.windowMs)) return;
    if (asked && this.countingTrials.refused()) {
      counter.countBucket();
      this.kin.counts = 'bucket';
      return counter.empty(now, sentAt);
    }
    const wasLearned = counter.limit < Infinity;
    const { windowMs } = counter;
    if (this.isDiscovered) this.#measureWindow(now, refusal, trial);
    // A longer window lets at least as much through as it has for long.
    this.#held = sinceMs >= SHOWN_WINDOWS * counter.windowMs;
    const isLonger = counter.windowMs > windowMs && sinceMs >= SHOWN_WINDOWS * counter.windowMs;
    const shown = isLonger ? (passedBefore * counter.windowMs) / sinceMs : 0;
    if (wasLearned && shown > counter.limit) this.setLimit(now, Math.floor(shown));
    if (!wasLearned) this.#assumeLimit();
    if (Number.isFinite(refusal.roundedMs)) this.#classify(now, refusal, perPassedMs);
    const isBucket = counter.counts === 'bucket';
    if (isBucket) counter.empty(now);
    if (!asked && isBucket && wasLearned) this.#lowerBucket(now);
    else if (!asked) this.#lower(now, trial, wasLearned ? Math.floor(shown) : 0);
    counter.fill();
    this.kin.counts = counter.counts;
  }

  #setEnforcement(enforcement: Enforcement): void {
    this.slowStart.narrow = this.#unproven = false;
    this.counter.countAny(enforcement === 'auto' ? undefined : enforcement);
    const asks = enforcement === 'auto' || enforcement === 'fixed';
    this.countingTrials = new CountingTrials(asks, enforcement === 'auto', this.#resets);
  }

  #restart(now: number, windowMs: number): void {
    const { limit, burst } = this.terms;
    this.counter.reconfigure(now, limit, windowMs, burst);
    this.trials = new LimitTrials();
    this.#refill = new RefillMeter();
    this.#resets = new ResetEdges();
    this.#length = new WindowMeter(this.terms.windowMs);
    this.#lastFound = undefined;
    this.#guesses = 0;
    this.#refills = false;
    this.slowStart.skip();
  }

  #setWindow(now: number, windowMs: number): void {
    if (windowMs !== this.counter.windowMs) this.counter.reconfigure(now, this.counter.limit, windowMs);
  }

  /** Begins with what is known elsewhere. Not where the windows of a fixed one begin. */
  #assumeLimit(): void {
    const { counts } = this.kin;
    this.#doubts = counts !== undefined && counts !== 'bucket';
    this.countsLikeShared();
  }

  #askAccepted(now: number): void {
    const edge = this.countingTrials.accepted(now, this.counter);
    if (!edge) return;
    this.#countFixed(now, edge);
    this.slowStart.begin(now);
    this.kin.counts = 'fixed';
  }

  /** More got through than it was lowered to. Of a bucket that is what it holds. */
  #raise(now: number, weight: number): void {
    const { counter } = this;
    this.#passedBy += weight;
    const { limit } = counter;
    // One refusal left more of it than had passed.
    if (this.#passedBy <= limit) return;
    if (counter.counts !== 'bucket' || !this.isDiscovered) return this.setLimit(now, limit + weight);
    counter.reconfigure(now, limit + weight, counter.windowMs, limit + weight);
    counter.empty(now);
  }

  #measureWindow(now: number, refusal: Refusal, trial: boolean): void {
    const counter = this.counter;
    if (counter.limit === Infinity) return this.#setWindow(now, this.#length.first(now, refusal, counter));
    this.#setWindow(now, this.#length.asked(now, refusal, counter));
    if (counter.counts === 'bucket') return;
    const full = this.slowStart.passedBefore >= counter.limit / 2;
    this.#setWindow(now, this.#length.next(refusal, counter, trial, full));
  }

  /** What got through is the limit. @param shown What got through in longer windows than were counted. */
  #lower(now: number, trial: boolean, shown: number): void {
    const { counter, trials } = this;
    const passed = Math.max(counter.passed(now), shown);
    // Refused before anything got through: that says nothing of how much would.
    if (passed === 0) return;
    const twice = this.#lastFound !== undefined && isSame(passed, this.#lastFound);
    const sure = trial || twice;
    this.#lastFound = this.#passedBy = passed;
    const found = twice ? passed : Math.max(passed, this.#leastLeft);
    trials.again(now, found, sure, this.isDiscovered, counter);
    this.setLimit(now, Math.min(counter.limit, found));
    this.#refill.emptied(now);
    const isBucket = counter.counts === 'bucket';
    this.#lowered = true;
    // Nobody expected it: what got through before may be of another window.
    if (!trial && !isBucket && trials.hasSustained) this.slowStart.narrow = true;
    if (!isBucket) return;
    // What got through in a burst says how much it holds; how fast that comes back the next refusals tell.
    counter.reconfigure(now, found, counter.windowMs, found);
    counter.empty(now);
    trials.notBefore(now, this.#stepMs(counter.perPermitMs));
  }

  /** How long a bucket is left to itself before it is tried higher. Few permits take long, and are weak evidence. */
  #stepMs(perPermitMs: number): number {
    return Math.min(STEP_PERMITS * perPermitMs, MOST_STEP_WINDOWS * this.counter.windowMs);
  }

  /** What one refusal leaves of the limit. */
  get #leastLeft(): number {
    const { limit } = this.counter;
    if (limit === Infinity) return FEW;
    return this.isDiscovered && !this.#held ? 1 : Math.ceil(limit * LEAST_LEFT);
  }

  /** Takes a bucket's refill as it was measured. What was in store passed too while it was tried higher. */
  #lowerBucket(now: number): void {
    const { counter, trials } = this;
    const measured = this.#refill.measure(now);
    if (!measured) return;
    const { perMs, permits, certainty } = measured;
    const flowed = Math.min(perMs * counter.windowMs, counter.limit);
    const twice = this.#lastFound !== undefined && Math.abs(flowed - this.#lastFound) <= flowed * NEAR;
    this.#lastFound = flowed;
    const found = this.isDiscovered || twice ? flowed : Math.max(flowed, this.#leastLeft);
    const perPermitMs = counter.windowMs / found;
    const before = trials.proven ?? counter.limit;
    const same = Math.abs(found - before) <= before * NEAR;
    // Of a bucket that nobody told us the limit is what it holds, and the window the time in which that flows in.
    if (this.isDiscovered) counter.reconfigure(now, counter.capacity, counter.capacity * perPermitMs);
    else this.setLimit(now, found);
    if (certainty === 'bound') return trials.notBefore(now, this.#stepMs(perPermitMs));
    trials.again(now, found, same, this.isDiscovered, counter);
    // The more has passed the surer it is: each measurement takes twice as long. What was given may come back any time.
    if (certainty === 'unsure' && this.isDiscovered) trials.notBefore(now, 2 * permits * perPermitMs);
  }

  /**
   * Learns from a Retry-After how the platform counts.
   *
   * @param perPassedMs What each attempt took that passed since the last refusal.
   */
  #classify(now: number, refusal: Refusal, perPassedMs: number): void {
    const { counter, isDiscovered } = this;
    const { enforcement } = this.terms;
    const moment = { from: refusal.until - refusal.roundedMs - counter.roundTripMs, to: refusal.until };
    this.#length.recordReset(moment);
    if (counter.edge && counter.sharpen(now, moment)) return;
    const verdict = classifyRefusal({
      now,
      refusal,
      enforcement,
      isDiscovered,
      counter,
      byHeaders: this.countingTrials.byHeaders,
      perPassedMs,
      refills: this.#refills,
      doubts: this.#doubts,
      guesses: this.#guesses,
    });
    const { shows } = verdict;
    this.#doubts = verdict.doubts;
    this.#guesses = verdict.guesses;
    if (shows === undefined) return;
    if (shows === 'bucket') return counter.countBucket();
    if (shows === 'wrong headers') {
      // The trials begin again, without the headers.
      this.#resets.refute();
      return this.#setEnforcement(enforcement);
    }
    if (verdict.windowMs !== undefined) counter.reconfigure(now, counter.limit, verdict.windowMs, undefined);
    if (shows === 'fixed') return this.#countFixed(now, moment);
    this.#unproven = false;
    counter.countAny('sliding');
  }

  #countFixed(now: number, edge: Interval): void {
    this.counter.countFixed(edge, now);
    this.slowStart.narrow = this.#unproven = true;
  }
}

function isSame(found: number, before: number): boolean {
  return Math.abs(found - before) <= Math.max(1, found * SAME);
}
