import { callInfo, memoryStore, withTransaction } from '@holdline/core';
import { startSimulator, type Fault, type Simulator } from '@holdline/simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  countOutcomes,
  expectQuiet,
  catchFailure,
  createGuarded,
  simulate,
  sleep,
  times,
  UNLIMITED,
  createUnmodified,
  type Guarded,
} from './support.js';

const CONTACTS = 'POST /api/v2/externalcontacts/contacts';
const EVALUATIONS = 'POST /api/v2/quality/conversations/:conversationId/evaluations';

const contact = (i: number): Record<string, unknown> => ({ firstName: 'Ada', lastName: `Number ${i}`, order: i });

const post = ({ contacts }: Pick<Guarded, 'contacts'>, n: number): Promise<PromiseSettledResult<unknown>[]> =>
  Promise.allSettled(times(n, (i) => contacts.postExternalcontactsContacts(contact(i))));

describe('writes over broken connections', () => {
  test('control: the unmodified SDK rejects an executed write with a lost response like any network error', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: CONTACTS }] });
    const { contacts } = await createUnmodified(simulator);
    expect(await catchFailure(contacts.postExternalcontactsContacts(contact(1)))).toHaveProperty('code', 'ECONNRESET');
    expect(simulator.stats().executedWrites).toBe(1);
  });

  test('control: the unmodified SDK rejects a truncated response with undefined', async () => {
    const simulator = await simulate({ faults: [{ kind: 'truncate', match: CONTACTS }] });
    const { contacts } = await createUnmodified(simulator);
    expect(await catchFailure(contacts.postExternalcontactsContacts(contact(1)))).toBeUndefined();
    expect(simulator.stats().executedWrites).toBe(1);
  });

  const lost: Fault[][] = [
    [{ kind: 'drop-after', match: CONTACTS, rate: 0.3 }],
    [{ kind: 'truncate', match: CONTACTS, rate: 0.3 }],
    [
      { kind: 'drop-after', match: CONTACTS, rate: 0.15 },
      { kind: 'truncate', match: CONTACTS, rate: 0.15 },
      { kind: 'delay', match: CONTACTS, rate: 0.3, delayMs: 40 },
    ],
  ];
  test.each(lost.map((faults) => [faults.map(({ kind }) => kind).join(' and '), faults] as const))(
    '500 POSTs, %s for nearly a third: none is executed twice, and each caller gets its response or OutcomeUnknownError',
    async (_, faults) => {
      const simulator = await simulate({ faults });
      const client = await createGuarded(simulator);
      const results = countOutcomes(await post(client, 500));
      const { executedWrites, duplicateWrites, dropped } = simulator.stats();
      expect(duplicateWrites).toBe(0);
      expect(executedWrites).toBe(500);
      expect(dropped).toBeGreaterThan(100);
      expect(results).toEqual({ ok: 500 - dropped, OutcomeUnknownError: dropped });
      expectQuiet(client.line);
    },
  );

  test('the line does not repeat a POST dropped before its execution, because the client cannot know whether it was executed', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-before', match: CONTACTS, rate: 0.3 }] });
    const client = await createGuarded(simulator);
    const results = countOutcomes(await post(client, 200));
    const { executedWrites, duplicateWrites, requests } = simulator.stats();
    expect(requests).toBe(200);
    expect(duplicateWrites).toBe(0);
    expect(results).toEqual({ ok: executedWrites, OutcomeUnknownError: 200 - executedWrites });
    expect(executedWrites).toBeLessThan(200);
    expectQuiet(client.line);
  });

  test.each(['drop-before', 'drop-after', 'truncate'] as const)('the line repeats a GET after %s', async (kind) => {
    const simulator = await simulate({ faults: [{ kind, match: 'GET /api/v2/users/me', times: 2 }] });
    const { users, line } = await createGuarded(simulator);
    expect(callInfo(await users.getUsersMe())).toMatchObject({ attempts: 3, status: 200 });
    expectQuiet(line);
  });

  test('the line repeats a POST that only reads', async () => {
    const match = 'POST /api/v2/analytics/conversations/details/query';
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match, times: 2 }] });
    const { client, sdk, line } = await createGuarded(simulator);
    const answer = await new sdk.AnalyticsApi(client).postAnalyticsConversationsDetailsQuery({ interval: 'a/b' });
    expect(callInfo(answer)).toMatchObject({ attempts: 3, status: 200 });
    expectQuiet(line);
  });

  test('OutcomeUnknownError names the route and shows neither token nor body', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: CONTACTS }] });
    const { client, contacts } = await createGuarded(simulator);
    const error = (await catchFailure(contacts.postExternalcontactsContacts({ lastName: 'Confidential' }))) as Error;
    expect(error).toMatchObject({ name: 'OutcomeUnknownError', code: 'HOLDLINE_OUTCOME_UNKNOWN', attempts: 1 });
    expect(callInfo(error)).toMatchObject({ attempts: 1, route: CONTACTS });
    const shown = `${JSON.stringify(error)}${error.stack}${String(error.cause)}${JSON.stringify(error.cause)}`;
    expect(shown).not.toContain('Confidential');
    expect(shown).not.toContain(client.authentications['PureCloud OAuth']?.accessToken);
  });

  test('500 POSTs under an unknown limit all succeed, and none is executed twice', async () => {
    const limit = { name: 'hidden', per: 'route', limit: 200, windowMs: 500, enforcement: 'fixed' } as const;
    const simulator = await simulate({ limits: [limit], retryAfter: 'float' });
    const client = await createGuarded(simulator);
    expect(countOutcomes(await post(client, 500))).toEqual({ ok: 500 });
    expect(simulator.stats()).toMatchObject({ executedWrites: 500, duplicateWrites: 0 });
    expectQuiet(client.line);
  });

  test('the line repeats a POST to an unavailable platform, which later executes it once', async () => {
    const first = await startSimulator({ platform: 'genesys', limits: [] });
    const { contacts, line } = await createGuarded(first, {
      ...UNLIMITED,
      retry: { backoff: [200], maxAttempts: 100 },
    });
    await first.stop();
    await sleep(50);
    const created = contacts.postExternalcontactsContacts(contact(1));
    await sleep(300);
    const again: Simulator = await startSimulator({ platform: 'genesys', port: Number(new URL(first.url).port) });
    onTestFinished(() => again.stop());
    expect(await created).toHaveProperty('id');
    expect(again.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
    expectQuiet(line);
  });

  test('control: the unmodified SDK fails a POST to an unavailable platform', async () => {
    const simulator = await startSimulator({ platform: 'genesys', limits: [] });
    const { contacts } = await createUnmodified(simulator);
    await simulator.stop();
    await sleep(50);
    expect(await catchFailure(contacts.postExternalcontactsContacts(contact(1)))).toHaveProperty(
      'code',
      'ECONNREFUSED',
    );
  });
});

