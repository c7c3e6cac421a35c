import type { Undo } from '../contract/clock.js';

// A longer delay overflows setTimeout and fires at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function startTimer(ms: number, fn: () => void, inBackground: boolean): Undo {
  // setTimeout cuts off fractions, and a timer must not come early.
  let left = Math.max(0, Math.ceil(ms));
  let handle: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const step = Math.min(left, LONGEST_TIMER_MS);
    left -= step;
    handle = setTimeout(left > 0 ? arm : fn, step);
    // A browser's timer is a number, and keeps nothing alive.
    if (inBackground) (handle as { unref?(): unknown }).unref?.();
  };
  arm();
  return () => clearTimeout(handle);
}
