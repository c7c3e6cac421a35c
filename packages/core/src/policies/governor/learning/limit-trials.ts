import type { Counter } from './counter.js';

/** Windows between two trials of a limit nobody told us, once it was confirmed. */
const WINDOWS_BETWEEN_TRIALS = 12;
/** But not sooner, ms: a refusal closes the gate for whole seconds. */
const SHORTEST_INTERVAL_MS = 5_000;
/** Windows in which a limit that was cut is tried again in each. */
const WINDOWS_AFTER_CUT = 8;
/** Found below this part of what passed before, it was cut. */
const CUT = 0.9;
/** Found above what passed before by more than this part, trials were worth it. */
const GAINED = 0.1;
/** Accepted trials in a row before several go out together. */
const CAREFUL_TRIALS = 4;
/** At most this part of the limit goes out together. */
const MOST_TOGETHER = 1 / 8;
/** A trial keeps this part of a window away from the moment at which a permit comes free in any. */
const CLEAR = 1 / 4;
/** Windows that a trial waits for such a moment. */
const PATIENT_WINDOWS = 2;
/** What is left for scheduling and clocks, ms. */
const MARGIN_MS = 20;
/** Steps in which a bucket is tried, and for which part of a window, or how many permits, each. */
const BUCKET_STEPS = [1.1, 1.5, 2];
const STEP_PART = 1 / 4;
export const STEP_PERMITS = 25;

/** Says when a limit is tried higher, and by how much. */
export class LimitTrials {
  /** Permits of the trials that are out, by order. */
  readonly #out = new Map<number, number>();
  #from = -Infinity;
  #grown = 0;
  #refusedAt = -Infinity;
  /** Series of trials in a row that ended with their first. */
  #failed = 0;
  /** Whether headers say that there is more; undefined once they were wrong. */
  #encouraged: boolean | undefined = false;
  /** The limit before it was tried higher. */
  #proven: number | undefined = undefined;
  /** A bucket: how long the present step lasts. */
  #stepUntil = -Infinity;
  #oftenUntil = -Infinity;
  /** The most that passed in a window without a refusal, and what has in the present one. */
  #sustained = 0;
  #periodFrom = 0;
  #periodPassed = 0;

  get size(): number {
    return this.#out.size;
  }

  /** Whether so long after a refusal nothing is to be expected of the limit any more. */
  static isStale(sinceMs: number, windowMs: number): boolean {
    return sinceMs > WINDOWS_BETWEEN_TRIALS * windowMs;
  }

  /** So near to the moment at which a permit comes free anyway, an answer would tell nothing of the limit, ms. */
  static tooNear({ roundTripMs }: Counter): number {
    return 2 * roundTripMs + MARGIN_MS;
  }

  has(order: number): boolean {
    return this.#out.has(order);
  }

  sent(order: number, weight = 1): void {
    this.#out.set(order, weight);
  }

  /** It ended. Returns whether it was a trial. */
  ended(order: number): boolean {
    return this.#out.size > 0 && this.#out.delete(order);
  }

