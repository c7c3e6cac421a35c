import { callInfo, isHoldlineError, memoryStore, withTransaction } from '@holdline/core';
import { genesysVerify } from '@holdline/genesys';
import type { Simulator } from '@holdline/simulator';
import { describe, expect, test } from 'vitest';
import { catchFailure, createGuarded, loadSdk, simulate, UNLIMITED, type Guarded } from './support.js';

const retry = { verify: genesysVerify(), baseDelayMs: 1 };
const VERIFIED = { ...UNLIMITED, retry };

type CallApi = (path: string, method: string, body: unknown, query?: object) => Promise<unknown>;

/** Calls the API as the methods of the SDK do. */
const callApi =
  ({ client }: Pick<Guarded, 'client'>): CallApi =>
  (path, method, body, query = {}) =>
    client.callApi(
      path,
      method,
      {},
      query,
      {},
      {},
      body,
      ['PureCloud OAuth'],
      ['application/json'],
      ['application/json'],
    );

/** Writes that a read decides, with the result that their caller gets. */
const DECIDED: [string, string, unknown, object | undefined][] = [
  [
    'PATCH',
    '/api/v2/users/u-1/presences/purecloud',
    { presenceDefinition: { id: 'busy' } },
    { presenceDefinition: { id: 'busy' } },
  ],
  [
    'PATCH',
    '/api/v2/conversations/c-1/participants/p-1/attributes',
    { attributes: { a: '1' } },
    { attributes: { a: '1' } },
  ],
  [
    'PATCH',
    '/api/v2/conversations/calls/c-1/participants/p-1/attributes',
    { attributes: { a: '1' } },
    { attributes: { a: '1' } },
  ],
  ['PATCH', '/api/v2/conversations/emails/c-1/participants/p-1', { wrapup: { code: 'w', notes: 'n' } }, undefined],
  ['PATCH', '/api/v2/conversations/c-1/participants/p-1', { state: 'disconnected' }, undefined],
  ['POST', '/api/v2/conversations/calls/c-1/participants/p-1/communications/m-1/wrapup', { code: 'w' }, undefined],
  ['POST', '/api/v2/flows/datatables/d-1/rows', { KEY: 'a/b c', n: 1 }, { KEY: 'a/b c' }],
  [
    'POST',
    '/api/v2/outbound/contactlists/l-1/contacts',
    [
      { id: 'k 1', data: { x: 1 } },
      { id: 'k2', data: {} },
    ],
    [{ id: 'k 1' }, { id: 'k2' }],
  ],
  ['POST', '/api/v2/outbound/campaigns/x-1/start', null, undefined],
  ['POST', '/api/v2/routing/queues/q-1/members', [{ id: 'u-7' }], undefined],
  ['PATCH', '/api/v2/users/u-1', { version: 1, title: 'Lead' }, { version: 2, title: 'Lead' }],
];

describe.each(['262', '212'] as const)('a write of SDK %s that a read decides', (version) => {
  const begin = async (kind: 'drop-after' | 'drop-before', match: string): Promise<[Simulator, CallApi]> => {
    const simulator = await simulate({ faults: [{ kind, match, times: 1 }] });
    const call = callApi(await createGuarded(simulator, VERIFIED, { sdk: loadSdk(version) }));
    // A conversation whose participant is on the platform already.
    await call('/api/v2/conversations/messages/c-1/participants/p-1/attributes', 'PATCH', { attributes: { b: '0' } });
    simulator.resetStats();
    return [simulator, call];
  };

  test.each(DECIDED)('%s %s', async (method, path, body, expected) => {
    const [lost, call] = await begin('drop-after', `${method} ${path}`);
    const answer = await call(path, method, body);
    if (expected !== undefined) expect(answer).toMatchObject(expected);
    expect(callInfo(answer)?.fromJournal ?? true).toBe(true);
    expect(lost.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });

    const [unsent, again] = await begin('drop-before', `${method} ${path}`);
    await again(path, method, body);
    expect(unsent.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
    const sent = unsent.wire().filter((entry) => entry.method === method && entry.path.startsWith('/api/'));
    expect(sent).toHaveLength(2);
  });
});

