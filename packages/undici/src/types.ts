/**
 * A `dispatch` function of any version of undici.
 * @public
 */
export type DispatchFunction = (options: never, handler: never) => boolean | void;

/**
 * A dispatcher of any version of undici, such as an `Agent`, a `Pool`, a `Client` or a `ProxyAgent`.
 * @public
 */
export interface DispatcherLike {
  dispatch(options: never, handler: never): boolean | void;
}

/** The options of one dispatch, as far as this package uses them. */
export interface DispatchOptions {
  origin?: unknown;
  path?: unknown;
  method?: unknown;
  query?: unknown;
  headers?: unknown;
  body?: unknown;
  upgrade?: unknown;
  holdline?: unknown;
}

/** A `dispatch` function as this package calls it. */
export type NativeDispatch = (options: DispatchOptions, handler: object) => boolean | void;

/** Headers or trailers in the form of undici 6: names and values in turn. */
export type RawHeaders = readonly (Uint8Array | string | readonly (Uint8Array | string)[])[];

/** Headers or trailers in the form of undici 7 and 8. */
export type ParsedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The controller of one request, since undici 7. */
export interface DispatchController {
  abort(reason?: unknown): void;
  pause(): void;
  resume(): void;
  readonly aborted?: boolean;
  readonly paused?: boolean;
  readonly reason?: unknown;
  rawHeaders?: unknown;
  rawTrailers?: unknown;
}

/** A handler of undici 7 and 8. */
export interface ControllerHandler {
  onRequestStart(controller: DispatchController, context: object): void;
  onRequestUpgrade?(controller: DispatchController, status: number, headers: ParsedHeaders, socket: unknown): void;
  onResponseStart?(
    controller: DispatchController,
    status: number,
    headers: ParsedHeaders,
    statusText: string | undefined,
  ): void;
  onResponseData?(controller: DispatchController, chunk: Uint8Array): void;
  onResponseEnd?(controller: DispatchController, trailers: ParsedHeaders): void;
  onResponseError(controller: DispatchController, error: unknown): void;
}

/** A handler of undici 6, which the fetch of Node 20 to 24 also is. */
export interface LegacyHandler {
  onConnect(abort: (reason?: unknown) => void, context: object): void;
  onUpgrade?(status: number, headers: RawHeaders, socket: unknown): void;
  onHeaders?(status: number, headers: RawHeaders, resume: () => void, statusText: string | undefined): boolean | void;
  onData?(chunk: Uint8Array): boolean | void;
  onComplete?(trailers: RawHeaders): void;
  onError(error: unknown): void;
}

/** Progress reports that handlers of all versions may have. */
export interface ProgressHandler {
  onBodySent?(chunk: unknown): void;
  onRequestSent?(): void;
  onResponseStarted?(): void;
}

/** A handler of one of the two interfaces. */
export type CallerHandler = (ControllerHandler | LegacyHandler) & ProgressHandler;
