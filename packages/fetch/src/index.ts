import type { CallContext } from '@holdline/core';

declare global {
  interface RequestInit {
    /** Call context for this request, as for `withCall`. */
    holdline?: CallContext;
  }
}

// For users.
export type { FetchConfig, InstallConfig } from './config.js';
export { guardFetch, installFetch } from './guard.js';
export type { FetchFunction } from './types.js';

// For adapters of SDKs that use fetch.
export { guardedFetch } from './guarded-fetch.js';
export type { FetchOptions } from './options.js';
export { replaceFetch } from './replace-fetch.js';
export { sendLetters } from './send-dead-letters.js';
