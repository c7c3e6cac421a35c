import { describe, expect, it } from 'vitest';
import type { GenesysSimulator } from '../../simulator.js';
import {
  requestToken,
  call,
  type Json,
  login,
  type Reply,
  startGenesys,
  waitUntil,
} from '../../testing/http-client.js';
import { openSocket, type TestSocket } from '../../testing/socket-client.js';

const CHANNELS = '/api/v2/notifications/channels';
const TOPIC = 'v2.users.u1.presence';

async function openChannel(simulator: GenesysSimulator, token: string): Promise<Json> {
  return (await call(simulator, `POST ${CHANNELS}`, { token })).json;
}

function subscribe(simulator: GenesysSimulator, token: string, id: string, method: string, topics: string[]) {
  const body = topics.map((topic) => ({ id: topic }));
  return call(simulator, `${method} ${CHANNELS}/${id}/subscriptions`, { token, body });
}

const topicsOf = ({ json }: Reply): string[] => json.entities.map(({ id }: { id: string }) => id);
const read = ({ messages }: TestSocket): Json[] => messages.map((text) => JSON.parse(text));

describe('notification channels', () => {
  it('accept topics: PUT replaces, POST adds, DELETE clears', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const { id } = await openChannel(simulator, token);
    expect(topicsOf(await subscribe(simulator, token, id, 'PUT', ['a', 'b']))).toEqual(['a', 'b']);
    expect(topicsOf(await subscribe(simulator, token, id, 'POST', ['b', 'c']))).toEqual(['a', 'b', 'c']);
    const listed = await call(simulator, `GET ${CHANNELS}/${id}/subscriptions`, { token });
    expect(listed.json.entities[0]).toMatchObject({ id: 'a', state: 'Permitted' });
    expect(topicsOf(await subscribe(simulator, token, id, 'PUT', ['d']))).toEqual(['d']);
    expect(simulator.channels()).toMatchObject([{ id, topics: ['d'], sockets: 0 }]);
    expect((await call(simulator, `DELETE ${CHANNELS}/${id}/subscriptions`, { token })).status).toBe(204);
    expect(topicsOf(await call(simulator, `GET ${CHANNELS}/${id}/subscriptions`, { token }))).toEqual([]);
    expect((await call(simulator, `HEAD ${CHANNELS}/${id}`, { token })).status).toBe(200);
    expect((await call(simulator, `PUT ${CHANNELS}/${id}/subscriptions`, { token, body: {} })).status).toBe(400);
  });

  it('are visible only to their owner, also with a new token', async () => {
    const simulator = await startGenesys();
    const { id } = await openChannel(simulator, await login(simulator));
    const get = async (client: string): Promise<number> =>
      (await call(simulator, `GET ${CHANNELS}/${id}/subscriptions`, { token: await login(simulator, client) })).status;
    expect(await get('client')).toBe(200);
    expect(await get('other')).toBe(404);
  });

  it('accept at most 1,000 topics', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const { id } = await openChannel(simulator, token);
    const topics = Array.from({ length: 1000 }, (_, index) => `v2.users.u${index}.presence`);
    expect((await subscribe(simulator, token, id, 'PUT', topics)).status).toBe(200);
    const refused = await subscribe(simulator, token, id, 'POST', ['one.more']);
    expect([refused.status, refused.json.message]).toEqual([400, 'A channel takes at most 1000 topics']);
    expect(simulator.channels()[0]?.topics).toHaveLength(1000);
  });

  it('send published events to their sockets, for single and combined topics', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const { id, connectUri } = await openChannel(simulator, token);
    await subscribe(simulator, token, id, 'PUT', [TOPIC, 'v2.users.u2?presence&activity']);
    const socket = await openSocket(simulator, connectUri);
    expect(simulator.publish(TOPIC, { n: 1 })).toBe(1);
    expect(simulator.publish('v2.users.u2.activity', { n: 2 })).toBe(1);
    expect(simulator.publish('v2.users.u3.presence', {})).toBe(0);
    await waitUntil(() => socket.messages.length === 2);
    expect(read(socket)).toEqual([
      { topicName: TOPIC, version: '2', eventBody: { n: 1 }, metadata: { CorrelationId: expect.any(String) } },
      {
        topicName: 'v2.users.u2.activity',
        version: '2',
        eventBody: { n: 2 },
        metadata: { CorrelationId: expect.any(String) },
      },
    ]);
  });

  it('send heartbeats and answer a ping', async () => {
    const simulator = await startGenesys({ notifications: { heartbeatMs: 40 } });
    const { connectUri } = await openChannel(simulator, await login(simulator));
    const socket = await openSocket(simulator, connectUri);
    socket.socket.send('{"message":"ping"}');
    socket.socket.send('not JSON');
    await waitUntil(() => socket.messages.length >= 3);
    const bodies = read(socket).map(({ topicName, eventBody }) => [topicName, eventBody.message]);
    expect(bodies).toContainEqual(['channel.metadata', 'pong']);
    expect(bodies.filter(([, message]) => message === 'WebSocket Heartbeat').length).toBeGreaterThanOrEqual(2);
  });

  it('evict the oldest channel and close its socket', async () => {
    const simulator = await startGenesys({ notifications: { channelsPerUser: 2 } });
    const token = await login(simulator);
    const first = await openChannel(simulator, token);
    const { closed } = await openSocket(simulator, first.connectUri);
    await openChannel(simulator, token);
    await openChannel(simulator, token);
    expect(await closed).toEqual({ code: 1001, reason: 'channel evicted' });
    expect(simulator.channels()).toHaveLength(2);
    await expect(openSocket(simulator, first.connectUri)).rejects.toMatchObject({ status: 404 });
  });

  it('expire their lifetime after the last subscription', async () => {
    const simulator = await startGenesys({ notifications: { expiresInMs: 300 } });
    const token = await login(simulator);
    const made = await openChannel(simulator, token);
    const untilMs = Date.parse(made.expires) - Date.now();
    expect(untilMs).toBeGreaterThan(0);
    expect(untilMs).toBeLessThanOrEqual(300);
    const started = performance.now();
    const { closed } = await openSocket(simulator, made.connectUri);
    await subscribe(simulator, token, made.id, 'PUT', [TOPIC]);
    expect(await closed).toEqual({ code: 1001, reason: 'channel expired' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(299);
    expect((await subscribe(simulator, token, made.id, 'PUT', [TOPIC])).status).toBe(404);
    expect(simulator.channels()).toEqual([]);
  });

  it('are counted per user, which the authorization code names', async () => {
    const simulator = await startGenesys();
    const tokens = await Promise.all(
      ['alice', 'bob'].map(async (name) => {
        const { json } = await requestToken(simulator, { grant_type: 'authorization_code', code: `user:${name}` });
        return String(json.access_token);
      }),
    );
    const users = await Promise.all(
      tokens.map(async (token) => (await call(simulator, 'GET /api/v2/users/me', { token })).json),
    );
    expect(users.map(({ name }) => name)).toEqual(['alice', 'bob']);
    expect(users[0].chat.jabberId).toBe(`${users[0].id}@genesys.simulated.example`);
    for (const token of tokens) await openChannel(simulator, token);
    expect(simulator.channels().map(({ user }) => user)).toEqual(['alice', 'bob']);
  });

  it('exist only on Genesys Cloud', async () => {
    const { startSimulator } = await import('../../start-simulator.js');
    await expect(startSimulator({ platform: 'cxone', notifications: {} })).rejects.toThrow(
      "notifications is {}; allowed: only with platform 'genesys'",
    );
  });
});
