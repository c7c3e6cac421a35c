import { ConfigError } from '@holdline/core';
import type * as ioredisPackage from 'ioredis';
import type * as redisPackage from 'redis';
import { IOREDIS_OPTIONS, type RedisClient } from './client.js';

type Ioredis = typeof ioredisPackage;
type NodeRedis = typeof redisPackage;

/**
 * A client that never connects itself: the connections are made like it.
 *
 * @throws ConfigError where neither client is installed, or the URL is none.
 */
export async function clientFor(url: string): Promise<RedisClient> {
  const ioredis = await installed<Ioredis>('ioredis');
  if (ioredis) return new ioredis.Redis(url, { ...IOREDIS_OPTIONS, lazyConnect: true });
  const redis = await installed<NodeRedis>('redis');
  if (redis) {
    try {
      return redis.createClient({ url });
    } catch {
      // What it throws shows the password.
      throw new ConfigError("url must be like 'redis://host:6379', got something that is no URL");
    }
  }
  throw new ConfigError("redisStore({ url }) needs 'ioredis' or 'redis' installed: npm install ioredis");
}

/**
 * A package, undefined where it is not installed. Its name is a parameter and the comments stay in the bundle, so that no bundler looks for
 * a client that is absent: it is loaded where the program runs.
 */
async function installed<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as T;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
