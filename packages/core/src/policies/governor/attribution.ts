import type { Outcome } from '../../contract/outcome.js';
import type { AdaptiveQuota } from './learning/adaptive-quota.js';
import type { ScopedQuota } from './limits/scoped-quota.js';
import type { Lane, QueuedScope } from './queue/lane.js';

/** Routes refused until one and the same moment, before the credential is held to be the reason. */
const ROUTES_THAT_PROVE_A_SHARED_LIMIT = 3;
/** The same where a limit of all routes is still to be discovered. */
const ROUTES_THAT_PROVE_A_LIMIT_TO_DISCOVER = 2;
/** What counts as the same moment: Retry-After comes in whole seconds. */
const SAME_MOMENT_MS = 1_000;

/** Whose limit it was, and which of its quotas, where one can be told from the others. */
export interface Attribution {
  readonly scope: QueuedScope;
  readonly quota: AdaptiveQuota | undefined;
  /** Scopes of routes that were thought to have a limit of their own until now: what waits there may go earlier. */
  readonly relieved?: readonly QueuedScope[];
}

/**
 * Whose limit was it? The one the platform names; else the one that this attempt was to find out about; else one that we
 * know to be used up; else one that is still to be discovered, if no other route shares it; else the route's own, unless
 * several routes are refused until the same moment.
 *
 * @param until Monotonic ms until which it was refused.
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
  if (outcome.status !== 429) return { scope: routeScope, quota: undefined };
  const all = [root, ...lane.scopes];
  const found = (is: (quota: ScopedQuota) => boolean): Attribution | undefined => {
    for (const scope of all) {
      const quota = scope.quotas.find(is);
      if (quota) return { scope, quota: quota.adaptive };
    }
    return undefined;
  };
  const named = found(({ quota: { name } }) => name !== undefined && name === outcome.limitKey);
  if (named) return named;
  const { learned } = routeScope;
  if (learned?.isTrial(order)) return { scope: routeScope, quota: learned };
  const known =
    found(({ adaptive, lease }) => adaptive.isTrial(order) || lease?.isTrial(order) === true) ??
    found((quota) => quota.isSpent(now));
  if (known) return known;
  const unknown = found(({ adaptive }) => adaptive.isDiscovered);
  const needed = unknown ? ROUTES_THAT_PROVE_A_LIMIT_TO_DISCOVER : ROUTES_THAT_PROVE_A_SHARED_LIMIT;
  if (unknown && (!learned || !isShared(unknown, lane, now))) return unknown;
  const together = [routeScope];
  for (const scope of gated) {
    if (scope === routeScope || Math.abs(scope.gate.closedUntil - until) >= SAME_MOMENT_MS + jitterMs) continue;
    together.push(scope);
    if (together.length < needed) continue;
    // What they were refused for says nothing of the routes themselves.
    for (const one of together) one.learned?.reset(now);
    return { ...(unknown ?? { scope: root, quota: root.quotas[0]?.adaptive }), relieved: together };
  }
  return { scope: routeScope, quota: learned ?? routeScope.quotas[0]?.adaptive };
}

/** Whether other routes used it too, in the time for which it counts. */
function isShared({ scope, quota }: Attribution, { partition, routeScope }: Lane, now: number): boolean {
  const since = now - (quota as AdaptiveQuota).windowMs;
  const lanes = scope === partition.root ? partition.lanes.values() : scope.lanes;
  for (const { routeScope: other } of lanes) if (other !== routeScope && other.usedAt > since) return true;
  return false;
}
