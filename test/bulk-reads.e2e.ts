import { callInfo, type HoldlineConfig } from '@holdline/core';
import { genesysBulkReads } from '@holdline/genesys';
import type { Simulator, SimulatorOptions } from '@holdline/simulator';
import { describe, expect, test } from 'vitest';
import {
  type Client,
  createGuarded,
  createUnmodified,
  expectQuiet,
  loadSdk,
  simulate,
  UNLIMITED,
  wireLog,
} from './support.js';

/** The methods of the SDK that the cases use. */
interface Reader {
  users: { getUser(id: string, options?: object): Promise<unknown>; getUsersMe(): Promise<unknown> };
  routing: {
    getRoutingQueue(id: string, options?: object): Promise<unknown>;
    getRoutingSkill(id: string): Promise<unknown>;
  };
  presence: { getUserPresencesPurecloud(id: string): Promise<unknown> };
}

type Read = (api: Reader, ids: string[]) => Promise<unknown>[];

const BULK: HoldlineConfig = { ...UNLIMITED, ...genesysBulkReads() };
const readUsers: Read = ({ users }, ids) => ids.map((id) => users.getUser(id));

/** Makes the APIs of a client, with those that only these cases use. */
function apisOf(client: object, apis: object): Reader {
  const { PresenceApi } = loadSdk() as unknown as { PresenceApi: new (client: object) => Reader['presence'] };
  return { ...(apis as Pick<Reader, 'users' | 'routing'>), presence: new PresenceApi(client) };
}

/** Calls the API as the methods of the SDK do. */
function callApi(
  client: Client,
  path: string,
  method: string,
  { query = {}, body = null }: { query?: object; body?: unknown } = {},
): Promise<unknown> {
  const types = ['application/json'];
  return client.callApi(path, method, {}, query, {}, {}, body, ['PureCloud OAuth'], types, types);
}

/** What a caller sees of a result or an error of the SDK. */
const seen = (results: PromiseSettledResult<unknown>[]): unknown[] =>
  results.map((result) => {
    if (result.status === 'fulfilled') return result.value;
    const { status, body, code } = result.reason as { status?: number; body?: { code?: string }; code?: string };
    return { status, code: body?.code ?? code };
  });

interface Compared {
  simulator: Simulator;
  plain: unknown[];
  bulk: unknown[];
  results: PromiseSettledResult<unknown>[];
  requests: string[];
}

/** Makes the same reads without and with Holdline, on equal platforms. */
async function compare(read: Read, options: Partial<SimulatorOptions> = {}, config = BULK): Promise<Compared> {
  const start = async (): Promise<[Simulator, string[]]> => {
    const simulator = await simulate({ seed: 7, ...options });
    const { client } = await createUnmodified(simulator);
    const { entities } = (await callApi(client, '/api/v2/users', 'GET', { query: { pageSize: 100 } })) as {
      entities: { id: string }[];
    };
    return [simulator, entities.map(({ id }) => id)];
  };
  const [bare, ids] = await start();
  const unmodified = await createUnmodified(bare);
  const plain = seen(await Promise.allSettled(read(apisOf(unmodified.client, unmodified), ids)));
  const [simulator] = await start();
  const guarded = await createGuarded(simulator, config);
  const results = await Promise.allSettled(read(apisOf(guarded.client, guarded), ids));
  expectQuiet(guarded.line);
  return {
    simulator,
    plain,
    bulk: seen(results),
    results,
    requests: wireLog(simulator).map((line) => line.replace(/ \S+$/, '')),
  };
}

