import { type ActiveCall, notSent } from '../../call/call.js';
import type { Clock } from '../../contract/clock.js';
import { countInWords, durationInWords } from '../../contract/duration.js';
import {
  DeadlineError,
  type HoldlineError,
  QueueFullError,
  StoreLostError,
  ThrottledError,
} from '../../contract/errors.js';
import type { Lane, QueuedScope } from './queue/lane.js';
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
    if (waitMs > route.maxGateWaitMs) return createWaitError(call, closed, waitMs, retryAt, route.maxGateWaitMs);
  }
  if (call.deadlineAt < Infinity) {
    const { waitMs, scope } = estimateWait(lane, call, now);
    if (now + waitMs > call.deadlineAt) return createWaitError(call, scope, waitMs, clock.wall() + waitMs);
  }
  const { maxQueued, overflow } = route.options;
  if (queue.size < maxQueued) return undefined;
  const shed = overflow === 'shed' && queue.findNewestBelow(call.priority);
  if (!shed) return notSent(QueueFullError, call, `the queue is full (${countInWords(queue.size, 'call')}, maxQueued)`);
  const reason = `a call of higher priority took its place in the full queue (${countInWords(queue.size, 'call')}, overflow: 'shed')`;
  shed.reject(notSent(QueueFullError, shed.call, reason));
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
    const limit = `${countInWords(maxPermits, 'permit')} in ${durationInWords(quota.windowMs)}`;
    return notSent(QueueFullError, call, `its weight ${weight} is above the quota of ${nameOwner(scope)} (${limit})`);
  }
  return undefined;
}

/** Creates the error of a call that would wait for longer than `maxMs`. Without `maxMs`, it would wait past its deadline. */
export function createWaitError(
  call: ActiveCall,
  scope: QueuedScope | undefined,
  waitMs: number,
  retryAt: number | undefined,
  maxMs?: number,
): HoldlineError {
  const reason = `${describeWait(scope)} in ${durationInWords(waitMs)}, after `;
  return maxMs === undefined
    ? notSent(DeadlineError, call, `${reason}totalTimeoutMs (${durationInWords(call.deadlineAt - call.startedAt)})`, {
        retryAt,
      })
    : notSent(ThrottledError, call, `${reason}maxRetryAfterMs (${durationInWords(maxMs)})`, { retryAt });
}

/** Describes what a call waits for. The words contain no key of a scope, which may derive from a credential. */
function describeWait(scope: QueuedScope | undefined): string {
  if (!scope) return 'the line gives a permit';
  const owner = nameOwner(scope);
  if (scope.gate.state !== 'open') return `the closed gate of ${owner} opens`;
  const { quotas, learned } = scope;
  const numbers = [...quotas.map(({ adaptive }) => adaptive), learned].flatMap((limit) =>
    limit && limit.limit < Infinity ? `${Math.round(limit.limit)} in ${durationInWords(limit.windowMs)}` : [],
  );
  return `${numbers.length > 0 ? `the quota of ${owner} (${numbers.join(', ')})` : owner} frees a slot`;
}

function nameOwner({ kind, quotas }: QueuedScope): string {
  const name = quotas[0]?.quota.name;
  return kind === 'custom' ? (name ?? 'its key') : `the ${kind}`;
}

/** Creates the error of a call that may not leave without the store. */
export function createStoreLostError(call: ActiveCall): StoreLostError {
  return notSent(StoreLostError, call, "the store that shares its quota is lost (onLoss: 'refuse')");
}
