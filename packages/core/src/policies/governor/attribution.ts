import type { Outcome } from '../../contract/outcome.js';
import type { AdaptiveQuota } from './learning/adaptive-quota.js';
import type { ScopedQuota } from './limits/scoped-quota.js';
import type { Lane, QueuedScope } from './queue/lane.js';

/** Number of routes refused until the same moment from which the refusals are attributed to the credential. */
const MIN_ROUTES_FOR_SHARED_LIMIT = 3;
/** The same number if a quota of the lane has a limit to discover. */
const MIN_ROUTES_FOR_DISCOVERED_LIMIT = 2;
/** Moments closer than this count as the same: Retry-After has whole seconds. */
const SAME_MOMENT_MS = 1_000;

/** The scope whose limit refused an attempt, and the quota if it can be told from the others. */
export interface Attribution {
  readonly scope: QueuedScope;
  readonly quota: AdaptiveQuota | undefined;
  /** Scopes of routes that lose a learned limit: the limit is a shared one. Their waiting calls may leave earlier. */
  readonly relieved?: readonly QueuedScope[];
}

/**
 * Attributes a refusal to a limit. The first rule that applies decides:
 *
 * 1. the quota that the platform names;
 * 2. the quota for which the attempt was a trial;
 * 3. a quota that is used up;
 * 4. a quota whose limit is to be discovered, if no other route uses it;
 * 5. a shared limit, if several routes are refused until the same moment;
 * 6. the route's own limit.
 *
 * @param until - End of the requested wait, in monotonic ms.
 */
export function attributeRefusal(
  lane: Lane,
  outcome: Outcome,
  order: number,
  now: number,
  until: number,
  jitterMs: number,
): Attribution {
  const { root, gated } = lane.partition;
  const { routeScope } = lane;
  if (!outcome.isThrottled) return { scope: routeScope, quota: undefined };
  const find = (matches: (quota: ScopedQuota) => boolean): Attribution | undefined => {
    for (const scope of lane.allScopes) {
      const quota = scope.quotas.find(matches);
      if (quota) return { scope, quota: quota.adaptive };
    }
    return undefined;
  };
  const named = find(({ quota: { name } }) => name !== undefined && name === outcome.limitKey);
  if (named) return named;
  const { learned } = routeScope;
  if (learned?.isTrial(order)) return { scope: routeScope, quota: learned };
  const known =
    find(({ adaptive, lease }) => adaptive.isTrial(order) || lease?.isTrial(order) === true) ??
    find((quota) => quota.isSpent(now));
  if (known) return known;
  const unknown = find(({ adaptive }) => adaptive.isDiscovered);
  const minRoutes = unknown ? MIN_ROUTES_FOR_DISCOVERED_LIMIT : MIN_ROUTES_FOR_SHARED_LIMIT;
  if (unknown && (!learned || !isShared(unknown, lane, now))) return unknown;
  const relieved = [routeScope];
  for (const scope of gated) {
    if (scope === routeScope || Math.abs(scope.gate.closedUntil - until) >= SAME_MOMENT_MS + jitterMs) continue;
    relieved.push(scope);
    if (relieved.length < minRoutes) continue;
    // The earlier refusals were not about limits of the routes.
    for (const { learned: wrong } of relieved) wrong?.reset(now);
    return { ...(unknown ?? { scope: root, quota: root.quotas[0]?.adaptive }), relieved };
  }
  return { scope: routeScope, quota: learned ?? routeScope.quotas[0]?.adaptive };
}

/** Whether another route used the quota within its last window. */
function isShared({ scope, quota }: Attribution, { partition, routeScope }: Lane, now: number): boolean {
  const since = now - (quota as AdaptiveQuota).windowMs;
  const lanes = scope === partition.root ? partition.lanes.values() : scope.lanes;
  for (const { routeScope: other } of lanes) if (other !== routeScope && other.usedAt > since) return true;
  return false;
}
