/** While no limit is known, an attempt that asks whether there is more holds the others for so long, ms. */
const LONGEST_QUESTION_MS = 5_000;
/** A reset so much later is of another window, ms: they come in whole seconds. */
const LATER_WINDOW_MS = 2_000;
/** So many answers in a row without a word of what is left, and what an earlier one said is forgotten where no limit is known. */
const SILENT_ANSWERS = 3;
const READ_WHEN_SILENT = 8;

/**
 * What answers say is left of a scope. It only lowers what is thought to be free.
 *
 * Where no limit is known nothing else holds attempts back when the time of a hint is over that was used up. One attempt then goes
 * alone, and its answer says what is left. A platform that says nothing is left, and accepts another attempt all the same, is
 * not believed any more.
 */
export class QuotaHint {
  #left = Infinity;
  #until = -Infinity;
  /** The latest answer that was not contradicted: what it said, and the youngest attempt that was out by then. */
  #told = { remaining: Infinity, until: -Infinity, youngest: -Infinity };
  /** The youngest attempt. */
  #youngest = -Infinity;
  #silent = 0;
  /** The attempt that asks alone, and until when the others wait for its answer. */
  #asker: number | undefined = undefined;
  #askedUntil = -Infinity;
  /** The one that asked before, whose answer may say what is left. */
  #asked: number | undefined = undefined;
  /** Whether the one that asks goes although nothing is left. */
  #doubts = false;
  /** Whether what was said has been shown to be true, or false. */
  #isTrue: boolean | undefined = undefined;

  /** Whether there is one. */
  get isActive(): boolean {
    return this.#left < Infinity;
  }

  /** Whether the answer of an attempt is to be read. Where no limit is known, and answers are silent, one in eight is. */
  reads(order: number, isBounded: boolean): boolean {
    if (this.#isTrue === false) return false;
    return isBounded || this.#silent < SILENT_ANSWERS || order % READ_WHEN_SILENT === 0;
  }

  /**
   * An answer says what is left. Of answers whose attempts were out together nobody knows which is the later one, so the least
   * counts, unless one is of a later window.
   *
   * @param inFlight Permits that are out: the platform may not have counted them yet.
   * @param until Monotonic ms at which it is whole again.
   */
  tell(remaining: number, inFlight: number, until: number, order: number): void {
    this.#silent = 0;
    const { youngest, remaining: least } = this.#told;
    const together = order <= youngest && until - this.#told.until < LATER_WINDOW_MS;
    if (!together || remaining <= least) this.#told = { remaining, until, youngest: Math.max(this.#youngest, order) };
    // Below zero too: an attempt that turns out not to have been sent gives back what it took, no more.
    this.#left = this.#told.remaining - inFlight;
    this.#until = this.#told.until;
    this.#doubts = order === this.#asked && remaining <= 0 && this.#isTrue === undefined;
  }

  /** An answer says nothing of what is left. */
  toldNothing(isBounded: boolean): void {
    if (++this.#silent >= SILENT_ANSWERS && !isBounded) this.#clear();
  }

  /** When `weight` permits are free. @param isBounded Whether a limit is known besides. */
  freeAt(now: number, weight: number, isBounded: boolean): number {
    if (!this.isActive) return now;
    if (this.#asker !== undefined && !isBounded) {
      if (now < this.#askedUntil) return this.#askedUntil;
      this.#clear();
      return now;
    }
    if (this.#doubts && !isBounded) return now;
    if (now < this.#until) return this.#left >= weight ? now : this.#until;
    if (isBounded || this.#left >= 1) this.#clear();
    return now;
  }

  take(now: number, weight: number, order: number): void {
    this.#youngest = order;
    if (!this.isActive) return;
    const asks = this.#asker === undefined && this.#left < weight && (this.#doubts || now >= this.#until);
    this.#left -= weight;
    if (!asks) return;
    this.#asker = order;
    this.#askedUntil = now + LONGEST_QUESTION_MS;
  }

  undo(weight: number, order: number): void {
    if (!this.isActive) return;
    this.#left += weight;
    if (order === this.#asker) this.#asker = undefined;
  }

  /** An attempt ended; what its answer says comes after that. */
  ended(order: number, isRefused: boolean, isAccepted: boolean): void {
    if (order !== this.#asker) return;
    this.#asked = order;
    if (this.#doubts && (isRefused || isAccepted)) this.#isTrue = isRefused;
    this.#clear();
  }

  /** When the `n`th permit can be expected, nothing leaving before `from`. */
  estimate(n: number, from: number): number {
    return this.#left < n ? Math.max(from, this.#until) : from;
  }

  /** Whether forgetting it would change nothing. */
  idle(now: number): boolean {
    return !this.isActive || this.#until <= now;
  }

  #clear(): void {
    this.#left = Infinity;
    this.#asker = undefined;
    this.#doubts = false;
  }
}