describe('bulk reads of the Genesys SDK', () => {
  test.each<[string, Read, number, Partial<SimulatorOptions>?]>([
    ['users', readUsers, 2],
    [
      'users with an expansion',
      ({ users }, ids) => ids.slice(0, 50).map((id) => users.getUser(id, { expand: ['presence', 'routingStatus'] })),
      1,
    ],
    [
      'users by the operation `me` and by id',
      ({ users }, ids) => [users.getUsersMe(), ...ids.slice(0, 9).map((id) => users.getUser(id))],
      2,
    ],
    [
      'users with another query',
      ({ users }, ids) => ids.slice(0, 9).map((id, i) => users.getUser(id, i < 3 ? {} : { state: 'active' })),
      2,
    ],
    ['one user', ({ users }, ids) => [users.getUser(ids[0] as string)], 1],
  ])('give each caller what the SDK gives: %s', async (_, read, requests, options) => {
    const { plain, bulk, requests: sent } = await compare(read, options);
    expect(bulk).toEqual(plain);
    expect(sent).toHaveLength(requests);
  });

  test('say in the info of a call that it cost no request', async () => {
    const { results } = await compare(readUsers);
    const infos = results.map((result) => callInfo((result as PromiseFulfilledResult<unknown>).value));
    expect(new Set(infos.map((info) => `${info?.route} ${info?.status} ${info?.attempts}`))).toEqual(
      new Set(['GET /api/v2/users/:userId 200 0']),
    );
  });

  test('read a user by itself who is not active, and one who does not exist', async () => {
    const simulator = await simulate();
    const unmodified = await createUnmodified(simulator);
    const ids = ['u-1', 'u-2', 'u-3', 'u-4'];
    for (const id of ids) await unmodified.users.getUser(id);
    await callApi(unmodified.client, '/api/v2/users/u-2', 'PATCH', { body: { state: 'inactive' } });
    await callApi(unmodified.client, '/api/v2/users/u-3', 'DELETE');
    const plain = seen(await Promise.allSettled(ids.map((id) => unmodified.users.getUser(id))));
    const { users } = await createGuarded(simulator, BULK);
    const bulk = seen(await Promise.allSettled(ids.map((id) => users.getUser(id))));
    expect(bulk).toEqual(plain);
    expect(bulk).toMatchObject([
      { id: 'u-1' },
      { state: 'inactive' },
      { status: 404, code: 'not.found' },
      { id: 'u-4' },
    ]);
    expect(wireLog(simulator).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'GET /api/v2/users?pageSize=4&id=u-1,u-2,u-3,u-4 200',
      'GET /api/v2/users/u-2 200',
      'GET /api/v2/users/u-3 404',
    ]);
  });

  test('read a user by itself if the list lacks the expansion', async () => {
    const read: Read = ({ users }, ids) => ids.slice(0, 3).map((id) => users.getUser(id, { expand: ['presence'] }));
    const { plain, bulk, requests } = await compare(read, { bulk: { omitExpands: ['presence'] } });
    expect(bulk).toEqual(plain);
    expect(requests).toHaveLength(4);
  });

  test('split a list that the platform refuses, and learn its maximum', async () => {
    const { simulator, plain, bulk, requests } = await compare(readUsers, {
      bulk: { maxItems: { 'GET /api/v2/users': 30 } },
    });
    expect(bulk).toEqual(plain);
    expect(requests.filter((line) => line.includes(' 400')).length).toBeGreaterThan(0);
    expect(requests.length).toBeLessThanOrEqual(8);
    expect(simulator.stats().requests).toBeLessThanOrEqual(8);
  });

  test('read queues and skills, each from its list', async () => {
    const simulator = await simulate();
    const { client, users, routing } = await createGuarded(simulator, BULK);
    const api = apisOf(client, { users, routing });
    const [queues, skills] = [
      ['q-1', 'q-2', 'q-3'],
      ['s-1', 's-2'],
    ];
    const read = await Promise.all([
      ...queues.map((id) => api.routing.getRoutingQueue(id)),
      ...skills.map((id) => api.routing.getRoutingSkill(id)),
    ]);
    expect(read.map((entity) => (entity as { id: string }).id)).toEqual([...queues, ...skills]);
    expect(wireLog(simulator)).toHaveLength(2);
  });

  test('read presences in bulk only if the reads are named', async () => {
    const read: Read = ({ presence }, ids) => ids.slice(0, 5).map((id) => presence.getUserPresencesPurecloud(id));
    expect((await compare(read)).requests).toHaveLength(5);
    const named = genesysBulkReads({ routes: ['users/presences/purecloud', 'users/presences'] });
    const { plain, bulk, requests } = await compare(read, {}, { ...UNLIMITED, ...named });
    expect(requests).toHaveLength(1);
    for (const [i, presence] of bulk.entries()) {
      expect({ ...(presence as object), primary: true }).toMatchObject(plain[i] as object);
    }
  });
});
