import type { ActiveCall } from '../../call/call.js';
import type { Lane, QueuedScope } from './queue/lane.js';

/** How long a call would wait if it came now, in ms, and the scope that it would wait for. */
export interface WaitEstimate {
  readonly waitMs: number;
  readonly scope: QueuedScope | undefined;
}

/** Estimates the wait of a call, assuming that no call of higher priority comes later. */
export function estimateWait(lane: Lane, call: ActiveCall, now: number): WaitEstimate {
  const { priority, weight } = call;
  const { root, queue } = lane.partition;
  const { part, agedAt } = queue.estimateOutlook(priority, call.tenant ?? '', weight, now);
  // No call of the lane leaves before its last gate opens. Then all waiting calls compete at once.
  const closed = lane.findLongestClosed();
  const from = Math.max(now, closed?.gate.closedUntil ?? now);
  let latest = from;
  let holding = from > now ? closed : undefined;
  for (const scope of lane.allScopes) {
    // The credential's scope does not count parked lanes, but this lane competes there with its own calls.
    const parked = scope === root && lane.parkedAt ? lane.needed : undefined;
    const waiting = (i: number): number => (scope.waiting[i] as number) + (parked?.[i] ?? 0);
    let higher = 0;
    for (let i = 0; i < priority; i++) higher += waiting(i);
    const own = waiting(priority) * (scope.ofTenant ? 1 : part) + weight;
    const when = (n: number): number => scope.estimate(now, n, from);
    const at = higher > 0 ? estimateAged(when, higher + own, agedAt) : when(own);
    if (at > latest) {
      latest = at;
      holding = scope;
    }
  }
  return { waitMs: latest - now, scope: holding };
}

/** Estimates when the `n`th permit comes, or the first permit after `agedAt`, whichever is earlier. */
function estimateAged(when: (n: number) => number, n: number, agedAt: number): number {
  const at = when(n);
  if (at <= agedAt) return at;
  let low = 1;
  let high = Math.ceil(n);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (when(middle) < agedAt) low = middle + 1;
    else high = middle;
  }
  return Math.min(at, when(low));
}
