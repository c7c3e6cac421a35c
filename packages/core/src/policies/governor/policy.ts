import type { ActiveCall } from '../../call/call.js';
import type { Undo } from '../../contract/clock.js';
import type { GovernorEngine } from '../../contract/engines.js';
import { QueueFullError } from '../../contract/errors.js';
import { failed as withoutAnswer, type Outcome } from '../../contract/outcome.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { detailsOf } from './admission.js';
import type { Governor } from './governor.js';
import { type Permit, permitOf } from './permit.js';
import type { Lane } from './queue/lane.js';
import { Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';

/**
 * The `govern` phase: an attempt leaves with a permit of every quota on its way, and gives its slot back when it ends, before
 * any retry delay.
 */
export function governStep(governor: Governor, route: GovernedRoute): Required<Step> {
  return { enter, leave, failed };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const permit = governor.acquire(execution, route);
    // The way goes on where the caller's own context is: a reaction has that of the moment in which it was made.
    if (permit instanceof Promise) return permit.then(proceed);
    execution.permit = permit;
    return undefined;
  }

  function leave(execution: Execution, outcome: Outcome): undefined {
    governor.end(takePermit(execution), execution.call, outcome, route);
  }

  function failed(execution: Execution, error: unknown): void {
    const { call } = execution;
    const permit = takePermit(execution);
    // Ours, from below. Mostly nothing was sent; but what went on the wire counts, whatever happened after.
    if (call.attempts === permit.attempts) governor.abandon(permit);
    else governor.end(permit, call, withoutAnswer(error, 'unknown'), route);
  }

  /** Taken from the execution: a call that waited is old, and what the old hold on to is copied again and again. */
  function takePermit(execution: Execution): Permit {
    const permit = permitOf(execution) as Permit;
    execution.permit = undefined;
    return permit;
  }

  /** One function for all who wait: each of them holds its waiter and two promises, and nothing else. */
  function proceed(waiter: Waiter<Lane>): Promise<unknown> | Rejection {
    const permit = permitOf(waiter);
    const { refusal, call } = waiter;
    if (!permit) return new Rejection(waiter.fail(refusal));
    const { cancellation } = call;
    if (cancellation?.cancelled) {
      waiter.permit = undefined;
      governor.abandon(permit);
      return new Rejection(waiter.fail(cancellation.reason));
    }
    return waiter.proceed();
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

  function enter(execution: Execution): Promise<unknown> {
    return execution.proceedAfter(admit(execution));
  }

  function leave(execution: Execution, outcome: Outcome): Promise<unknown> | undefined {
    giveBack(execution);
    return ours.leave(execution, outcome);
  }

  function failed(execution: Execution, error: unknown): void {
    giveBack(execution);
    ours.failed(execution, error);
  }

  async function admit(execution: Execution): Promise<void> {
    const { call } = execution;
    for (;;) {
      const permit = await awaitPermit(execution);
      let slot: Undo;
      try {
        slot = await slotOf(call);
      } catch (error) {
        governor.abandon(permit);
        throw error;
      }
      if (!call.cancellation?.cancelled && governor.isOpenFor(permit)) {
        execution.permit = permit;
        slots.set(permit, slot);
        return;
      }
      slot();
      governor.abandon(permit);
      call.check();
    }
  }

  async function awaitPermit(execution: Execution): Promise<Permit> {
    const waiter = await governor.acquire(execution, route);
    if (!(waiter instanceof Waiter)) return waiter;
    const permit = permitOf(waiter);
    if (permit) return permit;
    throw waiter.refusal;
  }

  async function slotOf(call: ActiveCall): Promise<Undo> {
    if (engineQueue.size < route.options.maxQueued) return engineQueue.acquire(engine, call);
    const error = new QueueFullError(`${engineQueue.size} calls wait for ${engine.name}`, detailsOf(call));
    throw engineQueue.refused(call, error);
  }

  function giveBack(execution: Execution): void {
    const permit = permitOf(execution) as Permit;
    const slot = slots.get(permit);
    slots.delete(permit);
    slot?.();
  }
}
