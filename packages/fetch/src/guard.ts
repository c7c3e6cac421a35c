import { checkOrigins, ConfigError, defineAdapter, isGuarded, originOf, release } from '@holdline/core';
import type { Holdline, Undo } from '@holdline/core';
import { splitConfig, type FetchConfig, type InstallConfig } from './config.js';
import { GOVERNS, guardedFetch, isGoverned } from './guarded-fetch.js';
import { replaceFetch } from './replace-fetch.js';
import { sendLetters } from './send-dead-letters.js';
import type { FetchFunction } from './types.js';

/**
 * Guards a fetch function. The line paces, retries and re-authorises every request. The guard works with the fetch of Node, of
 * browsers, of undici and of node-fetch.
 *
 * The guarded function returns the native responses and errors. Streams are paced but never sent twice.
 *
 * @param fetch - A fetch function.
 * @param configOrLine - A configuration or an existing line. `origins` limits the guard to some origins.
 * @returns a guarded function, or `fetch` itself if it already guards all these origins.
 * @throws ConfigError if the configuration is wrong or `fetch` is not a function.
 * @example
 * ```ts
 * import { guardFetch } from '@holdline/fetch';
 *
 * const api = guardFetch(fetch, {
 *   origins: ['https://api.example.com'],
 *   governor: { quotas: [{ limit: 300, windowMs: 60_000 }] },
 * });
 * await api('https://api.example.com/users/me');
 * await api('https://api.example.com/reports', { holdline: { priority: 'background', totalTimeoutMs: 60_000 } });
 * ```
 * @public
 */
export function guardFetch<F extends FetchFunction>(fetch: F, configOrLine: FetchConfig | Holdline = {}): F {
  return guard('guardFetch', fetch, configOrLine);
}

/**
 * Guards the global fetch for requests to `origins` only. A reference to fetch that code took earlier is not guarded.
 *
 * @returns a function that removes the guard. `release(globalThis.fetch)` does the same.
 * @throws ConfigError if the configuration is wrong or the platform has no fetch.
 * @example
 * ```ts
 * import { installFetch } from '@holdline/fetch';
 *
 * const uninstall = installFetch({ origins: ['https://api.example.com'], retry: 'interactive' });
 * await fetch('https://api.example.com/users/me');
 * uninstall();
 * ```
 * @public
 */
export function installFetch(config: InstallConfig): Undo {
  checkOrigins((config as Partial<InstallConfig> | undefined)?.origins, 'origins');
  const { fetch } = globalThis;
  let restore: Undo = () => undefined;
  const guarded = guard('installFetch', fetch, config, () => restore());
  if (guarded === fetch) return () => undefined;
  restore = replaceFetch(guarded);
  return () => release(guarded);
}

/** The origins of each guarded function. An empty list means all origins. */
const ownOrigins = new WeakMap<FetchFunction, readonly string[]>();

/** Guards a fetch function and registers it for `holdlineOf` and `release`. */
function guard<F extends FetchFunction>(
  name: string,
  native: F,
  configOrLine: FetchConfig | Holdline,
  onDetach?: Undo,
): F {
  if (typeof native !== 'function') throw new ConfigError(`the first argument of ${name} must be a fetch function`);
  const { origins, line, config } = splitConfig(name, configOrLine);
  if (origins ? origins.every((origin) => isGoverned(native, `${origin}/`)) : isGoverned(native)) {
    const own = ownOrigins.get(native);
    // Otherwise a guard below this one has these origins.
    if (own && (!own[0] || origins?.every((origin) => own.includes(origin)))) isGuarded(name, native, line ?? config);
    return native;
  }
  let current: F = native;
  const guarded = (...args: [never, never?]): Promise<unknown> => current(...args);
  Object.defineProperties(guarded, {
    ...Object.getOwnPropertyDescriptors(native),
    [GOVERNS]: { get: () => current[GOVERNS as never], configurable: true },
  });
  ownOrigins.set(guarded, origins ?? []);
  return defineAdapter<object>({
    name,
    attach(_, line) {
      const governs = origins && ((url: string): boolean => origins.includes(originOf(url)));
      const options = { owner: guarded, ...(governs && { governs, ownOrigin: originOf }) };
      current = guardedFetch(native, line, options);
      const stopSending = sendLetters(native, line, options);
      return () => {
        stopSending();
        current = native;
        onDetach?.();
      };
    },
  })(guarded, line ?? config) as F;
}
