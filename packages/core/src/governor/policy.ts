import type { Call } from '../call.js';
import type { Outcome } from '../outcome.js';
import type { Interceptor } from '../pipeline.js';
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

  function attempt(call: Call, next: (call: Call) => Promise<Outcome>, permit: Permit): Promise<Outcome> {
    if (call.cancellation?.cancelled) {
      governor.abandon(permit);
      return Promise.reject(call.cancellation.reason as Error);
    }
    return next(call).then(
      (outcome) => {
        governor.end(permit, call, outcome, route);
        return outcome;
      },
      (error: unknown) => {
        // Ours, from below: nothing was sent.
        governor.abandon(permit);
        throw error;
      },
    );
  }
}
