/**
 * Counters of calls to softphones, since the start or the last `resetStats()`.
 * @public
 */
export interface CallStats {
  /** Calls that were proposed to a softphone. */
  proposed: number;
  /** Calls for which no softphone was free. */
  unplaced: number;
  /** `proceed` messages: a softphone wants the call. */
  proceeded: number;
  /** Sessions that were accepted: the handshake is complete. */
  connected: number;
  /** Calls that the softphone rejected. */
  rejected: number;
  /** Calls that nobody accepted in time, and that were withdrawn. */
  missed: number;
  /** Connected calls that ended, by either side. */
  ended: number;
  /** Calls that ended because the stream of the softphone closed. */
  lost: number;
  /** Calls that ring or are connected now, and the most at one time. */
  open: number;
  peakOpen: number;
  /** Times from the proposal to the acceptance of the session, ms, right to 2 %. */
  handshake: { count: number; p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number };
}
