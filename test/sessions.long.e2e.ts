import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { redisStore } from '@holdline/redis';
import type { WireEntry } from '@holdline/simulator';
import { guardWebSocket } from '@holdline/websocket';
import { startRedis, type RedisProcess } from '@holdline/test-servers';
import { expect, onTestFinished, test, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { mostInWindow, sleep } from './support.js';

// The tests start real processes, and the machine may be slow.
vi.setConfig({ testTimeout: 120_000 });

const CLAIM_MS = 3_000;
const script = fileURLToPath(new URL('session-member.mjs', import.meta.url));

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + 30_000; !holds(); await sleep(10))
    if (performance.now() > end) throw new Error(`not reached within 30 s: ${what}`);
}

/** Starts a platform that counts the concurrent sessions. */
async function startPlatform(): Promise<{ url: string; open: () => number; most: () => number }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let most = 0;
  server.on('connection', () => (most = Math.max(most, server.clients.size)));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}`, open: () => server.clients.size, most: () => most };
}

/** A child process of the fleet. */
class Member {
  readonly events: string[] = [];
  readonly child: ChildProcess;

  constructor(redis: RedisProcess, url: string, secondSession: 'wait' | 'replace') {
    this.child = fork(script, [JSON.stringify({ redis: redis.url, url, secondSession, sessionClaimMs: CLAIM_MS })]);
    this.child.on('message', ({ event }: { event: string }) => this.events.push(event));
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  say(command: 'connect' | 'close'): void {
    this.child.send(command);
  }

  heard(event: string): Promise<void> {
    return until(() => this.events.includes(event), `${event} in ${JSON.stringify(this.events)}`);
  }

  async stop(): Promise<number | null> {
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.send('stop');
    const [code] = await ended;
    return code;
  }
}

async function setUp(secondSession: 'wait' | 'replace') {
  const [redis, platform] = await Promise.all([startRedis(), startPlatform()]);
  const members = [1, 2].map(() => new Member(redis, platform.url, secondSession)) as [Member, Member];
  await Promise.all(members.map((member) => member.heard('ready')));
  return { redis, platform, members };
}

test('wait: a session in another process starts after the first session ends and after its process is killed', async () => {
  const { redis, platform, members } = await setUp('wait');
  const [first, second] = members;
  first.say('connect');
  await first.heard('open');
  second.say('connect');
  await sleep(CLAIM_MS + 500);
  expect(second.events).toEqual(['ready']);
  first.say('close');
  await second.heard('open');
  expect(platform.most()).toBe(1);

  const third = new Member(redis, platform.url, 'wait');
  await third.heard('ready');
  third.say('connect');
  await sleep(500);
  expect(third.events).toEqual(['ready']);
  second.child.kill('SIGKILL');
  await third.heard('open');
  expect(await third.stop()).toBe(0);
  expect(await first.stop()).toBe(0);
});

test('replace: a session in another process ends the first session and starts after that', async () => {
  const { platform, members } = await setUp('replace');
  const [first, second] = members;
  first.say('connect');
  await first.heard('open');
  second.say('connect');
  await first.heard('close 1000');
  await second.heard('open');
  first.events.length = 0;
  first.say('connect');
  await second.heard('close 1000');
  await first.heard('open');
  await until(() => platform.open() === 1, 'one open session');
  for (const member of members) {
    expect(member.events).not.toContain('unhandled');
    expect(await member.stop()).toBe(0);
  }
});

test('guarded classes with a common store share one quota of handshakes', async () => {
  const redis = await startRedis();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const arrivals: WireEntry[] = [];
  server.on('connection', () => arrivals.push({ at: performance.now() } as WireEntry));
  const { port } = server.address() as AddressInfo;
  const sockets = [1, 2].flatMap(() => {
    const store = redisStore({ url: redis.url });
    onTestFinished(() => store.close());
    const Guarded = guardWebSocket(WebSocket, {
      handshakes: { quotas: [{ limit: 10, windowMs: 1_000 }] },
      store,
    });
    return Array.from({ length: 20 }, () => new Guarded(`ws://127.0.0.1:${port}`));
  });
  await until(() => sockets.every(({ readyState }) => readyState === WebSocket.OPEN), 'all sockets connected');
  for (const socket of sockets) socket.terminate();
  server.close();
  // The server times that two stores estimate differ a little.
  expect(mostInWindow(arrivals, 950)).toBeLessThanOrEqual(10);
});

test('after Redis is killed and returns empty, the open session continues and a new session waits for it', async () => {
  const { redis, platform, members } = await setUp('wait');
  const [first, second] = members;
  first.say('connect');
  await first.heard('open');
  await redis.kill();
  await sleep(CLAIM_MS);
  await redis.start();
  // The open session has its key again after one renewal at the latest.
  await sleep(CLAIM_MS);
  second.say('connect');
  await sleep(CLAIM_MS);
  expect({ first: first.events, second: second.events }).toEqual({ first: ['ready', 'open'], second: ['ready'] });
  first.say('close');
  await second.heard('open');
  expect(platform.most()).toBe(1);
});
