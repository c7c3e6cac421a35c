import fc from 'fast-check';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import type sdk from 'purecloud-platform-client-v2';
import { createHoldline, memoryStore } from '@holdline/core';
import { genesysCloud, guardGenesys } from '../index.js';
import { connectRealSdk, type FixtureAnswer, type RealSdk, type SeenRequest } from '../sdk/real-sdk.fixture.js';
import { bulkWrite } from './bulk-write.js';

let connected: RealSdk | undefined;
afterEach(async () => {
  await connected?.close();
  connected = undefined;
});

async function connect(answer: (request: SeenRequest) => FixtureAnswer | Promise<FixtureAnswer>): Promise<RealSdk> {
  connected = await connectRealSdk(answer);
  return connected;
}

const contacts = (count: number): { firstName: string }[] =>
  Array.from({ length: count }, (_, i) => ({ firstName: `c${i}` }));

/** Adds contacts as the platform does: one result per contact, and those without a name fail. */
function addContacts({ body }: SeenRequest): FixtureAnswer {
  const { entities } = body as { entities: { firstName?: string }[] };
  const results = entities.map((entity) =>
    entity.firstName === ''
      ? { success: false, error: { code: 'invalid', message: 'no name' }, status: 400 }
      : { success: true, entity: { ...entity, id: `id-${entity.firstName}` } },
  );
  const errorIndexes = results.flatMap(({ success }, index) => (success ? [] : [index]));
  return { body: { results, errorCount: errorIndexes.length, errorIndexes } };
}

