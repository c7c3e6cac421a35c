import { createHoldline, holdlineOf, release } from '@holdline/core';
import { genesysCloud } from '@holdline/genesys';
import { guardStreaming, handshakesOn } from '@holdline/genesys-streaming';
import type { GenesysSimulator } from '@holdline/simulator';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  defineWindow,
  catchRejection,
  waitForRequests,
  signIn,
  sleep,
  startStreamingSimulator,
  STREAMING_CLIENTS,
  createStreamingClient,
  until,
  type StreamingClient,
} from './streaming-support.js';

/** Tests of the real streaming client, guarded and unguarded. The unguarded controls show when the vendor changes its behaviour. */

beforeAll(defineWindow);

// SDK 19.4.1 itself handles the announcement that its socket will close, and connects again.
it('a client reconnects after the platform announces the end of its socket', async () => {
  const simulator = await startStreamingSimulator();
  const client = guardStreaming(await createStreamingClient(simulator, 'alice', STREAMING_CLIENTS[0]));
  await client.connect();
  await until(() => client.connected);
  const before = simulator.stats().sockets.accepted;
  expect(simulator.announceClosing()).toBe(1);
  await until(() => simulator.stats().sockets.accepted > before && client.connected);
  await until(() => simulator.sockets().length === 1);
});

