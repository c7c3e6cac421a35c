import type { Counter } from './counter.js';

/** Attempts that must pass after a refusal before all go at full width again. */
const FULL_WIDTH = 16;
/** While a limit, or where its windows begin, is only a guess, so many leave together, or as many as need half a window. */
const NARROW = 2;
/** And this many windows after it they do, whatever passed. */
const SLOW_WINDOWS = 2;

/** After a refusal no more leave together than have passed since. */
export class SlowStart {
  /** Whether few leave together, until a whole limit has passed: the limit, or where its windows begin, is a guess. */
  narrow = false;
  #from = -Infinity;
  /** Attempts that passed since then, and before it since the time before. */
  #passed = FULL_WIDTH;
  #passedBefore = 0;

  /** Attempts that passed between the last two refusals. */
  get passedBefore(): number {
    return this.#passedBefore;
  }

  begin(now: number): void {
    this.#from = now;
    this.#passedBefore = this.#passed;
    this.#passed = 0;
  }

  passed(): void {
    this.#passed++;
  }

  /** Returns whether a whole limit has passed where few were to leave together, so that all may again. */
  widens(limit: number): boolean {
    if (!this.narrow || this.#passed < limit) return false;
    this.narrow = false;
    return true;
  }

  /** All go at full width. */
  skip(): void {
    this.#passed = FULL_WIDTH;
  }

  /** When one more may leave. An attempt that hangs does not hold them for ever. @param whole Whether the limit was not lowered. */
  freeAt(now: number, { limit, inFlight, roundTripMs, windowMs }: Counter, whole: boolean): number {
    if (!this.narrow && (whole || this.#passed >= FULL_WIDTH)) return now;
    const narrow = Math.max(NARROW, Math.ceil((2 * limit * roundTripMs) / windowMs));
    const width = this.narrow ? Math.min(this.#passed, narrow) : this.#passed;
    return inFlight < Math.max(1, width) ? now : Math.max(now, this.#from + SLOW_WINDOWS * windowMs);
  }
}
