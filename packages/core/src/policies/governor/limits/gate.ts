// Twice the 16 s timeout of the vendor's SDK. Without this limit, a client without a timeout would block its scope permanently.
const PROBE_TIMEOUT_MS = 30_000;
// How long a gate is remembered after its closing time.
const REMEMBERED_MS = 60_000;

/**
 * Gate of a scope. After a refusal no attempt passes until the time that the platform named. Then one probe passes alone, and its
 * answer decides whether the gate opens.
 */
export class Gate {
  /** Monotonic ms until which no attempt passes; -Infinity while the gate is open. */
  closedUntil = -Infinity;
  /** Wall-clock ms shown to callers. */
  retryAt: number | undefined = undefined;
  /** Consecutive closings without an accepted attempt. */
  refusals = 0;
  #state: 'open' | 'closed' | 'probing' = 'open';
  #generation = 0;
  #probeUntil = -Infinity;

  get state(): 'open' | 'closed' | 'probing' {
    return this.#state;
  }

  /** Changes with every closing, opening and probe. Permits remember the value, so only the answer of the last probe decides. */
  get generation(): number {
    return this.#generation;
  }

  /** Returns when the gate lets an attempt pass: `now`, or later. During a probe: when the probe times out. */
  freeAt(now: number): number {
    if (this.#state === 'open') return now;
    return Math.max(now, this.#state === 'probing' ? this.#probeUntil : this.closedUntil);
  }

  /** Lets an attempt pass. Returns whether the attempt is the probe. */
  pass(now: number): boolean {
    if (this.#state === 'open') return false;
    this.#state = 'probing';
    this.#generation++;
    this.#probeUntil = now + PROBE_TIMEOUT_MS;
    return true;
  }

  /** Closes the gate, or extends the closing time. Returns whether the closing time is later than before. */
  close(until: number, retryAt: number): boolean {
    const isLonger = until > this.closedUntil;
    if (this.#state !== 'closed') {
      this.#generation++;
      this.refusals++;
    }
    this.#state = 'closed';
    if (isLonger) {
      this.closedUntil = until;
      this.retryAt = retryAt;
    }
    return isLonger;
  }

  /** Opens the gate after an accepted probe. */
  open(): void {
    this.#state = 'open';
    this.#generation++;
    this.refusals = 0;
    this.retryAt = undefined;
    this.closedUntil = -Infinity;
  }

  /** Makes the next attempt the probe: the last probe was given up, or never sent. */
  retryProbe(): void {
    if (this.#state === 'probing') this.#state = 'closed';
  }

  /** Whether dropping the gate loses no valid knowledge. */
  idle(now: number): boolean {
    return this.#state === 'open' || (this.#state === 'closed' && this.closedUntil + REMEMBERED_MS <= now);
  }
}
