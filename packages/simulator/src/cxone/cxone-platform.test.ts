import { describe, expect, it } from 'vitest';
import { SimulatorOptionError } from '../option-error.js';
import type { Simulator } from '../simulator.js';
import { startSimulator } from '../start-simulator.js';
import { call, type Reply, sleep, startCxone, waitUntil } from '../testing/http-client.js';

const ACD = '/incontactapi/services/v23.0';

async function login(simulator: Simulator, accessKeyId = 'key@acme'): Promise<string> {
  const body = { accessKeyId, accessKeySecret: 's' };
  return String((await call(simulator, 'POST /authentication/v1/token/access-key', { body })).json.access_token);
}

describe('routes', () => {
  it('are the same in any case, version and number of slashes', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    for (const path of [
      '/incontactapi/services/v8.0/agents/A7/skills',
      '/InContactAPI/services/V27.0/Agents/A7/skills',
      '/inContactapi//services/v31.0/agents/A7/skills',
      '/incontactapi/services/agents/A7/skills',
    ]) {
      expect((await call(simulator, `GET ${path}`, { token })).json.agentSkillAssignments).toHaveLength(5);
    }
    expect(simulator.stats().byRoute).toEqual({
      'GET /incontactapi/services/agents/:agentId/skills': { requests: 4, refused: 0, executed: 4, notModified: 0 },
    });
  });

  it('can be scripted and limited in any spelling', async () => {
    const simulator = await startCxone({
      limits: [
        {
          name: 'l',
          per: 'route',
          match: 'GET /InContactAPI/services/v99.0/skills',
          limit: 1,
          windowMs: 60_000,
          enforcement: 'sliding',
        },
      ],
    });
    const token = await login(simulator);
    simulator.script('GET /incontactapi/services/:version/teams', [{ status: 503, headers: { 'retry-after': '2' } }]);
    const busy = await call(simulator, `GET ${ACD}/teams`, { token });
    expect([busy.status, busy.headers['retry-after'], busy.headers.icstatusdescription]).toEqual([
      503,
      '2',
      'Service Unavailable',
    ]);
    expect((await call(simulator, 'GET /incontactapi/services/v4.0/skills', { token })).status).toBe(200);
    const refused = await call(simulator, 'GET /incontactapi/services/v5.0/skills', { token });
    expect([refused.status, refused.headers.icstatusdescription]).toEqual([429, 'Rate limit exceeded']);
    expect(refused.json.error).toBe('too_many_requests');
  });

  it('keep ids unchanged, and get a name when they are unknown', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const { json } = await call(simulator, `GET ${ACD}/agents/aBc`, { token });
    expect(json.agents[0].agentId).toBe('aBc');
    await call(simulator, 'GET /InContactAPI/services/v23.0/Reports/77/Data', { token });
    expect(Object.keys(simulator.stats().byRoute)).toContain('GET /incontactapi/services/reports/:id/data');
    expect((await call(simulator, 'GET /', { token })).status).toBe(404);
  });

  it('answer 204 without content, and 404 with a description in the header', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const status = await call(simulator, 'PUT /dfo/3.0/contacts/c1/status', { token, body: { status: 'closed' } });
    expect([status.status, status.text]).toEqual([204, '']);
    const missing = await call(simulator, `GET ${ACD}/scheduled-callbacks/none`, { token });
    expect([missing.status, missing.headers.icstatusdescription]).toEqual([404, 'The callback does not exist']);
  });

  it('store callbacks for later reads, and count duplicates', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const schedule = (): Promise<Reply> =>
      call(simulator, `POST ${ACD}/scheduled-callbacks`, { token, body: { skillId: 1 } });
    const { callbackId } = (await schedule()).json;
    const path = `${ACD}/scheduled-callbacks/${callbackId}`;
    expect((await call(simulator, `GET ${path}`, { token })).json).toMatchObject({ skillId: 1, status: 'Scheduled' });
    expect((await call(simulator, `PUT ${path}`, { token, body: { skillId: 2 } })).json.skillId).toBe(2);
    expect((await call(simulator, `DELETE ${path}`, { token })).status).toBe(204);
    await schedule();
    expect(simulator.stats()).toMatchObject({ executedWrites: 4, duplicateWrites: 1 });
  });
});

