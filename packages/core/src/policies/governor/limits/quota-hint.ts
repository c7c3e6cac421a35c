/** Maximum time for which a probe holds back other attempts while no limit is known, ms. */
const PROBE_TIMEOUT_MS = 5_000;
/** A reset later by more than this belongs to a later window, ms: resets come in whole seconds. */
const LATER_WINDOW_MS = 2_000;
/** Consecutive answers without a remaining count, after which the hint is dropped where no limit is known. */
const SILENT_ANSWERS = 3;
const READ_WHEN_SILENT = 8;

/**
 * The remaining permits of a scope, as reported by answers. The hint only lowers the number of free permits.
 *
 * Where no limit is known, nothing else holds attempts back after the reset of a used-up hint. One attempt then leaves alone as a
 * probe, and its answer reports the remaining permits. If a platform reports no remaining permits but accepts the next attempt,
 * the hints are ignored from then on.
 */
export class QuotaHint {
  #remaining = Infinity;
  #until = -Infinity;
  /** Last valid report, and the order of the youngest attempt in flight at that time. */
  #latest = { remaining: Infinity, until: -Infinity, youngest: -Infinity };
  /** Order of the last attempt taken. */
  #lastOrder = -Infinity;
  #silentAnswers = 0;
  /** Order of the probe, and until when other attempts wait for its answer. */
  #probe: number | undefined;
  #probeUntil = -Infinity;
  /** Order of the previous probe, whose answer may report the remaining permits. */
  #lastProbe: number | undefined;
  /** Whether the next attempt leaves although nothing remains, to check the report. */
  #isDoubted = false;
  /** Whether the reports were shown to be true or false. */
  #isTrue: boolean | undefined;

  /** Whether a hint is in force. */
  get isActive(): boolean {
    return this.#remaining < Infinity;
  }

  /** Whether the headers of this attempt are to be read. After silent answers without a known limit, one in eight is read. */
  reads(order: number, isBounded: boolean): boolean {
    if (this.#isTrue === false) return false;
    return isBounded || this.#silentAnswers < SILENT_ANSWERS || order % READ_WHEN_SILENT === 0;
  }

  /**
   * Records the remaining permits that an answer reports. The order of answers to concurrent attempts is unknown, so the lowest
   * report counts, unless a report belongs to a later window.
   *
   * @param inFlight - Permits in flight: the platform may not have counted them yet.
   * @param until - Reset, monotonic ms.
   */
  record(remaining: number, inFlight: number, until: number, order: number): void {
    this.#silentAnswers = 0;
    const { youngest, remaining: lowest } = this.#latest;
    const wereTogether = order <= youngest && until - this.#latest.until < LATER_WINDOW_MS;
    if (!wereTogether || remaining <= lowest)
      this.#latest = { remaining, until, youngest: Math.max(this.#lastOrder, order) };
    // The value may be negative: an attempt that was not sent gives back exactly what it took.
    this.#remaining = this.#latest.remaining - inFlight;
    this.#until = this.#latest.until;
    this.#isDoubted = order === this.#lastProbe && remaining <= 0 && this.#isTrue === undefined;
  }

  /** Records an answer without a remaining count. */
  recordSilence(isBounded: boolean): void {
    if (++this.#silentAnswers >= SILENT_ANSWERS && !isBounded) this.#clear();
  }

  /**
   * Returns when `weight` permits are free.
   *
   * @param isBounded - Whether a limit is known besides.
   */
  freeAt(now: number, weight: number, isBounded: boolean): number {
    if (!this.isActive) return now;
    if (this.#probe !== undefined && !isBounded) {
      if (now < this.#probeUntil) return this.#probeUntil;
      this.#clear();
      return now;
    }
    if (this.#isDoubted && !isBounded) return now;
    if (now < this.#until) return this.#remaining >= weight ? now : this.#until;
    if (isBounded || this.#remaining >= 1) this.#clear();
    return now;
  }

  take(now: number, weight: number, order: number): void {
    this.#lastOrder = order;
    if (!this.isActive) return;
    const isProbe = this.#probe === undefined && this.#remaining < weight && (this.#isDoubted || now >= this.#until);
    this.#remaining -= weight;
    if (!isProbe) return;
    this.#probe = order;
    this.#probeUntil = now + PROBE_TIMEOUT_MS;
  }

  undo(weight: number, order: number): void {
    if (!this.isActive) return;
    this.#remaining += weight;
    if (order === this.#probe) this.#probe = undefined;
  }

  /** Records the end of an attempt. The report of its answer follows. */
  recordEnd(order: number, isRefused: boolean, isAccepted: boolean): void {
    if (order !== this.#probe) return;
    this.#lastProbe = order;
    if (this.#isDoubted && (isRefused || isAccepted)) this.#isTrue = isRefused;
    this.#clear();
  }

  /** Returns when the `n`th permit is expected, if no attempt leaves before `from`. */
  estimate(n: number, from: number): number {
    return this.#remaining < n ? Math.max(from, this.#until) : from;
  }

  /** Whether dropping the hint loses nothing. */
  idle(now: number): boolean {
    return !this.isActive || this.#until <= now;
  }

  #clear(): void {
    this.#remaining = Infinity;
    this.#probe = undefined;
    this.#isDoubted = false;
  }
}
