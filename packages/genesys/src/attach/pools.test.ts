import { createServer, type ServerResponse } from 'node:http';
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { holdlineOf, type HoldlineEvents } from '@holdline/core';
import { pools } from '@holdline/core/node';
import { expect, onTestFinished, test, vi } from 'vitest';
import { guardGenesys } from '../index.js';
import type { ApiClientLike } from '../sdk/api-client.js';

interface Client extends ApiClientLike {
  setGateway(gateway: object): void;
  setProxyAgent(agent: object): void;
  timeout: number;
  config: ApiClientLike['config'] & { live_reload_config?: boolean };
}
interface Sdk {
  ApiClient: { config: { live_reload_config: boolean } };
  ApiClientClass: new () => Client;
  UsersApi: new (client: Client) => { getUsersMe(): Promise<{ id: string }> };
}
const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk;
sdk.ApiClient.config.live_reload_config = false;

/** Waits for as long as a busy machine may need. */
const until = (holds: () => boolean): Promise<boolean> => vi.waitUntil(holds, { timeout: 45_000, interval: 10 });

async function setUp(): Promise<{ client: Client; held: ServerResponse[]; connections: () => number }> {
  const held: ServerResponse[] = [];
  let open = 0;
  const server = createServer((_, response) => void held.push(response));
  server.on('connection', (socket) => {
    open++;
    socket.on('close', () => open--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = new sdk.ApiClientClass();
  client.config.live_reload_config = false;
  client.setGateway({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, protocol: 'http' });
  client.setAccessToken('s3cret');
  return { client, held, connections: () => open };
}

test('the SDK uses the pool of its line without setProxyAgent, and a full pool is reported', async () => {
  const { client, held, connections } = await setUp();
  const sockets = pools({ maxConcurrent: 2, maxRetries: 0 });
  guardGenesys(client, { pools: sockets });
  const line = holdlineOf(client);
  const events: HoldlineEvents['pool'][] = [];
  line?.on('pool', (event) => events.push(event));
  const users = new sdk.UsersApi(client);
  const calls = Array.from({ length: 5 }, () => users.getUsersMe());
  await until(() => held.length === 2 && events.length > 0);
  expect(connections()).toBe(2);
  expect(events).toMatchObject([{ route: 'GET /api/v2/users/me', reason: 'requests wait', wanted: 5, waiting: 3 }]);
  let ended = 0;
  await until(() => {
    for (; ended < held.length; ended++)
      held[ended]?.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"me"}');
    return ended === 5;
  });
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 5 }, () => ({ id: 'me' })));
  await line?.close();
  await sockets.close();
  await until(() => connections() === 0);
});

test('an agent of setProxyAgent has precedence', async () => {
  const { client, held } = await setUp();
  const sockets = pools({ maxConcurrent: 2 });
  onTestFinished(() => sockets.close());
  guardGenesys(client, { pools: sockets, retry: false });
  client.setGateway({ host: '127.0.0.1', port: 1, protocol: 'https' });
  client.setProxyAgent(new Agent({ maxSockets: 7 }));
  await expect(new sdk.UsersApi(client).getUsersMe()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(held).toHaveLength(0);
  const line = holdlineOf(client);
  const [report] = line?.explain({ method: 'GET', url: '/api/v2/users/me' }).pools ?? [];
  expect(report).toMatchObject({ name: 'own', origin: 'https://127.0.0.1:1', maxSockets: 7 });
  await line?.close();
});