describe.each(STREAMING_CLIENTS)('version $version', (kind) => {
  const createClient = (simulator: GenesysSimulator, user = 'alice'): Promise<StreamingClient> =>
    createStreamingClient(simulator, user, kind);

  // Issue 13, b08: React's StrictMode mounts, unmounts and mounts again.
  it('ends connected after connect, disconnect and connect in one tick, guarded and unguarded', async () => {
    const simulator = await startStreamingSimulator();
    for (const guarded of [true, false]) {
      const client = await createClient(simulator, `user-${guarded}`);
      if (guarded) guardStreaming(client);
      client.connect().catch(() => undefined);
      client.disconnect().catch(() => undefined);
      await client.connect();
      await until(() => client.connected);
      expect(simulator.sockets().filter(({ user }) => user === `user-${guarded}`)).toHaveLength(1);
    }
  });

  it('connects, and reconnects on the same channel after a lost socket', async () => {
    const simulator = await startStreamingSimulator();
    const client = guardStreaming(await createClient(simulator));
    await client.connect();
    await waitForRequests();
    simulator.closeSockets(1006);
    await until(() => simulator.stats().sockets.accepted === 2 && client.connected);
    const [first, second] = simulator.upgrades();
    expect(second?.path).toBe(first?.path);
  });

  it('retries a refused upgrade', async () => {
    const simulator = await startStreamingSimulator();
    const refusal = { status: 429, headers: { 'retry-after': '1' } };
    simulator.script('GET /stream/**', [refusal, refusal]);
    await guardStreaming(await createClient(simulator)).connect();
    expect(simulator.upgrades().map(({ status }) => status)).toEqual([429, 429, 101]);

    // Control: the unguarded client makes one attempt.
    simulator.script('GET /stream/**', [refusal]);
    const alone = await createClient(simulator, 'bob');
    await catchRejection(alone.connect());
    expect(simulator.stats().sockets.upgrades).toBe(4);
    // From then on, the unguarded client treats itself as connecting.
    await alone.connect();
    expect(alone.connected).toBe(false);
    expect(simulator.stats().sockets.upgrades).toBe(4);
  });

  it('sends nothing after disconnect() of a waiting client', async () => {
    const simulator = await startStreamingSimulator({ sockets: { upgradeMs: 2_000 } });
    const line = createHoldline(genesysCloud());
    handshakesOn(line, { poolSize: 1 });
    const [first, second] = [await createClient(simulator), await createClient(simulator, 'bob')];
    for (const client of [first, second]) guardStreaming(client, line);
    const connected = first.connect();
    await until(() => simulator.stats().sockets.upgrades === 1);
    const waiting = catchRejection(second.connect({ keepTryingOnFailure: true }));
    await until(() => handshakesOn(line).snapshot().queued === 1);
    await second.disconnect();
    await waiting;
    // This is longer than the back-off of the SDK and longer than the first client uses the slot.
    await Promise.all([connected, sleep(2_600)]);
    expect(simulator.stats().sockets.upgrades).toBe(1);
    expect(handshakesOn(line).snapshot()).toMatchObject({ queued: 0, inFlight: 0 });
    // The client can connect again.
    simulator.set({ sockets: { upgradeMs: 0 } });
    await second.connect();
    expect(second.connected).toBe(true);

    // Control: version 17.2.7 cannot cancel and connects anyway.
    const { upgrades } = simulator.stats().sockets;
    const alone = await createClient(simulator, 'carol');
    const ended = alone.connect().catch(() => undefined);
    await alone.disconnect();
    await ended;
    await waitForRequests();
    expect(simulator.stats().sockets.upgrades - upgrades).toBe(kind.version === '17.2.7' ? 1 : 0);
  });

  it('waits after a 429 and renews a dead token within one attempt', async () => {
    const simulator = await startStreamingSimulator();
    const client = await createClient(simulator);
    const dead = client.config.authToken;
    simulator.revokeTokens();
    simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '1' } }]);
    const grant = async (): Promise<{ accessToken: string }> => ({ accessToken: await signIn(simulator, 'alice') });
    guardStreaming(client, { token: { grant } });
    await client.connect();
    const asked = simulator
      .wire()
      .filter(
        ({ route }) => route.startsWith('GET /api/v2/users/me') || route.startsWith('POST /api/v2/notifications'),
      );
    // Version 17 requests its user and its channel at the same time.
    expect(asked.map(({ status }) => status)).toEqual(expect.arrayContaining([429, 401, 200]));
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(client.config.authToken).not.toBe(dead);
    expect(client.connected).toBe(true);

    // Control: a dead token ends the unguarded client after one request.
    const alone = await createClient(simulator, 'bob');
    simulator.revokeTokens();
    const before401 = simulator.stats().unauthorized;
    await catchRejection(alone.connect({ keepTryingOnFailure: true }));
    // Version 17 makes two requests at the same time.
    expect(simulator.stats().unauthorized - before401).toBeLessThanOrEqual(2);
    expect(simulator.stats().sockets.upgrades).toBe(1);
  });

  it('renews a token that the stream refuses as its password', async () => {
    const simulator = await startStreamingSimulator();
    const client = await createClient(simulator);
    const grant = async (): Promise<{ accessToken: string }> => ({ accessToken: await signIn(simulator, 'alice') });
    guardStreaming(client, { token: { grant } });
    await client.connect();
    await waitForRequests();
    simulator.revokeTokens();
    // The client reconnects on its channel without an HTTP request.
    simulator.closeSockets(1006);
    await until(() => simulator.stats().sockets.accepted >= 3 && client.connected);
  });

  it('leaves retries to requestApiWithRetry, while the gate makes them wait', async () => {
    const simulator = await startStreamingSimulator();
    const client = await createClient(simulator);
    simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '1' } }]);
    guardStreaming(client);
    const { authToken } = client.config;
    const options = { method: 'get', host: simulator.url, authToken, logger: { debug: () => undefined } };
    await client.http.requestApiWithRetry('users/me', options).promise;
    const [refused, answered] = simulator.wire().filter(({ route }) => route === 'GET /api/v2/users/me');
    expect([refused?.status, answered?.status]).toEqual([429, 200]);
    expect((answered?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('has its original properties after a release', async () => {
    const simulator = await startStreamingSimulator();
    const client = await createClient(simulator);
    const parts = [client, client.http, client.connectionManager];
    const shape = (): unknown[] => parts.map((part) => Object.getOwnPropertyDescriptors(part));
    const before = shape();
    expect(guardStreaming(client)).toBe(client);
    expect(guardStreaming(client)).toBe(client);
    expect(holdlineOf(client)).toBeDefined();
    release(client);
    expect(shape()).toEqual(before);
    await client.connect();
    expect(client.connected).toBe(true);
  });
});
