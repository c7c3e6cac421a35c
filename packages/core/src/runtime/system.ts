import type { Clock, Random } from '../contract/clock.js';
import { startTimer } from './timer.js';

/**
 * The system clock: `performance.now`, `Date.now` and `setTimeout`, for delays of any length.
 * @public
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer: (ms, fn) => startTimer(ms, fn, false),
  setBackgroundTimer: (ms, fn) => startTimer(ms, fn, true),
};

/**
 * The system's random numbers: `Math.random`.
 * @public
 */
export const systemRandom: Random = { next: () => Math.random() };
