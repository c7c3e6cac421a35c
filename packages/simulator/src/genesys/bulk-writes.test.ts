import { describe, expect, it } from 'vitest';
import type { GenesysSimulator } from '../simulator.js';
import { call, type Json, login, startGenesys } from '../testing/http-client.js';

const CONTACTS = '/api/v2/externalcontacts/contacts';
const BULK = 'POST /api/v2/externalcontacts/bulk/contacts';

const makeItems = (count: number): { id: string }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `x${index}` }));

async function start(): Promise<{
  simulator: GenesysSimulator;
  send: (route: string, body?: unknown) => Promise<Json>;
}> {
  const simulator = await startGenesys();
  const token = await login(simulator);
  const send = async (route: string, body?: unknown): Promise<Json> => {
    const { status, json } = await call(simulator, route, { token, ...(body !== undefined && { body }) });
    return { status, json };
  };
  return { simulator, send };
}

describe('external contacts in bulk', () => {
  it('are added with a result for each item, of which some fail', async () => {
    const { send } = await start();
    const entities = [{ firstName: 'A' }, { firstName: 'invalid', lastName: 'B' }, { firstName: 'C' }];
    const { status, json } = await send(`${BULK}/add`, { entities });
    expect(status).toBe(200);
    expect(json).toMatchObject({ errorCount: 1, errorIndexes: [1] });
    expect(json.results[0]).toMatchObject({ success: true, status: 201, entity: { firstName: 'A' } });
    expect(json.results[1]).toMatchObject({
      success: false,
      status: 400,
      error: { code: 'bad.request', retryable: false, details: [], entity: { lastName: 'B' } },
    });
    expect((await send(`GET ${CONTACTS}/${json.results[2].id}`)).json.firstName).toBe('C');
    expect((await send(`GET ${CONTACTS}`)).json.total).toBe(62);
  });

  it('are updated and removed by id; an unknown id fails alone', async () => {
    const { send } = await start();
    const id: string = (await send(`POST ${CONTACTS}`, { firstName: 'A' })).json.id;
    const updated = await send(`${BULK}/update`, { entities: [{ id: 'nobody' }, { id, firstName: 'B' }] });
    expect(updated.json).toMatchObject({
      errorIndexes: [0],
      results: [
        { id: 'nobody', success: false, status: 404, error: { code: 'not.found' } },
        { id, success: true, status: 200, entity: { id, firstName: 'B' } },
      ],
    });
    expect((await send(`GET ${CONTACTS}/${id}`)).json.firstName).toBe('B');
    const removed = await send(`${BULK}/remove`, { entities: [{ id }, { id }] });
    expect(removed.json).toMatchObject({ errorIndexes: [1], results: [{ id, success: true, status: 204 }, { id }] });
    expect((await send(`GET ${CONTACTS}/${id}`)).status).toBe(404);
  });

  it('are enriched: found by an identifier or created; a dry run changes nothing', async () => {
    const { send } = await start();
    const matchingIdentifiers = [{ type: 'Email', value: 'ada@x.test' }];
    const item = { id: 'r1', action: 'Upsert', matchingIdentifiers, contact: { firstName: 'Ada' } };
    const dry = await send(`${BULK}/enrich?dryRun=true`, { entities: [item] });
    expect(dry.json.results[0]).toMatchObject({ success: true, entity: { firstName: 'Ada' } });
    expect((await send(`GET ${CONTACTS}`)).json.total).toBe(60);
    const created = (await send(`${BULK}/enrich`, { entities: [item] })).json.results[0];
    expect(created).toMatchObject({ id: 'r1', status: 201 });
    const changed = { ...item, contact: { firstName: 'Grace' } };
    const again = await send(`${BULK}/enrich`, { entities: [changed, { ...item, matchingIdentifiers: [] }] });
    expect(again.json).toMatchObject({
      errorIndexes: [1],
      results: [{ status: 200, entity: { firstName: 'Grace' } }, {}],
    });
    expect((await send(`GET ${CONTACTS}/${created.entity.id}`)).json.firstName).toBe('Grace');
  });

  it.each([
    ['', 50],
    ['/add', 50],
    ['/update', 50],
    ['/remove', 50],
    ['/enrich', 10],
  ])('%s: at most %i items, and one more executes nothing', async (path, maximum) => {
    const { simulator, send } = await start();
    expect((await send(`${BULK}${path}`, { entities: makeItems(maximum) })).status).toBe(200);
    simulator.resetStats();
    const { status, json } = await send(`${BULK}${path}`, { entities: makeItems(maximum + 1) });
    expect([status, json.code]).toEqual([400, 'bad.request']);
    expect(simulator.stats()).toMatchObject({ executedWrites: 0, byRoute: { [`${BULK}${path}`]: { executed: 0 } } });
  });
});

