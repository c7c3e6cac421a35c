import type { Holdline, Undo } from '@holdline/core';
import { createCallerSignal } from './cancellation.js';
import { isCreatingSibling, resolveNativeAdapter } from './native-adapter.js';
import type { AttachOptions } from './options.js';
import { AxiosRequest, type GuardedClient } from './request.js';
import type { AxiosLike, NativeAdapter, NativeResponse } from './types.js';
import { addParams, resolveUrl } from './url.js';

// Marks a guarded adapter with the adapter below it. An instance created by a guarded `axios` inherits the guarded adapter. With
// its own line, such an instance must not pass through both guards. A global symbol is also known to other copies of this package.
const BASE_ADAPTER = Symbol.for('@holdline/axios/base');

/**
 * Attaches an axios instance to a line at its adapter. There, below all interceptors, the line sees every attempt.
 *
 * This function is for adapters of SDKs that contain an axios instance. Users call `guardAxios`.
 *
 * @returns a function that restores the previous adapter.
 * @throws ConfigError if `instance` is not an axios instance.
 * @public
 */
export function attachAxios(instance: AxiosLike, line: Holdline, options: AttachOptions = {}): Undo {
  // A patched `create` may guard every instance. The sibling that this package creates must stay bare.
  if (isCreatingSibling()) return () => undefined;
  const { bypass, name = 'axios' } = options;
  const { defaults } = instance;
  const hadAdapter = Object.hasOwn(defaults, 'adapter');
  const previous = defaults.adapter;
  const base = (previous as { [BASE_ADAPTER]?: unknown } | undefined)?.[BASE_ADAPTER] ?? previous;
  const native = resolveNativeAdapter(instance, base);
  const isBuiltIn = typeof base !== 'function';
  const client: GuardedClient = { name, native, isBuiltIn, line, instance, defaults, options, givesArrayBuffer: false };
  let attached = true;

  const guarded: NativeAdapter = async (config) => {
    const url = resolveUrl(config);
    if (!attached || bypass?.(url)) return native(config);
    const { signal, stop } = createCallerSignal(config);
    let request: AxiosRequest | undefined;
    let result: unknown;
    try {
      request = new AxiosRequest(client, config, addParams(instance, config, url), signal);
      result = await line.run(request);
      return result as NativeResponse;
    } catch (error) {
      result = signal?.aborted && error === signal.reason && request ? await request.findError(error) : error;
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
    // Another wrapper may be in place by now. The guarded adapter then stays below it and passes requests through.
    if (defaults.adapter !== guarded) return;
    if (hadAdapter) defaults.adapter = previous;
    else delete defaults.adapter;
  };
}
