/** Clocks drift apart by no more than this, ms per ms: ten times what a bad quartz does. */
const DRIFT = 500e-6;

/**
 * Another clock, as far as its answers tell: each was given somewhere between the question and its arrival. The best of them
 * bound what it shows now; nothing is assumed of the network.
 */
export class ServerClock {
  /** The other clock is ahead of ours by at least and at most this, ms. */
  #least = -Infinity;
  #most = Infinity;
  #at = 0;
  /** By how much, at least, the last answer showed the other clock to have been set: forward, or back where it is negative, ms. */
  jumpMs = 0;

  /** The other clock showed `shown` after we asked and before the answer came. Returns whether it has jumped. */
  learn(shown: number, askedAt: number, answeredAt: number): boolean {
    const drift = (answeredAt - this.#at) * DRIFT;
    const least = Math.max(this.#least - drift, shown - answeredAt);
    const most = Math.min(this.#most + drift, shown - askedAt);
    this.#at = answeredAt;
    const jumped = least > most;
    this.jumpMs = 0;
    if (jumped) {
      const forward = shown - answeredAt - (this.#most + drift);
      this.jumpMs = forward > 0 ? forward : shown - askedAt - (this.#least - drift);
    }
    this.#least = jumped ? shown - answeredAt : least;
    this.#most = jumped ? shown - askedAt : most;
    return jumped;
  }

  /** What it shows at our `now`, at most. */
  latest(now: number): number {
    return now + this.#most + Math.abs(now - this.#at) * DRIFT;
  }

  /** And at least. */
  earliest(now: number): number {
    return now + this.#least - Math.abs(now - this.#at) * DRIFT;
  }

  /** When, by our clock, it has surely come to `moment`. */
  surelyAt(moment: number): number {
    const at = moment - this.#least;
    return at + Math.max(0, at - this.#at) * DRIFT;
  }

  /** When, by our clock, it can have come to `moment` at the earliest. */
  earliestAt(moment: number): number {
    const at = moment - this.#most;
    return at - Math.max(0, at - this.#at) * DRIFT;
  }
}
