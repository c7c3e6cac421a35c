import {
  PRIORITIES,
  type Clock,
  type QuotaSnapshot,
  type ScopeSnapshot,
  type Snapshot,
  type TokenSnapshot,
} from '@holdline/core';
import { scopeLabel } from './attributes.js';
import type { Tally } from './tally.js';

/** What the gauges need to know of a line besides its snapshot. */
export interface StateOptions {
  readonly clock: Clock;
  readonly tenants: boolean;
  /** Whether events said that the store of the line is lost. */
  readonly isStoreLost: boolean;
}

/** Adds the state of one line to the gauges of its tally. */
export function addState(snapshot: Snapshot, tally: Tally, options: StateOptions): void {
  const { gauges, maxSeries } = tally;
  gauges.activeCalls.add('', '', snapshot.calls, maxSeries);
  gauges.activeAttempts.add('', '', snapshot.inFlight, maxSeries);
  let isStoreLost = options.isStoreLost;
  const wall = options.clock.wall();
  for (const scope of snapshot.scopes) {
    isStoreLost = addScope(scope, tally, options.tenants, wall) || isStoreLost;
  }
  gauges.storeLost.add('', '', isStoreLost ? 1 : 0, maxSeries);
  addQueues(snapshot, tally, options.tenants);
  for (const { scope, state } of snapshot.breakers) {
    const route = scope.split(' ').slice(-2).join(' ');
    gauges.circuits.add(route, state, 1, maxSeries);
  }
  for (const { host, left } of snapshot.retryBudgets) gauges.retryBudgetLeft.min(host, '', left, maxSeries);
  if (snapshot.token) addToken('', snapshot.token, tally);
  for (const credential of snapshot.credentials) addToken(credential.credential, credential, tally);
}

function addQueues({ queues }: Snapshot, { gauges, maxSeries }: Tally, showsTenants: boolean): void {
  for (const priority of PRIORITIES) {
    let waiting = 0;
    for (const queue of queues) waiting += queue.waiting[priority];
    gauges.queueLength.add('', priority, waiting, maxSeries);
  }
  if (!showsTenants) return;
  for (const { tenants } of queues)
    for (const { tenant, waiting } of tenants) gauges.tenantQueueLength.add(tenant, '', waiting, maxSeries);
}

/** Returns whether the store that shares a quota of the scope is lost. */
function addScope(scope: ScopeSnapshot, tally: Tally, showsTenants: boolean, wall: number): boolean {
  const { gauges, maxSeries } = tally;
  const { kind, gate, retryAt, quotas, learned } = scope;
  const isOpen = gate === 'open';
  if (isOpen && quotas.length === 0 && !learned) return false;
  const label = scopeLabel(scope, showsTenants);
  if (!isOpen) {
    gauges.gateClosed.add(label, kind, 1, maxSeries);
    gauges.gateTimeToOpen.max(
      label,
      kind,
      retryAt === undefined ? 0 : Math.max(0, (retryAt - wall) / 1_000),
      maxSeries,
    );
  }
  let isStoreLost = false;
  for (const quota of quotas) {
    addQuota(quota, quota.name ?? nameOf(quota), label, kind, tally);
    if (quota.fleet?.isLost) isStoreLost = true;
  }
  if (learned) addQuota(learned, 'learned', label, kind, tally);
  return isStoreLost;
}

/** Names by limit and window. Thousands of scopes have the same few quotas. */
const names = new Map<string | number, Map<number, string>>();
/** Number of limits at which the names are forgotten. */
const MAX_NAMES = 1_000;

function nameOf({ given, windowMs }: QuotaSnapshot): string {
  let row = names.get(given);
  if (!row) {
    if (names.size >= MAX_NAMES) names.clear();
    names.set(given, (row = new Map()));
  }
  let name = row.get(windowMs);
  if (name === undefined) {
    if (row.size >= MAX_NAMES) row.clear();
    row.set(windowMs, (name = `${given} per ${windowMs / 1_000} s`));
  }
  return name;
}

/** A series that stands for several scopes shows the fullest one, because a sum would hide a scope that is used up. */
function addQuota({ used, limit }: QuotaSnapshot, name: string, label: string, kind: string, tally: Tally): void {
  const { quotaUsed, quotaLimit } = tally.gauges;
  const series = `${kind} ${name}`;
  const usedNow = quotaUsed.find(label, series, tally.maxSeries);
  const known = limit === undefined ? undefined : quotaLimit.find(label, series, tally.maxSeries);
  const shareBefore = usedNow.isFresh ? usedNow.value / (quotaLimit.peek(label, series)?.value || Infinity) : -1;
  if (used / (limit ?? Infinity) < shareBefore) return;
  usedNow.value = used;
  usedNow.isFresh = true;
  if (!known || limit === undefined) return;
  known.value = limit;
  known.isFresh = true;
}

function addToken(credential: string, { ageMs, expiresInMs }: TokenSnapshot, { gauges, maxSeries }: Tally): void {
  if (ageMs !== undefined) gauges.tokenAge.max(credential, '', ageMs / 1_000, maxSeries);
  if (expiresInMs !== undefined) gauges.tokenTimeToExpiry.min(credential, '', expiresInMs / 1_000, maxSeries);
}
