import { Redis } from 'ioredis';
import type { RedisProcess } from './redis-process.mjs';
import { startRedis } from './redis.js';

/** Starts a Redis cluster of one node, which ends with the test. */
export async function startCluster(): Promise<RedisProcess> {
  const node = await startRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  const redis = new Redis(node.url);
  // Redis 6 has no ADDSLOTSRANGE.
  await redis.call('CLUSTER', 'ADDSLOTS', ...Array.from({ length: 16_384 }, (_, slot) => String(slot)));
  for (let state = ''; !state.includes('cluster_state:ok'); await new Promise((resolve) => setTimeout(resolve, 50)))
    state = String(await redis.call('CLUSTER', 'INFO'));
  redis.disconnect();
  return node;
}
