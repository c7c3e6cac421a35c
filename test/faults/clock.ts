import { systemClock, type Clock, type Undo } from '@holdline/core';

interface Timer {
  dueAt: number;
  readonly fn: () => void;
  readonly isBackground: boolean;
  stop: Undo;
}

/** The system clock, whose wall time can jump, and which can leap as it does while a process is frozen. */
export class LeapingClock implements Clock {
  #leptMs = 0;
  #jumpedMs = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return systemClock.now() + this.#leptMs;
  }

  wall(): number {
    return systemClock.wall() + this.#leptMs + this.#jumpedMs;
  }

  setTimer(ms: number, fn: () => void): Undo {
    return this.#start(ms, fn, false);
  }

  setBackgroundTimer(ms: number, fn: () => void): Undo {
    return this.#start(ms, fn, true);
  }

  /** Moves only the wall clock, as an administrator or NTP does. */
  jumpWall(ms: number): void {
    this.#jumpedMs += ms;
  }

  /** Moves both clocks, as if the process had been frozen. Timers that came due meanwhile fire late, in the order of their times. */
  freeze(ms: number): void {
    this.#leptMs += ms;
    const timers = [...this.#timers].sort((a, b) => a.dueAt - b.dueAt);
    for (const timer of timers) {
      timer.stop();
      this.#arm(timer);
    }
  }

  #start(ms: number, fn: () => void, isBackground: boolean): Undo {
    const timer: Timer = { dueAt: this.now() + ms, fn, isBackground, stop: () => undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      this.#timers.delete(timer);
      timer.stop();
    };
  }

  #arm(timer: Timer): void {
    const fire = (): void => {
      this.#timers.delete(timer);
      timer.fn();
    };
    const ms = Math.max(0, timer.dueAt - this.now());
    const start = timer.isBackground ? systemClock.setBackgroundTimer : systemClock.setTimer;
    timer.stop = (start as Clock['setTimer'])(ms, fire);
  }
}
