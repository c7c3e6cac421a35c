export type { RedisClient } from './connection/client.js';
export type { RedisStoreOptions } from './options.js';
export { redisStore, type RedisStore } from './store.js';
