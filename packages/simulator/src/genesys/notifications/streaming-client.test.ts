import { createRequire } from 'node:module';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GenesysSimulator } from '../../simulator.js';
import { requestToken, type Json, startGenesys, waitUntil } from '../../testing/http-client.js';

/** The real streaming client in Node, with the few browser globals that it needs, against the simulator. */

const require = createRequire(import.meta.url);
// Loaded before `window` exists: with it, dependencies of the client would take Node for a browser.
const VERSIONS: [version: string, module: Json][] = [
  ['19.4.1', require('genesys-cloud-streaming-client')],
  ['17.2.7', require('genesys-cloud-streaming-client-17')],
];
const QUIET = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  log: () => undefined,
};

const clients: Json[] = [];

beforeAll(() => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  };
  const target = globalThis as Json;
  target.sessionStorage = storage;
  target.localStorage = storage;
  target.window ??= Object.assign(new EventTarget(), { navigator: { onLine: true }, sessionStorage: storage });
  Object.defineProperty(target, 'navigator', { value: { onLine: true, userAgent: 'node' }, configurable: true });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect().catch(() => undefined)));
});

async function makeClient(simulator: GenesysSimulator, { default: Client }: Json, user: string): Promise<Json> {
  const { json } = await requestToken(simulator, { grant_type: 'authorization_code', code: `user:${user}` });
  const client = new Client({
    host: simulator.url.replace('http', 'ws'),
    apiHost: simulator.url,
    authToken: json.access_token,
    logger: QUIET,
    optOutOfWebrtcStatsTelemetry: true,
    appName: `test-${user}`,
  });
  clients.push(client);
  return client;
}

describe.each(VERSIONS)('the streaming client %s', (_, module) => {
  it('connects, receives events and disconnects cleanly', async () => {
    const simulator = await startGenesys();
    const client = await makeClient(simulator, module, 'alice');
    await client.connect();
    expect(client.connected).toBe(true);
    const [socket] = simulator.sockets();
    expect(socket).toMatchObject({ protocol: 'xmpp', user: 'alice', route: 'GET /stream/channels/:channelId' });

    const seen: Json[] = [];
    await client.notifications.subscribe('v2.users.alice.presence', (data: Json) => seen.push(data), true);
    expect(simulator.publish('v2.users.alice.presence', { systemPresence: 'Busy' })).toBe(1);
    await waitUntil(() => seen.length === 1);
    expect(seen[0]).toMatchObject({ topicName: 'v2.users.alice.presence', eventBody: { systemPresence: 'Busy' } });

    await client.notifications.bulkSubscribe(['v2.users.bob.presence', 'v2.users.bob.activity'], { replace: true });
    expect(simulator.publish('v2.users.bob.activity', {})).toBe(1);

    await client.disconnect();
    await waitUntil(() => simulator.sockets().length === 0);
    // Both sides close, and either frame may arrive first. A broken connection would be an error.
    expect([1000, 1005]).toContain(simulator.upgrades()[0]?.closeCode);
  });

  it('reconnects to the same channel after the connection broke', async () => {
    const simulator = await startGenesys();
    const client = await makeClient(simulator, module, 'alice');
    await client.connect();
    simulator.closeSockets(1006);
    await waitUntil(() => simulator.stats().sockets.accepted === 2);
    expect(simulator.upgrades().map(({ path }) => path)[1]).toBe(simulator.upgrades()[0]?.path);
    await waitUntil(() => client.connected === true);
  });

  it('gives up with a revoked token, which the upgrade refuses', async () => {
    const simulator = await startGenesys();
    const client = await makeClient(simulator, module, 'alice');
    simulator.revokeTokens();
    await expect(client.connect()).rejects.toBeDefined();
    expect(simulator.stats()).toMatchObject({ unauthorized: 1, sockets: { upgrades: 0 } });
    const other = await makeClient(simulator, module, 'bob');
    simulator.script('GET /stream/**', [{ status: 429, headers: { 'retry-after': '1' } }]);
    await expect(other.connect()).rejects.toBeDefined();
    expect(simulator.upgrades()).toMatchObject([{ status: 429, outcome: 'scripted' }]);
  });
});
