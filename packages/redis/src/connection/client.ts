import type { Connection, OnClosed } from './connection.js';
import { isIoredisClient, openIoredisConnection } from './ioredis.js';
import { isNodeRedisClient, openNodeRedisConnection, type NodeRedisClient } from './node-redis.js';

/**
 * A client of ioredis (`Redis` or `Cluster`) or node-redis (`createClient` or `createCluster`), version 5 or 6.
 * @public
 */
export interface RedisClient {
  duplicate(...overrides: never[]): unknown;
  eval(...args: never[]): unknown;
}

/** Whether `value` is a client of ioredis or node-redis, by its methods. */
export function isRedisClient(value: unknown): value is RedisClient {
  const { duplicate, eval: run } = (value ?? {}) as { duplicate?: unknown; eval?: unknown };
  return (
    typeof duplicate === 'function' && typeof run === 'function' && (isIoredisClient(value) || isNodeRedisClient(value))
  );
}

/** Opens a connection with the options of `client`. The client itself stays as it is. */
export function openConnection(client: RedisClient, onClosed: OnClosed): Connection {
  return isIoredisClient(client)
    ? openIoredisConnection(client, onClosed)
    : openNodeRedisConnection(client as NodeRedisClient, onClosed);
}
