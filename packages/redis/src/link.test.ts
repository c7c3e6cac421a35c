import { expect, test } from 'vitest';
import { connectLike, type RedisClient } from './client.js';
import { Link, scriptOf } from './link.js';

const SCRIPT = scriptOf('return 1');

/** A client of ioredis as far as it is used, whose duplicates are counted. */
class Client {
  readonly made: Client[] = [];
  readonly listeners = new Map<string, () => void>();
  overrides: unknown[] = [];
  status = 'ready';
  isCluster = false;
  options: object = {};

  constructor(readonly evaluate: () => Promise<unknown> = () => Promise.resolve(1)) {}

  duplicate(...overrides: unknown[]): Client {
    const made = new Client(this.evaluate);
    made.overrides = overrides;
    this.made.push(made);
    return made;
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener);
    if (event === 'ready') queueMicrotask(listener);
  }

  subscribe(): Promise<unknown> {
    return Promise.resolve();
  }

  evalsha(): Promise<unknown> {
    return this.evaluate();
  }

  eval(): Promise<unknown> {
    return this.evaluate();
  }

  disconnect(): void {
    this.status = 'end';
  }

  get open(): number {
    return this.made.filter(({ status }) => status === 'ready').length;
  }
}

const listener = { onReady: () => undefined, onMessage: () => undefined };

test('commands that fail together have one pair of connections made anew, and none is left behind', async () => {
  const client = new Client(() => Promise.reject(new Error('READONLY You can not write against a read only replica.')));
  const link = new Link(Promise.resolve(client as RedisClient), 'news', 1_000, listener);
  await link.ready();
  await Promise.allSettled([1, 2, 3].map(() => link.run(SCRIPT, [], [])));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(client.open).toBe(2);
  expect(client.made).toHaveLength(4);
  link.close();
  expect(client.open).toBe(0);
});

test('says why it is not ready, where that is known', async () => {
  const client = new Client();
  client.duplicate = (): Client => {
    const made = new Client();
    made.status = 'connecting';
    made.on = (event, tell: (error?: Error) => void) => {
      if (event === 'error') queueMicrotask(() => tell(new Error('WRONGPASS invalid username-password pair')));
    };
    return made;
  };
  const link = new Link(Promise.resolve(client as RedisClient), 'news', 20, listener);
  await expect(link.ready()).rejects.toThrow('WRONGPASS');
  link.close();
  const missing = new Link(Promise.reject(new Error('not installed')), 'news', 20, listener);
  await expect(missing.ready()).rejects.toThrow('not installed');
  await expect(missing.ready()).rejects.toThrow('not installed');
});

test('a connection like that of a cluster keeps its password and TLS', () => {
  const client = new Client();
  client.isCluster = true;
  client.options = { redisOptions: { password: 'p', tls: {} } };
  connectLike(client as RedisClient, { onReady: () => undefined, onError: () => undefined });
  const [, overrides] = client.made[0]?.overrides as [unknown, object];
  expect(overrides).toMatchObject({ redisOptions: { password: 'p', tls: {}, maxRetriesPerRequest: 0 } });
});
