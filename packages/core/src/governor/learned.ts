import { QuotaWindow } from './window.js';

/** How a platform counts: fixed windows, any window, or a token bucket. */
export type Counting = 'fixed' | 'sliding' | 'bucket';

/** What a 429 said about when to come back. */
export interface Refusal {
  /** Monotonic ms before which the platform wants none. */
  readonly until: number;
  /** The platform may mean up to this much earlier, in ms: it rounds. Infinity where it said nothing. */
  readonly roundedMs: number;
}

/** A learned limit as plain data. */
export interface LearnedSnapshot {
  limit: number;
  windowMs: number;
  used: number;
  /** How the platform counts it, as far as its refusals told. */
  counts: Counting | undefined;
}

/** A limit that was confirmed holds for this many windows before it is tried higher. */
const WINDOWS_BETWEEN_TRIALS = 11;
/** Accepted trials in a row before several go out together. */
const CAREFUL_TRIALS = 4;
/** Steps in which a bucket's limit is tried higher, each for half a window. */
const BUCKET_STEPS = [1.05, 1.25, 2];
/** Share of what passed before a refusal that a bucket may have had in store. */
const BUCKET_STORE = 0.04;
/** A bucket's limit below this is counted over a longer window. */
const SMALL_LIMIT = 20;
/** Wrong guesses about the way of counting before the strictest is kept. */
const MOST_GUESSES = 3;
/** Attempts that must pass after a refusal before all go at full width again. */
const SLOW_START = 16;
/** What is left for scheduling and clocks, ms. */
const MARGIN_MS = 20;
/** A wait beyond this is about a quota per hour or day, of which we saw a part only, ms. */
const LONGEST_WAIT_MS = 121_000;
/** Refusals closer together than this say nothing of the length of a window, ms. */
const SHORTEST_WINDOW_MS = 500;

/**
 * The limit of a scope for which none is documented, learned from its refusals, and followed when it moves.
 *
 * What got through before a refusal is the limit. Its Retry-After tells how the platform counts: it points at the edge of a
 * fixed window, at the moment the oldest attempt leaves a sliding one, or, soon, at a bucket's next permit. From time to time
 * one attempt beyond the limit goes alone, to see whether there is more.
 */
export class LearnedQuota {
  /** Attempts per window that are thought to pass; Infinity until a refusal taught a limit. */
  limit = Infinity;
  counts: Counting | undefined = undefined;
  /** The limit last told as an event. */
  toldLimit: number | undefined = undefined;
  /** What got through, and what is out. */
  readonly #log: QuotaWindow;
  readonly #guessMs: number;
  /** A bucket: when it would be full again. Never earlier than the platform's own. */
  #fullAt = -Infinity;
  /** Fixed windows: the edge that ends the present one lies between the two. */
  #edgeFrom = 0;
  #edgeTo = 0;
  #inWindow = 0;
  /** What the last refusal said, as the bounds of a moment. */
  #said: { from: number; to: number } | undefined = undefined;
  #roundTripMs = 0;
  #guesses = 0;
  readonly #trials = new Set<number>();
  #trialsFrom = -Infinity;
  #grown = 0;
  /** The limit before it was tried higher. */
  #proven: number | undefined = undefined;
  #lastFound: number | undefined = undefined;
  #refusedAt = -Infinity;
  #passed = SLOW_START;
  #passedBefore = 0;

  /**
   * @param windowMs A guess at the window, corrected by what refusals say.
   * @param inFlight Permits of attempts that are out already.
   */
  constructor(windowMs: number, inFlight = 0) {
    this.#guessMs = windowMs;
    this.#log = new QuotaWindow(Infinity, windowMs);
    this.#log.take(inFlight);
  }

  /** Length of the window; of a bucket, the time in which it fills. */
  get windowMs(): number {
    return this.#log.windowMs;
  }

  /** Whether this attempt went out to see whether there is more. */
  isTrial(order: number): boolean {
    return this.#trials.has(order);
  }

