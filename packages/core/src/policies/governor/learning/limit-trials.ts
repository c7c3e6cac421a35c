import type { Counter } from './counter.js';

/** Windows between two trials of a confirmed limit. */
const WINDOWS_BETWEEN_TRIALS = 12;
/** Minimum interval between trials, ms: a refusal closes the gate for whole seconds. */
const MIN_INTERVAL_MS = 5_000;
/** Windows after a cut in which the limit is tried once per window. */
const WINDOWS_AFTER_CUT = 8;
/** A limit below this part of the previous throughput was cut. */
const CUT_PART = 0.9;
/** A limit above the previous one by more than this part makes the trials worthwhile. */
const GAIN_PART = 0.1;
/** Accepted trials in a row before several trials leave together. */
const SINGLE_TRIALS = 4;
/** Maximum part of the limit that leaves together as trials. */
const MAX_TOGETHER_PART = 1 / 8;
/** Part of a window between a trial and the next moment at which a permit is free. */
const CLEARANCE_PART = 1 / 4;
/** Windows that a trial waits for such a moment. */
const MAX_WAIT_WINDOWS = 2;
/** Allowance for scheduling and clocks, ms. */
const MARGIN_MS = 20;
/** Factors of the trial steps of a bucket, and the duration of a step: part of a window, or permits. */
const BUCKET_STEPS = [1.1, 1.5, 2];
const STEP_PART = 1 / 4;
export const STEP_PERMITS = 25;

/** Decides when a limit is tried higher, and by how much. */
export class LimitTrials {
  /** Permits of the trials in flight, by order. */
  readonly #inFlight = new Map<number, number>();
  #notBefore = -Infinity;
  #raises = 0;
  #refusedAt = -Infinity;
  /** Consecutive series of trials whose first trial was refused. */
  #failures = 0;
  /** Whether headers report more remaining permits; undefined once the headers were wrong. */
  #encouraged: boolean | undefined = false;
  /** The limit before the trials. */
  proven: number | undefined = undefined;
  /** Bucket: end of the current step. */
  #stepUntil = -Infinity;
  #frequentUntil = -Infinity;
  /** Maximum throughput of a window without a refusal. */
  #sustained = 0;
  #periodFrom = 0;
  #periodAccepted = 0;

  get size(): number {
    return this.#inFlight.size;
  }

  has(order: number): boolean {
    return this.#inFlight.has(order);
  }

  recordSent(order: number, weight = 1): void {
    this.#inFlight.set(order, weight);
  }

  /** Ends an attempt. Returns whether the attempt was a trial. */
  recordEnd(order: number): boolean {
    return this.#inFlight.size > 0 && this.#inFlight.delete(order);
  }

