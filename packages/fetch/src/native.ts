import { absoluteUrl, definePrintedForm, type HeaderAccess } from '@holdline/core';

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

/** What this package uses of a `Headers`, of any implementation. */
export interface NativeHeaders extends Iterable<[string, string]> {
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
}

/** What this package uses of a `Request`, of any implementation. */
export interface NativeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: NativeHeaders;
  /** Firefox does not tell. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | null;
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
  readonly bodyUsed?: boolean;
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
  if (typeof headers === 'object' && headers !== null) own['headers'] = copyOfHeaders(headers);
  return own;
}

/** A `Headers` keeps the case and the order of its names, which its pairs do not tell. */
function copyOfHeaders(headers: object): object {
  if (!isHeaders(headers)) return pairsOf(headers);
  try {
    return new (nativeClass<NativeHeaders>(headers, 'Headers'))(headers);
  } catch {
    return pairsOf(headers);
  }
}

function isHeaders(headers: unknown): headers is NativeHeaders {
  const { get, set, has } = headers as Partial<NativeHeaders>;
  return [get, set, has].every((method) => typeof method === 'function') && !(headers instanceof Map);
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
    const { headers } = this.init;
    if (isNative(headers)) return headers.get(name) ?? undefined;
    const values = this.#pairs.filter(([key]) => isNamed(key, name)).map(([, value]) => String(value));
    return values.length > 0 ? values.join(', ') : undefined;
  }

  set(name: string, value: string): void {
    const { headers } = this.init;
    if (isNative(headers)) return headers.set(name, value);
    this.init.headers = [...this.#pairs.filter(([key]) => !isNamed(key, name)), [name, value]];
  }

  get #pairs(): unknown[][] {
    const { headers } = this.init;
    return Array.isArray(headers) ? (headers as unknown[][]) : [];
  }
}

/** Those of a snapshot are pairs, or a `Headers`. */
function isNative(headers: unknown): headers is NativeHeaders {
  return typeof headers === 'object' && headers !== null && !Array.isArray(headers);
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

/**
 * The class of the platform, or of another implementation of fetch, that an object is made of: not a class derived from it, whose
 * constructor may take anything.
 */
export function nativeClass<T>(object: object, name: string): new (...args: unknown[]) => T {
  let found = object.constructor;
  let prototype: unknown = object;
  while (typeof prototype === 'object' && prototype !== null) {
    const tag = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag);
    if (tag && (prototype as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === name)
      found = prototype.constructor;
    prototype = Object.getPrototypeOf(prototype);
  }
  return found as new (...args: unknown[]) => T;
}
// They have the credentials.
definePrintedForm(InitHeaders, () => ({}));
definePrintedForm(RequestHeaders, () => ({}));
