import type { Call } from '../call.js';
import { failed, type Outcome } from '../outcome.js';
import type { Interceptor } from '../pipeline.js';
import type { Governor, GovernedRoute, Permit } from './governor.js';

/**
 * The `govern` phase: an attempt leaves with a permit of every quota on its way, and gives its slot back when it ends, before
 * any retry delay.
 */
export function governPolicy(governor: Governor, route: GovernedRoute): Interceptor {
  return (call, next) => {
    let permit: Permit | Promise<Permit>;
    try {
      permit = governor.acquire(call, route);
    } catch (error) {
      // A key function of the user threw.
      return Promise.reject(error as Error);
    }
    if (permit instanceof Promise) return permit.then((granted) => attempt(call, next, granted));
    return attempt(call, next, permit);
  };

  function attempt(call: Call, next: (call: Call) => Promise<Outcome>, permit: Permit): Promise<Outcome> {
    if (call.cancellation?.cancelled) {
      governor.abandon(permit);
      return Promise.reject(call.cancellation.reason as Error);
    }
    const attemptsBefore = call.info.attempts;
    const giveBack = (error: unknown): never => {
      // Mostly ours, from below, and nothing was sent; but what went on the wire counts whatever happened after.
      if (call.info.attempts === attemptsBefore) governor.abandon(permit);
      else governor.end(permit, call, failed(error, 'unknown'), route);
      throw error;
    };
    let answer: Promise<Outcome>;
    try {
      answer = next(call);
    } catch (error) {
      answer = Promise.reject(error as Error);
    }
    return answer.then((outcome) => {
      governor.end(permit, call, outcome, route);
      return outcome;
    }, giveBack);
  }
}
