/** Maximum clock drift, ms per ms: ten times that of a bad quartz. */
const DRIFT = 500e-6;

/**
 * Estimates the clock of a server from its replies. The server read its clock between the request and the reply, so each reply
 * bounds the offset. No assumption about the network is made.
 */
export class ServerClock {
  /** Bounds of the offset of the server clock from the local clock, ms. */
  #min = -Infinity;
  #max = Infinity;
  #measuredAt = 0;
  /** Minimum jump of the server clock shown by the last reply, ms: positive forward, negative back. */
  jumpMs = 0;

  /** Updates the bounds with a reply that shows server time `shown`. Returns whether the server clock has jumped. */
  update(shown: number, askedAt: number, answeredAt: number): boolean {
    const drift = (answeredAt - this.#measuredAt) * DRIFT;
    const min = Math.max(this.#min - drift, shown - answeredAt);
    const max = Math.min(this.#max + drift, shown - askedAt);
    this.#measuredAt = answeredAt;
    const hasJumped = min > max;
    this.jumpMs = 0;
    if (hasJumped) {
      const forward = shown - answeredAt - (this.#max + drift);
      this.jumpMs = forward > 0 ? forward : shown - askedAt - (this.#min - drift);
    }
    this.#min = hasJumped ? shown - answeredAt : min;
    this.#max = hasJumped ? shown - askedAt : max;
    return hasJumped;
  }

  /** Returns the latest possible server time at local time `now`. */
  latest(now: number): number {
    return now + this.#max + Math.abs(now - this.#measuredAt) * DRIFT;
  }

  /** Returns the earliest possible server time at local time `now`. */
  earliest(now: number): number {
    return now + this.#min - Math.abs(now - this.#measuredAt) * DRIFT;
  }

  /** Returns the local time at which the server clock has certainly reached `moment`. */
  surelyAt(moment: number): number {
    const at = moment - this.#min;
    return at + Math.max(0, at - this.#measuredAt) * DRIFT;
  }

  /** Returns the earliest local time at which the server clock may have reached `moment`. */
  earliestAt(moment: number): number {
    const at = moment - this.#max;
    return at - Math.max(0, at - this.#measuredAt) * DRIFT;
  }
}
