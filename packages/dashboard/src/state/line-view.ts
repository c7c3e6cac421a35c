import type { CircuitSnapshot, CredentialSnapshot, Snapshot, TokenSnapshot } from '@holdline/core';
import type { Alert, Monitor, Totals } from '@holdline/monitor';
import { summaryOf, without } from './calls.js';
import { fleetViews, gateViews, scopePage, tightestQuota } from './scopes.js';
import type { BreakerView, DashboardLine, GlanceView, TokenView } from './types.js';

const SHOWN_SCOPES = 50;
const SHOWN_BREAKERS = 100;
const SHOWN_ROUTES = 50;
const SHOWN_ALERTS = 100;
const SHOWN_CALLS = 15;

/** Open circuits come first. */
const BREAKER_ORDER = { open: 0, isolated: 1, 'half-open': 2, closed: 3 } as Record<string, number>;

/** A wall time in whole seconds, so that it does not change with each view. */
function secondAt(wall: number, ms: number | undefined): number | undefined {
  return ms === undefined || !Number.isFinite(ms) ? undefined : Math.round((wall + ms) / 1000) * 1000;
}

function tokenView(token: TokenSnapshot & Partial<CredentialSnapshot>, wall: number): TokenView {
  const { credential, state, epoch, refreshing, setAside = false, ageMs, expiresInMs, renewsInMs, active } = token;
  return {
    credential,
    state,
    epoch,
    refreshing,
    setAside,
    since: secondAt(wall, ageMs === undefined ? undefined : -ageMs),
    expiresAt: secondAt(wall, expiresInMs),
    renewsAt: secondAt(wall, renewsInMs),
    active,
  };
}

/** Returns the route in the scope of a circuit: `origin METHOD /route`, or `origin credential METHOD /route`. */
export function routeOfCircuit(scope: string): string {
  return /[A-Z*]+ \/.*$/.exec(scope.slice(scope.indexOf(' ') + 1))?.[0] ?? scope;
}

function breakerViews(circuits: readonly CircuitSnapshot[]): BreakerView[] {
  return circuits
    .map(({ scope, state, retryAt, succeeded, failed, throttled }) => ({
      scope,
      route: routeOfCircuit(scope),
      state,
      retryAt,
      succeeded,
      failed,
      throttled,
    }))
    .sort(
      (a, b) =>
        (BREAKER_ORDER[a.state] ?? 0) - (BREAKER_ORDER[b.state] ?? 0) ||
        b.failed + b.throttled - (a.failed + a.throttled) ||
        (a.scope < b.scope ? -1 : 1),
    )
    .slice(0, SHOWN_BREAKERS);
}

function countAlerts(alerts: readonly Alert[]): GlanceView['alerts'] {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity, resolvedAt } of alerts) if (resolvedAt === undefined) counts[severity]++;
  return counts;
}

function glanceOf(snapshot: Snapshot, { lastMinute }: Totals, alerts: readonly Alert[]): GlanceView {
  const { attempts, calls, refusals, successRate, p50, p95, p99 } = lastMinute;
  return {
    requests: attempts,
    calls,
    refusals,
    successRate,
    p50,
    p95,
    p99,
    tightest: tightestQuota(snapshot.scopes),
    active: snapshot.calls,
    queued: snapshot.queued,
    inFlight: snapshot.inFlight,
    gates: snapshot.scopes.reduce((sum, { gate }) => sum + (gate === 'open' ? 0 : 1), 0),
    openBreakers: snapshot.breakers.reduce((sum, { state }) => sum + (state === 'closed' ? 0 : 1), 0),
    alerts: countAlerts(alerts),
  };
}

/** Reads the state of one line for the page. */
export function lineView(monitor: Monitor, wall: number): Omit<DashboardLine, 'id' | 'name'> {
  // Read once, because with many scopes it takes milliseconds.
  const snapshot = monitor.snapshot();
  const totals = monitor.totals();
  const alerts = monitor.alerts();
  const tokens = [...(snapshot.token ? [snapshot.token] : []), ...snapshot.credentials];
  return {
    glance: glanceOf(snapshot, totals, alerts),
    tokens: tokens.map((token) => tokenView(token, wall)),
    scopes: scopePage(snapshot.scopes, { search: '', offset: 0, limit: SHOWN_SCOPES }),
    queues: snapshot.queues,
    gates: gateViews(snapshot, monitor.gates()),
    breakers: breakerViews(snapshot.breakers),
    routes: monitor.routes().slice(0, SHOWN_ROUTES),
    totals: without(totals, 'lastMinute'),
    retryBudgets: snapshot.retryBudgets.slice(0, SHOWN_BREAKERS),
    deadLetters: snapshot.deadLetters,
    fleet: fleetViews(snapshot),
    alerts: alerts.slice(0, SHOWN_ALERTS),
    recent: monitor.calls({ limit: SHOWN_CALLS }).map(summaryOf),
  };
}
