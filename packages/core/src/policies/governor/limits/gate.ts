// Twice the 16 s timeout of the vendor's SDK. A client without a timeout of its own would else hold its scope for ever.
const PROBE_TIMEOUT_MS = 30_000;
// So long after it could have opened, nobody needs to know that a gate was closed.
const REMEMBERED_MS = 60_000;

/**
 * The door of a scope. After the platform said "not before", nothing passes until then; then one probe passes alone, and its
 * answer decides for the rest.
 */
export class Gate {
  /** Monotonic ms until which nothing passes; -Infinity while it is open. */
  closedUntil = -Infinity;
  /** Wall ms to tell callers. */
  retryAt: number | undefined = undefined;
  /** How often it was closed in a row, without an attempt getting through. */
  refusals = 0;
  #state: 'open' | 'closed' | 'probing' = 'open';
  #generation = 0;
  #probeUntil = -Infinity;

  get state(): 'open' | 'closed' | 'probing' {
    return this.#state;
  }

  /** Changes with every closing and every probe; a permit remembers it, so that only the last probe's answer decides. */
  get generation(): number {
    return this.#generation;
  }

  /** When it lets an attempt pass: `now`, or later. While a probe is out that is when the probe is given up. */
  freeAt(now: number): number {
    if (this.#state === 'open') return now;
    return Math.max(now, this.#state === 'probing' ? this.#probeUntil : this.closedUntil);
  }

  /** An attempt passes. Returns whether it is the probe. */
  pass(now: number): boolean {
    if (this.#state === 'open') return false;
    this.#state = 'probing';
    this.#generation++;
    this.#probeUntil = now + PROBE_TIMEOUT_MS;
    return true;
  }

  /** Closes, or stays closed for longer. Returns whether that is news. */
  close(until: number, retryAt: number): boolean {
    const news = until > this.closedUntil;
    if (this.#state !== 'closed') {
      this.#generation++;
      this.refusals++;
    }
    this.#state = 'closed';
    if (news) {
      this.closedUntil = until;
      this.retryAt = retryAt;
    }
    return news;
  }

  /** The probe got through. */
  open(): void {
    this.#state = 'open';
    this.#generation++;
    this.refusals = 0;
    this.retryAt = undefined;
    this.closedUntil = -Infinity;
  }

  /** The probe told nothing (it was given up, or never sent): the next attempt is the probe. */
  retryProbe(): void {
    if (this.#state === 'probing') this.#state = 'closed';
  }

  /** Whether forgetting it would change nothing. */
  idle(now: number): boolean {
    return this.#state === 'open' || (this.#state === 'closed' && this.closedUntil + REMEMBERED_MS <= now);
  }
}