describe('idempotency keys', () => {
  const evaluate = ({ client, sdk }: Pick<Guarded, 'client' | 'sdk'>, body = { score: 5 }): Promise<{ id: string }> =>
    new sdk.QualityApi(client).postQualityConversationEvaluations('conversation-1', body);
  const keys = (simulator: Simulator): (string | undefined)[] =>
    simulator
      .wire()
      .filter(({ method, path }) => method === 'POST' && path !== '/oauth/token')
      .map(({ idempotencyKey }) => idempotencyKey);

  test('control: the unmodified SDK sends no key, and its caller gets no evaluation', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: EVALUATIONS, times: 1 }] });
    const client = await createUnmodified(simulator);
    await catchFailure(evaluate(client));
    expect(keys(simulator)).toEqual([undefined]);
    expect(simulator.stats().executedWrites).toBe(1);
  });

  test.each(['drop-after', 'truncate'] as const)(
    'an evaluation with a response lost by %s is replayed under its key, executed once, and resolves',
    async (kind) => {
      const simulator = await simulate({ faults: [{ kind, match: EVALUATIONS, times: 1 }] });
      const client = await createGuarded(simulator);
      const created = await evaluate(client);
      expect(created).toHaveProperty('id');
      const [first, second, ...more] = keys(simulator);
      expect(first).toMatch(/^[\da-f-]{36}$/);
      expect(second).toBe(first);
      expect(more).toEqual([]);
      expect(simulator.wire().at(-1)).toMatchObject({ outcome: 'replayed', executed: false });
      expect(simulator.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
      expect(callInfo(created)).toMatchObject({ idempotencyKey: first, attempts: 2 });
      expectQuiet(client.line);
    },
  );

  test('two evaluations outside any transaction have different keys', async () => {
    const simulator = await simulate();
    const client = await createGuarded(simulator);
    await evaluate(client, { score: 1 });
    await evaluate(client, { score: 2 });
    expect(new Set(keys(simulator)).size).toBe(2);
  });

  test('a transaction uses the same key from the journal after a restart', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: EVALUATIONS, times: 1 }] });
    const store = memoryStore();
    const before = await createGuarded(simulator, { ...UNLIMITED, retry: false, store });
    await catchFailure(withTransaction('evaluation-4711', () => evaluate(before)));
    const after = await createGuarded(simulator, { ...UNLIMITED, store });
    const key = callInfo(await withTransaction('evaluation-4711', () => evaluate(after)))?.idempotencyKey;
    expect(keys(simulator)).toEqual([key]);
    expect(simulator.stats()).toMatchObject({ executedWrites: 0 });
    expect(simulator.wire().at(-1)).toMatchObject({ outcome: 'replayed' });
    await withTransaction('evaluation-4712', () => evaluate(after));
    expect(keys(simulator)[1]).not.toBe(key);
  });

  test('the same step of a transaction with another payload rejects with IdempotencyConflictError and is not sent', async () => {
    const simulator = await simulate();
    const client = await createGuarded(simulator);
    await withTransaction('t', () => evaluate(client, { score: 1 }));
    const error = await catchFailure(withTransaction('t', () => evaluate(client, { score: 2 })));
    expect(error).toHaveProperty('name', 'IdempotencyConflictError');
    expect(simulator.stats().requests).toBe(1);
    expectQuiet(client.line);
  });

  test('another POST gets the key header only in a transaction and is not repeated', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: CONTACTS, times: 1, after: 1 }] });
    const { contacts, line } = await createGuarded(simulator);
    await contacts.postExternalcontactsContacts(contact(1));
    const error = await catchFailure(withTransaction('t', () => contacts.postExternalcontactsContacts(contact(2))));
    expect(error).toHaveProperty('name', 'OutcomeUnknownError');
    expect(keys(simulator)).toEqual([undefined, expect.stringMatching(/^[\da-f-]{36}$/)]);
    expect(simulator.stats()).toMatchObject({ executedWrites: 2, duplicateWrites: 0 });
    expectQuiet(line);
  });

  test('a key of the user goes out unchanged', async () => {
    const simulator = await simulate();
    const { client, sdk } = await createGuarded(simulator);
    const options = { customHeaders: { 'Idempotency-Key': 'mine-1' } };
    await new sdk.QualityApi(client).postQualityConversationEvaluations('c', { score: 1 }, options);
    expect(keys(simulator)).toEqual(['mine-1']);
  });
});