describe('with the real SDK', () => {
  it('sends as few requests as the platform allows, and gives one result per item in order', async () => {
    const { api, requests } = await connect(addContacts);
    const items = contacts(120).map((one, i) => (i === 70 ? { firstName: '' } : one));
    const report = await bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    expect(requests.map(({ body }) => (body as { entities: [] }).entities.length)).toEqual([50, 50, 20]);
    expect(report.requests).toBe(3);
    expect(report.results.map(({ item }) => item)).toEqual(items);
    expect(report.results[3]).toEqual({ item: items[3], ok: true, value: { firstName: 'c3', id: 'id-c3' } });
    expect(report.results[70]).toEqual({
      item: { firstName: '' },
      ok: false,
      error: { code: 'invalid', message: 'no name' },
      unknown: false,
      kept: false,
    });
    expect(report.failed).toEqual([{ firstName: '' }]);
    expect(report.unknown).toEqual([]);
  });

  it('puts the arguments before the body and the options after it', async () => {
    const { api, requests } = await connect(() => ({ status: 204 }));
    const members = Array.from({ length: 101 }, (_, i) => ({ id: `u${i}` }));
    const options = { path: ['q1'], opts: { _delete: true } };
    const { results } = await bulkWrite(api('RoutingApi'), 'postRoutingQueueMembers', members, options);
    expect(requests.map(({ path, query, body }) => [path, query, (body as []).length])).toEqual([
      ['/api/v2/routing/queues/q1/members', { delete: 'true' }, 100],
      ['/api/v2/routing/queues/q1/members', { delete: 'true' }, 1],
    ]);
    expect(results.every(({ ok }) => ok)).toBe(true);
  });

  it('finds the written entities by their id', async () => {
    const { api } = await connect(({ body }) => ({ body: { entities: [...(body as object[])].reverse() } }));
    const users = [
      { id: 'u1', acdAutoAnswer: true },
      { id: 'u2', acdAutoAnswer: false },
    ];
    const { results } = await bulkWrite(api('UsersApi'), 'patchUsersBulk', users);
    expect(results).toEqual(users.map((item) => ({ item, ok: true, value: item })));
  });

  it('reads failures that the answer lists by id', async () => {
    const { api } = await connect(() => ({
      body: { entities: [{ id: 'u1' }], failures: [{ id: 'u2', reason: 'gone' }] },
    }));
    const report = await bulkWrite(api('TeamsApi'), 'postTeamMembers', ['u1', 'u2'], { path: ['t1'] });
    expect(report.results).toEqual([
      { item: 'u1', ok: true, value: { id: 'u1' } },
      { item: 'u2', ok: false, error: { id: 'u2', reason: 'gone' }, unknown: false, kept: false },
    ]);
  });

  it.each([400, 413])('splits a batch that is refused with %i down to the bad items', async (status) => {
    const { api, requests } = await connect((request) => {
      const { entities } = request.body as { entities: { firstName: string }[] };
      const isBad = entities.some(({ firstName }) => firstName === '');
      return isBad ? { status, body: { message: 'invalid' } } : addContacts(request);
    });
    const items = contacts(50).map((one, i) => (i === 20 ? { firstName: '' } : one));
    const report = await bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    expect(report.failed).toEqual([{ firstName: '' }]);
    expect(report.results.filter(({ ok }) => ok)).toHaveLength(49);
    expect(requests.length).toBeLessThanOrEqual(13);
  });

  it('never sends a batch again whose outcome is unknown', async () => {
    let count = 0;
    const { api, client, requests } = await connect((request) => (++count === 2 ? 'no answer' : addContacts(request)));
    guardGenesys(client);
    const items = contacts(120);
    const report = await bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    expect(requests).toHaveLength(3);
    expect(report.unknown).toEqual(items.slice(50, 100));
    expect(report.results[60]).toMatchObject({ ok: false, unknown: true, error: { code: 'HOLDLINE_OUTCOME_UNKNOWN' } });
    expect(report.failed).toEqual([]);
  });

  it('leaves items that a dead letter keeps out of `failed`, so that a replay and a second call write none twice', async () => {
    const written: string[] = [];
    let isDown = true;
    let count = 0;
    const { api, client } = await connect((request) => {
      if (isDown && ++count === 2) return { status: 429, body: { message: 'slow down' } };
      const { entities } = request.body as { entities: { firstName: string }[] };
      written.push(...entities.map(({ firstName }) => firstName));
      return addContacts(request);
    });
    const line = createHoldline(
      genesysCloud({ store: memoryStore(), deadLetters: { key: 'ab'.repeat(32) }, retry: { maxAttempts: 1 } }),
    );
    guardGenesys(client, line);
    const add = (items: sdk.Models.ExternalContact[]) =>
      bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    const items = contacts(120);
    const report = await add(items);
    expect(report.kept).toEqual(items.slice(50, 100));
    expect(report.failed).toEqual([]);
    expect(report.results[60]).toMatchObject({ ok: false, unknown: false, kept: true });
    isDown = false;
    await line.deadLetters.replay();
    await add([...report.failed]);
    expect(written.sort()).toEqual(items.map(({ firstName }) => firstName).sort());
    await line.close();
  });

  it('offers items again whose dead letter could not keep them, because it has no key', async () => {
    const { api, client } = await connect(() => ({ status: 429, body: { message: 'slow down' } }));
    const line = createHoldline(genesysCloud({ store: memoryStore(), retry: { maxAttempts: 1 } }));
    guardGenesys(client, line);
    const items = contacts(2);
    const add = bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    expect(await add).toMatchObject({ failed: items, kept: [] });
    expect((await line.deadLetters.list()).letters).toMatchObject([{ missing: ['body'] }]);
    await line.close();
  });

  it('does not split a batch that a dead letter keeps', async () => {
    const { api, client, requests } = await connect(() => ({ status: 400, body: { message: 'no' } }));
    const retry = { maxAttempts: 1, statuses: [400] };
    const line = createHoldline(
      genesysCloud({ store: memoryStore(), deadLetters: { key: 'ab'.repeat(32) }, retry, governor: false }),
    );
    guardGenesys(client, line);
    const items = contacts(2);
    const add = bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    expect(await add).toMatchObject({ failed: [], kept: items });
    expect(requests).toHaveLength(1);
    await line.close();
  });

  it('does not split a batch that the platform refused for all its items', async () => {
    const { api, requests } = await connect(() => ({ status: 403, body: { message: 'no' } }));
    const report = await bulkWrite(api('UsersApi'), 'patchUsersBulk', [{ id: 'u1' }, { id: 'u2' }]);
    expect(requests).toHaveLength(1);
    expect(report.results.map((one) => !one.ok && (one.error as { status: number }).status)).toEqual([403, 403]);
    expect(report.failed).toHaveLength(2);
  });

  it('marks items unknown if the platform answers errors and fewer results than items', async () => {
    const { api } = await connect(() => ({
      body: { results: [{ success: false }], errorCount: 1, errorIndexes: [0] },
    }));
    const add = (items: { firstName: string }[]) =>
      bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    expect((await add(contacts(3))).unknown).toHaveLength(3);
  });

  it('marks items unknown if the answer is the page of a proxy', async () => {
    const page = '<html>signed out</html>';
    const { api } = await connect(() => ({ body: page }));
    const items = contacts(2);
    const add = bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', items);
    expect(await add).toMatchObject({ failed: [], unknown: items, requests: 1 });
  });

  it('sends nothing more once its signal aborts', async () => {
    const controller = new AbortController();
    const { api, requests } = await connect((request) => {
      controller.abort(new Error('enough'));
      return addContacts(request);
    });
    const { signal } = controller;
    const add = bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', contacts(120), { signal });
    const { results, failed } = await add;
    expect(requests).toHaveLength(1);
    expect(results[49]?.ok).toBe(true);
    expect(failed).toHaveLength(70);
    expect(results[119]).toMatchObject({ ok: false, unknown: false, error: new Error('enough') });
  });

  it('marks the items of a batch unknown that was aborted on the wire', async () => {
    const controller = new AbortController();
    const { api, client, requests } = await connect(() => new Promise(() => undefined));
    guardGenesys(client);
    const { signal } = controller;
    const add = bulkWrite(api('ExternalContactsApi'), 'postExternalcontactsBulkContactsAdd', contacts(60), { signal });
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    controller.abort(new Error('enough'));
    const { unknown, failed } = await add;
    expect([unknown.length, failed.length]).toEqual([50, 10]);
    expect(requests).toHaveLength(1);
  });

  it('has the types of the items', () => {
    const check = async (api: sdk.ExternalContactsApi): Promise<void> => {
      const report = await bulkWrite(api, 'postExternalcontactsBulkContactsAdd', [{ firstName: 'Ada' }]);
      expectTypeOf(report.failed).toEqualTypeOf<readonly sdk.Models.ExternalContact[]>();
      // @ts-expect-error: a contact has no such field
      await bulkWrite(api, 'postExternalcontactsBulkContactsAdd', [{ name: 'Ada' }]);
    };
    expect(check).toBeTypeOf('function');
  });
});