  freeAt(now: number, weight: number): number {
    if (this.limit === Infinity) return now;
    if (this.#passed < SLOW_START && this.#log.inFlight >= Math.max(1, this.#passed)) return Infinity;
    const at = this.#pacedAt(now, Math.min(weight, this.limit));
    return at > now && this.#mayTry(now, at) ? now : at;
  }

  take(now: number, weight: number, order: number): void {
    if (this.limit < Infinity && this.#pacedAt(now, Math.min(weight, this.limit)) > now) this.#trials.add(order);
    this.#log.take(weight);
  }

  undo(weight: number, order: number): void {
    this.#trials.delete(order);
    this.#log.undo(weight);
  }

  /**
   * An attempt ended. What the platform refused it did not count.
   *
   * @param refusal Set where it was this scope that refused.
   */
  end(now: number, attempt: { sentAt: number; weight: number; order: number }, refusal: Refusal | undefined): void {
    const { sentAt, weight, order } = attempt;
    const trial = this.#trials.delete(order);
    this.#roundTripMs = Math.max(now - sentAt, this.#roundTripMs * 0.95);
    if (refusal) {
      this.#log.undo(weight);
      // Those that were out already say the same again.
      if (sentAt >= this.#refusedAt) this.#refused(now, refusal, trial);
      return;
    }
    this.#roll(now);
    this.#log.end(now, weight);
    this.#inWindow += weight;
    this.#fullAt = Math.max(this.#fullAt, now) + weight * this.#perPermitMs;
    if (sentAt >= this.#refusedAt) this.#passed++;
    if (trial) this.#trialPassed(now);
    // A refusal overtakes the answers of attempts that got through before it.
    else if (sentAt < this.#refusedAt) this.#setLimit(this.limit + weight);
  }

  /** The refusals were not about this scope after all. */
  forget(): void {
    this.#setLimit(Infinity);
    this.counts = this.#said = this.#lastFound = this.#proven = undefined;
    this.#guesses = this.#grown = 0;
    this.#passed = SLOW_START;
  }

  /** When the `n`th permit from now on can be had, nothing leaving before `from`. */
  estimate(now: number, n: number, from: number, takenAt?: (i: number) => number): number {
    const log = this.#log;
    if (this.limit === Infinity) return from;
    if (this.counts === 'bucket')
      return Math.max(from, this.#fullAt + (log.inFlight + n - this.limit) * this.#perPermitMs);
    if (this.counts !== 'fixed') return log.estimate(now, n, from, takenAt);
    this.#roll(now);
    const missing = this.#inWindow + log.inFlight + n - this.limit;
    if (missing <= 0) return from;
    return Math.max(from, this.#edgeTo + Math.floor((missing - 1) / this.limit) * this.windowMs);
  }

  /** Whether forgetting it would change nothing that is still sure. */
  idle(now: number): boolean {
    const stale = this.limit === Infinity || now - this.#refusedAt > WINDOWS_BETWEEN_TRIALS * this.windowMs;
    return stale && (this.limit === Infinity ? this.#log.inFlight === 0 : this.#log.idle(now));
  }

  snapshot(now: number): LearnedSnapshot | undefined {
    const { limit, windowMs, counts } = this;
    return limit === Infinity ? undefined : { limit, windowMs, used: this.#log.used(now), counts };
  }

  get #perPermitMs(): number {
    return this.limit === Infinity ? 0 : this.windowMs / this.limit;
  }

  #setLimit(limit: number): void {
    this.limit = Math.max(1, limit);
    this.#log.limit = this.limit;
  }

  /** When the limit allows it, counted as the platform does, as far as known. */
  #pacedAt(now: number, weight: number): number {
    if (this.counts === 'fixed') {
      this.#roll(now);
      return this.#inWindow + this.#log.inFlight + weight <= this.limit ? now : this.#edgeTo;
    }
    if (this.counts !== 'bucket') return this.#log.freeAt(now, weight);
    const wanted = this.#log.inFlight + weight;
    if (wanted > this.limit) return Infinity;
    const at = this.#fullAt + (wanted - this.limit) * this.#perPermitMs;
    // Sums of fractions fall a hair short of the moment they stand for.
    return at <= now + 1e-6 ? now : at;
  }

  /** Fixed windows: begins a new one when its edge is surely past. */
  #roll(now: number): void {
    if (this.counts !== 'fixed' || now < this.#edgeTo) return;
    const width = this.#edgeTo - this.#edgeFrom;
    this.#edgeTo += (Math.floor((now - this.#edgeTo) / this.windowMs) + 1) * this.windowMs;
    this.#edgeFrom = this.#edgeTo - width;
    // What was answered while the edge may have been passing counts in both windows.
    this.#inWindow = this.#log.since(now, this.#edgeFrom - this.windowMs);
  }

  /** Whether an attempt beyond the limit may go out now. @param at When the limit itself allows one. */
  #mayTry(now: number, at: number): boolean {
    if (now < this.#trialsFrom) return false;
    if (this.counts === 'bucket') {
      this.#growBucket(now);
      return false;
    }
    // Near the moment at which a permit comes free anyway, an answer would tell nothing of the limit.
    const clear = now + 2 * this.#roundTripMs + MARGIN_MS;
    if (at < clear || (this.counts === 'fixed' && this.#edgeFrom < clear)) return false;
    // Overtaken by a trial, another attempt would be refused in its place.
    if (this.#log.inFlight > this.#trials.size) return false;
    const together =
      this.#grown < CAREFUL_TRIALS ? 1 : Math.min(2 ** (this.#grown - CAREFUL_TRIALS), Math.ceil(this.limit / 8));
    return this.#trials.size < together;
  }

  /** A bucket's limit shows in its refill: a little more is taken for half a window, and kept if nothing is refused. */
  #growBucket(now: number): void {
    const step = BUCKET_STEPS[Math.min(this.#grown++, BUCKET_STEPS.length - 1)] as number;
    this.#proven ??= this.limit;
    this.#setLimit(Math.max(this.limit + 1, Math.floor(this.limit * step)));
    this.#trialsFrom = now + this.windowMs / 2;
  }

  #trialPassed(now: number): void {
    if (this.#grown++ === 0) this.#proven = this.limit;
    this.#setLimit(this.limit + 1);
    // Permits that no sliding window could have: the moment the platform named was the edge of a fixed one.
    const { counts } = this;
    const said = this.#said;
    if (this.#grown !== 2 || counts !== 'sliding' || !said || now - said.to > this.windowMs / 2) return;
    this.#setLimit(this.#proven ?? this.limit);
    this.counts = 'fixed';
    this.#edgeFrom = said.from;
    this.#edgeTo = said.to;
    this.#roll(now);
  }

  #refused(now: number, { until, roundedMs }: Refusal, trial: boolean): void {
    this.#refusedAt = now;
    this.#passedBefore = this.#passed;
    this.#passed = 0;
    if (until - now > LONGEST_WAIT_MS) return;
    this.#measure(now, until);
    this.#lower(now, trial);
    if (Number.isFinite(roundedMs)) this.#classify(now, until, roundedMs);
  }

  /** Corrects the length of the window by this refusal and the one before. */
  #measure(now: number, until: number): void {
    const log = this.#log;
    if (until - now > log.windowMs) log.windowMs = until - now;
    if (this.counts === 'bucket') return;
    // At first no more is known than that this many passed in this time: it may be shorter than thought.
    if (this.limit === Infinity) log.windowMs = Math.min(log.windowMs, until - (log.oldest(now) ?? now));
    const apart = this.#said === undefined ? 0 : until - this.#said.to;
    const full = this.#passedBefore >= this.limit / 2;
    if (full && apart >= SHORTEST_WINDOW_MS && apart < 0.9 * log.windowMs)
      log.windowMs = Math.ceil(apart / 1000) * 1000;
  }

  /** What got through is the limit. */
  #lower(now: number, trial: boolean): void {
    const found = this.counts === 'fixed' ? this.#inWindow : this.#log.used(now) - this.#log.inFlight;
    // Refused before anything got through: that says nothing of how much would.
    if (found === 0) return;
    const later = now + WINDOWS_BETWEEN_TRIALS * this.windowMs;
    const proven = this.#proven;
    this.#proven = undefined;
    this.#grown = 0;
    if (this.counts === 'bucket') {
      this.#trialsFrom = later;
      // What a bucket had in store passes for a while as if it were a higher limit.
      const limit =
        proven === undefined
          ? Math.min(this.limit - 1, found)
          : Math.max(proven, Math.floor(found * (1 - BUCKET_STORE)));
      this.#setLimit(limit);
      this.#widen(now);
      return;
    }
    const confirmed = this.#lastFound !== undefined && Math.abs(found - this.#lastFound) <= Math.max(1, found * 0.02);
    this.#lastFound = found;
    this.#trialsFrom = confirmed ? later : now;
    if (!trial || found < this.limit) this.#setLimit(Math.min(this.limit, found));
  }

  /** A bucket: the same refill counted over a longer window, in which one permit more or less is a small step. */
  #widen(now: number): void {
    const times = Math.min(this.#guessMs / this.windowMs, Math.ceil(SMALL_LIMIT / this.limit));
    if (times <= 1) return;
    this.#log.windowMs *= times;
    this.#setLimit(Math.round(this.limit * times));
    this.#trialsFrom = now + this.windowMs;
  }

  #classify(now: number, until: number, roundedMs: number): void {
    const from = until - roundedMs - this.#roundTripMs;
    const first = this.counts === undefined;
    this.#said = { from, to: until };
    // A bucket never asks for more than its next permit takes. Paced like one, fixed windows refuse nothing either.
    const soon = until - now <= Math.ceil(this.#perPermitMs / 1000) * 1000 + this.#roundTripMs;
    if (soon && (first || this.counts === 'bucket')) {
      // What passed in a burst at first says nothing of the refill.
      if (first) this.#trialsFrom = now + 2 * this.windowMs;
      this.counts = 'bucket';
      this.#fullAt = until + (this.limit - 1) * this.#perPermitMs;
      return;
    }
    if (this.counts === 'fixed' && this.#sharpen(from, until)) {
      this.#inWindow = Math.max(this.#inWindow, this.limit - this.#log.inFlight);
      return;
    }
    if (!first && ++this.#guesses > MOST_GUESSES) {
      this.counts = 'sliding';
      return;
    }
    const oldest = this.#log.oldest(now);
    this.counts = oldest === undefined || until >= oldest - this.#roundTripMs + this.windowMs ? 'sliding' : 'fixed';
    if (this.counts === 'sliding') return;
    this.#edgeFrom = from;
    this.#edgeTo = until;
    this.#inWindow = this.limit;
  }

  /** Whether a refusal points at the edge we know, a whole number of windows apart; if so the edge is the sharper for it. */
  #sharpen(from: number, to: number): boolean {
    const shift = Math.round((to - this.#edgeTo) / this.windowMs) * this.windowMs;
    if (from - shift > this.#edgeTo || to - shift < this.#edgeFrom) return false;
    this.#edgeTo = Math.min(this.#edgeTo, to - shift);
    this.#edgeFrom = Math.max(this.#edgeFrom, from - shift);
    return true;
  }
}
