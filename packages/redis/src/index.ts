export type { RedisClient } from './client.js';
export type { RedisStoreOptions } from './options.js';
export { redisStore, type RedisStore } from './store.js';