it('refuses wrong arguments', async () => {
  const api = { putUserRoutingskillsBulk: vi.fn(), postRoutingQueueMembers: vi.fn() };
  await expect(bulkWrite(api, 'putUserRoutingskillsBulk', [])).rejects.toThrow('is no bulk method that is known');
  await expect(bulkWrite(api, 'postRoutingQueueMembers', [])).rejects.toThrow('options.path must have 1 arguments');
  await expect(bulkWrite({}, 'patchUsersBulk' as never, [])).rejects.toThrow('has no method patchUsersBulk');
});

it('gives each item exactly one result, and writes nothing twice, whatever fails', async () => {
  const fault = fc.constantFrom('none', 'none', 'refused', 'lost before', 'lost after', 'unavailable', 'throttled');
  // An item is good, fails alone, or makes the platform refuse its whole batch.
  const item = fc.constantFrom('good', 'good', 'good', 'bad', 'poison');
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 120 }),
      fc.array(fault, { maxLength: 20 }),
      fc.integer({ min: 1, max: 60 }),
      async (kinds, faults, batchSize) => {
        const writes = new Map<number, number>();
        const items = kinds.map((kind, id) => ({ id, kind }));
        const api = {
          postExternalcontactsBulkContactsAdd: async ({ entities }: { entities: typeof items }) => {
            const happens = faults.shift() ?? 'none';
            if (happens === 'refused') throw Object.assign(new Error('refused'), { status: 403 });
            if (happens === 'throttled') throw Object.assign(new Error('throttled'), { status: 429 });
            if (happens === 'lost before') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
            if (entities.some(({ kind }) => kind === 'poison')) throw Object.assign(new Error('bad'), { status: 400 });
            for (const { id, kind } of entities) if (kind === 'good') writes.set(id, (writes.get(id) ?? 0) + 1);
            if (happens === 'lost after') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
            if (happens === 'unavailable') throw Object.assign(new Error('unavailable'), { status: 502 });
            const results = entities.map(({ kind }) => ({ success: kind === 'good' }));
            return { results, errorIndexes: results.flatMap(({ success }, i) => (success ? [] : [i])) };
          },
        };
        const report = await bulkWrite(api, 'postExternalcontactsBulkContactsAdd', items, { batchSize });
        expect(report.results.map((one) => one.item)).toEqual(items);
        for (const one of report.results) {
          const count = writes.get(one.item.id) ?? 0;
          if (one.ok) expect(count).toBe(1);
          else if (one.unknown) expect(count).toBeLessThanOrEqual(1);
          else expect(count).toBe(0);
        }
        const written = report.results.filter(({ ok }) => ok).length;
        expect(written + report.failed.length + report.unknown.length).toBe(items.length);
      },
    ),
    { numRuns: 300 },
  );
});