describe('Digital Engagement', () => {
  it('updates contacts, sends and stores messages of one thread', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const channel = '/dfo/3.0/channels/chat_1';
    const thread = { idOnExternalPlatform: 'T' };
    const stored = await call(simulator, `POST ${channel}/messages`, { token, body: { thread } });
    const sent = await call(simulator, `POST ${channel}/outbound`, { token, body: { thread } });
    expect(stored.json).toMatchObject({ direction: 'inbound', channelId: 'chat_1' });
    expect(sent.json).toMatchObject({ direction: 'outbound', contactId: stored.json.contactId });
    const message = await call(simulator, `GET /dfo/3.0/messages/${sent.json.id}`, { token });
    expect(message.json).toEqual(sent.json);
    const contact = `/dfo/3.0/contacts/${sent.json.contactId}`;
    await call(simulator, `PUT ${contact}/status`, { token, body: { status: 'resolved' } });
    expect((await call(simulator, `GET ${contact}`, { token })).json).toMatchObject({ status: 'resolved' });
  });

  it('separates tenants', async () => {
    const simulator = await startCxone();
    const [acme, globex] = [await login(simulator, 'k@acme'), await login(simulator, 'k@globex')];
    const { json } = await call(simulator, 'POST /dfo/3.0/channels/c/outbound', { token: acme, body: {} });
    expect((await call(simulator, `GET /dfo/3.0/messages/${json.id}`, { token: acme })).status).toBe(200);
    expect((await call(simulator, `GET /dfo/3.0/messages/${json.id}`, { token: globex })).status).toBe(404);
  });

  it('limits per tenant and per contact; an outbound message takes an update permit', async () => {
    const simulator = await startCxone({
      limits: [
        {
          name: 'update',
          per: 'tenant',
          match: ['PUT /dfo/3.0/contacts/:contactId/**', 'POST /dfo/3.0/channels/:channelId/outbound'],
          limit: 5,
          windowMs: 60_000,
          enforcement: 'sliding',
        },
        {
          name: 'one',
          per: 'entity',
          match: 'PUT /dfo/3.0/contacts/:contactId/**',
          limit: 1,
          windowMs: 60_000,
          enforcement: 'bucket',
          burst: 2,
        },
      ],
      limitKeyInBody: true,
    });
    const [acme, globex] = [await login(simulator, 'k@acme'), await login(simulator, 'k@globex')];
    const put = (token: string, id: string): Promise<Reply> =>
      call(simulator, `PUT /dfo/3.0/contacts/${id}/status`, { token, body: {} });
    expect((await put(acme, 'c1')).status).toBe(204);
    expect((await put(acme, 'c1')).status).toBe(204);
    expect((await put(acme, 'c1')).json.limit).toEqual({ key: 'one', value: 1 });
    expect((await put(globex, 'c1')).status).toBe(204);
    expect((await put(acme, 'c2')).status).toBe(204);
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await call(simulator, 'POST /dfo/3.0/channels/c/outbound', { token: acme, body: {} })).status).toBe(200);
    }
    expect((await put(acme, 'c3')).json.limit).toEqual({ key: 'update', value: 5 });
    expect((await put(globex, 'c3')).status).toBe(204);
  });

  it('counts the same updates of contacts as the vendor', async () => {
    const simulator = await startSimulator({ platform: 'cxone', quotaHeaders: 'ratelimit-policy' });
    try {
      const token = await login(simulator);
      const routes = ['contacts', 'contacts/c1/status', 'messages/m1', 'channels/c/outbound', 'channels/c/messages'];
      for (const route of routes) {
        const { headers } = await call(simulator, `POST /dfo/3.0/${route}`, { token, body: {} });
        expect([route, headers['ratelimit-policy']]).toEqual([route, expect.stringContaining('"update.contact"')]);
      }
    } finally {
      await simulator.stop();
    }
  });

  it('has the documented limits by default', async () => {
    const simulator = await startSimulator({ platform: 'cxone' });
    try {
      const token = await login(simulator);
      const statuses: number[] = [];
      for (let turn = 0; turn < 251; turn += 1) {
        statuses.push((await call(simulator, 'PUT /dfo/3.0/contacts/c1/status', { token, body: { turn } })).status);
      }
      expect(statuses.filter((status) => status === 204).length).toBeGreaterThanOrEqual(250);
      // On a slow machine, 17 permits a minute may refill one more permit, but not many.
      for (let turn = 0; turn < 20; turn += 1) {
        statuses.push((await call(simulator, 'PUT /dfo/3.0/contacts/c1/status', { token, body: { turn } })).status);
      }
      expect(statuses).toContain(429);
    } finally {
      await simulator.stop();
    }
  });
});

