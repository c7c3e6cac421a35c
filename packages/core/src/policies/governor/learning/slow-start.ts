import type { Counter } from './counter.js';

/** Accepted attempts after which the slow start ends. */
const FULL_WIDTH = 16;
/** Attempts in flight while the limit or the window edge is a guess, unless half a window needs more. */
const NARROW_WIDTH = 2;
/** Windows after which the slow start ends in any case. */
const MAX_WINDOWS = 2;

/** After a refusal, limits the attempts in flight to the number accepted since the refusal. */
export class SlowStart {
  /** Whether the limit or the window edge is a guess. Ends when a whole limit was accepted. */
  isNarrow = false;
  /** Attempts accepted between the last two refusals. */
  acceptedBefore = 0;
  #startedAt = -Infinity;
  /** Attempts accepted since the last refusal. */
  #accepted = FULL_WIDTH;

  begin(now: number): void {
    this.#startedAt = now;
    this.acceptedBefore = this.#accepted;
    this.#accepted = 0;
  }

  recordAccepted(): void {
    this.#accepted++;
  }

  /** Ends the narrow phase once a whole limit was accepted. Returns whether the phase ended now. */
  endNarrow(limit: number): boolean {
    if (!this.isNarrow || this.#accepted < limit) return false;
    this.isNarrow = false;
    return true;
  }

  /** Ends the slow start. */
  skip(): void {
    this.#accepted = FULL_WIDTH;
  }

  /**
   * Returns when one more attempt may leave. A hanging attempt blocks others for some windows only.
   *
   * @param isWhole - Whether the limit is not lowered.
   */
  freeAt(now: number, { limit, inFlight, roundTripMs, windowMs }: Counter, isWhole: boolean): number {
    if (!this.isNarrow && (isWhole || this.#accepted >= FULL_WIDTH)) return now;
    const narrow = Math.max(NARROW_WIDTH, Math.ceil((2 * limit * roundTripMs) / windowMs));
    const width = this.isNarrow ? Math.min(this.#accepted, narrow) : this.#accepted;
    return inFlight < Math.max(1, width) ? now : Math.max(now, this.#startedAt + MAX_WINDOWS * windowMs);
  }
}
