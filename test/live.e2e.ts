import { createRequire } from 'node:module';
import { callInfo } from '@holdline/core';
import { guardGenesys, live, type LiveOptions, type LivePresence, type LiveValue } from '@holdline/genesys';
import type { SimulatorOptions } from '@holdline/simulator';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { signIn, startStreamingSimulator, until } from './streaming-support.js';
import type { Sdk } from './support.js';

interface PresenceApi {
  getUserPresencesPurecloud(id: string): Promise<{ modifiedDate?: string; presenceDefinition?: Definition }>;
  patchUserPresencesPurecloud(id: string, body: object): Promise<unknown>;
}
interface Definition {
  id?: string;
  systemPresence?: string;
}

const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk & {
  PresenceApi: new (client: object) => PresenceApi;
};

/** Connects the real SDK to the simulator over real sockets. Another client without a guard makes the changes. */
async function setUp(options: LiveOptions = {}, settings: Partial<SimulatorOptions> = {}) {
  const simulator = await startStreamingSimulator(settings);
  const { hostname: host, port } = new URL(simulator.url);
  const connect = async (user: string) => {
    const client = new sdk.ApiClientClass();
    client.config.live_reload_config = false;
    client.setGateway({ host, port, protocol: 'http' });
    client.setAccessToken(await signIn(simulator, user));
    return client;
  };
  const client = await connect('alice');
  guardGenesys(client);
  const values = live(client, { ...options, notifications: { WebSocket, baseDelayMs: 50, ...options.notifications } });
  onTestFinished(() => values.close());
  const other = await connect('bob');
  const list = async (path: string, pageNumber: number): Promise<{ entities: Definition[]; pageCount: number }> =>
    (await other.callApi(
      ...[path, 'GET', {}, { pageSize: 100, pageNumber }, {}, {}, null],
      ...[['PureCloud OAuth'], ['application/json'], ['application/json']],
    )) as never;
  const ids: string[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const { entities, pageCount } = await list('/api/v2/users', page);
    pages = pageCount;
    ids.push(...entities.map(({ id = '' }) => id));
  }
  const { entities } = await list('/api/v2/presence/definitions', 1);
  const definitions = Object.fromEntries(entities.map(({ id, systemPresence = '' }) => [systemPresence, id]));
  simulator.resetStats();
  return { simulator, client, values, other: new sdk.PresenceApi(other), ids: ids.slice(0, 1_000), definitions };
}

const isPresence = (presence: LiveValue<LivePresence>, name: string): boolean =>
  presence.current?.presenceDefinition?.systemPresence === name;

test('the presences of 1,000 users take 22 requests, and each change is seen', async () => {
  // The reads of the reconciliation follow after five minutes.
  const { simulator, values, other, ids, definitions } = await setUp({}, { entities: { users: 1_000 } });
  const watched = ids.map((id) => values.user(id).presence);
  await Promise.all(watched.map((presence) => presence.ready()));
  await until(() => watched.every(({ source }) => source === 'push'));
  let changes = 0;
  for (const [i, id] of ids.entries()) {
    if (i % 50 !== 0) continue;
    changes++;
    await other.patchUserPresencesPurecloud(id, { presenceDefinition: { id: definitions['Busy'] } });
    await until(() => isPresence(watched[i] as LiveValue<LivePresence>, 'Busy'));
  }
  expect(simulator.stats().requests - changes).toBe(22);
  expect(watched.every(({ isStale }) => !isStale)).toBe(true);
  await values.close();
});

test('a change behind a half-open socket and a lost notification are found within their bounds', async () => {
  const { simulator, values, other, ids, definitions } = await setUp({
    maxStaleMs: 2_000,
    reconcileMs: 4_000,
    notifications: { silenceMs: 1_000, pongWithinMs: 500 },
  });
  const [id = ''] = ids;
  const { presence } = values.user(id);
  await presence.ready();
  await until(() => presence.source === 'push');
  simulator.muteSockets();
  await other.patchUserPresencesPurecloud(id, { presenceDefinition: { id: definitions['Busy'] } });
  await until(() => isPresence(presence, 'Busy'));
  await until(() => !presence.isStale && simulator.sockets().length > 0);
  simulator.set({ notifications: { lossRate: 1 } });
  await other.patchUserPresencesPurecloud(id, { presenceDefinition: { id: definitions['Away'] } });
  await until(() => isPresence(presence, 'Away'));
});

test('observations of queues share one query, and follow the platform', async () => {
  const { simulator, values } = await setUp();
  const queues = ['q-1', 'q-2'].map((id) => values.queue(id).observations);
  simulator.setObservations('q-1', { oWaiting: 3 });
  await Promise.all(queues.map((queue) => queue.ready()));
  expect(simulator.stats().byRoute['POST /api/v2/analytics/queues/observations/query']?.requests).toBe(1);
  const waiting = (): unknown =>
    queues[0]?.current?.flatMap(({ data }) => data).find(({ metric }) => metric === 'oWaiting')?.stats?.['count'];
  await until(() => waiting() === 3);
  simulator.setObservations('q-1', { oWaiting: 5 });
  await until(() => waiting() === 5);
  expect(simulator.stats().byRoute['POST /api/v2/analytics/queues/observations/query']?.requests).toBe(1);
});

test("with push: 'auto' the SDK gets the answer of the platform without a request", async () => {
  const { simulator, client, other, ids, definitions } = await setUp({ push: 'auto' });
  const api = new sdk.PresenceApi(client);
  const [id = ''] = ids;
  const read = () => api.getUserPresencesPurecloud(id);
  await other.patchUserPresencesPurecloud(id, { presenceDefinition: { id: definitions['Meal'] } });
  for (let i = 0; i < 3; i++) await read();
  const sent = (): number => simulator.stats().byRoute['GET /api/v2/users/:id/presences/:sourceId']?.requests ?? 0;
  const isAnswered = async (): Promise<boolean> => {
    const before = sent();
    await read();
    return sent() === before;
  };
  await until(isAnswered);
  await other.patchUserPresencesPurecloud(id, { presenceDefinition: { id: definitions['Busy'] } });
  await until(async () => (await read()).presenceDefinition?.systemPresence === 'Busy');
  const before = sent();
  const answer = await read();
  expect(sent()).toBe(before);
  expect(callInfo(answer)?.attempts).toBe(0);
  // The other client has no line, so its answer is that of the platform.
  expect(answer).toEqual(await other.getUserPresencesPurecloud(id));
  // The line reads its own write.
  await api.patchUserPresencesPurecloud(id, { presenceDefinition: { id: definitions['Away'] } });
  expect((await read()).presenceDefinition?.systemPresence).toBe('Away');
});
