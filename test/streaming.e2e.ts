import { createHoldline, holdlineOf, release } from '@holdline/core';
import { genesysCloud } from '@holdline/genesys';
import { guardStreaming, handshakesOn } from '@holdline/genesys-streaming';
import type { GenesysSimulator } from '@holdline/simulator';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  giveWindow,
  rejection,
  settle,
  signIn,
  sleep,
  startStreamingSimulator,
  STREAMING_CLIENTS,
  streamingClient,
  until,
  type StreamingClient,
} from './streaming-support.js';

/** The real streaming client, guarded and, beside it, alone: so that the day the vendor changes it we know. */

beforeAll(giveWindow);

// The SDK itself takes the announcement of 19.4.1 that its socket will be closed, and connects again.
it('a client that is told that its socket will be closed connects again', async () => {
  const simulator = await startStreamingSimulator();
  const client = guardStreaming(await streamingClient(simulator, 'alice', STREAMING_CLIENTS[0]));
  await client.connect();
  await until(() => client.connected);
  const before = simulator.stats().sockets.accepted;
  expect(simulator.announceClosing()).toBe(1);
  await until(() => simulator.stats().sockets.accepted > before && client.connected);
  await until(() => simulator.sockets().length === 1);
});

describe.each(STREAMING_CLIENTS)('version $version', (kind) => {
  const make = (simulator: GenesysSimulator, user = 'alice'): Promise<StreamingClient> =>
    streamingClient(simulator, user, kind);

  // Issue 13, b08: React's StrictMode mounts, unmounts and mounts again.
  it('connects, disconnects and connects in one tick: it ends connected, as it does alone', async () => {
    const simulator = await startStreamingSimulator();
    for (const guarded of [true, false]) {
      const client = await make(simulator, `user-${guarded}`);
      if (guarded) guardStreaming(client);
      client.connect().catch(() => undefined);
      client.disconnect().catch(() => undefined);
      await client.connect();
      await until(() => client.connected);
      expect(simulator.sockets().filter(({ user }) => user === `user-${guarded}`)).toHaveLength(1);
    }
  });

  it('connects, hears, and comes back on the same channel', async () => {
    const simulator = await startStreamingSimulator();
    const client = guardStreaming(await make(simulator));
    await client.connect();
    await settle();
    simulator.closeSockets(1006);
    await until(() => simulator.stats().sockets.accepted === 2 && client.connected);
    const [first, second] = simulator.upgrades();
    expect(second?.path).toBe(first?.path);
  });

  it('is not in the way of a refused upgrade', async () => {
    const simulator = await startStreamingSimulator();
    const refusal = { status: 429, headers: { 'retry-after': '1' } };
    simulator.script('GET /stream/**', [refusal, refusal]);
    await guardStreaming(await make(simulator)).connect();
    expect(simulator.upgrades().map(({ status }) => status)).toEqual([429, 429, 101]);

    // The control: one attempt, and that is all.
    simulator.script('GET /stream/**', [refusal]);
    const alone = await make(simulator, 'bob');
    await rejection(alone.connect());
    expect(simulator.stats().sockets.upgrades).toBe(4);
    // It takes itself for connecting since.
    await alone.connect();
    expect(alone.connected).toBe(false);
    expect(simulator.stats().sockets.upgrades).toBe(4);
  });

  it('sends nothing after disconnect() while it waits', async () => {
    const simulator = await startStreamingSimulator({ sockets: { upgradeMs: 2_000 } });
    const line = createHoldline(genesysCloud());
    handshakesOn(line, { poolSize: 1 });
    const [first, second] = [await make(simulator), await make(simulator, 'bob')];
    for (const client of [first, second]) guardStreaming(client, line);
    const connected = first.connect();
    await until(() => simulator.stats().sockets.upgrades === 1);
    const waiting = rejection(second.connect({ keepTryingOnFailure: true }));
    await until(() => handshakesOn(line).snapshot().queued === 1);
    await second.disconnect();
    await waiting;
    // Longer than the back-off of the SDK, and longer than the first one takes the place.
    await Promise.all([connected, sleep(2_600)]);
    expect(simulator.stats().sockets.upgrades).toBe(1);
    expect(handshakesOn(line).snapshot()).toMatchObject({ queued: 0, inFlight: 0 });
    // It can be connected again.
    simulator.set({ sockets: { upgradeMs: 0 } });
    await second.connect();
    expect(second.connected).toBe(true);

    // The control: the version before it could be cancelled connects all the same.
    const { upgrades } = simulator.stats().sockets;
    const alone = await make(simulator, 'carol');
    const ended = alone.connect().catch(() => undefined);
    await alone.disconnect();
    await ended;
    await settle();
    expect(simulator.stats().sockets.upgrades - upgrades).toBe(kind.version === '17.2.7' ? 1 : 0);
  });

  it('waits out a 429 and renews a dead token within one attempt', async () => {
    const simulator = await startStreamingSimulator();
    const client = await make(simulator);
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
    // Version 17 asks for its user and its channel side by side.
    expect(asked.map(({ status }) => status)).toEqual(expect.arrayContaining([429, 401, 200]));
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(client.config.authToken).not.toBe(dead);
    expect(client.connected).toBe(true);

    // The control: a dead token ends it after one request.
    const alone = await make(simulator, 'bob');
    simulator.revokeTokens();
    const before401 = simulator.stats().unauthorized;
    await rejection(alone.connect({ keepTryingOnFailure: true }));
    // Version 17 asks two things side by side.
    expect(simulator.stats().unauthorized - before401).toBeLessThanOrEqual(2);
    expect(simulator.stats().sockets.upgrades).toBe(1);
  });

  it('renews a token that the stream refuses as its password', async () => {
    const simulator = await startStreamingSimulator();
    const client = await make(simulator);
    const grant = async (): Promise<{ accessToken: string }> => ({ accessToken: await signIn(simulator, 'alice') });
    guardStreaming(client, { token: { grant } });
    await client.connect();
    await settle();
    simulator.revokeTokens();
    // It comes back on its channel without a request.
    simulator.closeSockets(1006);
    await until(() => simulator.stats().sockets.accepted >= 3 && client.connected);
  });

  it('leaves the retries of requestApiWithRetry to it, and the wait to the gate', async () => {
    const simulator = await startStreamingSimulator();
    const client = await make(simulator);
    simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '1' } }]);
    guardStreaming(client);
    const { authToken } = client.config;
    const options = { method: 'get', host: simulator.url, authToken, logger: { debug: () => undefined } };
    await client.http.requestApiWithRetry('users/me', options).promise;
    const [refused, answered] = simulator.wire().filter(({ route }) => route === 'GET /api/v2/users/me');
    expect([refused?.status, answered?.status]).toEqual([429, 200]);
    expect((answered?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('is exactly what it was after a release', async () => {
    const simulator = await startStreamingSimulator();
    const client = await make(simulator);
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
