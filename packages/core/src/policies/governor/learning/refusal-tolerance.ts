import type { ActiveCall } from '../../../call/call.js';
import type { GovernedRoute } from '../route.js';

/** Allowance for rounding, ms: Retry-After comes in whole seconds, and gates open with jitter. */
const ROUNDING_MS = 1_500;

/** Tolerance of attempts that must not be trials: repeated attempts, and queries without an attempt. */
export const NO_TRIAL = -1;

/**
 * Returns how long the call can wait after a refusal, in ms.
 *
 * Without replay or retries the tolerance is 0: such a call becomes a trial only where no call can wait longer. A repeated
 * attempt is never a trial.
 */
export function refusalToleranceOf(call: ActiveCall, route: GovernedRoute, now: number): number {
  const { replayable, retriedBy } = call.request;
  if (call.attempts > 0) return NO_TRIAL;
  if (!replayable || retriedBy !== undefined) return 0;
  return Math.min(route.refusalToleranceMs, call.deadlineAt - now);
}

/** Whether a call with this tolerance can wait for a refusal by a limit with such windows. */
export function toleratesRefusal(refusalToleranceMs: number, windowMs: number): boolean {
  return refusalToleranceMs >= windowMs + ROUNDING_MS;
}

/** Whether an attempt may be a trial at all. */
export function mayTryBeyondLimit(refusalToleranceMs: number): boolean {
  return refusalToleranceMs >= 0;
}
