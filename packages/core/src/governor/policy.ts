import { failed as withoutAnswer, type Outcome } from '../outcome.js';
import type { Passage, Step } from '../passage.js';
import type { Governor, GovernedRoute, Permit } from './governor.js';
import type { Waiter } from './queue.js';

/**
 * The `govern` phase: an attempt leaves with a permit of every quota on its way, and gives its slot back when it ends, before
 * any retry delay.
 */
export function governStep(governor: Governor, route: GovernedRoute): Step {
  return { enter, leave, failed };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const permit = governor.acquire(passage, route);
    // The way goes on where the caller's own context is: a reaction has that of the moment in which it was made.
    if (permit instanceof Promise) return permit.then(proceed);
    passage.permit = permit;
    return undefined;
  }

  function leave({ permit, call }: Passage, outcome: Outcome): undefined {
    governor.end(permit as Permit, call, outcome, route);
  }

  function failed({ permit, call }: Passage, error: unknown): void {
    // Ours, from below. Mostly nothing was sent; but what went on the wire counts, whatever happened after.
    if (call.attempts === permit?.attempts) governor.abandon(permit);
    else governor.end(permit as Permit, call, withoutAnswer(error, 'unknown'), route);
  }

  /** One function for all who wait: each of them holds its waiter and two promises, and nothing else. */
  function proceed(waiter: Waiter): Promise<unknown> {
    const { permit, refusal, call } = waiter;
    if (!permit) throw waiter.failed(refusal);
    const { cancellation } = call;
    if (cancellation?.cancelled) {
      governor.abandon(permit);
      throw waiter.failed(cancellation.reason);
    }
    return waiter.goOn();
  }
}
