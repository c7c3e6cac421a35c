import type { Clock, Undo } from '../contract/clock.js';

/**
 * Starts a timer that does not keep the process alive, if the clock has such timers.
 * @internal
 */
export function startBackgroundTimer(clock: Clock, ms: number, fn: () => void): Undo {
  return clock.setBackgroundTimer ? clock.setBackgroundTimer(ms, fn) : clock.setTimer(ms, fn);
}
