/**
 * The request configuration that an adapter receives, as far as this package uses it.
 * @public
 */
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

/**
 * A legacy cancel token, as far as this package uses it.
 * @public
 */
export interface CancelTokenLike {
  subscribe(listener: (reason: unknown) => void): void;
  unsubscribe(listener: (reason: unknown) => void): void;
}

/**
 * Hook that axios in Node calls before it follows a redirect.
 * @public
 */
export type BeforeRedirect = (
  options: { href?: string; headers?: Record<string, unknown> },
  ...details: unknown[]
) => void;

/**
 * An axios response, as far as this package uses it.
 * @public
 */
export interface NativeResponse {
  status: number;
  statusText?: string;
  data: unknown;
  headers: unknown;
  config: NativeConfig;
}

/** An axios adapter. */
export type NativeAdapter = (config: NativeConfig) => Promise<NativeResponse>;

/**
 * An axios instance, as far as this package uses it. Every copy of axios fits.
 * @public
 */
export interface AxiosLike {
  defaults: { adapter?: unknown; baseURL?: string | undefined; headers?: object };
  create?: (config?: never) => AxiosLike;
  getAdapter?: (adapters: never, config?: never) => unknown;
  getUri?: (config: never) => string;
  interceptors?: { request: object };
  request: (config: never) => Promise<unknown>;
}

/** The error classes of axios, as far as this package uses them. */
export interface ErrorClasses {
  AxiosError: { from(error: object, code: unknown, config: NativeConfig): Error };
  CanceledError: new (message: string, config: NativeConfig) => Error;
}
