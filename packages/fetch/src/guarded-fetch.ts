import { originOf, type Holdline } from '@holdline/core';
import { FetchCall } from './call.js';
import { createGuardedClient } from './guarded-client.js';
import type { FetchOptions } from './options.js';
import { resolveUrl } from './request.js';
import type { FetchFunction } from './types.js';

// Marks a guarded function with the URLs that it governs. A global symbol is also known to other copies of this package.
export const GOVERNS = Symbol.for('@holdline/fetch/governs');

/** Tells whether a function already governs a URL. Without a URL: whether it governs all URLs. */
export function isGoverned(fetch: FetchFunction, url?: string): boolean {
  const governs = (fetch as { [GOVERNS]?: true | ((url: string) => boolean) })[GOVERNS];
  return typeof governs === 'function' ? url !== undefined && governs(url) : governs === true;
}

/**
 * Wraps a fetch function so that its requests go through a line. URLs that `native` already governs pass through.
 *
 * This function is for adapters of SDKs that use fetch. Users call `guardFetch`.
 *
 * @returns a function with the type and the properties of `native`.
 * @public
 */
export function guardedFetch<F extends FetchFunction>(native: F, line: Holdline, givenOptions: FetchOptions = {}): F {
  const options = { ...givenOptions };
  const { governs, bypass } = options;
  const client = createGuardedClient(native, line, options);
  const isGuarded = (url: string): boolean =>
    isHttp(url) && (!governs || governs(url)) && !bypass?.(url) && !isGoverned(native, url);

  const guarded = (...args: [never, never?]): Promise<unknown> => {
    let url: string;
    try {
      url = resolveUrl(args[0]);
    } catch {
      return native(...args);
    }
    // The native function refuses invalid options.
    return isGuarded(url) && isValidInit(args[1]) ? FetchCall.run(client, url, ...args) : native(...args);
  };
  options.owner ??= guarded;
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(native));
  const governed = governs ? (url: string): boolean => governs(url) || isGoverned(native, url) : true;
  return Object.defineProperty(guarded, GOVERNS, { value: governed, configurable: true }) as unknown as F;
}

/** Tells whether fetch accepts `init` as options. */
function isValidInit(init: unknown): boolean {
  return init === undefined || init === null || typeof init === 'object' || typeof init === 'function';
}

/** Tells whether a URL is an HTTP URL. `data:` and `blob:` do not use the network, and fetch refuses other schemes. */
function isHttp(url: string): boolean {
  return /^https?:/.test(originOf(url));
}
