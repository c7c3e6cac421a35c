import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../start-simulator.js';
import { call, login, startGenesys, type Json, type SentRequest } from '../../testing/http-client.js';
import { WrittenEntities } from './written-entities.js';

const ID = '7d1c5b0e-93a1-4c1f-9b1a-0123456789ab';
const SCHEDULE = `/api/v2/architect/schedules/${ID}`;
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

async function start(options: Parameters<typeof startGenesys>[0] = {}) {
  const simulator = await startGenesys({ operations: true, ...options });
  const token = await login(simulator);
  const send = (line: string, more: SentRequest = {}): ReturnType<typeof call> =>
    call(simulator, line, { token, ...more });
  return { simulator, send };
}

describe('reads of operations', () => {
  it('answer an entity with the id of the path, and with plausible values', async () => {
    const { send, simulator } = await start();
    const { status, json, headers } = await send(`GET ${SCHEDULE}?expand=x`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: ID,
      name: expect.stringMatching(/^Schedule \d{4}$/),
      selfUri: SCHEDULE,
      version: 1,
      division: { id: expect.stringMatching(UUID), name: 'Home' },
      dateCreated: expect.stringMatching(/^2026-01-\d\dT\d\d:\d\d:00\.000Z$/),
      createdBy: expect.stringMatching(UUID),
      state: expect.stringMatching(/^(?:active|inactive)$/),
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': /no-store/ });
    expect(simulator.wire().at(-1)?.route).toBe('GET /api/v2/architect/schedules/:scheduleId');
  });

  it('give the same body for the same id and seed, and another one for another id or seed', async () => {
    const first = await start();
    const second = await start();
    const other = await start({ seed: 2 });
    const read = async ({ send }: typeof first, path = SCHEDULE): Promise<string> => (await send(`GET ${path}`)).text;
    expect(await read(second)).toBe(await read(first));
    expect(await read(other)).not.toBe(await read(first));
    expect(await read(first, SCHEDULE.replace(ID, 'another'))).not.toBe((await read(first)).replaceAll(ID, 'another'));
  });

  it('fill the parameters of the path into the fields of their name', async () => {
    const { send } = await start();
    const path = '/api/v2/conversations/messages/c-1/messages/m-1';
    expect((await send(`GET ${path}`)).json).toMatchObject({ id: 'm-1', selfUri: path, conversationId: 'c-1' });
    const status = await send('GET /api/v2/analytics/agents/u-1/status');
    expect(status.json).toMatchObject({ userId: 'u-1' });
  });

  it('escape ids from the path', async () => {
    const { send } = await start();
    const id = 'a"b\\c\u2028ü';
    const { json, status } = await send(`GET /api/v2/architect/schedules/${encodeURIComponent(id)}`);
    expect([status, json.id]).toEqual([200, id]);
  });

  it('answer 404 for unknown paths and for ids that begin with missing-, and 405 for other methods', async () => {
    const { send, simulator } = await start();
    const unknown = await send('GET /api/v2/architect/schedulez');
    expect([unknown.status, unknown.json.code]).toEqual([404, 'not.found']);
    expect((await send('GET /api/v2')).status).toBe(404);
    expect((await send('GET /api/v2/architect/schedules/missing-1')).status).toBe(404);
    expect((await send('PATCH /api/v2/architect/schedules')).json).toMatchObject({ code: 'method.not.allowed' });
    expect(simulator.stats().byStatus).toEqual({ 404: 3, 405: 1 });
  });

  it('leave routes of their own as they are, unless an operation names the path more exactly', async () => {
    const { send } = await start();
    expect((await send(`GET /api/v2/users/${ID}`)).json).toMatchObject({ name: `User ${ID}` });
    expect((await send('GET /api/v2/users/search')).json.results).toHaveLength(25);
    expect((await send('GET /api/v2/flows/datatables?pageSize=2')).json.entities).toHaveLength(2);
  });

  it('answer HEAD like GET without a body', async () => {
    const { send } = await start();
    expect(await send(`HEAD ${SCHEDULE}`)).toMatchObject({ status: 200, text: '' });
  });
});

describe('lists of operations', () => {
  it('have pages by number, and each item can be read', async () => {
    const { send } = await start({ entities: { configuration: 7 } });
    const read = async (page: number): Promise<Json> =>
      (await send(`GET /api/v2/architect/schedulegroups?pageSize=3&pageNumber=${page}`)).json;
    const [first, last] = [await read(1), await read(3)];
    expect(first).toMatchObject({ pageSize: 3, pageNumber: 1, total: 7, pageCount: 3 });
    expect(first.nextUri).toBe('/api/v2/architect/schedulegroups?pageSize=3&pageNumber=2');
    expect(last.entities).toHaveLength(1);
    expect(last.nextUri).toBeUndefined();
    const ids = [...first.entities, ...(await read(2)).entities, ...last.entities].map(({ id }: Json) => id as string);
    expect(new Set(ids).size).toBe(7);
    const [item] = first.entities;
    expect((await send(`GET /api/v2/architect/schedulegroups/${item.id}`)).json).toMatchObject({
      id: item.id,
      name: item.name,
    });
    expect((await read(9)).entities).toEqual([]);
  });

  it.each([
    ['after', '/api/v2/knowledge/knowledgebases', ({ nextUri }: Json) => nextUri],
    ['cursor', '/api/v2/audits/query/t-1/results', ({ cursor }: Json) => cursor],
    ['cursor', '/api/v2/externalcontacts/scan/organizations', ({ cursors }: Json) => cursors.after],
  ])(
    'follow the token %s of %s to the last page',
    async (token, path, readNext: (json: Json) => string | undefined) => {
      const { send } = await start({ entities: { configuration: 7 } });
      const sizes: number[] = [];
      let next: string | undefined = `${path}?pageSize=3`;
      while (next !== undefined && sizes.length < 9) {
        const { json }: Json = await send(`GET ${next}`);
        sizes.push(json.entities.length);
        const read = readNext(json);
        next = read === undefined || read.startsWith('/') ? read : `${path}?pageSize=3&${token}=${read}`;
      }
      expect(sizes).toEqual([3, 3, 1]);
    },
  );

  it('refuse sizes, numbers and tokens that no page has', async () => {
    const { send } = await start();
    for (const query of ['pageSize=0', 'pageSize=501', 'pageNumber=x']) {
      expect((await send(`GET /api/v2/architect/schedulegroups?${query}`)).status).toBe(400);
    }
    expect((await send('GET /api/v2/knowledge/knowledgebases?after=nonsense')).json.message).toBe('after is invalid');
  });

  it('read the page of a search from its body', async () => {
    const { send } = await start();
    const { json } = await send('POST /api/v2/users/search', { body: { pageSize: 2, pageNumber: 2, query: [] } });
    expect(json).toMatchObject({ pageSize: 2, pageNumber: 2, total: 30 });
    expect(json.results).toHaveLength(2);
  });
});

describe('writes of operations', () => {
  it('create, read back, change, and delete an entity', async () => {
    const { send, simulator } = await start();
    const created = await send('POST /api/v2/architect/schedules', { body: { name: 'Night', rrule: 'R', nope: 1 } });
    expect(created.json).toMatchObject({ id: expect.stringMatching(UUID), name: 'Night', rrule: 'R', version: 1 });
    expect(created.json).not.toHaveProperty('nope');
    const path = created.json.selfUri;
    expect(path).toBe(`/api/v2/architect/schedules/${created.json.id}`);
    expect((await send(`GET ${path}`)).json).toEqual(created.json);
    const changed = await send(`PUT ${path}`, { body: { name: 'Day', id: 'other' } });
    expect(changed.json).toEqual({ ...created.json, name: 'Day', version: 2 });
    expect((await send(`GET ${path}`)).json).toEqual(changed.json);
    expect(await send(`DELETE ${path}`)).toMatchObject({ status: 204, text: '' });
    expect((await send(`GET ${path}`)).status).toBe(404);
    expect((await send(`DELETE ${path}`)).status).toBe(404);
    expect(simulator.stats()).toMatchObject({ executedWrites: 3, duplicateWrites: 0 });
  });

  it('change an entity that nobody created, and only that one', async () => {
    const { send } = await start();
    await send(`PUT ${SCHEDULE}`, { body: { name: 'Mine' } });
    expect((await send(`GET ${SCHEDULE}`)).json).toMatchObject({ id: ID, name: 'Mine', version: 2 });
    expect((await send(`GET ${SCHEDULE}0`)).json.name).not.toBe('Mine');
  });

  it('reset settings instead of deleting them', async () => {
    const { send } = await start();
    const settings = '/api/v2/routing/users/u-1/directroutingbackup/settings';
    const before = (await send(`GET ${settings}`)).json;
    await send(`PUT ${settings}`, { body: { queueId: 'q-1' } });
    expect((await send(`GET ${settings}`)).json).toMatchObject({ queueId: 'q-1' });
    for (let n = 0; n < 2; n += 1) expect((await send(`DELETE ${settings}`)).status).toBe(204);
    expect((await send(`GET ${settings}`)).json).toEqual(before);
  });

  it('answer 202 to jobs, and no body where the SDK has none', async () => {
    const { send } = await start();
    expect((await send('POST /api/v2/audits/query', { body: {} })).status).toBe(200);
    expect((await send('POST /api/v2/analytics/actions/aggregates/jobs', { body: {} })).status).toBe(202);
    expect(await send('PUT /api/v2/users/u-1/profileskills', { body: ['a'] })).toMatchObject({ status: 200 });
    expect(await send('POST /api/v2/conversations/c-1/disconnect')).toMatchObject({ status: 200 });
    expect(await send('DELETE /api/v2/analytics/actions/aggregates/jobs/j-1')).toMatchObject({ status: 204, text: '' });
  });
});

describe('the option operations', () => {
  it('is off by default, and then any path has a generic answer', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const { json } = await call(simulator, `GET ${SCHEDULE}`, { token });
    expect(json).toEqual({ id: ID, name: `Simulated ${ID}`, selfUri: SCHEDULE });
    expect((await call(simulator, 'GET /api/v2/nope', { token })).status).toBe(200);
  });

  it('is only for Genesys Cloud, and cannot change at run time', async () => {
    const cxone = startSimulator({ platform: 'cxone', operations: true });
    await expect(cxone).rejects.toThrow("operations is true; allowed: only with platform 'genesys'");
    const text = startSimulator({ platform: 'genesys', operations: 'yes' as unknown as boolean });
    await expect(text).rejects.toThrow('operations is "yes"');
    const { simulator } = await start();
    expect(() => simulator.set({ operations: false } as object)).toThrow('operations');
  });
});

describe('WrittenEntities', () => {
  it('is bounded by the length of what it keeps', () => {
    const written = new WrittenEntities();
    const json = JSON.stringify({ text: 'x'.repeat(500_000) });
    for (let n = 0; n < 100; n += 1) written.set(`/${n}`, json);
    const kept = Array.from({ length: 100 }, (_, n) => written.get(`/${n}`)).filter((one) => one !== undefined);
    expect(kept).toHaveLength(63);
    expect([written.get('/0'), written.get('/99')]).toEqual([undefined, json]);
  });
});
