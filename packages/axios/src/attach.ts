import type { Holdline, Undo } from '@holdline/core';
import { callerSignal } from './cancellation.js';
import { isMakingSibling, nativeAdapter } from './native-adapter.js';
import type { AttachOptions } from './options.js';
import { AxiosRequest, type Client } from './request.js';
import type { AxiosLike, NativeAdapter, NativeResponse } from './types.js';
import { fullUrl } from './url.js';

// What a guarded adapter stands before. Instances made by a guarded `axios` inherit its adapter; one that gets a line of its own
// must not pass through both. By a symbol, so that other copies of this package know it too.
const BASE = Symbol.for('@holdline/axios/base');

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
  if (isMakingSibling()) return () => undefined;
  const { bypass, name = 'axios' } = options;
  const { defaults } = instance;
  const had = Object.hasOwn(defaults, 'adapter');
  const previous = defaults.adapter;
  const base = (previous as { [BASE]?: unknown } | undefined)?.[BASE] ?? previous;
  const native = nativeAdapter(instance, base);
  const isOfAxios = typeof base !== 'function';
  const client: Client = { name, native, isOfAxios, line, instance, defaults, options };
  let attached = true;

  const guarded: NativeAdapter = async (config) => {
    const url = fullUrl(config);
    if (!attached || bypass?.(url)) return native(config);
    const { signal, stop } = callerSignal(config);
    let request: AxiosRequest | undefined;
    let ended: unknown;
    try {
      request = new AxiosRequest(client, config, url, signal);
      ended = await line.run(request);
      return ended as NativeResponse;
    } catch (error) {
      ended = signal?.aborted && error === signal.reason && request ? await request.cancelled(error) : error;
      throw ended;
    } finally {
      stop?.();
      request?.end(ended);
    }
  };

  Object.defineProperty(guarded, BASE, { value: base });
  defaults.adapter = guarded;
  return () => {
    attached = false;
    // Somebody may have wrapped it since; then it stays in place and only passes on.
    if (defaults.adapter !== guarded) return;
    if (had) defaults.adapter = previous;
    else delete defaults.adapter;
  };
}