describe('users in bulk', () => {
  it('are changed, at most 50; a user that does not exist is not in the answer', async () => {
    const { send } = await start();
    const body = [
      { id: 'a', acdAutoAnswer: true },
      { id: 'missing-1', acdAutoAnswer: true },
    ];
    const { json } = await send('PATCH /api/v2/users/bulk', body);
    expect(json.entities).toMatchObject([{ id: 'a', acdAutoAnswer: true, version: 2 }]);
    expect((await send('GET /api/v2/users/a')).json.acdAutoAnswer).toBe(true);
    expect((await send('PATCH /api/v2/users/bulk', makeItems(50))).json.entities).toHaveLength(50);
    expect((await send('PATCH /api/v2/users/bulk', makeItems(51))).status).toBe(400);
  });

  it('get presences in one request', async () => {
    const { send } = await start();
    const presenceDefinition = { id: 'busy' };
    const { json } = await send('PUT /api/v2/users/presences/bulk', [
      { id: 'a', presenceDefinition },
      { id: 'missing-1', presenceDefinition },
    ]);
    expect(json).toMatchObject([{ id: 'a', presenceDefinition }]);
    expect((await send('GET /api/v2/users/a/presences/purecloud')).json.presenceDefinition).toEqual(presenceDefinition);
    expect((await send('PUT /api/v2/users/presences/bulk', makeItems(51))).status).toBe(400);
  });

  it.each([
    ['routingskills', 'PATCH', 'PUT'],
    ['routinglanguages', 'PATCH', 'PATCH'],
  ])('get %s in one request, of which all take effect or none', async (kind, bulkMethod, singleMethod) => {
    const { send } = await start();
    const path = `/api/v2/users/a/${kind}`;
    const { json } = await send(`${bulkMethod} ${path}/bulk`, [{ id: 's1', proficiency: 3 }, { id: 's2' }]);
    expect(json.entities).toMatchObject([
      { id: 's1', proficiency: 3, state: 'active' },
      { id: 's2', proficiency: 0 },
    ]);
    const partly = await send(`${bulkMethod} ${path}/bulk`, [{ id: 's3' }, { id: 'missing-1' }]);
    expect(partly.status).toBe(400);
    expect((await send(`GET ${path}`)).json.total).toBe(2);
    expect((await send(`${singleMethod} ${path}/s1`, { proficiency: 5 })).json).toMatchObject({
      id: 's1',
      proficiency: 5,
    });
    expect((await send(`POST ${path}`, { id: 's4', proficiency: 1 })).json).toMatchObject({ id: 's4', proficiency: 1 });
    expect((await send(`DELETE ${path}/s2`)).status).toBe(204);
    expect((await send(`DELETE ${path}/s2`)).status).toBe(404);
    expect((await send(`GET ${path}`)).json.entities.map(({ id }: { id: string }) => id)).toEqual(['s1', 's4']);
    expect((await send(`${bulkMethod} ${path}/bulk`, makeItems(51))).status).toBe(400);
  });

  it('lose the skills that a replacement does not name', async () => {
    const { send } = await start();
    await send('PATCH /api/v2/users/a/routingskills/bulk', [{ id: 's1' }]);
    const { json } = await send('PUT /api/v2/users/a/routingskills/bulk', [{ id: 's2' }]);
    expect(json).toMatchObject({ total: 1, entities: [{ id: 's2' }] });
  });
});

describe('queue members in bulk', () => {
  const path = '/api/v2/routing/queues/q/members';

  it('join and leave; users who are no members are disregarded', async () => {
    const { send } = await start();
    await send(`POST ${path}`, [{ id: 'u1' }, { id: 'u2' }]);
    const { json } = await send(`PATCH ${path}`, [
      { id: 'u1', joined: false },
      { id: 'stranger', joined: true },
    ]);
    expect(json.entities).toMatchObject([{ id: 'u1', joined: false }]);
    const { entities } = (await send(`GET ${path}`)).json;
    expect(entities.find(({ id }: { id: string }) => id === 'u1').joined).toBe(false);
    expect(entities.find(({ id }: { id: string }) => id === 'u2').joined).toBe(true);
  });

  it.each(['POST', 'PATCH'])('%s accepts at most 100', async (method) => {
    const { send } = await start();
    expect((await send(`${method} ${path}`, makeItems(100))).status).toBeLessThan(300);
    expect((await send(`${method} ${path}`, makeItems(101))).status).toBe(400);
  });

  it('come in pages of at most 100', async () => {
    const { send } = await start();
    expect((await send(`GET ${path}?pageSize=100`)).status).toBe(200);
    expect((await send(`GET ${path}?pageSize=101`)).status).toBe(400);
  });
});
