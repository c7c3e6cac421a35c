import { createHoldline, type CallRequest } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { describeDuration, describeGate, describeScope, describeTrace } from './describe.js';
import type { CallTrace, TraceStep } from './types.js';

const AT = Date.UTC(2026, 0, 1, 10, 14, 2);

test.each([
  ['credential', 'credential of the line'],
  ['credential:1k2j3h4k74t', 'credential …k74t'],
  ['credential:none@https://api.test', 'calls without a credential to api.test'],
  ['credential/sales', 'credential sales'],
  ['credential/sales/0123456789abcdef0123', 'credential sales'],
  ['credential/0123456789abcdef0123', 'credential …0123'],
  ['credential/300per60000:credential:1k2j3h4k74t', 'credential …k74t'],
  ['route:credential:1k2j3h4k74t:GET /api/v2/users/:id', 'route GET /api/v2/users/:id'],
  ['route:credential:none@https://api.test:8443:GET /users', 'route GET /users'],
  ['route/10per1000:credential:1k2j3h4k74t:POST /queues', 'route POST /queues'],
  ['tenant:acme', 'tenant acme'],
  ['tenant:', 'calls without a tenant'],
  ['tenant/5per1000:acme:west', 'tenant acme:west'],
  ['host:https://api.test', 'host api.test'],
  ['bulkhead/credential/20:credential:1k2j3h4k74t', 'bulkhead of the credential …k74t'],
  ['bulkhead/tenant/20:acme', 'bulkhead of the tenant acme'],
  ['key1:emea', 'key emea'],
  ['contact/4per1000:c-17', 'contact c-17'],
  ['https://api.test GET /users', 'route GET /users on api.test'],
  ['https://api.test credential:1k2j3h4k74t GET /users', 'route GET /users on api.test, credential …k74t'],
  ['something else', 'something else'],
])('the scope %s is "%s"', (scope, name) => {
  expect(describeScope(scope)).toBe(name);
});

test.each([
  [{ kind: 'credential', key: 'credential:1k2j3h4k74t' }, 'credential …k74t'],
  [{ kind: 'credential', key: 'sales' }, 'credential sales'],
  [{ kind: 'route', key: 'GET /users' }, 'route GET /users'],
  [{ kind: 'tenant', key: 'acme' }, 'tenant acme'],
  [{ kind: 'host', key: 'https://api.test' }, 'host api.test'],
  [{ kind: 'bulkhead', key: 'credential:1k2j3h4k74t' }, 'bulkhead of the credential …k74t'],
  [{ kind: 'custom', key: 'emea' }, 'key emea'],
])('kind and key %j are "%s"', (scope, name) => {
  expect(describeScope(scope)).toBe(name);
});

test('no scope of a real line shows a fingerprint', async () => {
  const line = createHoldline({
    retry: false,
    governor: {
      quotas: [
        { limit: 9, windowMs: 1_000 },
        { limit: 9, windowMs: 1_000, scope: 'tenant' },
        { limit: 9, windowMs: 1_000, scope: 'host' },
        { limit: 9, windowMs: 1_000, scope: 'route' },
        { limit: 9, windowMs: 1_000, scope: () => 'emea' },
      ],
    },
    bulkhead: { maxConcurrent: 5 },
    endpoints: { 'GET /users/:id': { governor: { quotas: [{ limit: 3, windowMs: 1_000 }] } } },
  });
  const request = {
    method: 'GET',
    url: 'https://api.test/users/1',
    headers: {
      get: (name: string) => (name === 'authorization' ? 'Bearer of a test' : undefined),
      set() {},
      remove() {},
    },
    replayable: true,
    context: { tenant: 'acme' },
    send: () => Promise.reject(new Error('no transport')),
  } as unknown as CallRequest;
  await line.run(request).catch(() => undefined);
  const { scopes } = line.snapshot();
  const fingerprint = /^credential:(\w+)$/.exec(scopes.find(({ kind }) => kind === 'credential')!.scope)![1]!;
  const names = scopes.flatMap((scope) => [describeScope(scope.scope), describeScope(scope)]);
  expect(names.length).toBeGreaterThanOrEqual(12);
  for (const name of names) expect(name).not.toContain(fingerprint);
  expect(new Set(names)).toEqual(
    new Set([
      `credential …${fingerprint.slice(-4)}`,
      'route GET /users/:id',
      'tenant acme',
      'host api.test',
      'key emea',
      `bulkhead of the credential …${fingerprint.slice(-4)}`,
    ]),
  );
  await line.close();
});

test.each([
  [NaN, '0 s'],
  [-5, '0 s'],
  [0.4, '0.4 ms'],
  [38.4, '38 ms'],
  [430, '0.4 s'],
  [4_240, '4.2 s'],
  [200_000, '3 min 20 s'],
  [3_840_000, '1 h 4 min'],
])('%s ms are "%s"', (ms, text) => {
  expect(describeDuration(ms)).toBe(text);
});