  /**
   * Fixed and sliding windows: when one may go out.
   *
   * @param at When the limit itself allows an attempt.
   * @param patient Whether its call can wait for a refusal to pass.
   */
  tryAt(now: number, at: number, counter: Counter, patient = true): number {
    const { edge, inFlight, limit, windowMs } = counter;
    const from = this.#fromFor(patient, windowMs);
    const near = LimitTrials.tooNear(counter);
    // Early in the wait, for a fixed window may begin some time before a permit comes free in any; if need be, late.
    const tryAt = Math.max(now, from);
    const clear = tryAt - from > PATIENT_WINDOWS * windowMs ? near : Math.max(near, windowMs * CLEAR);
    if (Math.min(at, edge?.from ?? Infinity) < tryAt + clear) return at;
    // Overtaken by a trial, another attempt would be refused in its place.
    let out = 0;
    for (const weight of this.#out.values()) out += weight;
    if (inFlight > out) return at;
    // A part of one, and so one, until that many were accepted.
    const together = Math.min(2 ** (this.#grown - CAREFUL_TRIALS), Math.ceil(limit * MOST_TOGETHER));
    return out < together ? tryAt : at;
  }

  /** Fixed and sliding windows: one was accepted. Returns the limit that is thought to pass now. */
  passed(limit: number, weight = 1): number {
    this.#proven ??= limit;
    this.#grown++;
    return limit + weight;
  }

  /** Headers say that more is left than the limit leaves. They are believed until a trial is refused that they brought about. */
  encourage(): void {
    if (this.#encouraged === false && this.#grown === 0) this.#encouraged = true;
  }

  /**
   * When the next trial may be, at the soonest. A call that cannot wait for a refusal to pass tries only where none was for a
   * window; for two, four and more after trials that were refused at once.
   */
  #fromFor(patient: boolean, windowMs: number): number {
    if (this.#encouraged) return -Infinity;
    if (patient || this.#grown > 0) return this.#from;
    const windows = Math.min(WINDOWS_BETWEEN_TRIALS, 2 ** this.#failed);
    return Math.max(this.#from, this.#refusedAt + Math.max(windows * windowMs, SHORTEST_INTERVAL_MS));
  }

  /**
   * A bucket's limit shows in its refill: a little more is taken for some time, and kept if nothing is refused. When the next
   * step may begin.
   */
  stepAt({ windowMs }: Counter, patient = true): number {
    return Math.max(this.#fromFor(patient, windowMs), this.#stepUntil);
  }

  /** A bucket: the next step begins. Returns the limit to try. */
  step(now: number, { limit, windowMs, perPermitMs }: Counter): number {
    const step = BUCKET_STEPS[Math.min(this.#grown++, BUCKET_STEPS.length - 1)] as number;
    this.#proven ??= limit;
    this.#stepUntil = now + Math.min(windowMs * STEP_PART, STEP_PERMITS * perPermitMs);
    return limit * step;
  }

  /** Keeps in mind how much passes in a window without a refusal. */
  sustain(now: number, weight: number, { limit, windowMs }: Counter): void {
    if (now - this.#periodFrom >= windowMs) {
      this.#sustained = Math.max(this.#sustained, Math.min(this.#periodPassed, limit));
      this.#periodPassed = 0;
      this.#periodFrom = now;
    }
    this.#periodPassed += weight;
  }

  /** Whether a whole window went by without a refusal. */
  get hasSustained(): boolean {
    return this.#sustained > 0;
  }

  /** An earlier start had learned the limit: calls that cannot wait do not try it at once. */
  recalled(now: number): void {
    this.#refusedAt = now;
  }

  /** @param trial Whether it was one of the trials that was refused. */
  refused(now: number, trial: boolean): void {
    this.#periodPassed = 0;
    this.#periodFrom = now;
    this.#refusedAt = now;
    const tried = trial || this.#grown > 0;
    if (tried) this.#failed++;
    if (tried && this.#encouraged) this.#encouraged = undefined;
  }

  /** The limit that held before trials began, if one is being tried. */
  get proven(): number | undefined {
    return this.#proven;
  }

  /**
   * A refusal ended the trials. The next begin at once where the limit is not sure yet, seldom where it is, and in every window
   * while it may come back to what it was.
   *
   * @param seldom Whether they may become rare at all.
   */
  again(now: number, found: number, sure: boolean, seldom: boolean, { counts, windowMs }: Counter): void {
    if (found < CUT * this.#sustained) {
      this.#oftenUntil = now + WINDOWS_AFTER_CUT * windowMs;
      this.#sustained = found;
      this.#failed = 0;
    }
    if (this.#proven !== undefined && found > this.#proven * (1 + GAINED)) this.#failed = 0;
    this.#proven = undefined;
    this.#grown = 0;
    if (!sure && counts !== 'bucket') this.#from = now;
    else this.notBefore(now, (sure && seldom && now >= this.#oftenUntil ? WINDOWS_BETWEEN_TRIALS : 1) * windowMs);
  }

  /** None for so long, ms. */
  notBefore(now: number, ms: number): void {
    this.#from = now + Math.max(ms, SHORTEST_INTERVAL_MS);
  }
}