  /**
   * Returns when the next trial of fixed or sliding windows may leave.
   *
   * @param freeAt - When the limit itself allows an attempt.
   * @param isPatient - Whether the call can wait after a refusal.
   */
  nextTrialAt(now: number, freeAt: number, counter: Counter, isPatient = true): number {
    const { edge, inFlight, limit, windowMs } = counter;
    const notBefore = this.#earliestAt(isPatient, windowMs);
    const clearanceMs = clearanceOf(counter);
    // A fixed window may begin before the next permit of a sliding window is free. So a trial leaves early in the
    // wait, or late after two windows.
    const tryAt = Math.max(now, notBefore);
    const neededMs =
      tryAt - notBefore > MAX_WAIT_WINDOWS * windowMs ? clearanceMs : Math.max(clearanceMs, windowMs * CLEARANCE_PART);
    if (Math.min(freeAt, edge?.from ?? Infinity) < tryAt + neededMs) return freeAt;
    // A trial may overtake another attempt. The platform would then refuse that attempt instead.
    let trialPermits = 0;
    for (const weight of this.#inFlight.values()) trialPermits += weight;
    if (inFlight > trialPermits) return freeAt;
    // The power is below one until enough trials were accepted. Trials then leave one at a time.
    const together = Math.min(2 ** (this.#raises - SINGLE_TRIALS), Math.ceil(limit * MAX_TOGETHER_PART));
    return trialPermits < together ? tryAt : freeAt;
  }

  /** Records an accepted trial of fixed or sliding windows. Returns the new estimate of the limit. */
  recordAccepted(limit: number, weight = 1): number {
    this.proven ??= limit;
    this.#raises++;
    return limit + weight;
  }

  /** Records that headers report more remaining permits than the limit leaves. A refused trial ends that. */
  encourage(): void {
    if (this.#encouraged === false && this.#raises === 0) this.#encouraged = true;
  }

  /**
   * Returns the earliest time of the next trial. A call that cannot wait after a refusal tries only after one window without a
   * refusal. Consecutive failed series double the number of windows.
   */
  #earliestAt(isPatient: boolean, windowMs: number): number {
    if (this.#encouraged) return -Infinity;
    if (isPatient || this.#raises > 0) return this.#notBefore;
    const windows = Math.min(WINDOWS_BETWEEN_TRIALS, 2 ** this.#failures);
    return Math.max(this.#notBefore, this.#refusedAt + Math.max(windows * windowMs, MIN_INTERVAL_MS));
  }

  /**
   * Returns when the next trial step of a bucket may begin. A step raises the refill rate for some time. Without a refusal the
   * rate stays.
   */
  nextStepAt({ windowMs }: Counter, isPatient = true): number {
    return Math.max(this.#earliestAt(isPatient, windowMs), this.#stepUntil);
  }

  /** Begins the next trial step of a bucket. Returns the limit to try. */
  beginStep(now: number, { limit, windowMs, perPermitMs }: Counter): number {
    const step = BUCKET_STEPS[Math.min(this.#raises++, BUCKET_STEPS.length - 1)] as number;
    this.proven ??= limit;
    this.#stepUntil = now + Math.min(windowMs * STEP_PART, STEP_PERMITS * perPermitMs);
    return limit * step;
  }

  /** Records how much is accepted per window without a refusal. */
  recordThroughput(now: number, weight: number, { limit, windowMs }: Counter): void {
    if (now - this.#periodFrom >= windowMs) {
      this.#sustained = Math.max(this.#sustained, Math.min(this.#periodAccepted, limit));
      this.#periodAccepted = 0;
      this.#periodFrom = now;
    }
    this.#periodAccepted += weight;
  }

  /** Whether a whole window passed without a refusal. */
  get hasSustained(): boolean {
    return this.#sustained > 0;
  }

  /** Records that the limit comes from an earlier start: calls that cannot wait do not try higher at once. */
  recordRestored(now: number): void {
    this.#refusedAt = now;
  }

  /**
   * Records a refusal.
   *
   * @param isTrial - Whether the refused attempt was a trial.
   */
  recordRefusal(now: number, isTrial: boolean): void {
    this.#periodAccepted = 0;
    this.#periodFrom = now;
    this.#refusedAt = now;
    const wasTrying = isTrial || this.#raises > 0;
    if (wasTrying) this.#failures++;
    if (wasTrying && this.#encouraged) this.#encouraged = undefined;
  }

  /** The limit before the trials, while trials are under way. */

  /**
   * Ends the trials after a refusal. The next trials begin at once where the limit is not sure, and rarely where the limit is
   * sure. After a cut the next trial begins in the next window.
   *
   * @param mayBeRare - Whether trials may become rare.
   */
  scheduleNext(now: number, found: number, isSure: boolean, mayBeRare: boolean, { counts, windowMs }: Counter): void {
    if (found < CUT_PART * this.#sustained) {
      this.#frequentUntil = now + WINDOWS_AFTER_CUT * windowMs;
      this.#sustained = found;
      this.#failures = 0;
    }
    if (this.proven !== undefined && found > this.proven * (1 + GAIN_PART)) this.#failures = 0;
    this.proven = undefined;
    this.#raises = 0;
    if (!isSure && counts !== 'bucket') this.#notBefore = now;
    else
      this.delayNext(now, (isSure && mayBeRare && now >= this.#frequentUntil ? WINDOWS_BETWEEN_TRIALS : 1) * windowMs);
  }

  /** Allows no trial for so long, ms. */
  delayNext(now: number, ms: number): void {
    this.#notBefore = now + Math.max(ms, MIN_INTERVAL_MS);
  }
}

/** Whether a refusal is so old that the limit may have changed. */
export function isStale(sinceMs: number, windowMs: number): boolean {
  return sinceMs > WINDOWS_BETWEEN_TRIALS * windowMs;
}

/** Returns the minimum distance of a trial from the next free permit, ms. A closer trial shows nothing. */
export function clearanceOf({ roundTripMs }: Counter): number {
  return 2 * roundTripMs + MARGIN_MS;
}
