import type { Call } from '../../call/call.js';
import type { Undo } from '../../contract/clock.js';
import type { GovernorEngine } from '../../contract/engines.js';
import { QueueFullError } from '../../contract/errors.js';
import { failed as withoutAnswer, type Outcome } from '../../contract/outcome.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import type { Governor } from './governor.js';
import type { Permit } from './permit.js';
import { Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';

/**
 * The `govern` phase: an attempt leaves with a permit of every quota on its way, and gives its slot back when it ends, before
 * any retry delay.
 */
export function governStep(governor: Governor, route: GovernedRoute): Required<Step> {
  return { enter, leave, failed };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const permit = governor.acquire(passage, route);
    // The way goes on where the caller's own context is: a reaction has that of the moment in which it was made.
    if (permit instanceof Promise) return permit.then(proceed);
    passage.permit = permit;
    return undefined;
  }

  function leave(passage: Passage, outcome: Outcome): undefined {
    governor.end(permitOf(passage), passage.call, outcome, route);
  }

  function failed(passage: Passage, error: unknown): void {
    const { call } = passage;
    const permit = permitOf(passage);
    // Ours, from below. Mostly nothing was sent; but what went on the wire counts, whatever happened after.
    if (call.attempts === permit.attempts) governor.abandon(permit);
    else governor.end(permit, call, withoutAnswer(error, 'unknown'), route);
  }

  /** Taken from the passage: a call that waited is old, and what the old hold on to is copied again and again. */
  function permitOf(passage: Passage): Permit {
    const { permit } = passage;
    passage.permit = undefined;
    return permit as Permit;
  }

  /** One function for all who wait: each of them holds its waiter and two promises, and nothing else. */
  function proceed(waiter: Waiter): Promise<unknown> | Rejection {
    const { permit, refusal, call } = waiter;
    if (!permit) return new Rejection(waiter.failed(refusal));
    const { cancellation } = call;
    if (cancellation?.cancelled) {
      waiter.permit = undefined;
      governor.abandon(permit);
      return new Rejection(waiter.failed(cancellation.reason));
    }
    return waiter.goOn();
  }
}

/** Returned by a reaction, it rejects. Thousands may leave the queue at once, and to throw takes several times as long. */
class Rejection {
  constructor(private readonly error: Error) {}

  then(_: unknown, reject: (error: Error) => void): void {
    reject(this.error);
  }
}

/**
 * The `govern` phase with an engine: an attempt needs a permit of ours, which stands for the gates, and then a slot of the engine.
 * Where a gate has closed while it waited for the slot, the slot goes back and both begin anew.
 */
export function engineStep(governor: Governor, route: GovernedRoute, engine: GovernorEngine): Step {
  const slots = new WeakMap<Permit, Undo>();
  const ours = governStep(governor, route);
  const { engineQueue } = governor;
  return { enter, leave, failed };

  function enter(passage: Passage): Promise<unknown> {
    return passage.goOnAfter(admit(passage));
  }

  function leave(passage: Passage, outcome: Outcome): Promise<unknown> | undefined {
    giveBack(passage);
    return ours.leave(passage, outcome);
  }

  function failed(passage: Passage, error: unknown): void {
    giveBack(passage);
    ours.failed(passage, error);
  }

  async function admit(passage: Passage): Promise<void> {
    const { call } = passage;
    for (;;) {
      const permit = await permitOf(passage);
      let slot: Undo;
      try {
        slot = await slotOf(call);
      } catch (error) {
        governor.abandon(permit);
        throw error;
      }
      if (!call.cancellation?.cancelled && governor.isOpenFor(permit)) {
        passage.permit = permit;
        slots.set(permit, slot);
        return;
      }
      slot();
      governor.abandon(permit);
      call.check();
    }
  }

  async function permitOf(passage: Passage): Promise<Permit> {
    const waiter = await governor.acquire(passage, route);
    if (!(waiter instanceof Waiter)) return waiter;
    if (waiter.permit) return waiter.permit;
    throw waiter.refusal;
  }

  async function slotOf(call: Call): Promise<Undo> {
    if (engineQueue.size < route.options.maxQueued) return engineQueue.acquire(engine, call);
    const { route: name, attempts, waitedMs } = call.info;
    const details = { route: name, attempts, waitedMs };
    throw engineQueue.refused(call, new QueueFullError(`${engineQueue.size} calls wait for ${engine.name}`, details));
  }

  function giveBack({ permit }: Passage): void {
    const slot = slots.get(permit as Permit);
    slots.delete(permit as Permit);
    slot?.();
  }
}
