import type { Outcome } from '../outcome.js';
import type { Lane } from './lane.js';
import type { Scope } from './scope.js';

/** Routes refused until one and the same moment, before the credential is held to be the reason. */
const ROUTES_THAT_PROVE_A_SHARED_LIMIT = 3;
/** What counts as the same moment: Retry-After comes in whole seconds. */
const SAME_MOMENT_MS = 1_000;

/**
 * Whose limit was it? The one the platform names; else the one that this attempt was to learn about; else one that
 * we know to be used up; else the route's own, unless several routes are refused until the same moment.
 *
 * @param until Monotonic ms until which it was refused.
 */
export function blame(
  lane: Lane,
  outcome: Outcome,
  order: number,
  now: number,
  until: number,
  jitterMs: number,
): Scope {
  const { root, gated } = lane.domain;
  if (outcome.status !== 429) return lane.routeScope;
  const all = [root, ...lane.scopes];
  const named = all.find(({ quotas }) =>
    quotas.some(({ quota }) => quota.name !== undefined && quota.name === outcome.limitKey),
  );
  if (named) return named;
  if (lane.routeScope.learned?.isTrial(order)) return lane.routeScope;
  const exhausted = all.find((scope) => scope.exhausted(now));
  if (exhausted) return exhausted;
  const together = [lane.routeScope];
  for (const scope of gated) {
    if (scope === lane.routeScope || Math.abs(scope.gate.closedUntil - until) >= SAME_MOMENT_MS + jitterMs) continue;
    together.push(scope);
    if (together.length < ROUTES_THAT_PROVE_A_SHARED_LIMIT) continue;
    // What they were refused for says nothing of the routes themselves.
    for (const { learned } of together) learned?.forget();
    return root;
  }
  return lane.routeScope;
}
