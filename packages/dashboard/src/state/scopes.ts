import type { QuotaSnapshot, ScopeSnapshot, Snapshot } from '@holdline/core';
import type { GateClosing } from '@holdline/monitor';
import type { FleetView, GateView, ScopePage, ScopeView, TightestQuota } from './types.js';

/** Selects scopes for one page. */
export interface ScopeQuery {
  /** Part of the key or scope, in any case. */
  search: string;
  /** Number of scopes to skip. */
  offset: number;
  limit: number;
}

/** The quotas in force: the configured ones, or the learned one. */
const quotasOf = ({ quotas, learned }: ScopeSnapshot): QuotaSnapshot[] =>
  quotas.length > 0 || !learned ? quotas : [learned];

/** Largest use of a quota of the scope, as a part of its limit. */
function useOf(scope: ScopeSnapshot): number {
  let use = 0;
  for (const { used, limit } of quotasOf(scope))
    if (limit !== undefined && limit > 0) use = Math.max(use, used / limit);
  return use;
}

/** Closed gates come first, then scopes with a quota, then those with waiting calls, then the most used ones. */
function rankOf(scope: ScopeSnapshot): number {
  const gate = scope.gate === 'open' ? 0 : 1e12;
  const quota = quotasOf(scope).length > 0 ? 2e11 : 0;
  return (
    gate + quota + Math.min(scope.waiting, 1e6) * 1e5 + Math.min(useOf(scope), 10) * 1e3 + Math.min(scope.inFlight, 999)
  );
}

function viewOf(scope: ScopeSnapshot): ScopeView {
  return {
    scope: scope.scope,
    kind: scope.kind,
    key: scope.key,
    inFlight: scope.inFlight,
    waiting: scope.waiting,
    gate: scope.gate,
    retryAt: scope.retryAt,
    quotas: quotasOf(scope).map(({ name, given, limit, windowMs, used, counts }) => ({
      name,
      given,
      limit,
      windowMs,
      used,
      counts,
    })),
    learned: scope.quotas.length === 0 && scope.learned !== undefined,
  };
}

/** Returns one page of the scopes, the most important first. */
export function scopePage(scopes: readonly ScopeSnapshot[], { search, offset, limit }: ScopeQuery): ScopePage {
  const wanted = search.toLowerCase();
  const matching =
    wanted === ''
      ? scopes
      : scopes.filter(({ scope, key }) => key.toLowerCase().includes(wanted) || scope.toLowerCase().includes(wanted));
  const found = matching
    .map((scope) => ({ scope, rank: rankOf(scope) }))
    .sort((a, b) => b.rank - a.rank || (a.scope.scope < b.scope.scope ? -1 : 1));
  return { total: found.length, scopes: found.slice(offset, offset + limit).map(({ scope }) => viewOf(scope)) };
}

/** Finds the quota with the largest use. */
export function tightestQuota(scopes: readonly ScopeSnapshot[]): TightestQuota | undefined {
  let tightest: TightestQuota | undefined;
  let most = -1;
  for (const scope of scopes) {
    for (const { limit, windowMs, used } of quotasOf(scope)) {
      if (limit === undefined || limit <= 0) continue;
      const use = used / limit;
      // Between equal uses, the larger quota says more.
      if (use < most || (use === most && tightest && tightest.limit >= limit)) continue;
      most = use;
      tightest = { scope: scope.scope, limit, windowMs, used };
    }
  }
  return tightest;
}

/** Gates of a snapshot that are not open, with the refusals that closed them. At most 100, those with the most waiting calls first. */
export function gateViews({ scopes }: Snapshot, closings: readonly GateClosing[]): GateView[] {
  const byScope = new Map(closings.map((closing) => [closing.scope, closing]));
  const gates: GateView[] = [];
  for (const { scope, kind, key, gate, retryAt, waiting } of scopes) {
    if (gate === 'open') continue;
    const closing = byScope.get(scope);
    const until = retryAt ?? closing?.retryAt;
    if (until === undefined) continue;
    gates.push({
      scope,
      kind,
      key,
      state: gate,
      closedAt: closing?.closedAt,
      retryAt: until,
      waiting,
      by: closing?.by,
    });
  }
  return gates.sort((a, b) => b.waiting - a.waiting || a.retryAt - b.retryAt).slice(0, 100);
}

/** Quotas that several processes share, at most 100. */
export function fleetViews({ scopes }: Snapshot): FleetView[] {
  const views: FleetView[] = [];
  for (const { scope, key, quotas } of scopes) {
    for (const { fleet, used, windowMs } of quotas) {
      if (!fleet || views.length >= 100) continue;
      const { processes, limit, isLost } = fleet;
      views.push({ scope, key, processes, limit, windowMs, used, isLost });
    }
  }
  return views;
}
