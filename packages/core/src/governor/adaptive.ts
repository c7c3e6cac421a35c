import { Counter, type Bounds, type Counting } from './counter.js';
import { Question } from './question.js';
import { Refill } from './refill.js';
import { Resets } from './resets.js';
import { STEP_PERMITS, Trials } from './trials.js';
import { QuotaWindow } from './window.js';

/** How a platform is told to count; `auto`: found out. */
export type Enforcement = 'auto' | Counting;

/** What a 429 said about when to come back. */
export interface Refusal {
  /** Monotonic ms before which the platform wants none. */
  readonly until: number;
  /** The platform may mean up to this much earlier, in ms: it rounds. Infinity where it said nothing. */
  readonly roundedMs: number;
}

/** What became of an attempt here: accepted, refused, or nothing that says anything of this quota. */
export type Ended = 'accepted' | 'unknown' | Refusal;

/** What is known of a quota. */
export interface QuotaTerms {
  /** Infinity: to be found out. */
  limit: number;
  windowMs: number;
  enforcement: Enforcement;
  /** Of a bucket on the platform's side. */
  burst?: number | undefined;
}

/** What the scopes of one quota share: a platform counts them all in one way. */
export interface Kin {
  counts: Counting | undefined;
}

/** A limit that was learned, to hand to the next start. */
export interface LearnedLimit {
  limit: number;
  windowMs: number;
  /** How the platform counts it, as far as its answers told. */
  counts: Counting | undefined;
}

/** What is believed of a platform's limit, and why. */
export interface Evidence {
  /** Refusals that were about this limit. */
  refusals: number;
  /** Attempts sent beyond what was believed, to find out. */
  trials: number;
  /** How many of them passed. */
  trialsPassed: number;
}

/** Wrong guesses about the way of counting before the strictest is kept: of a limit nobody told us, and of a given one. */
const MOST_GUESSES = { discovered: 3, given: 1 };
/** Attempts that must pass after a refusal before all go at full width again. */
const SLOW_START = 16;
/** While a limit, or where its windows begin, is only a guess, so many leave together, or as many as need half a window. */
const NARROW = 2;
/** Measurements of a bucket that differ by no more than this part are of one refill. */
const NEAR = 0.1;
/** And this many windows after it they do, whatever passed. */
const SLOW_WINDOWS = 2;
/** A refusal may last for so much longer than a window: Retry-After comes in whole seconds, and gates open with jitter, ms. */
const ROUNDED_MS = 1_500;
/** A reset in whole seconds may be rounded up or down, ms. */
const RESET_ROUNDED_MS = 1_000;
/** A wait beyond this is about a quota per hour or day, of which we saw a part only, ms. */
const LONGEST_WAIT_MS = 121_000;
/** Refusals closer together than this say nothing of the length of a window, ms. */
const SHORTEST_WINDOW_MS = 500;
/** By how much the longest round trip is forgotten with each answer. */
const ROUND_TRIP_DECAY = 0.95;
/** Refusals that are apart by less than this part of a window are of shorter ones. */
const SHORTER = 0.9;
/** By more than this part nobody's window is mistaken. */
const UNLIKELY = 0.3;
/** Windows of which there are many. */
const LIKELY_WINDOWS_MS = [1, 2, 5, 10, 15, 30, 60, 300, 600, 900, 3_600].map((seconds) => seconds * 1_000);
/** Limits that differ by no more than this part, or by one, are the same. */
const SAME = 0.02;

/**
 * A quota of the platform, spent the way the platform counts it.
 *
 * A given limit holds in any window until it is known how the platform counts, which a {@link Question} finds out: refused, its
 * Retry-After points at the edge of a fixed window or at the moment the oldest attempt leaves a sliding one. Where nobody
 * enforces it the limit holds in any window for good.
 *
 * A limit that was not given is what got through before the first refusal. From time to time {@link Trials} go beyond it, to see
 * whether there is more. Both kinds follow the platform when it cuts, and when it raises again.
 */
