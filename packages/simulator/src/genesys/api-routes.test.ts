import { describe, expect, it } from 'vitest';
import { call, login, startGenesys } from '../testing/http-client.js';

describe('lists and entities', () => {
  it('can be paged through by nextUri, with each entity once', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const ids = new Set<string>();
    let next: string | undefined = '/api/v2/users?pageSize=30&sortOrder=asc';
    let pages = 0;
    while (next !== undefined) {
      const { json } = await call(simulator, `GET ${next}`, { token });
      expect(json).toMatchObject({ pageSize: 30, total: 100, pageCount: 4, pageNumber: (pages += 1) });
      for (const { id } of json.entities) ids.add(id);
      next = json.nextUri;
    }
    expect(pages).toBe(4);
    expect(ids.size).toBe(100);
  });

  it('link to the neighbouring pages and keep the query', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const { json } = await call(simulator, 'GET /api/v2/routing/queues?pageSize=10&pageNumber=2&name=Q', { token });
    expect(json.entities).toHaveLength(10);
    expect(json.previousUri).toBe('/api/v2/routing/queues?pageSize=10&pageNumber=1&name=Q');
    expect(json.nextUri).toBe('/api/v2/routing/queues?pageSize=10&pageNumber=3&name=Q');
    expect((await call(simulator, 'GET /api/v2/users?pageSize=0', { token })).status).toBe(400);
    expect((await call(simulator, 'GET /api/v2/users?pageNumber=x', { token })).json.code).toBe('bad.request');
  });

  it.each([
    ['GET /api/v2/users', 'entities'],
    ['GET /api/v2/routing/queues', 'entities'],
    ['GET /api/v2/routing/queues/q1/members', 'entities'],
    ['GET /api/v2/scripts', 'entities'],
    ['GET /api/v2/scripts/published', 'entities'],
    ['GET /api/v2/presencedefinitions', 'entities'],
    ['GET /api/v2/presence/definitions', 'entities'],
    ['GET /api/v2/externalcontacts/contacts', 'entities'],
    ['GET /api/v2/conversations', 'entities'],
    ['GET /api/v2/organizations/limits/namespaces/platform.api', 'entities'],
    ['POST /api/v2/analytics/conversations/details/query', 'conversations'],
    ['POST /api/v2/analytics/users/details/query', 'userDetails'],
  ])('serve the list %s in %s', async (route, key) => {
    const simulator = await startGenesys();
    const { status, json } = await call(simulator, route, { token: await login(simulator) });
    expect(status).toBe(200);
    expect(json[key].length).toBeGreaterThan(0);
    expect(simulator.stats().executedWrites).toBe(0);
  });

  it.each([
    'GET /api/v2/users/me',
    'GET /api/v2/users/u-1',
    'GET /api/v2/users/u-1/presences/purecloud',
    'GET /api/v2/routing/queues/q-1',
    'GET /api/v2/conversations/c-1',
    'GET /api/v2/organizations/me',
    'GET /api/v2/architect/ivrs/i-1',
  ])('serve the entity of %s', async (route) => {
    const simulator = await startGenesys();
    const { status, json } = await call(simulator, route, { token: await login(simulator) });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: expect.any(String), selfUri: expect.stringContaining('/api/v2/') });
  });
});

describe('external contacts', () => {
  it('are written, read back, listed, changed and deleted', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const path = '/api/v2/externalcontacts/contacts';
    const before = (await call(simulator, `GET ${path}`, { token })).json.total;
    const made = (await call(simulator, `POST ${path}`, { token, body: { firstName: 'Ada', id: 'mine' } })).json;
    expect(made).toMatchObject({ firstName: 'Ada', selfUri: `${path}/${made.id}` });
    expect(made.id).not.toBe('mine');
    expect((await call(simulator, `GET ${path}/${made.id}`, { token })).json).toEqual(made);
    expect((await call(simulator, `GET ${path}`, { token })).json.total).toBe(before + 1);
    const put = await call(simulator, `PUT ${path}/${made.id}`, { token, body: { firstName: 'Grace' } });
    expect(put.json).toMatchObject({ id: made.id, firstName: 'Grace' });
    expect((await call(simulator, `DELETE ${path}/${made.id}`, { token })).status).toBe(204);
    const gone = await call(simulator, `GET ${path}/${made.id}`, { token });
    expect([gone.status, gone.json.code]).toEqual([404, 'not.found']);
    expect((await call(simulator, `DELETE ${path}/${made.id}`, { token })).status).toBe(404);
    expect(simulator.stats()).toMatchObject({ executedWrites: 3, duplicateWrites: 0 });
  });

  it('are added and fetched in bulk; fetching is not a write', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const bulk = 'POST /api/v2/externalcontacts/bulk/contacts';
    const body = { entities: [{ firstName: 'A' }, { firstName: 'B' }] };
    const added = (await call(simulator, `${bulk}/add`, { token, body })).json;
    expect(added).toMatchObject({ errorCount: 0, results: [{ success: true }, { success: true }] });
    const entities = [{ id: added.results[1].id }, { id: 'nobody' }];
    const { json } = await call(simulator, bulk, { token, body: { entities } });
    expect(json).toMatchObject({ errorCount: 1, errorIndexes: [1], results: [{ entity: { firstName: 'B' } }, {}] });
    expect(simulator.stats().executedWrites).toBe(1);
  });
});

