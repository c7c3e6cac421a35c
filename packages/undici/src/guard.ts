import { ConfigError, defineAdapter, isGuarded, type Holdline, type HoldlineConfig } from '@holdline/core';
import { guardDispatch, type Guard } from './guarded-dispatch.js';
import { splitConfig, type UndiciConfig } from './options.js';
import { boundOrigin, toOrigin } from './request-url.js';
import type { DispatchFunction, DispatcherLike } from './types.js';

/**
 * An interceptor for `compose` of any version of undici.
 * @public
 */
export type HoldlineInterceptor = <D extends DispatchFunction>(dispatch: D) => D;

/**
 * Guards a dispatcher of undici. The line paces, retries and re-authorises every request that is made with the returned dispatcher: by
 * `request`, `stream`, `pipeline` and `fetch` of undici, and by the fetch of Node with `{ dispatcher }`.
 *
 * The caller gets the native answers and errors. Streams are paced but never sent twice. Tunnels (`CONNECT`) are not guarded.
 *
 * @param dispatcher - An `Agent`, `Pool`, `Client`, `ProxyAgent` or another dispatcher of undici 6 to 8.
 * @param configOrLine - A configuration or an existing line. `origins` limits the guard to some origins.
 * @returns a new dispatcher, which is `dispatcher` in all else. `dispatcher` itself stays as it is.
 * @throws ConfigError if the configuration is wrong or `dispatcher` is not a dispatcher.
 * @example
 * ```ts
 * import { Agent, request } from 'undici';
 * import { guardUndici } from '@holdline/undici';
 *
 * const dispatcher = guardUndici(new Agent(), {
 *   origins: ['https://api.example.com'],
 *   governor: { quotas: [{ limit: 300, windowMs: 60_000 }] },
 * });
 * const { statusCode, body } = await request('https://api.example.com/users/me', { dispatcher });
 * console.log(statusCode, await body.json());
 * ```
 * @public
 */
export function guardUndici<D extends DispatcherLike>(dispatcher: D, configOrLine: UndiciConfig | Holdline = {}): D {
  const name = 'guardUndici';
  if (typeof (dispatcher as Partial<D> | null | undefined)?.dispatch !== 'function')
    throw new ConfigError(`the first argument of ${name} must be a dispatcher of undici`);
  const { origins, target } = splitConfig(name, configOrLine);
  if (isGuarded(name, dispatcher, target)) return dispatcher;
  const guard: Guard = { line: undefined, origins };
  let dispatch: DispatchFunction | undefined;
  // `compose` of undici makes such a proxy too. Methods with private fields need the original as `this`.
  const guarded: D = new Proxy(dispatcher, {
    get(target, key) {
      if (key === 'dispatch') return dispatch;
      const value = target[key as never] as unknown;
      const isOwn = key === 'close' || key === 'destroy';
      return isOwn && typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const native: DispatchFunction = (options, handler) => dispatcher.dispatch(options, handler);
  return attach(name, guard, guarded, target, () => {
    dispatch ??= guardDispatch(guard, native, boundOrigin(dispatcher), guarded);
  });
}

/**
 * Makes an interceptor for `compose`, as `guardUndici` guards a dispatcher. The first interceptor of `compose` is the innermost: put
 * `holdlineInterceptor` behind `dns`, and before `redirect`, `cache` and `responseError`.
 *
 * All dispatchers that the interceptor is composed with share one line. `holdlineOf(interceptor)` returns it.
 *
 * @param configOrLine - A configuration or an existing line. `origins` limits the guard to some origins.
 * @throws ConfigError if the configuration is wrong.
 * @example
 * ```ts
 * import { Agent, interceptors, request } from 'undici';
 * import { holdlineInterceptor } from '@holdline/undici';
 *
 * const dispatcher = new Agent().compose(
 *   holdlineInterceptor({ origins: ['https://api.example.com'], retry: 'interactive' }),
 *   interceptors.redirect({ maxRedirections: 3 }),
 * );
 * await request('https://api.example.com/users/me', { dispatcher });
 * ```
 * @public
 */
export function holdlineInterceptor(configOrLine: UndiciConfig | Holdline = {}): HoldlineInterceptor {
  const name = 'holdlineInterceptor';
  const { origins, target } = splitConfig(name, configOrLine);
  const guard: Guard = { line: undefined, origins };
  // undici 8 tells an interceptor the origin of a `Client` or a `Pool`.
  const interceptor = <D extends DispatchFunction>(dispatch: D, origin?: unknown): D =>
    guardDispatch(guard, dispatch, toOrigin(origin));
  return attach(name, guard, interceptor, target);
}

/** Registers a guard for `holdlineOf` and `release`. */
function attach<C extends object>(
  name: string,
  guard: Guard,
  client: C,
  target: HoldlineConfig | Holdline,
  onAttach?: () => void,
): C {
  return defineAdapter<object>({
    name,
    attach(_, line) {
      guard.line = line;
      onAttach?.();
      return () => {
        guard.line = undefined;
      };
    },
  })(client, target) as C;
}
