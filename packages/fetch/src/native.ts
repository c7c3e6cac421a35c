/** Any fetch function: that of the platform, of undici, of node-fetch, or one of your own around them. */
export type FetchFunction = (input: never, init?: never) => Promise<unknown>;

/** What this package uses of a request's options. */
export interface NativeInit {
  method?: unknown;
  headers?: unknown;
  body?: unknown;
  signal?: AbortSignal | null;
  redirect?: string;
  holdline?: unknown;
  [key: string]: unknown;
}

/** What this package uses of a `Request`, so that any implementation's fits. */
export interface NativeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: NativeHeaders;
  /** Firefox does not tell. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly redirect?: string;
  readonly referrer?: string;
  readonly referrerPolicy?: string;
  clone(): NativeRequest;
}

/** What this package uses of a `Response`. */
export interface NativeResponse {
  readonly status: number;
  readonly url: string;
  readonly headers: NativeHeaders;
  readonly body?: unknown;
  clone(): NativeResponse;
}

/** What this package uses of `Headers`. */
export interface NativeHeaders {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

/** A fetch function as it is called here. */
export type NativeFetch = (input: unknown, init?: NativeInit) => Promise<NativeResponse>;

/** Whether `input` is a `Request` of any implementation. */
export function isRequest(input: unknown): input is NativeRequest {
  const { url, clone } = (input ?? {}) as Partial<NativeRequest>;
  return typeof url === 'string' && typeof clone === 'function';
}

/** Where a request goes; absolute where there is a page or a worker to be relative to. */
export function urlOf(input: unknown): string {
  if (isRequest(input)) return input.url;
  const url = String(input);
  const { document, location } = globalThis as { document?: Document; location?: Location };
  const base = document?.baseURI ?? location?.href;
  if (base === undefined) return url;
  try {
    return new URL(url, base).href;
  } catch {
    // The native function says so.
    return url;
  }
}
