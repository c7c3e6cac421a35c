import type { Call } from '../call.js';
import type { GovernedRoute } from './governor.js';

/** A refusal may last for so much longer than a window: Retry-After comes in whole seconds, and gates open with jitter, ms. */
const ROUNDED_MS = 1_500;

/** How long an attempt could wait if it were refused, in ms. One that could not is never sent to find out something. */
export function patienceOf(call: Call, route: GovernedRoute, now: number): number {
  const { replayable, retriedBy } = call.request;
  if (!replayable || retriedBy !== undefined || call.attempts > 0) return 0;
  return Math.min(route.patienceMs, call.deadlineAt - now);
}

/** Whether an attempt that could wait so long may be refused by a limit of such windows, to find out something. */
export function canBeRefused(patienceMs: number, windowMs: number): boolean {
  return patienceMs >= windowMs + ROUNDED_MS;
}
