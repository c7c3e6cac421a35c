/**
 * How a platform counts: three ways, each a class without a clock. Every `now` is in ms, never goes back, and has the
 * start of the simulator as zero.
 */
export interface Meter {
  /** Time until one more request would be accepted, ms; 0 when it would be now. */
  waitMs(now: number): number;
  /** Counts one accepted request. Only after `waitMs(now)` was 0. */
  takePermit(now: number): void;
  /** New numbers at run time; what was counted stays counted. */
  changeLimit(limit: number, burst: number): void;
  /** What a quota header would say: whole permits left, and the time until more come back, ms. */
  readQuota(now: number): { remaining: number; resetMs: number };
}
