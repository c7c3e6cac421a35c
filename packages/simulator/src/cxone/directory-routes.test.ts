import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.js';
import { call, type Json, startCxone } from '../testing/http-client.js';

const ACD = '/incontactapi/services/v27.0';
const EVER = '1970-01-01T00:00:00.000Z';

async function login(simulator: Simulator, accessKeyId = 'key@acme'): Promise<string> {
  const body = { accessKeyId, accessKeySecret: 's' };
  return String((await call(simulator, 'POST /authentication/v1/token/access-key', { body })).json.access_token);
}

const poll = async (simulator: Simulator, token: string, updatedSince: string, more = ''): Promise<Json> =>
  (await call(simulator, `GET ${ACD}/cache/agentstate?updatedSince=${updatedSince}${more}`, { token })).json.resultSet;

describe('agent states', () => {
  it('list all agents first, then the agents that changed since the last poll', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const first = await poll(simulator, token, EVER);
    expect(first.agentState).toHaveLength(20);
    expect((await poll(simulator, token, first.lastPollTime)).agentState).toEqual([]);
    const { sessionId } = (await call(simulator, `POST ${ACD}/agent-sessions`, { token })).json;
    await call(simulator, `POST ${ACD}/agent-sessions/${sessionId}/state`, {
      token,
      body: { state: 'Unavailable', reason: 'Lunch' },
    });
    const changed = await poll(simulator, token, first.lastPollTime);
    expect(changed.agentState).toMatchObject([{ agentStateName: 'Unavailable', outStateDescription: 'Lunch' }]);
    await call(simulator, `DELETE ${ACD}/agent-sessions/${sessionId}`, { token });
    expect((await poll(simulator, token, changed.lastPollTime)).agentState[0].agentStateName).toBe('LoggedOut');
  });

  it('have the fields of the request, belong to one tenant, and refuse a time that is none', async () => {
    const simulator = await startCxone();
    const [acme, globex] = [await login(simulator), await login(simulator, 'key@globex')];
    expect((await poll(simulator, acme, EVER, '&fields=agentId,agentStateName')).agentState[0]).toEqual({
      agentId: 1,
      agentStateName: 'LoggedOut',
    });
    await call(simulator, `POST ${ACD}/agent-sessions`, { token: acme });
    expect((await poll(simulator, acme, EVER)).agentState).toHaveLength(21);
    expect((await poll(simulator, globex, EVER)).agentState).toHaveLength(20);
    const path = `GET ${ACD}/cache/agentstate?updatedSince=soon`;
    expect((await call(simulator, path, { token: acme })).status).toBe(400);
  });
});

describe('directories', () => {
  it('are searched and paged, with the total of the search', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const get = async (path: string): Promise<Json> => (await call(simulator, `GET ${ACD}${path}`, { token })).json;
    const page = await get('/skills?skip=1&top=2&fields=skillId');
    expect(page).toEqual({ skills: [{ skillId: 2 }, { skillId: 3 }], totalRecords: 5 });
    expect(await get('/skills?searchString=SKILL%204')).toMatchObject({ skills: [{ skillId: 4 }], totalRecords: 1 });
    const entries = await get('/address-books/1/entries?searchString=a&skip=1&top=1');
    expect(entries.totalRecords).toBe(3);
    expect(entries.addressBook.addressBookEntries).toHaveLength(1);
  });

  it('have the shapes that the SDK reads, without cache headers', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const get = (path: string) => call(simulator, `GET ${path}`, { token });
    const shapes: [string, unknown][] = [
      [`${ACD}/skills/activity?updatedSince=${EVER}`, { skillActivity: [{ skillId: 1 }, {}, {}, {}, {}] }],
      [`${ACD}/teams`, { teams: [{ teamId: 1, agentCount: 20 }, { teamId: 2 }] }],
      [`${ACD}/teams/1/agents`, { teams: [{ teamId: 1, agents: [{ agentId: 1 }, {}, {}] }] }],
      [`${ACD}/agents/1/queues`, { resultSet: { queues: [] } }],
      [`${ACD}/agents/1/address-books?includeEntries=true`, { addressBooks: [{ addressBookEntries: [{}, {}, {}] }] }],
      [`${ACD}/skills/1/dispositions`, { dispositions: [{ dispositionId: 1 }, {}] }],
      [`${ACD}/skills/1/tags`, { resultSet: { skillId: 1, tags: [] } }],
      ['/dfo/3.0/routing-queues?size=500', { data: [{ skillId: 1 }, {}, {}, {}, {}] }],
      ['/rtd/v1/agents/1/directories', { directories: [{ directoryId: 'd1' }] }],
    ];
    for (const [path, shape] of shapes) {
      const { json, headers } = await get(path);
      expect(json).toMatchObject(shape as object);
      expect([headers['cache-control'], headers.etag]).toEqual([undefined, undefined]);
    }
    for (const path of [
      '/skills/77',
      '/skills/77/dispositions',
      '/teams/77',
      '/teams/77/unavailable-codes',
      '/address-books/7/entries',
    ])
      expect((await get(`${ACD}${path}`)).status).toBe(404);
  });
});
