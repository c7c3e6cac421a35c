/**
 * One counter of a limit. Three classes implement the three ways to count, without a clock of their own. Every `now` is
 * in ms from the start of the simulator and never decreases.
 */
export interface Meter {
  /** Time until the next request would be accepted, ms; 0 when it would be accepted now. */
  waitMs(now: number): number;
  /** Counts one accepted request. Callers check first that `waitMs(now)` is 0. */
  takePermit(now: number): void;
  /** Changes the numbers at run time. The counted requests stay counted. */
  changeLimit(limit: number, burst: number): void;
  /** The state for quota headers: whole permits left, and the time until more become available, ms. */
  readQuota(now: number): { remaining: number; resetMs: number };
}
