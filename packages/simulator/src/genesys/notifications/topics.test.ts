import { describe, expect, it } from 'vitest';
import type { NotificationOptions } from '../../options/notification-options.js';
import type { GenesysSimulator } from '../../simulator.js';
import { call, type Json, login, startGenesys, waitUntil } from '../../testing/http-client.js';
import { openSocket, type TestSocket } from '../../testing/socket-client.js';

const CHANNELS = '/api/v2/notifications/channels';

interface Scene {
  readonly simulator: GenesysSimulator;
  readonly socket: TestSocket;
  readonly channelId: string;
  send(route: string, body?: unknown): Promise<Json>;
  /** The events that the socket got so far, without heartbeats. */
  events(): Json[];
}

/** Starts a simulator with one channel, its socket and these topics. */
async function subscribe(topics: string[], notifications: NotificationOptions = {}): Promise<Scene> {
  const simulator = await startGenesys({ notifications });
  const token = await login(simulator);
  const send = async (route: string, body?: unknown): Promise<Json> => {
    const { status, json } = await call(simulator, route, { token, ...(body !== undefined && { body }) });
    return { status, json };
  };
  const channel = (await send(`POST ${CHANNELS}`)).json;
  await send(
    `PUT ${CHANNELS}/${channel.id}/subscriptions`,
    topics.map((id) => ({ id })),
  );
  const socket = await openSocket(simulator, channel.connectUri);
  const events = (): Json[] =>
    socket.messages.map((text) => JSON.parse(text) as Json).filter(({ topicName }) => topicName !== 'channel.metadata');
  return { simulator, socket, channelId: channel.id, send, events };
}

describe('available topics', () => {
  it('have their ids, and the fields that `expand` names', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    const path = 'GET /api/v2/notifications/availabletopics';
    const plain = (await call(simulator, path, { token })).json.entities;
    expect(plain).toContainEqual({ id: 'v2.users.{id}.presence' });
    const expanded = await call(
      simulator,
      `${path}?expand=schema,publicApiTemplateUriPaths&expand=topicParameters,transports,enforced`,
      { token },
    );
    const presence = expanded.json.entities.find(({ id }: { id: string }) => id === 'v2.users.{id}.presence');
    expect(presence).toMatchObject({
      id: 'v2.users.{id}.presence',
      transports: ['All'],
      enforced: true,
      topicParameters: ['id'],
      schema: { type: 'object', properties: { presenceDefinition: { type: 'object' } } },
    });
    expect(presence.publicApiTemplateUriPaths).toContain('/api/v2/users/{userId}/presences/purecloud');
    expect(presence).not.toHaveProperty('description');
  });
});

describe('events on a change', () => {
  it.each([
    ['PATCH /api/v2/users/u/presences/purecloud', { presenceDefinition: { id: 'busy' } }, 'v2.users.u.presence'],
    ['PUT /api/v2/users/u/routingstatus', { status: 'IDLE' }, 'v2.users.u.routingStatus'],
    ['PUT /api/v2/users/u/outofoffice', { active: true }, 'v2.users.u.outofoffice'],
    ['PUT /api/v2/users/u/presences/PURECLOUD', { message: 'x' }, 'v2.users.u.activity'],
    ['PUT /api/v2/users/u/routingstatus', { status: 'IDLE' }, 'v2.users.u.activity'],
    ['PUT /api/v2/users/u/outofoffice', { active: true }, 'v2.users.u.activity'],
    ['PUT /api/v2/users/presences/bulk', [{ id: 'u', message: 'x' }], 'v2.users.u.presence'],
    ['POST /api/v2/routing/queues/q/members', [{ id: 'u' }], 'v2.routing.queues.q.users'],
    ['POST /api/v2/outbound/campaigns/c/start', {}, 'v2.outbound.campaigns.c'],
  ])('%s publishes the topic, in frames of the platform', async (route, body, topic) => {
    const { send, events } = await subscribe([topic]);
    await send(route, body);
    await waitUntil(() => events().length === 1);
    expect(events()[0]).toEqual({
      topicName: topic,
      version: '2',
      eventBody: expect.any(Object),
      metadata: { CorrelationId: expect.any(String) },
    });
  });

  it('tell the value that a read gives afterwards', async () => {
    const { send, events } = await subscribe(['v2.users.u?presence&routingStatus&outofoffice']);
    const definitions = (await send('GET /api/v2/presence/definitions')).json.entities;
    const busy = definitions.find(({ systemPresence }: { systemPresence: string }) => systemPresence === 'Busy');
    await send('PATCH /api/v2/users/u/presences/purecloud', { presenceDefinition: { id: busy.id } });
    await send('PUT /api/v2/users/u/routingstatus', { status: 'IDLE' });
    await waitUntil(() => events().length === 2);
    const [presence, routing] = events();
    expect(presence.eventBody.presenceDefinition).toEqual({ id: busy.id, systemPresence: 'Busy' });
    expect((await send('GET /api/v2/users/u/presences/purecloud')).json).toMatchObject(presence.eventBody);
    expect((await send('GET /api/v2/users/u/routingstatus')).json).toMatchObject(routing.eventBody.routingStatus);
    expect(routing.eventBody.id).toBe('u');
  });

  it('come under the single names of a combined topic, and only for its user', async () => {
    const { simulator, send, events } = await subscribe(['v2.users.a?presence&routingStatus']);
    await send('PUT /api/v2/users/b/routingstatus', { status: 'IDLE' });
    await send('PUT /api/v2/users/a/outofoffice', { active: true });
    await send('PUT /api/v2/users/a/routingstatus', { status: 'IDLE' });
    await send('PATCH /api/v2/users/a/presences/purecloud', { message: 'x' });
    simulator.publish('v2.users.a.presence', 'last');
    await waitUntil(() => events().at(-1)?.eventBody === 'last');
    expect(events().map(({ topicName }) => topicName)).toEqual([
      'v2.users.a.routingStatus',
      'v2.users.a.presence',
      'v2.users.a.presence',
    ]);
  });

  it('of observations follow `setObservations`, and the query answers the same', async () => {
    const { simulator, send, events } = await subscribe(['v2.analytics.queues.q.observations']);
    expect(simulator.setObservations('q', { oWaiting: 3 })).toBe(1);
    await waitUntil(() => events().length === 1);
    const group = { queueId: 'q', mediaType: 'voice' };
    expect(events()[0].eventBody).toEqual({
      group,
      data: [{ interval: expect.stringContaining('/'), metrics: [{ metric: 'oWaiting', stats: { count: 3 } }] }],
    });
    const predicates = ['q', 'r', 'missing-1'].map((value) => ({ dimension: 'queueId', value }));
    const filter = { type: 'and', clauses: [{ type: 'or', predicates }] };
    const query = 'POST /api/v2/analytics/queues/observations/query';
    const { json } = await send(query, { filter, metrics: ['oWaiting'] });
    expect(json.results).toEqual([
      { group, data: [{ metric: 'oWaiting', stats: { count: 3 } }] },
      { group: { queueId: 'r', mediaType: 'voice' }, data: [{ metric: 'oWaiting', stats: { count: 0 } }] },
    ]);
    expect(simulator.stats().executedWrites).toBe(2);
  });
});

