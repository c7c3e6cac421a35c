import { describe, expect, it } from 'vitest';
import { BULK_DEFAULTS } from '../options/bulk-options.js';
import { call, type Json, login, startGenesys } from '../testing/http-client.js';

const idsOf = (json: Json): string[] => json.entities.map(({ id }: { id: string }) => id);

/** The lists by id, with the name of their parameter. */
const LISTS = [
  ['users', 'id'],
  ['routing/queues', 'id'],
  ['routing/skills', 'id'],
  ['routing/languages', 'id'],
  ['routing/skillexpressions', 'id'],
  ['routing/wrapupcodes', 'id'],
  ['groups', 'id'],
  ['locations', 'id'],
  ['stations', 'id'],
  ['authorization/roles', 'id'],
  ['authorization/divisions', 'id'],
  ['flows', 'id'],
  ['flows/outcomes', 'id'],
  ['flows/milestones', 'id'],
  ['integrations', 'ids'],
  ['integrations/actions', 'ids'],
  ['outbound/campaigns', 'id'],
  ['outbound/messagingcampaigns', 'id'],
  ['outbound/digitalrulesets', 'id'],
  ['outbound/contactlists', 'id'],
  ['speechandtextanalytics/categories', 'ids'],
  ['speechandtextanalytics/programs', 'ids'],
  ['speechandtextanalytics/topics', 'ids'],
] as const;

describe('lists by id', () => {
  it.each(LISTS)('%s: joined and repeated ids, each entity once, as its single GET answers it', async (path, name) => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const list = await call(simulator, `GET /api/v2/${path}?${name}=c,a&${name}=b,a&${name}=missing-1`, { token });
    expect(idsOf(list.json)).toEqual(['a', 'b', 'c']);
    for (const entity of list.json.entities) {
      expect((await call(simulator, `GET /api/v2/${path}/${entity.id}`, { token })).json).toEqual(entity);
    }
    expect((await call(simulator, `GET /api/v2/${path}/missing-1`, { token })).status).toBe(404);
    expect(simulator.stats().byRoute[`GET /api/v2/${path}`]?.requests).toBe(1);
    expect(simulator.stats().byRoute[`GET /api/v2/${path}/:id`]?.requests).toBe(4);
  });

  it.each(LISTS)('%s: a deleted entity is absent from the list and a 404 singly', async (path, name) => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    expect((await call(simulator, `DELETE /api/v2/${path}/gone`, { token })).status).toBe(204);
    const list = await call(simulator, `GET /api/v2/${path}?${name}=gone,stays`, { token });
    expect(idsOf(list.json)).toEqual(['stays']);
    expect((await call(simulator, `GET /api/v2/${path}/gone`, { token })).status).toBe(404);
  });

  it.each(LISTS)('%s: the maximum is accepted, one more is refused with 400', async (path, name) => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const maximum = BULK_DEFAULTS.maxItems[`GET /api/v2/${path}`] ?? 0;
    const ids = (count: number): string => Array.from({ length: count }, (_, index) => `e${index}`).join(',');
    const full = await call(simulator, `GET /api/v2/${path}?${name}=${ids(maximum)}&pageSize=100`, { token });
    expect(full.json.entities).toHaveLength(maximum);
    const refused = await call(simulator, `GET /api/v2/${path}?${name}=${ids(maximum + 1)}`, { token });
    expect(refused.json).toMatchObject({ status: 400, code: 'bad.request', details: [], errors: [] });
    expect(refused.json.message).toBe(`The request has ${maximum + 1} items. The maximum is ${maximum}.`);
  });

  it('have pages of 25 entities, so that a client must ask for more', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const ids = Array.from({ length: 40 }, (_, index) => `u${index}`).join(',');
    const page = await call(simulator, `GET /api/v2/users?id=${ids}`, { token });
    expect(page.json).toMatchObject({ pageSize: 25, total: 40, pageCount: 2 });
    expect(page.json.entities).toHaveLength(25);
    const whole = await call(simulator, `GET /api/v2/users?id=${ids}&pageSize=100`, { token });
    expect(whole.json.entities).toHaveLength(40);
  });

  it('accept other maxima by the option `bulk`, which keeps those that it does not name', async () => {
    const simulator = await startGenesys({ bulk: { maxItems: { 'GET /api/v2/users': 1 } } });
    const token = await login(simulator);
    expect((await call(simulator, 'GET /api/v2/users?id=a,b', { token })).status).toBe(400);
    expect((await call(simulator, 'GET /api/v2/groups?id=a,b', { token })).status).toBe(200);
    simulator.set({ bulk: { maxItems: { 'GET /api/v2/users/presences/{source}/bulk': 1 } } });
    expect((await call(simulator, 'GET /api/v2/users?id=a,b', { token })).status).toBe(400);
    expect((await call(simulator, 'GET /api/v2/users/presences/purecloud/bulk?id=a,b', { token })).status).toBe(400);
  });

  it('look up flows and evaluation forms in their own routes', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const flows = await call(simulator, 'GET /api/v2/flows/lookup?id=b&id=a,missing-1', { token });
    expect(idsOf(flows.json)).toEqual(['a', 'b']);
    const forms = await call(simulator, 'GET /api/v2/quality/forms/evaluations/bulk?id=b,a', { token });
    expect(idsOf(forms.json)).toEqual(['a', 'b']);
    const ids = Array.from({ length: 101 }, (_, index) => `f${index}`).join(',');
    expect((await call(simulator, `GET /api/v2/quality/forms/evaluations/bulk?id=${ids}`, { token })).status).toBe(400);
  });

  it('do not answer an entity for a path that names something else', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const { json } = await call(simulator, 'GET /api/v2/flows/datatables', { token });
    expect(json).toEqual({ id: 'datatables', name: 'Simulated datatables', selfUri: '/api/v2/flows/datatables' });
    expect(simulator.stats().byRoute['GET /api/v2/flows/datatables']?.requests).toBe(1);
  });
});

