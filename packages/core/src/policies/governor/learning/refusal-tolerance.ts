import type { ActiveCall } from '../../../call/call.js';
import type { GovernedRoute } from '../route.js';

/** A refusal may last for so much longer than a window: Retry-After comes in whole seconds, and gates open with jitter, ms. */
const ROUNDED_MS = 1_500;

/** Of a call that was sent before, which is not sent again to find out something, and of questions that are no attempt. */
export const NEVER = -1;

/**
 * How long an attempt could wait if it were refused, in ms. One that could not is sent to find out something only where nobody
 * could for long; one that was refused before is not.
 */
export function refusalToleranceOf(call: ActiveCall, route: GovernedRoute, now: number): number {
  const { replayable, retriedBy } = call.request;
  if (call.attempts > 0) return NEVER;
  if (!replayable || retriedBy !== undefined) return 0;
  return Math.min(route.refusalToleranceMs, call.deadlineAt - now);
}

/** Whether an attempt that could wait so long may be refused by a limit of such windows, to find out something. */
export function toleratesRefusal(refusalToleranceMs: number, windowMs: number): boolean {
  return refusalToleranceMs >= windowMs + ROUNDED_MS;
}

/** Whether an attempt is of a call that may be sent to find out something at all. */
export function mayTryBeyondLimit(refusalToleranceMs: number): boolean {
  return refusalToleranceMs >= 0;
}
