/**
 * Any fetch function: of the platform, of undici, of node-fetch, or a wrapper around one of them.
 * @public
 */
export type FetchFunction = (input: never, init?: never) => Promise<unknown>;

/** A fetch function as this package calls it. */
export type NativeFetch = (input: unknown, init?: NativeInit) => Promise<NativeResponse>;

/** Options of a request, as far as this package uses them. */
export interface NativeInit {
  method?: unknown;
  headers?: unknown;
  body?: unknown;
  signal?: AbortSignal | null;
  duplex?: unknown;
  redirect?: unknown;
  credentials?: unknown;
  referrer?: unknown;
  referrerPolicy?: unknown;
  /** Of undici. */
  dispatcher?: unknown;
  /** Of node-fetch. */
  agent?: unknown;
  /** Of Deno. */
  client?: unknown;
  holdline?: unknown;
}

/** A `Headers` of any implementation, as far as this package uses it. */
export interface NativeHeaders extends Iterable<[string, string]> {
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
}

/** A `Request` of any implementation, as far as this package uses it. */
export interface NativeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: NativeHeaders;
  /** Firefox does not have this property. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | null;
  readonly redirect?: string;
  readonly credentials?: string;
  readonly referrer?: string;
  readonly referrerPolicy?: string;
  readonly bodyUsed?: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<unknown>;
  clone(): NativeRequest;
}

/** A `Response` of any implementation, as far as this package uses it. */
export interface NativeResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body?: unknown;
  readonly bodyUsed?: boolean;
  clone(): NativeResponse;
}
