import type { Call } from '../call.js';
import { failed, type Outcome } from '../outcome.js';
import type { Interceptor } from '../pipeline.js';
import type { Next } from '../route.js';
import type { Governor, GovernedRoute, Permit } from './governor.js';

/**
 * The `govern` phase: an attempt leaves with a permit of every quota on its way, and gives its slot back when it ends, before
 * any retry delay.
 */
export function governPolicy(governor: Governor, route: GovernedRoute): Interceptor {
  return (call, next) => {
    const permit = governor.acquire(call, route);
    if (permit instanceof Promise) return permit.then((granted) => attempt(call, next, granted));
    return attempt(call, next, permit);
  };

  function attempt(call: Call, next: Next, permit: Permit): Promise<Outcome> {
    if (call.cancellation?.cancelled) {
      governor.abandon(permit);
      return Promise.reject(call.cancellation.reason as Error);
    }
    const attemptsBefore = call.info.attempts;
    return next(call).then(
      (outcome) => {
        governor.end(permit, call, outcome, route);
        return outcome;
      },
      (error: unknown) => {
        // Ours, from below. Mostly nothing was sent; but what went on the wire counts, whatever happened after.
        if (call.info.attempts === attemptsBefore) governor.abandon(permit);
        else governor.end(permit, call, failed(error, 'unknown'), route);
        throw error;
      },
    );
  }
}
