import type { ScopeSnapshot, Snapshot } from '@holdline/core';
import { expect, it } from 'vitest';
import { summaryOf } from './calls.js';
import { routeOfCircuit } from './line-view.js';
import { fleetViews, gateViews, scopePage, tightestQuota } from './scopes.js';

function scopeOf(
  name: string,
  more: Partial<ScopeSnapshot> & { used?: number; limit?: number | undefined } = {},
): ScopeSnapshot {
  const { used = 0, limit = 100, ...rest } = more;
  return {
    scope: `tenant:${name}`,
    kind: 'tenant',
    key: name,
    inFlight: 0,
    waiting: 0,
    gate: 'open',
    retryAt: undefined,
    quotas: [
      { name: undefined, given: limit, limit, windowMs: 60_000, used, counts: undefined, evidence: {} as never },
    ],
    learned: undefined,
    ...rest,
  };
}

it('of 10,000 scopes, the page gets closed gates first, then waiting calls, then the most used; all others by search and page', () => {
  const scopes = Array.from({ length: 10_000 }, (_, i) => scopeOf(`t${i}`, { used: i % 50 }));
  scopes[7_777] = scopeOf('closed', { gate: 'closed', retryAt: 5 });
  scopes[5_555] = scopeOf('waiting', { waiting: 3 });
  scopes[3_333] = scopeOf('full', { used: 100 });
  const page = scopePage(scopes, { search: '', offset: 0, limit: 50 });
  expect(page.total).toBe(10_000);
  expect(page.scopes.slice(0, 3).map(({ key }) => key)).toEqual(['closed', 'waiting', 'full']);
  expect(page.scopes).toHaveLength(50);
  expect(scopePage(scopes, { search: 'T999', offset: 0, limit: 50 }).total).toBe(11);
  const seen = new Set<string>();
  for (let offset = 0; offset < 10_000; offset += 100)
    for (const { key } of scopePage(scopes, { search: '', offset, limit: 100 }).scopes) seen.add(key);
  expect(seen.size).toBe(10_000);
});

it('the tightest quota is the one with the largest use; unknown limits and limits of zero do not count', () => {
  expect(tightestQuota([])).toBeUndefined();
  expect(tightestQuota([scopeOf('a', { limit: 0 }), scopeOf('b', { used: 5 })])).toMatchObject({
    scope: 'tenant:b',
    used: 5,
  });
  const learned = scopeOf('c', { used: 1 }).quotas[0];
  expect(tightestQuota([{ ...scopeOf('c'), quotas: [], learned: { ...learned, limit: 2 } as never }])).toMatchObject({
    limit: 2,
  });
  expect(
    tightestQuota([scopeOf('small', { limit: 2, used: 1 }), scopeOf('large', { limit: 100, used: 50 })])?.limit,
  ).toBe(100);
});

it('a gate has the refusal that closed it, and those with the most waiting calls come first', () => {
  const scopes = [
    scopeOf('a', { gate: 'closed', retryAt: 10 }),
    scopeOf('b', { gate: 'probing', retryAt: 20, waiting: 4 }),
  ];
  const by = { callId: 1, route: 'GET /x', status: 429 };
  const gates = gateViews({ scopes } as Snapshot, [{ scope: 'tenant:a', closedAt: 3, retryAt: 10, by }]);
  expect(gates.map(({ key, state, closedAt }) => [key, state, closedAt])).toEqual([
    ['b', 'probing', undefined],
    ['a', 'closed', 3],
  ]);
  expect(gates[1]?.by).toEqual(by);
});

it('a quota shared with other processes is a member of the fleet', () => {
  const scope = scopeOf('a', { used: 3 });
  Object.assign(scope.quotas[0] as object, { fleet: { processes: 4, limit: 200, counts: undefined, isLost: true } });
  expect(fleetViews({ scopes: [scope, scopeOf('b')] } as Snapshot)).toEqual([
    { scope: 'tenant:a', key: 'a', processes: 4, limit: 200, windowMs: 60_000, used: 3, isLost: true },
  ]);
});

it.each([
  ['https://api.test GET /users/:id', 'GET /users/:id'],
  ['https://api.test credential:x1 POST /a/**', 'POST /a/**'],
  ['https://api.test', 'https://api.test'],
])('the circuit %s belongs to the route %s', (scope, route) => {
  expect(routeOfCircuit(scope)).toBe(route);
});

it('an active call says what it waits for, and when its next attempt can leave', () => {
  const gate = { scope: 'credential', closedAt: 1, retryAt: 900, by: undefined };
  const queued = {
    kind: 'queued',
    at: 1,
    until: undefined,
    waitsFor: undefined,
    scopes: [],
    estimatedMs: 1,
    gates: [gate],
  };
  const call = { callId: 1, outcome: undefined, steps: [queued], resource: 'r', origin: 'o' };
  expect(summaryOf(call as never)).toEqual({
    callId: 1,
    outcome: undefined,
    doing: 'waits for a permit',
    waitsFor: 'credential',
    nextAt: 900,
  });
  const delay = { kind: 'delay', at: 1, until: 70, reason: 'refused' };
  expect(summaryOf({ ...call, steps: [delay] } as never)).toMatchObject({ doing: 'waits for its retry', nextAt: 70 });
  expect(summaryOf({ ...call, outcome: 'ok' } as never)).toEqual({ callId: 1, outcome: 'ok' });
});
