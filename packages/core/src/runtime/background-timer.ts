import type { Clock, Undo } from '../contract/clock.js';

/** A clock whose timers keep no process alive. */
export function backgroundClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    setTimer: (ms, fn) => startBackgroundTimer(clock, ms, fn),
  };
}

/**
 * Starts a timer that does not keep the process alive, if the clock has such timers.
 * @internal
 */
export function startBackgroundTimer(clock: Clock, ms: number, fn: () => void): Undo {
  return clock.setBackgroundTimer ? clock.setBackgroundTimer(ms, fn) : clock.setTimer(ms, fn);
}