describe('users', () => {
  it('who are not active are left out of lists, unless `state` asks for them, and found by id', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    await call(simulator, 'PATCH /api/v2/users/b', { token, body: { state: 'inactive' } });
    const list = async (query: string): Promise<string[]> =>
      idsOf((await call(simulator, `GET /api/v2/users?id=a,b${query}`, { token })).json);
    expect(await list('')).toEqual(['a']);
    expect(await list('&state=active')).toEqual(['a']);
    expect(await list('&state=inactive')).toEqual(['b']);
    expect(await list('&state=any')).toEqual(['a', 'b']);
    expect((await call(simulator, 'GET /api/v2/users?state=lost', { token })).status).toBe(400);
    expect((await call(simulator, 'GET /api/v2/users/b', { token })).json).toMatchObject({ state: 'inactive' });
  });

  it('are expanded singly and in lists, but lists may lack an expansion', async () => {
    const simulator = await startGenesys({ bulk: { omitExpands: ['station'] } });
    const token = await login(simulator);
    const single = (await call(simulator, 'GET /api/v2/users/a?expand=presence,station', { token })).json;
    expect(single).toMatchObject({ presence: { presenceDefinition: { systemPresence: 'Offline' } }, station: {} });
    const list = (await call(simulator, 'GET /api/v2/users?id=a&expand=presence&expand=station', { token })).json;
    expect(list.entities[0].presence).toEqual(single.presence);
    expect(list.entities[0]).not.toHaveProperty('station');
    expect((await call(simulator, 'GET /api/v2/users/a', { token })).json).not.toHaveProperty('presence');
  });

  it('have their presences in bulk, at most 50', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    await call(simulator, 'PATCH /api/v2/users/b/presences/PURECLOUD', {
      token,
      body: { presenceDefinition: { id: 'busy' }, message: 'later' },
    });
    const bulk = 'GET /api/v2/users/presences/purecloud/bulk';
    const { json } = await call(simulator, `${bulk}?id=b,missing-1&id=a`, { token });
    const single = (await call(simulator, 'GET /api/v2/users/b/presences/purecloud', { token })).json;
    expect(json.map(({ userId }: { userId: string }) => userId)).toEqual(['a', 'b']);
    const { primary, ...shared } = single;
    expect(primary).toBe(true);
    expect(json[1]).toEqual({ ...shared, userId: 'b' });
    const ids = (count: number): string => Array.from({ length: count }, (_, index) => `u${index}`).join(',');
    expect((await call(simulator, `${bulk}?id=${ids(50)}`, { token })).json).toHaveLength(50);
    expect((await call(simulator, `${bulk}?id=${ids(51)}`, { token })).status).toBe(400);
    expect(simulator.stats().byRoute['GET /api/v2/users/presences/:sourceId/bulk']?.requests).toBe(3);
  });
});

describe('the number of entities', () => {
  it('is an option, and thousands can be read by id', async () => {
    const simulator = await startGenesys({ entities: { users: 10_000, configuration: 3 } });
    const token = await login(simulator);
    const page = (await call(simulator, 'GET /api/v2/users?pageSize=100&pageNumber=100', { token })).json;
    expect(page).toMatchObject({ total: 10_000, pageCount: 100 });
    const ids = idsOf(page);
    const { json } = await call(simulator, `GET /api/v2/users?id=${ids.join(',')}&pageSize=100`, { token });
    expect(idsOf(json)).toEqual([...ids].sort());
    expect((await call(simulator, 'GET /api/v2/groups', { token })).json.total).toBe(3);
    expect((await call(simulator, 'GET /api/v2/routing/queues', { token })).json.total).toBe(30);
  });
});
