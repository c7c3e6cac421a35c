import { QuotaWindow } from './window.js';

// A learned limit that held this many windows at its limit may have been raised meanwhile.
const WINDOWS_BEFORE_GROWTH = 10;
const GROWTH = 0.1;
// Without a refusal, what got through is counted anew after this long: an old attempt says nothing of today's window.
const LONGEST_PERIOD_MS = 60_000;

/**
 * The limit of a scope for which none is documented, learned from its refusals: what got through between two openings of the
 * gate is the limit, the time between them the window.
 */
export class LearnedQuota {
  /** The limit in force; undefined until a refusal taught one. */
  window: QuotaWindow | undefined = undefined;
  #accepted = 0;
  /** Monotonic ms of the first attempt since the gate last opened. */
  #since: number | undefined = undefined;
  #refusedAt = -Infinity;

  take(now: number, weight: number): void {
    if (this.#since === undefined || now - this.#since > LONGEST_PERIOD_MS) {
      this.#since = now;
      this.#accepted = 0;
    }
    this.window?.take(weight);
  }

  end(now: number, weight: number, accepted: boolean): void {
    if (accepted) this.#accepted += weight;
    this.window?.end(now, weight);
  }

  undo(weight: number): void {
    this.window?.undo(weight);
  }

  /** The gate closed until `until`. Returns whether the limit changed. */
  refused(now: number, until: number): boolean {
    this.#refusedAt = now;
    // Refused before anything got through: the gate was opened too early, which says nothing of the limit.
    if (this.#accepted === 0 || this.#since === undefined) return false;
    const limit = this.#accepted;
    const windowMs = Math.max(1, until - this.#since);
    this.#accepted = 0;
    this.#since = undefined;
    if (!this.window) {
      this.window = new QuotaWindow(limit, windowMs);
      return true;
    }
    if (this.window.limit === limit && this.window.windowMs === windowMs) return false;
    this.window.limit = limit;
    this.window.windowMs = windowMs;
    return true;
  }

  /** The gate opened: counting starts anew. */
  opened(now: number): void {
    this.#accepted = 0;
    this.#since = now;
  }

  freeAt(now: number, weight: number): number {
    const { window } = this;
    if (!window) return now;
    const at = window.freeAt(now, Math.min(weight, window.limit));
    if (at > now && now - this.#refusedAt > WINDOWS_BEFORE_GROWTH * window.windowMs) {
      this.#refusedAt = now;
      window.limit += Math.max(1, Math.floor(window.limit * GROWTH));
      return window.freeAt(now, Math.min(weight, window.limit));
    }
    return at;
  }
}
