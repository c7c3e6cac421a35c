import { QuotaWindow } from './window.js';

// A learned limit that held this many windows at its limit may have been raised meanwhile.
const WINDOWS_BEFORE_GROWTH = 10;
const GROWTH = 0.1;
// Each window, as long as there was one refusal only.
const FIRST_GROWTH = 0.5;
// Without a refusal, what got through is counted anew after this long: an old attempt says nothing of today's window.
const LONGEST_PERIOD_MS = 60_000;
// A wait beyond this is about a quota per hour or day, of which we saw a part only.
const LONGEST_WINDOW_MS = 2 * LONGEST_PERIOD_MS + 1_000;

/**
 * The limit of a scope for which none is documented, learned from its refusals: what got through between two openings of the
 * gate is the limit, the time between them the window. Worked out when the gate opens, not when it closes: a refusal overtakes
 * the answers of attempts that got through before it.
 */
export class LearnedQuota {
  /** The limit in force; undefined until a refusal taught one. */
  window: QuotaWindow | undefined = undefined;
  /** What got through since `#since`, the first attempt after the gate last opened. */
  #accepted = 0;
  #since: number | undefined = undefined;
  #takenAt = 0;
  /** Until when the gate is closed, if a refusal ended the period. */
  #until: number | undefined = undefined;
  /** When the limit last changed or was confirmed by a refusal. */
  #changedAt = -Infinity;
  /** The limit that held before it was grown, until the larger one has held as long. */
  #proven: number | undefined = undefined;
  #step = 0;
  #reverted = false;
  /** What a single refusal taught may be far too little: somebody else may have had the rest. It grows until refused. */
  #provisional = true;
  #inFlight: number;

  /** @param inFlight Permits of attempts that are out already. */
  constructor(inFlight = 0) {
    this.#inFlight = inFlight;
  }

  /** Whether more is let through than was ever proven: then the next refusal is about that. */
  get trying(): boolean {
    return this.#proven !== undefined;
  }

  take(now: number, weight: number): void {
    if (this.#since === undefined || (this.#until === undefined && now - this.#since > LONGEST_PERIOD_MS)) {
      this.#since = now;
      this.#accepted = 0;
    }
    this.#takenAt = now;
    this.#inFlight += weight;
    this.window?.take(weight);
  }

  end(now: number, weight: number, accepted: boolean): void {
    this.#inFlight -= weight;
    if (accepted) this.#accepted += weight;
    this.window?.end(now, weight);
  }

  undo(weight: number): void {
    this.#inFlight -= weight;
    this.window?.undo(weight);
  }

  /** The platform refused an attempt; nothing more leaves before `until`. */
  refused(now: number, until: number): void {
    this.#changedAt = now;
    this.#step = 0;
    if (this.window) this.#provisional = false;
    if (this.#proven !== undefined) {
      // The larger limit was an attempt of ours, and this is the answer.
      (this.window as QuotaWindow).limit = this.#proven;
      this.#proven = undefined;
      this.#reverted = true;
    }
    if (!this.#reverted) this.#until = Math.max(this.#until ?? until, until);
  }

  /** The refusal was not about this scope after all. */
  acquit(): void {
    this.#until = undefined;
  }

  /** The gate opened, because a probe of this weight got through. Returns whether the limit changed. */
  opened(now: number, weight: number): boolean {
    const limit = this.#accepted - weight;
    const windowMs = Math.max(1, (this.#until ?? now) - (this.#since ?? now));
    const known = this.#until !== undefined && limit > 0 && windowMs <= LONGEST_WINDOW_MS;
    const reverted = this.#reverted;
    this.#since = this.#takenAt;
    this.#accepted = weight;
    this.#until = undefined;
    this.#reverted = false;
    if (!known) return reverted;
    const { window } = this;
    if (window?.limit === limit && window.windowMs === windowMs) return reverted;
    if (window) {
      window.limit = limit;
      window.windowMs = windowMs;
      return true;
    }
    this.#changedAt = now;
    this.window = new QuotaWindow(limit, windowMs);
    // What is out there, and the probe itself, which has just ended.
    this.window.take(this.#inFlight + weight);
    this.window.end(now, weight);
    return true;
  }

  freeAt(now: number, weight: number): number {
    const { window } = this;
    if (!window) return now;
    const at = window.freeAt(now, Math.min(weight, window.limit));
    const windows = this.#provisional ? 1 : WINDOWS_BEFORE_GROWTH;
    if (at <= now || now - this.#changedAt <= windows * window.windowMs) return at;
    this.#changedAt = now;
    this.#proven = window.limit;
    if (this.#provisional) this.#step = Math.ceil(window.limit * FIRST_GROWTH);
    else this.#step = this.#step === 0 ? Math.max(1, Math.floor(window.limit * GROWTH)) : this.#step * 2;
    window.limit += this.#step;
    return window.freeAt(now, Math.min(weight, window.limit));
  }

  /** Whether forgetting it would change nothing that is still sure. */
  idle(now: number): boolean {
    const { window } = this;
    if (!window) return this.#inFlight === 0;
    return window.idle(now) && now - this.#changedAt > WINDOWS_BEFORE_GROWTH * window.windowMs;
  }
}
