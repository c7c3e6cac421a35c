import { type ActiveCall, notSent } from '../../call/call.js';
import type { Undo } from '../../contract/clock.js';
import type { GovernorEngine } from '../../contract/engines.js';
import { countInWords } from '../../contract/duration.js';
import { QueueFullError } from '../../contract/errors.js';
import { failed as withoutAnswer, type Outcome } from '../../contract/outcome.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import type { Governor } from './governor.js';
import { type Permit, permitOf } from './permit.js';
import type { Lane } from './queue/lane.js';
import { Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';

/**
 * The `govern` phase: an attempt leaves with a permit of every quota of its call. The permit ends with the attempt, before any
 * retry delay.
 */
export function governStep(governor: Governor, route: GovernedRoute): Required<Step> {
  return { enter, leave, failed };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const permit = governor.acquire(execution, route);
    // The pipeline continues in the async context of the caller: a promise reaction keeps the context of its creation.
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
    // An inner step of the line failed, usually before anything was sent. An attempt that was sent counts.
    if (call.attempts === permit.attempts) governor.abandon(permit);
    else governor.end(permit, call, withoutAnswer(error, 'unknown'), route);
  }

  /** Clears the execution's permit. A call that waited is in V8's old generation; objects it references survive every scavenge. */
  function takePermit(execution: Execution): Permit {
    const permit = permitOf(execution) as Permit;
    execution.permit = undefined;
    return permit;
  }

  /** Continues a call after its wait. One function for all waiting calls saves a closure for each. */
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
    governor.reportPermit(waiter);
    return waiter.proceed();
  }
}

/** A thenable that rejects. Returning it is several times faster than throwing when thousands of calls leave at once. */
class Rejection {
  constructor(private readonly error: Error) {}

  then(_: unknown, reject: (error: Error) => void): void {
    reject(this.error);
  }
}

/**
 * The `govern` phase with an engine: an attempt needs a permit of the governor, then a slot of the engine. If a gate closes
 * during the wait for the slot, slot and permit are given back, and the attempt waits for both again.
 */
export function engineStep(governor: Governor, route: GovernedRoute, engine: GovernorEngine): Step {
  const slots = new WeakMap<Permit, Undo>();
  const step = governStep(governor, route);
  const { engineQueue } = governor;
  return { enter, leave, failed };

  function enter(execution: Execution): Promise<unknown> {
    return execution.proceedAfter(admit(execution));
  }

  function leave(execution: Execution, outcome: Outcome): Promise<unknown> | undefined {
    releaseSlot(execution);
    return step.leave(execution, outcome);
  }

  function failed(execution: Execution, error: unknown): void {
    releaseSlot(execution);
    step.failed(execution, error);
  }

  async function admit(execution: Execution): Promise<void> {
    const { call } = execution;
    for (;;) {
      const permit = await awaitPermit(execution);
      let slot: Undo;
      try {
        slot = await acquireSlot(call);
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
    if (!permit) throw waiter.refusal;
    governor.reportPermit(waiter);
    return permit;
  }

  async function acquireSlot(call: ActiveCall): Promise<Undo> {
    const { size } = engineQueue;
    const { maxQueued } = route.options;
    if (size < maxQueued) return engineQueue.acquire(engine, call);
    throw notSent(
      QueueFullError,
      call,
      `the queue for ${engine.name} is full (${countInWords(size, 'call')}, maxQueued)`,
    );
  }

  function releaseSlot(execution: Execution): void {
    const permit = permitOf(execution) as Permit;
    const slot = slots.get(permit);
    slots.delete(permit);
    slot?.();
  }
}
