import { absoluteUrl, ConfigError, pathOf } from '@holdline/core';
import { axiosOf } from './static.js';

/** What this package uses of an axios request configuration inside an adapter. */
export interface NativeConfig {
  url?: string;
  baseURL?: string;
  allowAbsoluteUrls?: boolean;
  method?: string;
  data?: unknown;
  params?: unknown;
  paramsSerializer?: unknown;
  headers: unknown;
  auth?: { username?: string; password?: string };
  signal?: AbortSignal;
  cancelToken?: CancelTokenLike;
  responseType?: string;
  validateStatus?: ((status: number) => boolean) | null;
  beforeRedirect?: BeforeRedirect;
  holdline?: unknown;
  'axios-retry'?: { retries?: number; retryCount?: number };
}

/** What this package uses of a legacy cancel token. */
export interface CancelTokenLike {
  subscribe(listener: (reason: unknown) => void): void;
  unsubscribe(listener: (reason: unknown) => void): void;
}

/** Called by axios in Node before it follows a redirect. */
export type BeforeRedirect = (
  options: { href?: string; headers?: Record<string, unknown> },
  ...details: unknown[]
) => void;

/** What this package uses of an axios response. */
export interface NativeResponse {
  status: number;
  statusText?: string;
  data: unknown;
  headers: unknown;
  config: NativeConfig;
}

/** An axios adapter. */
export type NativeAdapter = (config: NativeConfig) => Promise<NativeResponse>;

/** What this package uses of an axios instance, so that any copy of axios fits. */
export interface AxiosLike {
  defaults: { adapter?: unknown; baseURL?: string | undefined; headers?: object };
  create?: (config?: never) => AxiosLike;
  getAdapter?: (adapters: never, config?: never) => unknown;
  getUri?: (config: never) => string;
  interceptors?: { request: object };
  request: (config: never) => Promise<unknown>;
}

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

/** A configuration like another one. Newer versions of axios make them without a prototype, and copy those that have one. */
export function variant(config: NativeConfig, changes: object): NativeConfig {
  return Object.assign(Object.create(Object.getPrototypeOf(config) as object | null) as NativeConfig, config, changes);
}

/** Gives a response or an error the configuration that the native adapter would have given it. */
export function withConfig<T>(owner: T, config: NativeConfig): T {
  if (typeof owner === 'object' && owner !== null && 'config' in owner) owner.config = config;
  return owner;
}

const ABSOLUTE = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** The URL a request goes to, without `params`. */
export function fullUrl(config: Pick<NativeConfig, 'url' | 'baseURL' | 'allowAbsoluteUrls'>): string {
  const url = String(config.url ?? '');
  const base = String(config.baseURL ?? '');
  if (base === '') return absoluteUrl(url);
  if (!ABSOLUTE.test(url))
    return absoluteUrl(url === '' ? base : `${base.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`);
  // Where this goes depends on the version: axios before 1.8.2 ignores the option. No origin, no token.
  return config.allowAbsoluteUrls === false ? pathOf(url) : absoluteUrl(url);
}

/** Reads a header of any axios version and any adapter: of an `AxiosHeaders`, a `Headers`, or a plain object. */
export function readHeader(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  return headerText(typeof get === 'function' ? get.call(headers, name) : plainHeader(headers, name));
}

/**
 * Reads the headers of an answer by their lower-case names. Every answer is asked for many that it does not have. Where its own
 * are in lower case, as native adapters give them, that is not looked up in all spellings each time.
 */
export function headerReader(headers: unknown): (name: string) => string | undefined {
  let isLower: boolean | undefined;
  return (name) => {
    isLower ??= hasLowerNames(headers);
    if (!isLower) return readHeader(headers, name);
    return Object.hasOwn(headers as object, name) ? headerText((headers as Record<string, unknown>)[name]) : undefined;
  };
}

/** A `Headers` has its names elsewhere. */
function hasLowerNames(headers: unknown): boolean {
  if (typeof headers !== 'object' || headers === null) return false;
  if (typeof (headers as { keys?: unknown }).keys === 'function') return false;
  return Object.keys(headers).every((name) => name === name.toLowerCase());
}

function headerText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? String(value) : undefined;
}

/** Writes one header; the adapter of somebody between axios and us may have made a plain object of them. */
export function writeHeader(headers: unknown, name: string, value: string): void {
  const { set } = headers as { set?: unknown };
  if (typeof set === 'function') {
    set.call(headers, name, value);
    return;
  }
  const plain = headers as Record<string, unknown>;
  plain[keyOf(plain, name) ?? name] = value;
}

function plainHeader(headers: object, name: string): unknown {
  const key = keyOf(headers, name);
  return key === undefined ? undefined : (headers as Record<string, unknown>)[key];
}

function keyOf(headers: object, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.keys(headers).find((key) => key.toLowerCase() === wanted);
}
