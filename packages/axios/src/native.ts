/** What this package uses of an axios request configuration inside an adapter. */
export interface NativeConfig {
  url?: string;
  baseURL?: string;
  allowAbsoluteUrls?: boolean;
  method?: string;
  data?: unknown;
  headers: { get(name: string): unknown; set(name: string, value: string): unknown };
  signal?: AbortSignal;
  cancelToken?: { promise: Promise<unknown>; reason?: unknown };
  responseType?: string;
  holdline?: unknown;
  'axios-retry'?: { retries?: number };
}

/** What this package uses of an axios response. */
export interface NativeResponse {
  status: number;
  data: unknown;
  headers: unknown;
  config: NativeConfig;
}

/** An axios adapter. */
export type NativeAdapter = (config: NativeConfig) => Promise<NativeResponse>;

/** What this package uses of an axios instance, so that any copy of axios fits. */
export interface AxiosLike {
  defaults: { adapter?: unknown; baseURL?: string | undefined };
  create?: (config?: never) => AxiosLike;
  getAdapter?: (adapters: never, config?: never) => unknown;
  request: (config: never) => Promise<unknown>;
}

const identity = [(data: unknown): unknown => data];

/**
 * The adapter that `instance` would have used, as one function, without importing axios.
 *
 * axios resolves names such as `['xhr', 'http', 'fetch']` only inside a request. Where `getAdapter` is not at hand, a bare
 * sibling of the same copy of axios makes that request: no interceptors, no defaults, no transforms.
 */
export function nativeAdapter(instance: AxiosLike): NativeAdapter {
  const base = instance.defaults.adapter;
  if (typeof base === 'function') return base as NativeAdapter;
  const { getAdapter } = instance;
  if (getAdapter) return (config) => (getAdapter(base as never, config as never) as NativeAdapter)(config);
  const bare = instance.create?.();
  if (!bare) throw new TypeError('this axios instance has neither getAdapter nor create');
  // Defaults were merged by the user's own instance; merged again they would bring back headers it has removed.
  for (const key of Object.keys(bare.defaults)) delete (bare.defaults as Record<string, unknown>)[key];
  Object.assign(bare.defaults, { headers: {} });
  return (config) =>
    bare
      .request({ ...config, adapter: base, transformRequest: identity, transformResponse: identity } as never)
      .then(
        (response) => restore(response as NativeResponse, config),
        (error: unknown) => {
          restoreError(error, config);
          throw error;
        },
      );
}

/** Gives a response the configuration of the request it answers, as the native adapter would have. */
function restore(response: NativeResponse, config: NativeConfig): NativeResponse {
  response.config = config;
  return response;
}

function restoreError(error: unknown, config: NativeConfig): void {
  if (typeof error !== 'object' || error === null || !('config' in error)) return;
  error.config = config;
  const { response } = error as { response?: NativeResponse };
  if (response) response.config = config;
}

/** The URL a request goes to, without its query. */
export function fullUrl({ url = '', baseURL, allowAbsoluteUrls = true }: NativeConfig): string {
  const absolute = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url);
  if (!baseURL || (absolute && allowAbsoluteUrls)) return url;
  return url === '' ? baseURL : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}

/** Whether a body can be sent a second time. A stream is empty by then, and a `form-data` form hangs. */
export function isReplayable(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return true;
  const { pipe, getReader } = data as { pipe?: unknown; getReader?: unknown };
  return typeof pipe !== 'function' && typeof getReader !== 'function' && !(Symbol.asyncIterator in data);
}

/** The body's bytes, where they can be had without consuming it. */
export function payloadOf(data: unknown): string | Uint8Array | undefined {
  if (typeof data === 'string' || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data instanceof URLSearchParams ? data.toString() : undefined;
}

/** Reads headers of any axios version: an `AxiosHeaders`, or a plain object with lower-case names. */
export function headerReader(headers: unknown): (name: string) => string | undefined {
  return (name) => {
    if (typeof headers !== 'object' || headers === null) return undefined;
    const { get } = headers as { get?: (name: string) => unknown };
    const value = typeof get === 'function' ? get.call(headers, name) : (headers as Record<string, unknown>)[name];
    if (typeof value === 'string') return value;
    if (Array.isArray(value)) return value.join(', ');
    return typeof value === 'number' ? String(value) : undefined;
  };
}