export class AdaptiveQuota {
  /** What was last told of it as an event. */
  told: { limit: number; counts: Counting | undefined } | undefined = undefined;
  readonly evidence: Evidence = { refusals: 0, trials: 0, trialsPassed: 0 };
  readonly #counter: Counter;
  #terms: QuotaTerms;
  #question!: Question;
  #trials = new Trials();
  #refill = new Refill();
  #resets = new Resets();
  #lastFound: number | undefined = undefined;
  /** What the last refusal said. */
  #said: Bounds | undefined = undefined;
  /** What was refused, where that counts too. */
  #refusedLog: QuotaWindow | undefined = undefined;
  #guesses = 0;
  #refusedAt = -Infinity;
  /** Whether that refusal lowered the limit to what had passed by then. */
  #lowered = false;
  /** Whether the edge of fixed windows is only a guess. */
  #unproven = false;
  /** Whether few leave together, until a whole limit has passed: the limit, or that edge, is a guess. */
  #narrow = false;
  /** Since when no more leave than have passed. */
  #slowFrom = -Infinity;
  /** Attempts that passed since then, and before it since the time before. */
  #passed = SLOW_START;
  #passedBefore = 0;

  constructor(
    terms: QuotaTerms,
    readonly kin: Kin = { counts: undefined },
  ) {
    this.#terms = terms;
    this.#counter = new Counter(terms.limit, terms.windowMs, terms.burst);
    this.#setEnforcement(terms.enforcement);
  }

  /** Attempts per window that are thought to pass; Infinity until a refusal taught a limit. */
  get limit(): number {
    return this.#counter.limit;
  }

  get windowMs(): number {
    return this.#counter.windowMs;
  }

  get counts(): Counting | undefined {
    return this.#counter.counts;
  }

  /** Whether the limit has to be found out. */
  get isDiscovered(): boolean {
    return this.#terms.limit === Infinity;
  }

  /** Takes new terms; what is in use stays in use. */
  renumber(terms: QuotaTerms, now: number): void {
    const { limit, windowMs, enforcement, burst } = this.#terms;
    const sameWindow = windowMs === terms.windowMs && burst === terms.burst;
    this.#terms = terms;
    if (limit !== terms.limit || !sameWindow) this.#startAnew(now, terms.windowMs);
    if (enforcement !== terms.enforcement || !sameWindow) this.#setEnforcement(terms.enforcement);
  }

  /** Counts what another one counts: what was sent before a quota was known was sent all the same. */
  adopt(other: AdaptiveQuota): void {
    this.#counter.adopt(other.#counter);
  }

  /** Counts attempts that are out already. */
  adoptInFlight(permits: number): void {
    this.#counter.take(permits);
  }

  /** Begins with what an earlier start has learned. */
  believe({ limit, windowMs, counts }: LearnedLimit, now: number): void {
    const { enforcement } = this.#terms;
    if (this.isDiscovered) {
      this.#counter.renumber(now, limit, windowMs, counts === 'bucket' ? limit : undefined);
      this.#lastFound = limit;
    } else if (windowMs !== this.windowMs) return;
    if (enforcement !== 'auto' || counts === undefined) return;
    if (counts === 'bucket') this.#counter.countBucket();
    else this.#counter.countAny(counts);
    this.#question = new Question(counts === 'fixed', false);
  }

  /** What was learned, if anything was. */
  learned(): LearnedLimit | undefined {
    const { limit, windowMs, counts } = this;
    const known = this.isDiscovered ? limit < Infinity : this.#terms.enforcement === 'auto' && counts !== undefined;
    return known ? { limit: Math.max(1, Math.round(limit)), windowMs, counts } : undefined;
  }

  /** Whether a refusal of this attempt would be about what we only try, or guess, of this quota. */
  isTrial(order: number): boolean {
    return this.#unproven || this.#trials.has(order);
  }

