export { guardedFetch, type FetchOptions } from './guarded.js';
export type { FetchFunction } from './native.js';
export type { ReadRefusal, Refusal } from './outcome.js';
