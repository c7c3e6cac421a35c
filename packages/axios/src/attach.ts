import type { Holdline, Undo } from '@holdline/core';
import { createCallerSignal } from './cancellation.js';
import { isCreatingSibling, resolveNativeAdapter } from './native-adapter.js';
import type { AttachOptions } from './options.js';
import { AxiosRequest, type GuardedClient } from './request.js';
import type { AxiosLike, NativeAdapter, NativeResponse } from './types.js';
import { resolveUrl } from './url.js';

// What a guarded adapter stands before. Instances made by a guarded `axios` inherit its adapter; one that gets a line of its own
// must not pass through both. By a symbol, so that other copies of this package know it too.
const BASE_ADAPTER = Symbol.for('@holdline/axios/base');

/**
 * Hangs an axios instance on a line, at its adapter: below all interceptors, where every attempt is visible.
 *
 * For adapters of SDKs that carry an axios instance; users call `guardAxios`.
 *
 * @returns what undoes it: the instance then has the adapter it had.
 * @throws ConfigError if `instance` is no axios instance.
 */
export function attachAxios(instance: AxiosLike, line: Holdline, options: AttachOptions = {}): Undo {
  // One of our own, made by a `create` that guards all it makes.
  if (isCreatingSibling()) return () => undefined;
  const { bypass, name = 'axios' } = options;
  const { defaults } = instance;
  const hadAdapter = Object.hasOwn(defaults, 'adapter');
  const previous = defaults.adapter;
  const base = (previous as { [BASE_ADAPTER]?: unknown } | undefined)?.[BASE_ADAPTER] ?? previous;
  const native = resolveNativeAdapter(instance, base);
  const isBuiltIn = typeof base !== 'function';
  const client: GuardedClient = { name, native, isBuiltIn, line, instance, defaults, options };
  let attached = true;

  const guarded: NativeAdapter = async (config) => {
    const url = resolveUrl(config);
    if (!attached || bypass?.(url)) return native(config);
    const { signal, stop } = createCallerSignal(config);
    let request: AxiosRequest | undefined;
    let result: unknown;
    try {
      request = new AxiosRequest(client, config, url, signal);
      result = await line.run(request);
      return result as NativeResponse;
    } catch (error) {
      result = signal?.aborted && error === signal.reason && request ? await request.findCancellation(error) : error;
      throw result;
    } finally {
      stop?.();
      request?.release(result);
    }
  };

  Object.defineProperty(guarded, BASE_ADAPTER, { value: base });
  defaults.adapter = guarded;
  return () => {
    attached = false;
    // Somebody may have wrapped it since; then it stays in place and only passes on.
    if (defaults.adapter !== guarded) return;
    if (hadAdapter) defaults.adapter = previous;
    else delete defaults.adapter;
  };
}