  /**
   * When `weight` permits can be had: `now`, later, or Infinity while only an answer can tell.
   *
   * @param patienceMs How long the attempt could wait if it were refused: it may be one that finds out something.
   */
  freeAt(now: number, weight: number, patienceMs: number): number {
    const counter = this.#counter;
    if (counter.limit === Infinity) return now;
    const given = this.#givenAt(now, weight);
    const at = Math.max(counter.freeAt(now, this.#fit(weight)), this.#slowStart(now));
    if (at <= now || weight > 1 || patienceMs < counter.windowMs + ROUNDED_MS) return Math.max(at, given);
    return Math.max(given, Math.min(at, this.#beyondAt(now, at)));
  }

  take(now: number, weight: number, order: number): void {
    const counter = this.#counter;
    if (counter.limit < Infinity && counter.freeAt(now, this.#fit(weight)) > now) {
      this.#trials.sent(order);
      this.#question.asked(now, counter);
      this.evidence.trials++;
    }
    counter.take(weight);
  }

  undo(weight: number, order: number): void {
    if (this.#trials.ended(order)) {
      this.#question.undone();
      this.evidence.trials--;
    }
    this.#counter.undo(weight);
  }

  /** An attempt ended. What the platform refused here it did not count. */
  end(now: number, attempt: { sentAt: number; weight: number; order: number }, ended: Ended): void {
    const { sentAt, weight, order } = attempt;
    const counter = this.#counter;
    const trial = this.#trials.ended(order);
    if (this.#narrow && this.#passed >= counter.limit) this.#narrow = this.#unproven = false;
    counter.roundTripMs = Math.max(now - sentAt, counter.roundTripMs * ROUND_TRIP_DECAY);
    if (typeof ended === 'object') {
      counter.undo(weight);
      if (this.#terms.enforcement === 'sliding') this.#noteRefused(now, weight);
      this.evidence.refusals++;
      // Those that were out already say the same again.
      if (sentAt >= this.#refusedAt) this.#refused(now, ended, trial);
      return;
    }
    counter.end(now, weight);
    if (ended === 'accepted') this.#accepted(now, sentAt, weight, trial);
    if (trial && this.#trials.size === 0) this.#question.settled();
  }

  /** An answer said in how long the quota will be whole again, ms. */
  tellReset(now: number, resetMs: number): void {
    const { counts, roundTripMs, windowMs } = this.#counter;
    if (!this.#question.isUnanswered || (counts !== undefined && counts !== 'fixed')) return;
    const at = now + resetMs;
    this.#resets.tell(now, { from: at - RESET_ROUNDED_MS - roundTripMs, to: at + RESET_ROUNDED_MS }, windowMs);
  }

  /** The refusals were not about this scope after all. */
  forget(now: number): void {
    this.#startAnew(now, this.#counter.windowMs);
    this.#setEnforcement(this.#terms.enforcement);
  }

  /** When the `n`th permit from now on can be had, nothing leaving before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    return this.#counter.estimate(now, n, from, takenAt);
  }

  /** Whether forgetting it would change nothing that is still sure. */
  idle(now: number): boolean {
    const counter = this.#counter;
    if (!this.isDiscovered) return counter.idle(now);
    if (counter.limit === Infinity) return counter.inFlight === 0;
    return Trials.isStale(now - this.#refusedAt, counter.windowMs) && counter.idle(now);
  }

  used(now: number): number {
    return this.#counter.used(now);
  }

  #setEnforcement(enforcement: Enforcement): void {
    this.#narrow = this.#unproven = false;
    if (enforcement === 'bucket') this.#counter.countBucket();
    else this.#counter.countAny(enforcement === 'auto' ? undefined : enforcement);
    const asks = enforcement === 'auto' || enforcement === 'fixed';
    this.#question = new Question(asks, enforcement === 'auto', this.#resets);
  }

  #startAnew(now: number, windowMs: number): void {
    const { limit, burst } = this.#terms;
    this.#counter.renumber(now, limit, windowMs, burst);
    this.#trials = new Trials();
    this.#refill = new Refill();
    this.#resets = new Resets();
    this.#said = this.#lastFound = undefined;
    if (this.#refusedLog) this.#refusedLog.windowMs = this.#terms.windowMs;
    this.#guesses = 0;
    this.#passed = SLOW_START;
  }

  /** A limit that was given is never exceeded by what was learned. */
  #setLimit(now: number, limit: number): void {
    this.#counter.renumber(now, Math.min(this.#terms.limit, Math.max(1, limit)));
  }

  #setWindow(now: number, windowMs: number): void {
    this.#counter.renumber(now, this.#counter.limit, windowMs);
  }

  /** What is heavier than a limit that was lowered waits for all of it. */
  #fit(weight: number): number {
    const { limit } = this.#counter;
    return weight > limit && weight <= this.#terms.limit ? limit : weight;
  }

  /** By hand a limit is one of all that is sent, refused or not. When that allows it; looked at again then. */
  #givenAt(now: number, weight: number): number {
    const refused = this.#refusedLog;
    const { enforcement, limit, windowMs } = this.#terms;
    if (!refused || enforcement !== 'sliding') return now;
    if (this.#counter.used(now) + refused.used(now) + weight <= limit) return now;
    const oldest = Math.min(this.#counter.oldest(now) ?? Infinity, refused.oldest(now) ?? Infinity);
    return oldest + windowMs;
  }

  #noteRefused(now: number, weight: number): void {
    this.#refusedLog ??= new QuotaWindow(this.#terms.limit, this.#terms.windowMs);
    this.#refusedLog.take(weight);
    this.#refusedLog.end(now, weight);
  }

  /** After a refusal no more leave than have passed since. An attempt that hangs does not hold them for ever. */
  #slowStart(now: number): number {
    const { limit, inFlight, roundTripMs, windowMs } = this.#counter;
    if (!this.#narrow && (limit === this.#terms.limit || this.#passed >= SLOW_START)) return now;
    const narrow = Math.max(NARROW, Math.ceil((2 * limit * roundTripMs) / windowMs));
    const width = this.#narrow ? Math.min(this.#passed, narrow) : this.#passed;
    return inFlight < Math.max(1, width) ? now : Math.max(now, this.#slowFrom + SLOW_WINDOWS * windowMs);
  }

  /** Whether attempts beyond the limit are about how the platform counts, and not about how much. */
  get #asks(): boolean {
    return this.#question.isOpen && this.#counter.limit === this.#terms.limit;
  }

  /** When an attempt beyond the limit may go out. @param at When the limit itself allows one. */
  #beyondAt(now: number, at: number): number {
    const counter = this.#counter;
    if (this.#asks) {
      if (this.#countsLikeKin()) return counter.freeAt(now, 1);
      const askAt = this.#question.askAt(now, counter);
      return askAt + Trials.tooNear(counter) <= at ? askAt : at;
    }
    if (counter.limit >= this.#terms.limit) return at;
    // Beyond a limit that was lowered, never beyond the one that was given.
    if (counter.counts !== 'bucket')
      return counter.used(now) < this.#terms.limit ? this.#trials.tryAt(now, at, counter) : at;
    const limit = this.#trials.step(now, counter);
    if (limit === undefined) return at;
    this.#setLimit(now, limit);
    return counter.freeAt(now, 1);
  }

  /** What one scope found out the others need not ask. Where the windows of a fixed one begin may differ. */
  #countsLikeKin(): boolean {
    const { counts } = this.kin;
    if (
      this.#terms.enforcement !== 'auto' ||
      !this.#question.isUnanswered ||
      counts === undefined ||
      counts === 'fixed'
    )
      return false;
    this.#question.close();
    if (counts === 'bucket') this.#counter.countBucket();
    else this.#counter.countAny(counts);
    return true;
  }

  #accepted(now: number, sentAt: number, weight: number, trial: boolean): void {
    const counter = this.#counter;
    const late = sentAt < this.#refusedAt;
    if (!late) this.#passed++;
    this.#refill.passed(weight);
    this.#trials.sustain(now, weight, counter);
    if (trial) this.evidence.trialsPassed++;
    // A refusal overtakes the answers of attempts that got through before it.
    if (late && this.#lowered) this.#setLimit(now, counter.limit + weight);
    else if (trial && this.#asks) this.#askAccepted(now);
    else if (trial && counter.counts !== 'bucket') this.#setLimit(now, this.#trials.passed(counter.limit));
  }

  #askAccepted(now: number): void {
    const counter = this.#counter;
    const edge = this.#question.accepted(now, counter);
    if (!edge) return;
    this.#countFixed(now, edge);
    this.#passed = 0;
    this.#slowFrom = now;
    this.kin.counts = 'fixed';
  }

  #refused(now: number, refusal: Refusal, trial: boolean): void {
    const counter = this.#counter;
    const asked = trial && this.#asks;
    this.#refusedAt = this.#slowFrom = now;
    this.#lowered = false;
    this.#passedBefore = this.#passed;
    this.#passed = 0;
    this.#trials.refused(now);
    if (refusal.until - now > Math.max(LONGEST_WAIT_MS, 2 * counter.windowMs)) return;
    if (asked && this.#question.refused()) {
      counter.countBucket();
      this.kin.counts = 'bucket';
      return counter.empty(now);
    }
    if (this.isDiscovered) this.#measureWindow(now, refusal, trial);
    const wasBucket = counter.counts === 'bucket';
    if (Number.isFinite(refusal.roundedMs)) this.#classify(now, refusal);
    if (counter.counts === 'bucket') counter.empty(now);
    if (!asked && wasBucket && counter.counts === 'bucket') this.#lowerBucket(now);
    else if (!asked) this.#lower(now, trial);
    counter.fill();
    this.kin.counts = counter.counts;
  }

  /** Corrects the length of the window by this refusal and the one before. */
  #measureWindow(now: number, refusal: Refusal, trial: boolean): void {
    const counter = this.#counter;
    const { until } = refusal;
    const unsureMs = (Number.isFinite(refusal.roundedMs) ? refusal.roundedMs : 0) + counter.roundTripMs;
    const oldest = counter.oldest(now) ?? now;
    if (counter.limit === Infinity) {
      // No more is known than that this many passed in this time: it may be shorter than thought.
      this.#setWindow(
        now,
        Math.min(Math.max(counter.windowMs, until - now), this.#likelyWindow(until - oldest, 2 * unsureMs)),
      );
      return;
    }
    // What it asks for is no longer than a window.
    if (until - now > counter.windowMs) this.#setWindow(now, this.#likelyWindow(until - now, 2 * unsureMs));
    if (counter.counts === 'bucket') return;
    const apart = this.#said === undefined ? 0 : until - this.#said.to;
    const full = this.#passedBefore >= counter.limit / 2;
    const isNext = (one: number): boolean => one > counter.windowMs && one <= 2 * counter.windowMs;
    // Nobody expected it, and fixed windows end a window apart.
    const longer = this.#likelyWindows.find((one) => isNext(one) && Math.abs(apart - one) <= unsureMs);
    if (!trial && longer !== undefined) this.#setWindow(now, longer);
    else if (full && apart >= SHORTEST_WINDOW_MS && apart + unsureMs < SHORTER * counter.windowMs)
      this.#setWindow(now, Math.ceil(apart / 1000) * 1000);
  }

  /** The next longer window that anybody would choose; what is measured falls short of it by what was rounded. */
  #likelyWindow(ms: number, slackMs: number): number {
    const most = ms + Math.min(slackMs, ms * UNLIKELY);
    return this.#likelyWindows.find((one) => one >= ms && one <= most) ?? ms;
  }

  get #likelyWindows(): number[] {
    return [this.#terms.windowMs, ...LIKELY_WINDOWS_MS].sort((a, b) => a - b);
  }

  /** What got through is the limit. */
  #lower(now: number, trial: boolean): void {
    const counter = this.#counter;
    const found = counter.passed(now);
    // Refused before anything got through: that says nothing of how much would.
    if (found === 0) return;
    const sure = trial || (this.#lastFound !== undefined && isSame(found, this.#lastFound));
    this.#lastFound = found;
    this.#trials.again(now, found, sure, this.isDiscovered, counter);
    if (!trial || found < counter.limit) this.#setLimit(now, Math.min(counter.limit, found));
    this.#refill.emptied(now);
    this.#lowered = counter.counts !== 'bucket';
    // Nobody expected it: what got through before may be of another window.
    if (!trial && this.#lowered && this.#trials.hasSustained) this.#narrow = true;
    if (this.#lowered || !this.isDiscovered) return;
    // What got through in a burst says how much it holds; how fast that comes back the next refusals tell.
    counter.renumber(now, found, counter.windowMs, found);
    counter.empty(now);
    this.#trials.notBefore(now, STEP_PERMITS * counter.perPermitMs);
  }

  /** Takes a bucket's refill as it was measured. What was in store passed too while it was tried higher. */
  #lowerBucket(now: number): void {
    const counter = this.#counter;
    const measured = this.#refill.measure(now);
    if (!measured) return;
    const { perMs, permits } = measured;
    const found = Math.min(perMs * counter.windowMs, counter.limit);
    const before = this.#trials.proven ?? counter.limit;
    const sure = measured.sure && Math.abs(found - before) <= before * NEAR;
    this.#setLimit(now, found);
    // Of a bucket that nobody told us the limit is what it holds, and the window the time in which that flows in.
    const { perPermitMs, capacity } = counter;
    if (this.isDiscovered) counter.renumber(now, capacity, capacity * perPermitMs);
    this.#trials.again(now, found, sure, this.isDiscovered, counter);
    // The more has passed the surer it is: each measurement takes twice as long.
    if (!measured.sure) this.#trials.notBefore(now, 2 * permits * perPermitMs);
  }

  /** Works out from a Retry-After how the platform counts. */
  #classify(now: number, { until, roundedMs }: Refusal): void {
    const counter = this.#counter;
    const { enforcement } = this.#terms;
    const { counts, roundTripMs } = counter;
    const moment = { from: until - roundedMs - roundTripMs, to: until };
    this.#said = moment;
    if (counter.edge && counter.sharpen(now, moment)) return;
    if (enforcement !== 'auto') {
      if (enforcement === 'fixed' && until - now <= counter.windowMs + roundedMs) this.#countFixed(now, moment);
      return;
    }
    // The headers were wrong, and so it is asked as if they had said nothing.
    if (this.#question.byHeaders && counts === 'fixed') {
      this.#resets.refute();
      return this.#setEnforcement(enforcement);
    }
    // A bucket never asks for more than its next permit takes. Paced like one, fixed windows refuse nothing either.
    const most = Math.min(counter.limit, counts === undefined ? counter.used(now) : counter.passed(now));
    const perPermitMs = counter.windowMs / Math.max(1, most);
    const soon = until - now <= Math.ceil(perPermitMs / 1000) * 1000 + roundTripMs;
    if (soon && (counts === undefined ? this.isDiscovered : counts === 'bucket')) return counter.countBucket();
    if (counts === 'bucket' && this.isDiscovered) counter.renumber(now, counter.limit, until - now, undefined);
    const oldest = counter.oldest(now);
    const seems = oldest !== undefined && until < oldest - roundTripMs + counter.windowMs ? 'fixed' : 'sliding';
    const wrong = counts !== undefined && (counts !== seems || counts === 'fixed');
    this.#unproven = false;
    if (wrong && ++this.#guesses > MOST_GUESSES[this.isDiscovered ? 'discovered' : 'given'])
      return counter.countAny('sliding');
    if (seems === 'fixed') this.#countFixed(now, moment);
    else counter.countAny('sliding');
  }

  #countFixed(now: number, edge: Bounds): void {
    this.#counter.countFixed(edge, now);
    this.#narrow = this.#unproven = true;
  }
}

function isSame(found: number, before: number): boolean {
  return Math.abs(found - before) <= Math.max(1, found * SAME);
}
