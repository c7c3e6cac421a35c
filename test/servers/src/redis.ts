import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { RedisProcess } from './redis-process.mjs';

/** Starts an empty Redis. The caller ends it with `end()`. */
export function spawnRedis(...args: string[]): Promise<RedisProcess> {
  return RedisProcess.spawn(...args);
}

/** Starts an empty Redis that ends with the test. */
export async function startRedis(...args: string[]): Promise<RedisProcess> {
  const server = await RedisProcess.spawn(...args);
  onTestFinished(() => server.end());
  return server;
}

/** Starts one Redis for all tests of a file, and empties it before each test. */
export function shareRedis(): { readonly server: RedisProcess; readonly redis: Redis } {
  let server: RedisProcess;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisProcess.spawn();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.end();
  });
  beforeEach(() => redis.flushall());
  return {
    get server() {
      return server;
    },
    get redis() {
      return redis;
    },
  };
}
