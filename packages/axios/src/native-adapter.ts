import { ConfigError } from '@holdline/core';
import { deriveConfig, replaceConfig } from './request-config.js';
import { findAxios } from './find-axios.js';
import type { AxiosLike, NativeAdapter, NativeConfig, NativeResponse } from './types.js';

// axios falls back to its global defaults if an instance names no adapter. Those defaults may be guarded.
const DEFAULT_ADAPTERS = ['xhr', 'http', 'fetch'];

/**
 * Resolves `adapter`, the value of `instance.defaults.adapter`, to one function, without importing axios.
 *
 * axios resolves names such as `['xhr', 'http', 'fetch']` only during a request, and only `axios` itself has `getAdapter`. For
 * an instance this function searches for axios itself. In a bundle axios cannot be found; a sibling instance then sends the request.
 *
 * @throws ConfigError if `instance` has neither `getAdapter` nor a way to create a sibling.
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

/** Carries a configuration through the merge in `request`. The field is a function because axios copies objects. */
interface ConfigCarrier {
  read: () => NativeConfig;
}

/**
 * Creates an adapter that sends requests through a bare sibling instance of the same axios copy. The sibling has none of the user's
 * interceptors and transforms, and sends exactly the configuration that the adapter receives.
 */
function createSiblingAdapter(instance: AxiosLike, adapter: unknown): NativeAdapter {
  const bare = createBareSibling(instance);
  bare.interceptors.request.use((carrier) => carrier.read(), null, { synchronous: true });
  return async (config) => {
    const attempt = deriveConfig(config, { adapter, transformRequest: undefined, transformResponse: undefined });
    try {
      return replaceConfig(await bare.request({ read: () => attempt }), config);
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
  // The user's instance already merged the defaults. Merging them again only costs time.
  for (const key of Object.keys(defaults)) delete defaults[key];
  // A patched `create` may have added interceptors.
  interceptors.request.clear?.();
  interceptors.response?.clear?.();
  return sibling as BareSibling;
}

let siblingsBeingCreated = 0;

/** Tells whether this package is creating a sibling now. A patched `create` may guard every instance that it returns. */
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
