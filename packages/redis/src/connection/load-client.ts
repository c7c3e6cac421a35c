import { ConfigError } from '@holdline/core';
import type * as ioredisPackage from 'ioredis';
import type * as redisPackage from 'redis';
import type { RedisClient } from './client.js';
import { IOREDIS_OPTIONS } from './ioredis.js';

type Ioredis = typeof ioredisPackage;
type NodeRedis = typeof redisPackage;

/**
 * Makes a client for `url` with the installed package. The client itself never connects: the store opens connections like it.
 *
 * @throws ConfigError if neither ioredis nor redis is installed, or `url` is no URL.
 */
export async function loadClient(url: string): Promise<RedisClient> {
  const ioredis = await importInstalled<Ioredis>('ioredis');
  if (ioredis) return new ioredis.Redis(url, { ...IOREDIS_OPTIONS, lazyConnect: true });
  const redis = await importInstalled<NodeRedis>('redis');
  if (redis) {
    try {
      return redis.createClient({ url });
    } catch {
      // The error of node-redis shows the password.
      throw new ConfigError("url must be a URL like 'redis://host:6379', got a string that is no URL");
    }
  }
  throw new ConfigError("redisStore({ url }) needs 'ioredis' or 'redis' installed: npm install ioredis");
}

/**
 * Imports a package, or returns undefined if it is not installed. The name is a parameter and the comments stay in the bundle, so
 * that no bundler resolves a client that is not installed. Node resolves it where the program runs.
 */
async function importInstalled<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as T;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
