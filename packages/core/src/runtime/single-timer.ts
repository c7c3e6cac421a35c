import type { Clock, Undo } from '../contract/clock.js';

/** At most one timer, for the earliest of the requested times. */
export class SingleTimer {
  #armed: { at: number; stop: Undo } | undefined;

  constructor(
    readonly clock: Clock,
    readonly fn: (now: number) => void,
  ) {}

  get isArmed(): boolean {
    return this.#armed !== undefined;
  }

  /** Arms the timer for a time; Infinity disarms it. A timer for an earlier time stays, because an early check does no harm. */
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
