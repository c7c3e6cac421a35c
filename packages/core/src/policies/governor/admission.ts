import type { ActiveCall } from '../../call/call.js';
import type { Clock } from '../../contract/clock.js';
import {
  DeadlineError,
  type HoldlineError,
  QueueFullError,
  StoreLostError,
  ThrottledError,
} from '../../contract/errors.js';
import type { Lane } from './queue/lane.js';
import type { GovernedRoute } from './route.js';
import { estimateWait } from './wait-estimate.js';

/**
 * Returns the error of a call that may not wait in the queue. With `overflow: 'shed'`, a call of lower priority may be rejected in
 * its place.
 */
export function checkAdmission(
  call: ActiveCall,
  lane: Lane,
  route: GovernedRoute,
  now: number,
  clock: Clock,
): HoldlineError | undefined {
  const tooHeavy = checkWeight(call, lane);
  if (tooHeavy) return tooHeavy;
  const { root, queue } = lane.partition;
  const lost = root.sharing && lane.allScopes.find((scope) => scope.refuses);
  if (lost) {
    // A refused call does not wait, so the refusal itself triggers the next request to the store.
    lost.announceDemand(now, call.weight, 0);
    return createStoreLostError(call);
  }
  const closed = lane.findLongestClosed();
  if (closed) {
    const { closedUntil, retryAt } = closed.gate;
    const waitMs = closedUntil - now;
    if (waitMs > route.maxGateWaitMs) return createWaitError(call, waitMs, retryAt, route.maxGateWaitMs);
  }
  if (call.deadlineAt < Infinity) {
    const { waitMs } = estimateWait(lane, call, now);
    if (now + waitMs > call.deadlineAt) return createWaitError(call, waitMs, clock.wall() + waitMs);
  }
  const { maxQueued, overflow } = route.options;
  if (queue.size < maxQueued) return undefined;
  const shed = overflow === 'shed' && queue.findNewestBelow(call.priority);
  if (!shed) return createQueueFullError(call, `${queue.size} calls wait, maxQueued is ${maxQueued}`);
  shed.reject(createQueueFullError(shed.call, 'shed for a call of higher priority'));
  return undefined;
}

/** Returns the error of a call whose weight is above what one of its quotas allows per window. */
export function checkWeight(call: ActiveCall, lane: Lane): HoldlineError | undefined {
  const { weight } = call;
  if (weight === 1) return undefined;
  for (const scope of lane.allScopes) {
    const small = scope.findTooSmall(weight);
    if (!small) continue;
    const { maxPermits, quota } = small;
    return createQueueFullError(
      call,
      `weight ${weight} is above a quota of ${maxPermits} permits in ${quota.windowMs} ms`,
    );
  }
  return undefined;
}

function createQueueFullError(call: ActiveCall, reason: string): QueueFullError {
  return new QueueFullError(`${call.route.name}: ${reason}`, call.errorDetails());
}

/** Creates the error of a call that would wait for longer than `maxMs`. Without `maxMs`, it would wait past its deadline. */
export function createWaitError(
  call: ActiveCall,
  waitMs: number,
  retryAt: number | undefined,
  maxMs?: number,
): HoldlineError {
  const wait = `${call.route.name} must wait ${Math.ceil(waitMs)} ms, `;
  const details = { ...call.errorDetails(), retryAt };
  return maxMs === undefined
    ? new DeadlineError(`${wait}past its deadline`, details)
    : new ThrottledError(`${wait}maxRetryAfterMs is ${maxMs}`, details);
}

/** Creates the error of a call that may not leave without the store. */
export function createStoreLostError(call: ActiveCall): StoreLostError {
  return new StoreLostError(`${call.route.name}: the store that shares its quota is lost`, call.errorDetails());
}