describe('a write that no read decides', () => {
  test.each<[string, string, unknown]>([
    ['POST', '/api/v2/externalcontacts/contacts', { firstName: 'Ada' }],
    ['POST', '/api/v2/conversations/callbacks', { callbackNumbers: ['+1'] }],
    ['PATCH', '/api/v2/conversations/c-1/participants/p-1', { held: true }],
    ['POST', '/api/v2/outbound/contactlists/l-1/contacts', [{ data: {} }]],
    ['PATCH', '/api/v2/users/u-1', { title: 'Lead' }],
  ])('%s %s %j keeps its unknown outcome, and nothing is read', async (method, path, body) => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: `${method} ${path}`, times: 1 }] });
    const guarded = await createGuarded(simulator, VERIFIED);
    const error = await catchFailure(callApi(guarded)(path, method, body));
    expect(isHoldlineError(error) && error.code).toBe('HOLDLINE_OUTCOME_UNKNOWN');
    expect(simulator.stats().executedWrites).toBe(1);
    expect(simulator.wire().filter((entry) => entry.method === 'GET')).toEqual([]);
  });

  test('keeps its unknown outcome if the read fails or takes too long', async () => {
    const path = '/api/v2/users/u-1/presences/purecloud';
    for (const fault of [
      { kind: 'status', status: 403, match: `GET ${path}` },
      { kind: 'delay', delayMs: 5_000, match: `GET ${path}` },
    ] as const) {
      const simulator = await simulate({ faults: [{ kind: 'drop-after', match: `PATCH ${path}`, times: 1 }, fault] });
      const guarded = await createGuarded(simulator, {
        ...UNLIMITED,
        retry: { verify: genesysVerify({ timeoutMs: 300 }) },
      });
      const error = await catchFailure(callApi(guarded)(path, 'PATCH', { message: 'x' }));
      expect(isHoldlineError(error) && error.code).toBe('HOLDLINE_OUTCOME_UNKNOWN');
    }
  });

  test('wrong options are refused', () => {
    expect(() => genesysVerify({ timeoutMs: 0 })).toThrow('options.timeoutMs must be');
    expect(() => genesysVerify({ timeout: 1 } as never)).toThrow('options.timeout is not known');
  });
});

describe('a PUT with a version', () => {
  const path = '/api/v2/users/u-1';
  test('after a lost answer its repetition is refused, and the read tells that the first one was executed', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: `PUT ${path}`, times: 1 }] });
    const call = callApi(await createGuarded(simulator, VERIFIED));
    const answer = await call(path, 'PUT', { version: 1, title: 'Lead' });
    expect(answer).toMatchObject({ version: 2, title: 'Lead' });
    expect(callInfo(answer)).toMatchObject({ attempts: 2, status: 200, fromJournal: true });
    expect(simulator.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
  });

  test('without a hook the caller hears that it was probably executed', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: `PUT ${path}`, times: 1 }] });
    const call = callApi(await createGuarded(simulator));
    const error = (await catchFailure(call(path, 'PUT', { version: 1, title: 'Lead' }))) as Error;
    expect(error).toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN', attempts: 2 });
    expect(error.message).toContain('probably executed');
    const { response } = error as { response?: { status: number; data: { message: string } } };
    expect([response?.status, response?.data.message]).toEqual([400, expect.stringContaining('does not match')]);
  });

  test('a conflict with another client stays the answer of the platform', async () => {
    const simulator = await simulate();
    const call = callApi(await createGuarded(simulator, VERIFIED));
    await call(path, 'PUT', { version: 1, title: 'Other' });
    expect(await catchFailure(call(path, 'PUT', { version: 1, title: 'Lead' }))).toMatchObject({ status: 400 });
  });
});

describe.each(['262', '242', '219', '212'] as const)('a transaction of SDK %s that runs again', (version) => {
  test.each([false, true])('answers its done writes from the journal; extended responses: %s', async (extended) => {
    const simulator = await simulate();
    const store = memoryStore();
    const run = async (): Promise<unknown[]> => {
      const { client, contacts, routing } = await createGuarded(
        simulator,
        { ...UNLIMITED, store },
        { sdk: loadSdk(version) },
      );
      client.setReturnExtendedResponses(extended);
      return withTransaction('t', async () => [
        await contacts.postExternalcontactsContacts({ firstName: 'Ada' }),
        await contacts.postExternalcontactsContacts({ firstName: 'Bob' }),
        await routing.deleteRoutingQueue('q-1'),
      ]);
    };
    const first = await run();
    expect(simulator.stats().executedWrites).toBe(3);
    const second = await run();
    expect(simulator.stats().executedWrites).toBe(0);
    expect(second.map(toBody)).toEqual(first.map(toBody));
    expect(second.slice(0, 2).map((answer) => callInfo(answer))).toMatchObject([
      { attempts: 0, fromJournal: true },
      { attempts: 0, fromJournal: true },
    ]);
  });
});

/** The part of an answer that does not differ between two calls: extended responses also have headers. */
function toBody(answer: unknown): unknown {
  const { body, status } = (answer ?? {}) as { body?: unknown; status?: unknown };
  return typeof status === 'number' ? [status, body] : answer;
}
