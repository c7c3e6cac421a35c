import { createClient as nodeRedis6 } from 'redis';
import { createClient as nodeRedis5 } from 'redis-5';
import { expect, test } from 'vitest';
import { openConnection, type RedisClient } from './client.js';

test.for<[string, () => unknown]>([
  ['node-redis 5', () => nodeRedis5()],
  ['node-redis 6', () => nodeRedis6()],
])('a connection for a client of %s without options queues no command and never reconnects', ([, create]) => {
  const given = create() as RedisClient & { options?: unknown };
  let overrides: unknown;
  const client = Object.assign(Object.create(given) as RedisClient, {
    duplicate(wanted: unknown) {
      overrides = wanted;
      return { on: () => undefined, connect: () => new Promise(() => undefined), destroy: () => undefined };
    },
  });
  openConnection(client, () => undefined).close();
  expect(overrides).toMatchObject({
    disableOfflineQueue: true,
    socket: { reconnectStrategy: false },
  });
});
