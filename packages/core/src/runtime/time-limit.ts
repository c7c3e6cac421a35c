import type { Clock, Undo } from '../contract/clock.js';

/** A timer that fires more than this many ms late shows that the process was frozen. */
const LATE_MS = 250;
/** Time in ms to read a result that arrived during the freeze. Timers fire before sockets are read. */
const GRACE_MS = 1_000;

/**
 * Calls `onEnd` after `ms`, the time limit of some work. If the process was frozen meanwhile, the work gets up to a second more.
 * @internal
 */
export function startTimeLimit(clock: Clock, ms: number, onEnd: () => void): Undo {
  let stop: Undo;
  const arm = (delayMs: number): void => {
    const dueAt = clock.now() + delayMs;
    stop = clock.setTimer(delayMs, () => {
      if (clock.now() - dueAt > LATE_MS) arm(Math.min(GRACE_MS, ms));
      else onEnd();
    });
  };
  arm(ms);
  return () => stop();
}
