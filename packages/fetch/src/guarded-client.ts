import type { Holdline } from '@holdline/core';
import type { FetchOptions } from './options.js';
import { stripsToken } from './redirect.js';
import type { FetchFunction, NativeFetch } from './types.js';

/** State shared by all calls of a guarded function. */
export interface GuardedClient {
  native: NativeFetch;
  line: Holdline;
  options: FetchOptions;
  stripsToken: boolean;
}

/** Creates the shared state of a guarded function. */
export function createGuardedClient(native: FetchFunction, line: Holdline, options: FetchOptions): GuardedClient {
  return { native: native as unknown as NativeFetch, line, options, stripsToken: stripsToken(native) };
}
