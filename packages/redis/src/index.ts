export type { RedisClient } from './connection/client.js';
export type { RedisStoreOptions, RedisKey } from './options.js';
export { redisStore, type RedisStore } from './store.js';
