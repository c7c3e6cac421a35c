import type { Call } from '../call.js';
import type { GovernedRoute } from './governor.js';

/** How long an attempt could wait if it were refused, in ms. One that could not is never sent to find out something. */
export function patienceOf(call: Call, route: GovernedRoute, now: number): number {
  const { replayable, retriedBy } = call.request;
  if (!replayable || retriedBy !== undefined || call.attempts > 0) return 0;
  return Math.min(route.patienceMs, call.deadlineAt - now);
}
