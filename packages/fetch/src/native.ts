import { absoluteUrl, showsAs, type HeaderAccess } from '@holdline/core';

/** Any fetch function: the platform's, that of undici or node-fetch, or one of your own around them. */
export type FetchFunction = (input: never, init?: never) => Promise<unknown>;

/** A fetch function as it is called here. */
export type NativeFetch = (input: unknown, init?: NativeInit) => Promise<NativeResponse>;

/** What this package uses of a request's options. */
export interface NativeInit {
  method?: unknown;
  headers?: unknown;
  body?: unknown;
  signal?: AbortSignal | null;
  duplex?: unknown;
  redirect?: unknown;
  referrer?: unknown;
  referrerPolicy?: unknown;
  holdline?: unknown;
}

/** What this package uses of a `Request`, of any implementation. */
export interface NativeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Iterable<[string, string]> & {
    get(name: string): string | null;
    set(name: string, value: string): void;
  };
  /** Firefox does not tell. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly redirect?: string;
  readonly referrer?: string;
  readonly referrerPolicy?: string;
  readonly bodyUsed?: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<unknown>;
  clone(): NativeRequest;
}

/** What this package uses of a `Response`, of any implementation. */
export interface NativeResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body?: unknown;
  clone(): NativeResponse;
}

/** Whether `input` is a `Request`. */
export function isRequest(input: unknown): input is NativeRequest {
  const { url, clone } = (input ?? {}) as Partial<NativeRequest>;
  return typeof url === 'string' && typeof clone === 'function';
}

/** Where a request goes. Absolute where the page or the worker it is relative to is known. */
export function urlOf(input: unknown): string {
  return absoluteUrl(isRequest(input) ? input.url : `${input as string}`);
}

/** The options as they are now, for the caller may change his object meanwhile; also those that a `Request` in their place has. */
export function snapshotOf(init: NativeInit): NativeInit {
  const own: Record<string, unknown> = {};
  for (const key in init) own[key] = init[key as keyof NativeInit];
  const { headers } = init;
  if (typeof headers === 'object' && headers !== null) own['headers'] = pairsOf(headers);
  return own;
}

/** Headers of any kind as pairs. */
export function pairsOf(headers: object): unknown[][] {
  return Symbol.iterator in headers
    ? Array.from(headers as Iterable<Iterable<unknown>>, (pair) => [...pair])
    : Object.entries(headers);
}

/** The headers in the options of a request. */
export class InitHeaders implements HeaderAccess {
  constructor(private readonly init: NativeInit) {}

  get(name: string): string | undefined {
    const values = this.#pairs.filter(([key]) => isNamed(key, name)).map(([, value]) => String(value));
    return values.length > 0 ? values.join(', ') : undefined;
  }

  set(name: string, value: string): void {
    this.init.headers = [...this.#pairs.filter(([key]) => !isNamed(key, name)), [name, value]];
  }

  get #pairs(): unknown[][] {
    const { headers } = this.init;
    return Array.isArray(headers) ? (headers as unknown[][]) : [];
  }
}

/** The headers of a `Request`. */
export class RequestHeaders implements HeaderAccess {
  constructor(private readonly request: NativeRequest) {}

  get(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  set(name: string, value: string): void {
    this.request.headers.set(name, value);
  }
}

/** Whether `key` is the header `name`. */
export function isNamed(key: unknown, name: string): boolean {
  return String(key).toLowerCase() === name.toLowerCase();
}

// They have the credentials.
showsAs(InitHeaders, () => ({}));
showsAs(RequestHeaders, () => ({}));
