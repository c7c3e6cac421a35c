import { describe, expect, it } from 'vitest';
import type { GenesysSimulator } from '../simulator.js';
import { call, type Json, login, startGenesys } from '../testing/http-client.js';

/** Reads all pages from an address, and returns the pages. */
async function readPages(
  simulator: GenesysSimulator,
  token: string,
  first: string,
  findNext: (page: Json) => string | undefined,
): Promise<Json[]> {
  const pages: Json[] = [];
  for (let path: string | undefined = first; path !== undefined;) {
    const { status, json } = await call(simulator, `GET ${path}`, { token });
    expect(status).toBe(200);
    pages.push(json);
    path = findNext(json);
  }
  return pages;
}

const idsOf = (pages: Json[]): string[] =>
  pages.flatMap(({ entities }) => entities.map(({ id }: { id: string }) => id));

describe('external contacts', () => {
  it('can be listed up to 1,000, in pages of 20', async () => {
    const simulator = await startGenesys({ entities: { contacts: 1200 } });
    const token = await login(simulator);
    const path = 'GET /api/v2/externalcontacts/contacts';
    expect((await call(simulator, path, { token })).json).toMatchObject({ pageSize: 20, total: 1200 });
    expect((await call(simulator, `${path}?pageSize=100&pageNumber=10`, { token })).json.entities).toHaveLength(100);
    const beyond = await call(simulator, `${path}?pageSize=100&pageNumber=11`, { token });
    expect([beyond.status, beyond.json.code]).toEqual([400, 'bad.request']);
    expect(beyond.json.message).toBe('pageNumber * pageSize must be at most 1000');
  });

  it('are scanned beyond that, each once, by a cursor', async () => {
    const simulator = await startGenesys({ entities: { contacts: 5000 } });
    const token = await login(simulator);
    const scan = '/api/v2/externalcontacts/scan/contacts';
    const pages = await readPages(simulator, token, `${scan}?limit=200`, ({ cursors }) =>
      cursors.after === undefined ? undefined : `${scan}?limit=200&cursor=${cursors.after}`,
    );
    expect(pages).toHaveLength(25);
    expect(new Set(idsOf(pages)).size).toBe(5000);
    expect(pages.at(-1)).not.toHaveProperty('nextUri');
    expect((await call(simulator, `GET ${scan}`, { token })).json.entities).toHaveLength(100);
  });

  it.each([
    ['limit=9', 'limit must be from 10 to 200'],
    ['limit=201', 'limit must be from 10 to 200'],
    ['cursor=nonsense', 'cursor is invalid'],
  ])('refuse a scan with %s', async (query, message) => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const reply = await call(simulator, `GET /api/v2/externalcontacts/scan/contacts?${query}`, { token });
    expect([reply.status, reply.json.message]).toEqual([400, message]);
  });

  it('are scanned without a gap when a contact of an earlier page is deleted', async () => {
    const simulator = await startGenesys({ entities: { contacts: 30 } });
    const token = await login(simulator);
    const scan = 'GET /api/v2/externalcontacts/scan/contacts?limit=10';
    const first = (await call(simulator, scan, { token })).json;
    await call(simulator, `DELETE /api/v2/externalcontacts/contacts/${first.entities[0].id}`, { token });
    const second = (await call(simulator, `${scan}&cursor=${first.cursors.after}`, { token })).json;
    const third = (await call(simulator, `${scan}&cursor=${second.cursors.after}`, { token })).json;
    expect(new Set(idsOf([first, second, third])).size).toBe(30);
  });
});

describe('pages by a token', () => {
  it('GET /api/v2/users/query: the cursor is in the answer', async () => {
    const simulator = await startGenesys({ entities: { users: 60 } });
    const token = await login(simulator);
    const path = '/api/v2/users/query';
    const pages = await readPages(simulator, token, `${path}?pageSize=25`, ({ cursor }) =>
      cursor === undefined ? undefined : `${path}?pageSize=25&cursor=${cursor}`,
    );
    expect(pages.map(({ results }) => results)).toEqual([25, 25, 10]);
    expect(new Set(idsOf(pages)).size).toBe(60);
  });

  it.each([
    ['/api/v2/teams', 'after'],
    ['/api/v2/routing/skillgroups', 'after'],
    ['/api/v2/authorization/divisions/query', 'after'],
    ['/api/v2/speechandtextanalytics/programs', 'nextPage'],
    ['/api/v2/speechandtextanalytics/topics', 'nextPage'],
  ])('GET %s: the token `%s` is in nextUri', async (path, name) => {
    const simulator = await startGenesys({ entities: { configuration: 45 } });
    const token = await login(simulator);
    const pages = await readPages(simulator, token, `${path}?pageSize=20`, ({ nextUri }) => nextUri);
    expect(pages.map(({ entities }) => entities.length)).toEqual([20, 20, 5]);
    expect(new Set(idsOf(pages)).size).toBe(45);
    expect(pages[0].nextUri).toContain(`${name}=`);
    expect(pages[0]).not.toHaveProperty('pageNumber');
    const other = new URL(pages[0].nextUri, simulator.url).searchParams.get(name) ?? '';
    const foreign = await call(simulator, `GET /api/v2/users/query?cursor=${other}`, { token });
    expect(foreign.status).toBe(400);
  });
});
