/**
 * The door of a scope. After the platform said "not before", nothing passes until then; then one probe passes alone, and its
 * answer decides for the rest.
 */
export class Gate {
  /** Monotonic ms until which nothing passes. */
  closedUntil = -Infinity;
  /** Wall ms to tell callers. */
  retryAt: number | undefined = undefined;
  /** How often it was closed in a row, without an attempt getting through. */
  refusals = 0;
  #state: 'open' | 'closed' | 'probing' = 'open';
  #generation = 0;

  get state(): 'open' | 'closed' | 'probing' {
    return this.#state;
  }

  /** Changes with every closing; a permit remembers it, so that late answers of older permits open nothing. */
  get generation(): number {
    return this.#generation;
  }

  /** When it lets an attempt pass: `now`, later, or Infinity while the probe is out. */
  freeAt(now: number): number {
    if (this.#state === 'open') return now;
    if (this.#state === 'probing') return Infinity;
    return this.closedUntil <= now ? now : this.closedUntil;
  }

  /** An attempt passes. Returns whether it is the probe. */
  pass(): boolean {
    if (this.#state !== 'closed') return false;
    this.#state = 'probing';
    return true;
  }

  /** Closes, or stays closed for longer. Returns whether that is news. */
  close(until: number, retryAt: number): boolean {
    const news = this.#state === 'open' || until > this.closedUntil;
    if (this.#state !== 'closed') {
      this.#generation++;
      this.refusals++;
    }
    this.#state = 'closed';
    if (until > this.closedUntil) {
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
}
