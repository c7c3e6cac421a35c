export { httpCacheRules } from './rules.js';
export type { HttpCacheOptions } from './options.js';
