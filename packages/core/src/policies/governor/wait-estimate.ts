import type { ActiveCall } from '../../call/call.js';
import type { Lane } from './queue/lane.js';

/** When a call would be sent if it came now, in ms from now, and the scope it would wait for. */
export interface WaitEstimate {
  readonly waitMs: number;
  readonly scope: string | undefined;
}

/** Works out when a call would be sent, if nobody more important comes after it. */
export function estimateWait(lane: Lane, call: ActiveCall, now: number): WaitEstimate {
  const { priority, weight } = call;
  const { root, queue } = lane.partition;
  const { part, agedAt } = queue.outlook(priority, call.tenant ?? '', weight, now);
  const scopes = [root, ...lane.scopes];
  // Nothing on this way leaves before its last gate opens, and what waits there then leaves together.
  const closed = lane.longestClosed();
  const from = Math.max(now, closed?.gate.closedUntil ?? now);
  let latest = from;
  let holding = from > now ? closed?.name : undefined;
  for (const scope of scopes) {
    // A lane that is set aside does not count at the credential, except for those who wait in it.
    const aside = scope === root && lane.parkedAt ? lane.needed : undefined;
    const waiting = (i: number): number => (scope.waiting[i] as number) + (aside?.[i] ?? 0);
    let higher = 0;
    for (let i = 0; i < priority; i++) higher += waiting(i);
    const own = waiting(priority) * (scope.ofTenant ? 1 : part) + weight;
    const when = (n: number): number => scope.estimate(now, n, from);
    const at = higher > 0 ? aged(when, higher + own, agedAt) : when(own);
    if (at > latest) {
      latest = at;
      holding = scope.name;
    }
  }
  return { waitMs: latest - now, scope: holding };
}

/** When the `n`th permit comes, or the first one after aging has brought the call to the front, whichever is first. */
function aged(when: (n: number) => number, n: number, agedAt: number): number {
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
