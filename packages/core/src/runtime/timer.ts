import type { Undo } from '../contract/clock.js';

// A longer delay overflows setTimeout and fires at once.
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Starts a timer for a delay of any length. A timer in the background does not keep the process alive. */
export function startTimer(ms: number, fn: () => void, inBackground: boolean): Undo {
  // setTimeout truncates fractions, and a timer must not fire early.
  let left = Math.max(0, Math.ceil(ms));
  let handle: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const step = Math.min(left, MAX_TIMER_MS);
    left -= step;
    handle = setTimeout(left > 0 ? arm : fn, step);
    // In a browser a timer is a number without `unref`.
    if (inBackground) (handle as { unref?(): unknown }).unref?.();
  };
  arm();
  return () => clearTimeout(handle);
}