describe('agent sessions', () => {
  const start = async (simulator: Simulator, token: string): Promise<string> => {
    const { status, json } = await call(simulator, `POST ${ACD}/agent-sessions`, { token, body: {} });
    expect(status).toBe(202);
    return String(json.sessionId);
  };
  const poll = (simulator: Simulator, token: string, id: string, timeout = 60): Promise<Reply> =>
    call(simulator, `GET ${ACD}/agent-sessions/${id}/get-next-event?timeout=${timeout}`, { token });

  it('send events to the waiting poll, or to the next one', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const id = await start(simulator, token);
    const first = await poll(simulator, token, id);
    expect(first.json.events.map(({ Type }: { Type: string }) => Type)).toEqual(['AgentSessionStart', 'AgentState']);
    const waiting = poll(simulator, token, id);
    await waitUntil(() => simulator.sessions()[0]?.waiting === 1);
    simulator.pushEvents(id, [{ Type: 'Mute' }]);
    expect((await waiting).json).toEqual({ sessionId: id, events: [{ Type: 'Mute' }] });
    simulator.pushEvents(id, [{ Type: 'A' }, { Type: 'B' }]);
    expect(simulator.sessions()).toMatchObject([{ id, tenant: 'acme', waiting: 0, queued: 2, isOver: false }]);
    expect((await poll(simulator, token, id)).json.events).toHaveLength(2);
    await call(simulator, `POST ${ACD}/agent-sessions/${id}/state`, { token, body: { state: 'Available' } });
    expect((await poll(simulator, token, id)).json.events).toMatchObject([{ CurrentState: 'Available' }]);
  });

  it.each([304, 204, 200] as const)('answer a poll without events with %i', async (empty) => {
    const simulator = await startCxone({ longPoll: { empty, maxWaitMs: 50 } });
    const token = await login(simulator);
    const id = await start(simulator, token);
    await poll(simulator, token, id);
    const { status, text, json } = await poll(simulator, token, id);
    expect(status).toBe(empty);
    if (empty === 200) expect(json).toEqual({ sessionId: id, events: [] });
    else expect(text).toBe('');
    expect(simulator.stats().executedWrites).toBe(1);
  });

  it('end from either side: polls then get 409, waiting ones included', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const id = await start(simulator, token);
    await poll(simulator, token, id);
    const waiting = poll(simulator, token, id);
    await waitUntil(() => simulator.sessions()[0]?.waiting === 1);
    simulator.endSession(id);
    expect((await waiting).status).toBe(409);
    expect((await poll(simulator, token, id)).headers.icstatusdescription).toBe('The agent session has ended');
    expect(() => simulator.endSession(id)).toThrow(SimulatorOptionError);
    expect(() => simulator.pushEvents('none', [])).toThrow('sessionId is "none"');

    const other = await start(simulator, token);
    expect((await call(simulator, `POST ${ACD}/agent-sessions/join`, { token, body: {} })).json.sessionId).toBe(other);
    expect((await call(simulator, `DELETE ${ACD}/agent-sessions/${other}`, { token, body: {} })).status).toBe(202);
    expect((await poll(simulator, token, other)).status).toBe(409);
    expect((await poll(simulator, token, 'none')).status).toBe(404);
  });

  it('lose no event when a client disconnects', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const id = await start(simulator, token);
    await poll(simulator, token, id);
    const path = `GET ${ACD}/agent-sessions/${id}/get-next-event`;
    await expect(call(simulator, path, { token, abortAfterMs: 30 })).rejects.toThrow('gone');
    await waitUntil(() => simulator.sessions()[0]?.waiting === 0);
    simulator.pushEvents(id, [{ Type: 'Kept' }]);
    expect((await poll(simulator, token, id)).json.events).toEqual([{ Type: 'Kept' }]);
  });

  it('end cleanly when the simulator stops while polls wait', async () => {
    const simulator = await startCxone();
    const token = await login(simulator);
    const id = await start(simulator, token);
    await poll(simulator, token, id);
    const waiting = poll(simulator, token, id).catch((error: unknown) => error);
    await waitUntil(() => simulator.sessions()[0]?.waiting === 1);
    await simulator.stop();
    expect(await waiting).toBeInstanceOf(Error);
    expect(simulator.wire().at(-1)).toMatchObject({ outcome: 'dropped' });
    expect(simulator.sessions()[0]?.waiting).toBe(0);
  });
});

describe('CORS', () => {
  const origin = 'http://page.example';

  it('allows calls from pages, and hides headers unless they are exposed', async () => {
    const simulator = await startCxone();
    const preflight = await call(simulator, `OPTIONS ${ACD}/teams`, {
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,content-type',
        'access-control-request-private-network': 'true',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-allow-private-network': 'true',
    });
    const token = await login(simulator);
    const hidden = await call(simulator, `GET ${ACD}/teams`, { token, headers: { origin } });
    expect(hidden.headers['access-control-expose-headers']).toBeUndefined();
    simulator.set({ cors: { exposeHeaders: ['Retry-After', 'icStatusDescription'], credentials: true } });
    const shown = await call(simulator, `GET ${ACD}/teams`, { token, headers: { origin } });
    expect(shown.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Retry-After, icStatusDescription',
      vary: 'Origin',
    });
    simulator.set({ cors: false });
    const closed = await call(simulator, `GET ${ACD}/teams`, { token, headers: { origin } });
    expect(Object.keys(closed.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('faults', () => {
  it('apply to CXone as they do to Genesys Cloud', async () => {
    const simulator = await startCxone({ serviceMs: 5, retryAfter: 'date' });
    const token = await login(simulator);
    simulator.set({ faults: [{ kind: 'drop-after', match: `POST ${ACD}/scheduled-callbacks`, times: 1 }] });
    const schedule = call(simulator, `POST ${ACD}/scheduled-callbacks`, { token, body: { n: 1 } });
    await expect(schedule).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.stats()).toMatchObject({ executedWrites: 1, dropped: 1 });
    simulator.set({ faults: [{ kind: 'status', status: 502 }] });
    const failed = await call(simulator, `GET ${ACD}/teams`, { token });
    expect([failed.status, failed.headers.icstatusdescription, failed.json.error]).toEqual([
      502,
      'Bad Gateway',
      'bad_gateway',
    ]);
    await sleep(1);
  });
});
