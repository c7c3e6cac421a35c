import { originOf, type Holdline } from '@holdline/core';
import { runCall, type GuardedClient } from './call.js';
import type { FetchOptions } from './options.js';
import { stripsAuthorization } from './redirect.js';
import { resolveUrl } from './request.js';
import type { FetchFunction, NativeFetch } from './types.js';

// What a guarded function governs. By a symbol, so that other copies of this package know it too.
export const GOVERNS = Symbol.for('@holdline/fetch/governs');

/** Whether a function governs a URL already; without one, whether it governs all. */
export function isGoverned(fetch: FetchFunction, url?: string): boolean {
  const governs = (fetch as { [GOVERNS]?: true | ((url: string) => boolean) })[GOVERNS];
  return typeof governs === 'function' ? url !== undefined && governs(url) : governs === true;
}

/**
 * A fetch function whose requests go through a line. What `native` governs already stays as it is.
 *
 * For adapters of SDKs that use fetch; users call `guardFetch`.
 *
 * @returns a function with the type and the properties of `native`.
 */
export function guardedFetch<F extends FetchFunction>(native: F, line: Holdline, givenOptions: FetchOptions = {}): F {
  const options = { ...givenOptions };
  const { governs, bypass } = options;
  const client: GuardedClient = {
    native: native as unknown as NativeFetch,
    line,
    options,
    stripsAuthorization: stripsAuthorization(native),
  };
  const isGuarded = (url: string): boolean =>
    isHttp(url) && (!governs || governs(url)) && !bypass?.(url) && !isGoverned(native, url);

  const guarded = (...args: [never, never?]): Promise<unknown> => {
    let url: string;
    try {
      url = resolveUrl(args[0]);
    } catch {
      return native(...args);
    }
    // Options that are none are the native function's to refuse.
    return isGuarded(url) && isValidInit(args[1]) ? runCall(client, url, ...args) : native(...args);
  };
  options.owner ??= guarded;
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(native));
  const governed = governs ? (url: string): boolean => governs(url) || isGoverned(native, url) : true;
  return Object.defineProperty(guarded, GOVERNS, { value: governed, configurable: true }) as unknown as F;
}

/** Whether fetch takes it for options. */
function isValidInit(init: unknown): boolean {
  return init === undefined || init === null || typeof init === 'object' || typeof init === 'function';
}

/** Whether a request goes over the network: `data:` and `blob:` do not, and fetch refuses all others. */
function isHttp(url: string): boolean {
  return /^https?:/.test(originOf(url));
}
