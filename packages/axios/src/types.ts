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

/** What this package uses of the error classes of axios. */
export interface ErrorClasses {
  AxiosError: { from(error: object, code: unknown, config: NativeConfig): Error };
  CanceledError: new (message: string, config: NativeConfig) => Error;
}
