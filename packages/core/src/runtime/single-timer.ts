import type { Clock, Undo } from '../contract/clock.js';

/** At most one timer, for the first of all moments that it was armed for. */
export class SingleTimer {
  #armed: { at: number; stop: Undo } | undefined = undefined;

  constructor(
    readonly clock: Clock,
    readonly fn: (now: number) => void,
  ) {}

  get isArmed(): boolean {
    return this.#armed !== undefined;
  }

  /** Arms it for a moment, or for none (Infinity). One that is armed for an earlier moment stays: it does no harm. */
  arm(at: number): void {
    if (this.#armed && this.#armed.at <= at && at < Infinity) return;
    this.#armed?.stop();
    this.#armed = undefined;
    if (at === Infinity) return;
    const stop = this.clock.setTimer(Math.max(0, at - this.clock.now()), () => {
      this.#armed = undefined;
      this.fn(this.clock.now());
    });
    this.#armed = { at, stop };
  }
}
