import { ConfigError } from '@holdline/core';
import { variant, withConfig } from './request-config.js';
import { axiosOf } from './find-axios.js';
import type { AxiosLike, NativeAdapter, NativeConfig, NativeResponse } from './types.js';

// Where an instance says nothing, axios asks its global defaults, and those may be guarded by then.
const NAMES = ['xhr', 'http', 'fetch'];

/**
 * What `adapter`, the value of `instance.defaults.adapter`, does with a request, as one function, without importing axios.
 *
 * axios resolves names such as `['xhr', 'http', 'fetch']` only inside a request, and only `axios` itself has `getAdapter`. For
 * an instance, axios itself is looked for; where it cannot be found, as in a bundle, a request is made inside the request.
 *
 * @throws ConfigError if `instance` has no way to do that.
 */
export function nativeAdapter(instance: AxiosLike, adapter: unknown = NAMES): NativeAdapter {
  if (typeof adapter === 'function') return adapter as NativeAdapter;
  const getAdapter = instance.getAdapter ?? axiosOf(instance)?.getAdapter;
  if (getAdapter) return (config) => (getAdapter(adapter as never, config as never) as NativeAdapter)(config);
  return reenter(instance, adapter);
}

interface BareSibling {
  defaults: Record<string, unknown>;
  interceptors: {
    request: { use(fn: (carrier: Carrier) => unknown, rejected: null, options: object): unknown; clear?(): void };
    response?: { clear?(): void };
  };
  request(carrier: Carrier): Promise<NativeResponse>;
}

/** Brings a configuration past the merging that `request` does. A function, because axios copies objects. */
interface Carrier {
  exact: () => NativeConfig;
}

/**
 * A bare sibling of the same copy of axios makes the request: no interceptors and transforms of the user's, and the very
 * configuration that the adapter was given.
 */
function reenter(instance: AxiosLike, adapter: unknown): NativeAdapter {
  const bare = bareSibling(instance);
  bare.interceptors.request.use((carrier) => carrier.exact(), null, { synchronous: true });
  return async (config) => {
    const attempt = variant(config, { adapter, transformRequest: undefined, transformResponse: undefined });
    try {
      return withConfig(await bare.request({ exact: () => attempt }), config);
    } catch (error) {
      withConfig(error, config);
      withConfig((error as { response?: unknown } | undefined)?.response, config);
      throw error;
    }
  };
}

function bareSibling(instance: AxiosLike): BareSibling {
  const made = makeSibling(instance);
  const { request, interceptors, defaults } = made as Partial<BareSibling>;
  const isSibling = typeof request === 'function' && typeof interceptors?.request?.use === 'function';
  if (!isSibling || !defaults || defaults === instance.defaults) {
    throw new ConfigError('an axios instance must have getAdapter, create or a constructor that makes another one');
  }
  // They were merged by the user's own instance; merging them again would only take time.
  for (const key of Object.keys(defaults)) delete defaults[key];
  // A `create` of the user's may have hung some on it.
  interceptors.request.clear?.();
  interceptors.response?.clear?.();
  return made as BareSibling;
}

let siblingsInTheMaking = 0;

/** Whether an instance is being made that only this package sees. A `create` of the user's may guard all that it makes. */
export function isMakingSibling(): boolean {
  return siblingsInTheMaking > 0;
}

function makeSibling(instance: AxiosLike): unknown {
  siblingsInTheMaking++;
  try {
    return instance.create?.() ?? new (instance.constructor as new (config: object) => unknown)({ headers: {} });
  } finally {
    siblingsInTheMaking--;
  }
}
