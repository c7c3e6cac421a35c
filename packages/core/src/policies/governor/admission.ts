import type { ActiveCall } from '../../call/call.js';
import type { Clock } from '../../contract/clock.js';
import {
  DeadlineError,
  type HoldlineError,
  QueueFullError,
  StoreLostError,
  ThrottledError,
} from '../../contract/errors.js';
import type { Scope } from './limits/scope.js';
import type { Lane } from './queue/lane.js';
import type { GovernedRoute } from './route.js';
import { estimateWait } from './wait-estimate.js';

/** Why a call may not wait, if it may not. */
export function refusalOf(
  call: ActiveCall,
  lane: Lane,
  route: GovernedRoute,
  now: number,
  clock: Clock,
): HoldlineError | undefined {
  const neverFits = tooHeavy(call, lane);
  if (neverFits) return neverFits;
  const { root } = lane.partition;
  const lost = root.sharing && [root, ...lane.scopes].find((scope) => scope.refuses);
  if (lost) {
    // Nobody who is refused waits, so the call itself has the store looked for.
    lost.announceDemand(now, call.weight, 0);
    return storeLost(call, lost);
  }
  const closed = lane.longestClosed();
  if (closed) {
    const { closedUntil, retryAt } = closed.gate;
    if (closedUntil - now > route.maxGateWaitMs) {
      return new ThrottledError(`${closed.name} is throttled for longer than maxRetryAfterMs`, {
        ...detailsOf(call),
        retryAt,
      });
    }
  }
  if (call.deadlineAt < Infinity) {
    const { waitMs, scope } = estimateWait(lane, call, now);
    if (now + waitMs > call.deadlineAt) {
      const retryAt = clock.wall() + waitMs;
      return new DeadlineError(`${scope ?? 'the queue'} has no permit before the deadline`, {
        ...detailsOf(call),
        retryAt,
      });
    }
  }
  const { queue } = lane.partition;
  if (queue.size < route.options.maxQueued) return undefined;
  const shed = route.options.overflow === 'shed' ? queue.newestBelow(call.priority) : undefined;
  if (!shed) return new QueueFullError(`${queue.size} calls wait already`, detailsOf(call));
  shed.reject(new QueueFullError('shed for a call of higher priority', detailsOf(shed.call)));
  return undefined;
}

/** Why a call would wait for ever, if it would. */
export function tooHeavy(call: ActiveCall, lane: Lane): HoldlineError | undefined {
  const { weight } = call;
  if (weight === 1) return undefined;
  for (const scope of [lane.partition.root, ...lane.scopes]) {
    const small = scope.findTooSmall(weight);
    if (!small) continue;
    const allowed = `at most ${small.maxPermits} permits in ${small.quota.windowMs} ms`;
    const message = `weight ${weight} of ${call.route.name} never fits the quota of ${scope.name}: ${allowed}`;
    return new QueueFullError(message, detailsOf(call));
  }
  return undefined;
}

/** What an error tells of a call. */
export function detailsOf(call: ActiveCall): { route: string; attempts: number; waitedMs: number } {
  return { route: call.route.name, attempts: call.info.attempts, waitedMs: call.info.waitedMs };
}

/** What calls fail with where they may not leave without the store. */
export function storeLost(call: ActiveCall, scope: Scope): StoreLostError {
  return new StoreLostError(`the store that shares the quota of ${scope.name} is lost`, detailsOf(call));
}
