export { guardUndici, holdlineInterceptor, type HoldlineInterceptor } from './guard.js';
export type { UndiciConfig } from './options.js';
export type { DispatchFunction, DispatcherLike } from './types.js';
