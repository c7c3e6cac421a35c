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