describe('users', () => {
  it.each([
    ['PATCH', 409],
    ['PUT', 400],
  ])('check the version on %s: %i on a mismatch', async (method, status) => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const route = `${method} /api/v2/users/u1`;
    expect((await call(simulator, route, { token, body: { version: 1, title: 'A' } })).json.version).toBe(2);
    const replayed = await call(simulator, route, { token, body: { version: 1, title: 'A' } });
    expect(replayed.status).toBe(status);
    expect(replayed.json.message).toBe('The version [1] does not match the current version [2]');
    expect((await call(simulator, route, { token, body: { version: 2, title: 'B' } })).json).toMatchObject({
      version: 3,
      title: 'B',
    });
    expect(simulator.stats()).toMatchObject({ executedWrites: 2, duplicateWrites: 0 });
  });

  it('keep the presence that was set', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const path = '/api/v2/users/u1/presences/purecloud';
    const presenceDefinition = { id: 'busy' };
    await call(simulator, `PATCH ${path}`, { token, body: { presenceDefinition } });
    expect((await call(simulator, `GET ${path}`, { token })).json.presenceDefinition).toEqual(presenceDefinition);
  });
});

describe('other routes', () => {
  it('create and list queues and email conversations', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const queue = await call(simulator, 'POST /api/v2/routing/queues', { token, body: { name: 'New' } });
    expect((await call(simulator, `GET /api/v2/routing/queues/${queue.json.id}`, { token })).json.name).toBe('New');
    const mail = await call(simulator, 'POST /api/v2/conversations/emails', { token, body: { subject: 's' } });
    const read = await call(simulator, `GET /api/v2/conversations/${mail.json.id}`, { token });
    expect(read.json.subject).toBe('s');
  });

  it('keep 20 notification channels per token; the next evicts the oldest', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const ids: string[] = [];
    for (let turn = 0; turn < 21; turn += 1) {
      const { json } = await call(simulator, 'POST /api/v2/notifications/channels', { token });
      expect(json.connectUri).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/channels\//);
      ids.push(json.id);
    }
    const { json } = await call(simulator, 'GET /api/v2/notifications/channels', { token });
    expect(json.entities.map(({ id }: { id: string }) => id)).toEqual(ids.slice(1));
    const other = await call(simulator, 'GET /api/v2/notifications/channels', {
      token: await login(simulator, 'other'),
    });
    expect(other.json.entities).toEqual([]);
  });

  it('list the limits of the organization', async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'token.rate.per.minute', per: 'token', limit: 50, windowMs: 60_000, enforcement: 'fixed' }],
    });
    const token = await login(simulator);
    const read = async (): Promise<unknown> =>
      (await call(simulator, 'GET /api/v2/organizations/limits/namespaces/platform.api', { token })).json.entities;
    expect(await read()).toEqual([
      { key: 'token.rate.per.minute', namespace: 'platform.api', value: 50 },
      { key: 'request.bytes.max', namespace: 'platform.api', value: 512_000 },
    ]);
  });

  it('answer any other path generically', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const read = await call(simulator, 'GET /api/v2/architect/prompts/p-1', { token });
    expect(read.json).toEqual({ id: 'p-1', name: 'Simulated p-1', selfUri: '/api/v2/architect/prompts/p-1' });
    const made = await call(simulator, 'POST /api/v2/architect/prompts', { token, body: { name: 'Flow' } });
    expect(made.json).toMatchObject({ name: 'Flow', selfUri: `/api/v2/architect/prompts/${made.json.id}` });
    const put = await call(simulator, 'PUT /api/v2/architect/ivrs/i-1', { token, body: { name: 'Ivr' } });
    expect(put.json).toEqual({ name: 'Ivr', id: 'i-1', selfUri: '/api/v2/architect/ivrs/i-1' });
    expect((await call(simulator, 'DELETE /api/v2/architect/prompts/p-1', { token })).status).toBe(204);
    expect((await call(simulator, 'POST /api/v2/architect/prompts/search', { token, body: {} })).status).toBe(200);
    expect((await call(simulator, 'HEAD /api/v2/architect/prompts/p-1', { token })).text).toBe('');
    expect(simulator.stats()).toMatchObject({ executedWrites: 3, byRoute: { 'PUT /api/v2/architect/ivrs/:id': {} } });
    expect((await call(simulator, 'GET /elsewhere', { token })).status).toBe(404);
  });

  it('refuse bodies over 512000 bytes, announced or not, and invalid JSON', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const route = 'POST /api/v2/externalcontacts/contacts';
    const exact = { note: 'x'.repeat(512_000 - '{"note":""}'.length) };
    expect((await call(simulator, route, { token, body: exact })).status).toBe(200);
    const large = { note: `${exact.note}x` };
    const refused = await call(simulator, route, { token, body: large });
    expect([refused.status, refused.json.code]).toEqual([413, 'request.bytes.max']);
    const chunked = await fetch(`${simulator.url}/api/v2/externalcontacts/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new Blob([JSON.stringify(large)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
    const broken = await call(simulator, route, { token, body: '{"a":' });
    expect([broken.status, broken.json.code]).toEqual([400, 'bad.request']);
    expect(simulator.stats().executedWrites).toBe(1);
  });
});

describe('a written state is read back', () => {
  const participant = '/api/v2/conversations/c-1/participants/p-1';
  it.each<[string, object | object[], string, object]>([
    [
      `PATCH ${participant}/attributes`,
      { attributes: { a: '1', b: '' } },
      'conversations/c-1',
      { participants: [{ id: 'p-1', attributes: { a: '1' } }] },
    ],
    [
      'PATCH /api/v2/conversations/calls/c-1/participants/p-1',
      { wrapup: { code: 'w' } },
      'conversations/c-1',
      { participants: [{ wrapup: { code: 'w' } }] },
    ],
    [
      `PATCH ${participant}`,
      { state: 'disconnected' },
      'conversations/c-1',
      { participants: [{ endTime: expect.any(String) as string }] },
    ],
    [
      'POST /api/v2/flows/datatables/d-1/rows',
      { KEY: 'a b', n: 1 },
      'flows/datatables/d-1/rows/a%20b',
      { KEY: 'a b', n: 1 },
    ],
    [
      'POST /api/v2/outbound/contactlists/l-1/contacts',
      [{ id: 'k', data: {} }],
      'outbound/contactlists/l-1/contacts/k',
      { id: 'k', contactListId: 'l-1' },
    ],
    ['POST /api/v2/outbound/campaigns/x/start', {}, 'outbound/campaigns/x', { campaignStatus: 'on' }],
    ['POST /api/v2/outbound/campaigns/x/stop', {}, 'outbound/campaigns/x', { campaignStatus: 'off' }],
    ['POST /api/v2/routing/queues/q/members', [{ id: 'u-9' }], 'routing/queues/q/members', { total: 6 }],
    ['POST /api/v2/routing/queues/q/members?delete=true', [{ id: 'u-9' }], 'routing/queues/q/members', { total: 5 }],
  ])('%s', async (route, body, path, expected) => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    expect((await call(simulator, route, { token, body })).status).toBeLessThan(300);
    expect((await call(simulator, `GET /api/v2/${path}`, { token })).json).toMatchObject(expected);
    expect(simulator.stats().executedWrites).toBe(1);
  });

  it('a row and a wrap-up that nobody wrote do not exist, and a row is created once', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const wrapup = '/api/v2/conversations/calls/c/participants/p/communications/m/wrapup';
    for (const path of ['/api/v2/flows/datatables/d/rows/a', wrapup])
      expect((await call(simulator, `GET ${path}`, { token })).status).toBe(404);
    await call(simulator, `POST ${wrapup}`, { token, body: { code: 'w' } });
    expect((await call(simulator, `GET ${wrapup}`, { token })).json).toEqual({ code: 'w' });
    const statuses: number[] = [];
    for (const n of [1, 2])
      statuses.push(
        (await call(simulator, 'POST /api/v2/flows/datatables/d/rows', { token, body: { KEY: 'a', n } })).status,
      );
    expect(statuses).toEqual([200, 409]);
  });
});