describe('a trace in words', () => {
  const base: CallTrace = {
    callId: 1,
    route: 'GET /users',
    method: 'GET',
    origin: 'https://api.test',
    resource: 'r',
    priority: 'normal',
    tenant: undefined,
    startedAt: AT,
    durationMs: 5_000,
    outcome: 'ok',
    status: 200,
    error: undefined,
    attempts: 1,
    waitedMs: 0,
    queuedMs: 0,
    answeredBy: undefined,
    steps: [],
  };
  const gate = {
    scope: 'credential:1k2j3h4k74t',
    closedAt: AT + 400,
    retryAt: AT + 4_600,
    by: { callId: 9, route: 'GET /api/v2/flows', status: 429 },
  };
  const queued = (change: Partial<Extract<TraceStep, { kind: 'queued' }>> = {}): TraceStep => ({
    kind: 'queued',
    at: AT,
    until: AT + 4_600,
    waitsFor: 'credential:1k2j3h4k74t',
    scopes: ['credential:1k2j3h4k74t'],
    estimatedMs: 400,
    gates: [],
    ...change,
  });
  const words = (steps: TraceStep[], change: Partial<CallTrace> = {}): string[] =>
    describeTrace({ ...base, ...change, steps });

  test('separates the queue from the gate', () => {
    const attempt = {
      kind: 'attempt',
      at: AT + 4_600,
      until: AT + 4_700,
      attempt: 2,
      outcome: 'ok',
      status: 200,
    } as const;
    expect(words([queued({ gates: [gate] }), attempt])).toEqual([
      'queued 0.4 s',
      'waited 4.2 s for the gate of the credential …k74t, closed by a 429 on GET /api/v2/flows',
      'attempt 2 at 10:14:06, answered 200 after 0.1 s',
    ]);
  });

  test('counts no time twice when two gates were closed', () => {
    const later = { ...gate, scope: 'tenant:acme', closedAt: AT + 2_400, retryAt: AT + 9_000, by: undefined };
    const lines = words([queued({ until: AT + 6_400, gates: [gate, later] })]);
    expect(lines).toEqual([
      'queued 0.4 s',
      'waited 4.2 s for the gate of the credential …k74t, closed by a 429 on GET /api/v2/flows',
      'waited 1.8 s for the gate of the tenant acme, closed by another process or by the adapter',
    ]);
  });

  test('tells of a call that is not over', () => {
    const active = { outcome: undefined, durationMs: undefined };
    expect(words([], { ...active, attempts: 0 })).toEqual(['has just begun']);
    expect(words([queued({ until: undefined })], active)).toEqual([
      'waits in the queue for a permit of the credential …k74t, estimated 0.4 s',
    ]);
    expect(words([queued({ until: undefined, gates: [gate] })], active)).toEqual([
      'waits for the gate of the credential …k74t, closed by a 429 on GET /api/v2/flows',
    ]);
    const attempt = {
      kind: 'attempt',
      at: AT,
      until: undefined,
      attempt: 1,
      outcome: undefined,
      status: undefined,
    } as const;
    expect(words([attempt], active)).toEqual(['attempt 1 at 10:14:02, on the wire']);
  });

  test.each([
    ['unknown', 'no answer after 0.1 s'],
    ['not-sent', 'not sent, failed after 0.1 s'],
    ['local', 'failed in the client after 0.1 s'],
    ['cancelled', 'cancelled after 0.1 s'],
    [undefined, 'cancelled after 0.1 s'],
  ] as const)('tells of an attempt with the outcome %s', (outcome, text) => {
    const attempt = { kind: 'attempt', at: AT, until: AT + 100, attempt: 1, outcome, status: undefined } as const;
    expect(words([attempt])).toEqual([`attempt 1 at 10:14:02, ${text}`]);
  });

  test('tells of the end', () => {
    expect(words([], { answeredBy: 'journal', attempts: 0 })).toEqual(['answered without a request, by the journal']);
    expect(words([], { answeredBy: 'cache', attempts: 0 })).toEqual(['answered without a request, by the cache']);
    expect(words([], { answeredBy: 'stale cache', attempts: 1 })).toContain(
      'answered by the cache, with a stale answer',
    );
    expect(
      words([{ kind: 'delay', at: AT, until: AT + 800, reason: 'unknown' }], { outcome: 'failed', status: 504 }),
    ).toEqual([
      'waited 0.8 s before the next attempt, because the attempt had no certain result',
      'failed after 5.0 s: with status 504',
    ]);
    expect(
      words([{ kind: 'gaveUp', at: AT, reason: 'attempts used up', retryAt: AT }], {
        outcome: 'failed',
        status: undefined,
      }),
    ).toEqual([
      'no further attempt: attempts used up; possible again at 10:14:02',
      'failed after 5.0 s: without an answer',
    ]);
  });

  test('prints times as the caller wants', () => {
    expect(describeGate(gate)).toBe(
      'the gate of the credential …k74t is closed until 10:14:06 by a 429 on GET /api/v2/flows',
    );
    expect(describeGate({ ...gate, by: undefined }, { time: () => 'noon' })).toBe(
      'the gate of the credential …k74t is closed until noon by another process or by the adapter',
    );
    expect(describeGate({ ...gate, retryAt: Infinity })).toContain('an unknown time');
  });
});