describe('the id of a topic', () => {
  const long = `v2.users.u?${'presence&'.repeat(30)}presence`;

  it('has at most 199 characters', async () => {
    const { send, channelId } = await subscribe([]);
    const path = `${CHANNELS}/${channelId}/subscriptions`;
    const refused = await send(`POST ${path}`, [{ id: 'v2.users.u.presence' }, { id: long }]);
    expect([refused.status, refused.json.message]).toEqual([400, 'The id of a topic has at most 199 characters']);
    expect((await send(`POST ${path}`, [{ id: 'x'.repeat(199) }])).status).toBe(200);
  });

  it('is rejected alone with `ignoreErrors`', async () => {
    const { send, simulator, channelId } = await subscribe([]);
    const path = `PUT ${CHANNELS}/${channelId}/subscriptions?ignoreErrors=true`;
    const { json } = await send(path, [{ id: long }, { id: 'v2.users.u.presence' }]);
    expect(json.entities).toMatchObject([
      { id: 'v2.users.u.presence', state: 'Permitted' },
      { id: long, state: 'Rejected', rejectionReason: expect.any(String) },
    ]);
    expect(simulator.channels()[0]?.topics).toEqual(['v2.users.u.presence']);
  });
});

describe('lost events', () => {
  it('are lost by `lossRate` while the socket and its heartbeats live', async () => {
    const { simulator, socket, events } = await subscribe(['t'], { lossRate: 1, heartbeatMs: 20 });
    expect(simulator.publish('t', 1)).toBe(0);
    const before = socket.messages.length;
    await waitUntil(() => socket.messages.length > before);
    simulator.set({ notifications: { lossRate: 0 } });
    expect(simulator.publish('t', 2)).toBe(1);
    await waitUntil(() => events().length === 1);
    expect(events()[0].eventBody).toBe(2);
  });

  it('are drawn from the seed', async () => {
    const count = async (): Promise<number[]> => {
      const { simulator } = await subscribe(['t'], { lossRate: 0.5 });
      return Array.from({ length: 40 }, () => simulator.publish('t', 0));
    };
    const first = await count();
    expect(new Set(first)).toEqual(new Set([0, 1]));
    expect(await count()).toEqual(first);
  });

  it('are lost on a muted socket, which stays open and answers nothing', async () => {
    const { simulator, socket, send, events } = await subscribe(['t'], { heartbeatMs: 20 });
    await waitUntil(() => socket.messages.length > 0);
    expect(simulator.muteSockets({ match: 'GET /channels/:id' })).toBe(1);
    simulator.publish('t', 1);
    const read: string[] = [];
    let pongs = 0;
    simulator.onFrame(({ data }) => read.push(data.toString()));
    socket.socket.on('pong', () => (pongs += 1));
    socket.socket.ping();
    socket.socket.send('unread');
    // Each request is answered after the frame had time to arrive.
    for (let turn = 0; turn < 5; turn += 1) await send('GET /api/v2/users/me');
    expect([read, pongs, simulator.sockets()[0]?.closedAt]).toEqual([[], 0, undefined]);
    expect(simulator.unmuteSockets()).toBe(1);
    await waitUntil(() => pongs === 1 && read.length === 1);
    simulator.publish('t', 2);
    await waitUntil(() => events().length === 1);
    expect(events()[0].eventBody).toBe(2);
  });

  it('are lost when the connection breaks without a close frame', async () => {
    const { simulator, socket } = await subscribe(['t']);
    simulator.closeSockets(1006);
    expect((await socket.closed).code).toBe(1006);
    expect(simulator.publish('t', 1)).toBe(0);
    expect(simulator.channels()[0]).toMatchObject({ topics: ['t'], sockets: 0 });
  });
});
