import { ConfigError } from '@holdline/core';
import { deriveConfig, replaceConfig } from './request-config.js';
import { findAxios } from './find-axios.js';
import type { AxiosLike, NativeAdapter, NativeConfig, NativeResponse } from './types.js';

// Where an instance says nothing, axios asks its global defaults, and those may be guarded by then.
const DEFAULT_ADAPTERS = ['xhr', 'http', 'fetch'];

/**
 * What `adapter`, the value of `instance.defaults.adapter`, does with a request, as one function, without importing axios.
 *
 * axios resolves names such as `['xhr', 'http', 'fetch']` only inside a request, and only `axios` itself has `getAdapter`. For
 * an instance, axios itself is looked for; where it cannot be found, as in a bundle, a request is made inside the request.
 *
 * @throws ConfigError if `instance` has no way to do that.
 */
export function resolveNativeAdapter(instance: AxiosLike, adapter: unknown = DEFAULT_ADAPTERS): NativeAdapter {
  if (typeof adapter === 'function') return adapter as NativeAdapter;
  const getAdapter = instance.getAdapter ?? findAxios(instance)?.getAdapter;
  if (getAdapter) return (config) => (getAdapter(adapter as never, config as never) as NativeAdapter)(config);
  return createSiblingAdapter(instance, adapter);
}

interface BareSibling {
  defaults: Record<string, unknown>;
  interceptors: {
    request: { use(fn: (carrier: ConfigCarrier) => unknown, rejected: null, options: object): unknown; clear?(): void };
    response?: { clear?(): void };
  };
  request(carrier: ConfigCarrier): Promise<NativeResponse>;
}

/** Brings a configuration past the merging that `request` does. A function, because axios copies objects. */
interface ConfigCarrier {
  readConfig: () => NativeConfig;
}

/**
 * A bare sibling of the same copy of axios makes the request: no interceptors and transforms of the user's, and the very
 * configuration that the adapter was given.
 */
function createSiblingAdapter(instance: AxiosLike, adapter: unknown): NativeAdapter {
  const bare = createBareSibling(instance);
  bare.interceptors.request.use((carrier) => carrier.readConfig(), null, { synchronous: true });
  return async (config) => {
    const attempt = deriveConfig(config, { adapter, transformRequest: undefined, transformResponse: undefined });
    try {
      return replaceConfig(await bare.request({ readConfig: () => attempt }), config);
    } catch (error) {
      replaceConfig(error, config);
      replaceConfig((error as { response?: unknown } | undefined)?.response, config);
      throw error;
    }
  };
}

function createBareSibling(instance: AxiosLike): BareSibling {
  const sibling = createSibling(instance);
  const { request, interceptors, defaults } = sibling as Partial<BareSibling>;
  const isSibling = typeof request === 'function' && typeof interceptors?.request?.use === 'function';
  if (!isSibling || !defaults || defaults === instance.defaults) {
    throw new ConfigError('an axios instance must have getAdapter, create or a constructor that makes another one');
  }
  // They were merged by the user's own instance; merging them again would only take time.
  for (const key of Object.keys(defaults)) delete defaults[key];
  // A `create` of the user's may have hung some on it.
  interceptors.request.clear?.();
  interceptors.response?.clear?.();
  return sibling as BareSibling;
}

let siblingsBeingCreated = 0;

/** Whether an instance is being made that only this package sees. A `create` of the user's may guard all that it makes. */
export function isCreatingSibling(): boolean {
  return siblingsBeingCreated > 0;
}

function createSibling(instance: AxiosLike): unknown {
  siblingsBeingCreated++;
  try {
    return instance.create?.() ?? new (instance.constructor as new (config: object) => unknown)({ headers: {} });
  } finally {
    siblingsBeingCreated--;
  }
}
