import { createRequire } from 'node:module';
import {
  guardGenesys,
  notifications,
  type Gap,
  type NotificationFeed,
  type NotificationOptions,
} from '@holdline/genesys';
import type { GenesysSimulator } from '@holdline/simulator';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { signIn, startStreamingSimulator, until } from './streaming-support.js';
import type { Sdk } from './support.js';

const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk;

/** Connects the real SDK to the simulator over real sockets. */
async function setUp(simulator: GenesysSimulator, options: NotificationOptions = {}) {
  const client = new sdk.ApiClientClass();
  client.config.live_reload_config = false;
  const { hostname: host, port } = new URL(simulator.url);
  client.setGateway({ host, port, protocol: 'http' });
  client.setAccessToken(await signIn(simulator, 'alice'));
  guardGenesys(client);
  const feed = notifications(client, { WebSocket, baseDelayMs: 50, ...options });
  onTestFinished(() => feed.close());
  const gaps: Gap[] = [];
  feed.on('gap', (gap) => gaps.push(gap));
  return { client, feed, gaps };
}

const named = (n: number): string[] => Array.from({ length: n }, (_, i) => `v2.users.${i}.presence`);

/** Checks that each topic reaches the feed exactly once. */
async function reachesAll(simulator: GenesysSimulator, feed: NotificationFeed): Promise<void> {
  const heard: string[] = [];
  const stop = feed.on('notification', ({ topic }) => heard.push(topic));
  const { topics } = feed;
  for (const topic of topics) expect(simulator.publish(topic, {})).toBe(1);
  await until(() => heard.length >= topics.length);
  stop();
  expect(heard.sort()).toEqual([...topics].sort());
}

test('2,500 topics use three channels, the feed receives all topics, and close() removes all subscriptions', async () => {
  const simulator = await startStreamingSimulator();
  const { feed, gaps } = await setUp(simulator);
  await feed.subscribe(named(2_500));
  expect(simulator.channels().map(({ topics }) => topics.length)).toEqual([1_000, 1_000, 500]);
  await reachesAll(simulator, feed);
  await feed.close();
  await until(() => simulator.sockets().length === 0);
  expect(simulator.channels().map(({ topics }) => topics.length)).toEqual([0, 0, 0]);
  expect(gaps).toEqual([]);
});

test('the feed recovers from a killed socket, an evicted channel and an expired channel, and reports each gap', async () => {
  const simulator = await startStreamingSimulator();
  const { client, feed, gaps } = await setUp(simulator);
  await feed.subscribe(named(10));
  const [first] = simulator.channels();

  simulator.closeSockets(1006);
  await until(() => gaps.length === 1);
  expect(simulator.channels()).toMatchObject([{ id: first?.id, sockets: 1 }]);
  await reachesAll(simulator, feed);

  for (let i = 0; i < 20; i++)
    await client.callApi('/api/v2/notifications/channels', 'POST', {}, {}, {}, {}, null, ['PureCloud OAuth'], [], []);
  await until(() => gaps.length === 2);
  expect(gaps[1]?.reason).toContain('evicted');
  expect(feed.channels).toBe(1);
  await reachesAll(simulator, feed);

  // The next channel expires after 500 ms.
  simulator.set({ notifications: { expiresInMs: 500 } });
  await feed.subscribe('one.more');
  await until(() => gaps.length === 3);
  simulator.set({ notifications: { expiresInMs: 86_400_000 } });
  expect(gaps[2]?.reason).toContain('expired');
});

test('the feed renews the subscription of a channel before it expires, and the channel stays open', async () => {
  const simulator = await startStreamingSimulator({ notifications: { expiresInMs: 2_000 } });
  const { feed, gaps } = await setUp(simulator, { resubscribeAfterMs: 500 });
  await feed.subscribe(named(3));
  const from = performance.now();
  await until(() => performance.now() - from > 4_500);
  expect({ gaps, sockets: simulator.stats().sockets.accepted }).toEqual({ gaps: [], sockets: 1 });
  await reachesAll(simulator, feed);
});

test('the feed pings a silent socket and drops a socket that does not respond', async () => {
  const simulator = await startStreamingSimulator({ notifications: { heartbeatMs: 60_000 } });
  const { feed, gaps } = await setUp(simulator, { silenceMs: 200, pongWithinMs: 1_500 });
  await feed.subscribe(named(2));
  // The simulator responds to the pings.
  await until(() => simulator.stats().sockets.framesIn >= 3);
  expect(gaps).toEqual([]);
  // The simulator stops reading, so no ping gets a response.
  simulator.set({ sockets: { readBytesPerSecond: 0 } });
  await until(() => gaps.length > 0);
  simulator.set({ sockets: { readBytesPerSecond: Infinity } });
  expect(gaps[0]?.reason).toBe('the socket was silent for 1700 ms');
});

// Issue 13: the platform closes sockets for maintenance and announces this one minute before.
test('the feed replaces a socket before its announced end, and each notification arrives exactly once', async () => {
  const simulator = await startStreamingSimulator();
  const { feed, gaps } = await setUp(simulator);
  await feed.subscribe(named(3));
  const heard: unknown[] = [];
  feed.on('notification', ({ body }) => heard.push(body));
  const connected = new Promise((resolve) => feed.on('connected', resolve));
  expect(simulator.announceClosing(3_000)).toBe(1);
  let n = 0;
  const tell = setInterval(() => simulator.publish('v2.users.1.presence', n++), 5);
  await connected;
  await until(() => simulator.sockets().length === 1);
  clearInterval(tell);
  await until(() => heard.length >= n);
  expect(heard).toEqual(Array.from({ length: n }, (_, i) => i));
  expect(simulator.upgrades()).toHaveLength(2);
  expect(gaps).toEqual([]);
  await reachesAll(simulator, feed);
});
