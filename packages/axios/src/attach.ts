import {
  BodySource,
  callInfo,
  checkContext,
  isHoldlineError,
  isReplayable,
  noteInfo,
  originOf,
  payloadOf,
  readSafely,
  definePrintedForm,
  type Call,
  type CallContext,
  type CallRequest,
  type HeaderAccess,
  type Holdline,
  type LetterParts,
  type Outcome,
  type ReadRefusal,
  type Undo,
} from '@holdline/core';
import { attemptSignal, boundStream, callerSignal } from './cancel.js';
import { fullUrl, isMakingSibling, nativeAdapter, readHeader, variant, withConfig, writeHeader } from './native.js';
import type { AxiosLike, BeforeRedirect, NativeAdapter, NativeConfig, NativeResponse } from './native.js';
import { letterOf, ownOriginOf } from './letter.js';
import { bodyError } from './native-errors.js';
import { answerIn, isResponse, outcomeOfError, outcomeOfResponse, outcomeOfUpload } from './outcome.js';

/** What an adapter that builds on this one may say about its client. */
export interface AttachOptions {
  /**
   * Requests that go straight to the native adapter, for example those for tokens.
   * @defaultValue none
   */
  bypass?: (url: string) => boolean;
  /**
   * Looks for the vendor's words in the text of a 429.
   * @defaultValue none
   */
  readRefusal?: ReadRefusal;
  /**
   * Origin of the client's own API.
   * @defaultValue the origin of the instance's `defaults.baseURL`; that of the page where it is relative
   */
  ownOrigin?: () => string;
  /**
   * Whether an Authorization header is a credential of its own, which the line's token must not replace.
   * @defaultValue never
   */
  ownCredential?: (authorization: string | undefined) => boolean;
  /**
   * The guarded client, as `line.deadLetters.sendBy` is told.
   * @defaultValue the instance
   */
  owner?: object;
  /**
   * Name under which dead letters are kept: `line.deadLetters.sendBy` has to be told the same.
   * @defaultValue 'axios'
   */
  name?: string;
}

// What a guarded adapter stands before. Instances made by a guarded `axios` inherit its adapter; one that gets a line of its own
// must not pass through both. By a symbol, so that other copies of this package know it too.
const BASE = Symbol.for('@holdline/axios/base');

/**
 * Hangs an axios instance on a line, at its adapter: below all interceptors, where every attempt is visible.
 *
 * For adapters of SDKs that carry an axios instance; users call `guardAxios`.
 *
 * @returns what undoes it: the instance then has the adapter it had.
 * @throws ConfigError if `instance` is no axios instance.
 */
export function attachAxios(instance: AxiosLike, line: Holdline, options: AttachOptions = {}): Undo {
  // One of our own, made by a `create` that guards all it makes.
  if (isMakingSibling()) return () => undefined;
  const { bypass, name = 'axios' } = options;
  const { defaults } = instance;
  const had = Object.hasOwn(defaults, 'adapter');
  const previous = defaults.adapter;
  const base = (previous as { [BASE]?: unknown } | undefined)?.[BASE] ?? previous;
  const native = nativeAdapter(instance, base);
  const isOfAxios = typeof base !== 'function';
  const client: Client = { name, native, isOfAxios, line, instance, defaults, options };
  let attached = true;

  const guarded: NativeAdapter = async (config) => {
    const url = fullUrl(config);
    if (!attached || bypass?.(url)) return native(config);
    const { signal, stop } = callerSignal(config);
    let request: AxiosRequest | undefined;
    let ended: unknown;
    try {
      request = new AxiosRequest(client, config, url, signal);
      ended = await line.run(request);
      return ended as NativeResponse;
    } catch (error) {
      ended = signal?.aborted && error === signal.reason && request ? await request.cancelled(error) : error;
      throw ended;
    } finally {
      stop?.();
      request?.end(ended);
    }
  };

  Object.defineProperty(guarded, BASE, { value: base });
  defaults.adapter = guarded;
  return () => {
    attached = false;
    // Somebody may have wrapped it since; then it stays in place and only passes on.
    if (defaults.adapter !== guarded) return;
    if (had) defaults.adapter = previous;
    else delete defaults.adapter;
  };
}

/** What all calls of a guarded instance have in common. */
interface Client {
  name: string;
  native: NativeAdapter;
  /** Whether it is one of axios's own. */
  isOfAxios: boolean;
  line: Holdline;
  instance: AxiosLike;
  defaults: AxiosLike['defaults'];
  options: AttachOptions;
}

/** One call, as the line sees it. A class, because every call makes one. */
class AxiosRequest implements CallRequest {
  readonly method: string;
  readonly headers: HeaderAccess;
  readonly replayable: boolean;
  readonly source: BodySource | undefined;
  readonly context: CallContext | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly retriedBy: string | undefined;
  #last: Outcome | undefined = undefined;
  #sending: Promise<Outcome> | undefined = undefined;

  constructor(
    private readonly guarded: Client,
    private readonly config: NativeConfig,
    readonly url: string,
    readonly signal: AbortSignal | undefined,
  ) {
    const { line, options, defaults, instance } = guarded;
    const { method = 'get', headers, data, auth, holdline } = config;
    this.method = method;
    this.headers = new RequestHeaders(headers, auth);
    this.source = BodySource.of(data, (failure) => bodyError(instance, config, failure));
    this.replayable = !this.source;
    this.context = holdline === undefined ? undefined : checkContext(holdline, 'config.holdline');
    this.retriedBy = otherRetryLayer(config, line);
    // Asked for by nobody but the token.
    const { managesToken } = line;
    this.ownOrigin = managesToken ? (options.ownOrigin?.() ?? ownOriginOf(defaults.baseURL)) : undefined;
    this.ownCredential = managesToken
      ? Boolean(auth) || options.ownCredential?.(readHeader(headers, 'authorization'))
      : undefined;
  }

  get client(): string {
    return this.guarded.name;
  }

  get owner(): object {
    return this.guarded.options.owner ?? this.guarded.instance;
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.config.data);
  }

  letter(): LetterParts {
    return letterOf(this.guarded.instance, this.config);
  }

  copy(value: unknown): unknown {
    return copyFor(this.config, value);
  }

  answer(value: unknown): unknown {
    return answerIn(value);
  }

  send(call: Call): Promise<Outcome> {
    return (this.#sending = this.#attempt(call));
  }

  /** One attempt. The configuration that the user sees stays his own. */
  async #attempt(call: Call): Promise<Outcome> {
    letGo(this.#last);
    const { config, guarded } = this;
    const { readRefusal } = guarded.options;
    const attempt = attemptOf(call, config, guarded.isOfAxios);
    let response: NativeResponse;
    try {
      response = await guarded.native(attempt);
    } catch (error) {
      if (attempt !== config) restore(error, attempt, config);
      const { source } = this;
      return (this.#last = source
        ? await outcomeOfUpload(error, readRefusal, source)
        : outcomeOfError(error, readRefusal));
    }
    if (attempt !== config) restore(response, attempt, config);
    // Its own signal ends a stream by itself, where nothing was put in its place.
    if (attempt.signal !== config.signal) boundStream(call, config, response.data);
    return (this.#last = outcomeOfResponse(response, readRefusal));
  }

  /**
   * What a cancelled call rejects with: what its attempt on the wire says, with its request. axios itself makes an error where
   * there was none. An adapter that does not hear of the cancellation is not waited for.
   */
  async cancelled(reason: unknown): Promise<unknown> {
    let outcome: Outcome | undefined;
    void this.#sending?.then((ended) => (outcome = ended));
    for (let turns = 0; this.#sending && !outcome && turns < MOST_TURNS; turns++) await Promise.resolve();
    if (outcome?.kind !== 'cancelled') return reason;
    const info = callInfo(reason);
    if (info) noteInfo(outcome.value, info);
    return outcome.value;
  }

  /** Told what the caller got. */
  end(ended: unknown): void {
    const { value } = this.#last ?? {};
    if (value === ended) return;
    // The answer hangs on the error of ours, and may be a stream.
    if (isHoldlineError(ended) && ended.response !== undefined && dataIn(ended.response) === dataIn(value)) return;
    letGo(this.#last);
  }
}

/** Adapters reject in the tick of the cancellation; what they reject passes through the promises of axios and ours. */
const MOST_TURNS = 64;

/** The data in a response, in an error that has one, or in what hangs on an error of ours. */
function dataIn(value: unknown): unknown {
  return readSafely(readSafely(value, 'response') ?? value, 'data');
}

/** The headers of a request. */
class RequestHeaders implements HeaderAccess {
  constructor(
    private readonly native: unknown,
    private readonly auth: NativeConfig['auth'],
  ) {}

  get(name: string): string | undefined {
    const { auth } = this;
    // Basic credentials become a header only in the native adapter, and replace the one that is there.
    if (auth && name.toLowerCase() === 'authorization') return `Basic ${auth.username}:${auth.password}`;
    return readHeader(this.native, name);
  }

  set(name: string, value: string): void {
    writeHeader(this.native, name, value);
  }
}

// Both have the credentials, and the request the body too.
definePrintedForm(AxiosRequest, ({ method, replayable }) => ({ method, replayable }));
definePrintedForm(RequestHeaders, () => ({}));

/** The configuration of one attempt: the call's own, where nothing has to be added. */
function attemptOf(call: Call, config: NativeConfig, isOfAxios: boolean): NativeConfig {
  const signal = attemptSignal(call, config, isOfAxios);
  // Signed by the line.
  const beforeRedirect = call.epoch === undefined ? undefined : keepToken(call.origin, config.beforeRedirect);
  if (!signal && !beforeRedirect) return config;
  return variant(config, { ...(signal && { signal }), ...(beforeRedirect && { beforeRedirect }) });
}

/** What another call ended in, for the caller of this one: axios transforms the data of each caller's object in place. */
function copyFor(config: NativeConfig, value: unknown): unknown {
  if (isResponse(value)) return { ...value, config };
  const { response } = (value ?? {}) as { response?: unknown };
  if (!(value instanceof Error) || !isResponse(response)) return value;
  const copy = Object.create(Object.getPrototypeOf(value) as object, Object.getOwnPropertyDescriptors(value)) as Error;
  return Object.assign(copy, { config, response: { ...response, config } });
}

/** Puts the user's configuration where the native adapter left that of the attempt. */
function restore(ended: unknown, attempt: NativeConfig, config: NativeConfig): void {
  for (const owner of [ended, readSafely(ended, 'response')])
    if (readSafely(owner, 'config') === attempt) withConfig(owner, config);
}

/** Lets go of an answer that nobody will read: an unread stream keeps its connection. */
function letGo(outcome: Outcome | undefined): void {
  const data = dataIn(outcome?.value) as
    | {
        destroy?(): unknown;
        on?(event: string, listener: () => void): unknown;
        cancel?(): Promise<unknown>;
      }
    | undefined
    | null;
  if (typeof data !== 'object' || data === null) return;
  const ignore = (): undefined => undefined;
  if (typeof data.destroy === 'function') {
    data.on?.('error', ignore);
    data.destroy();
  } else if (typeof data.cancel === 'function') {
    data.cancel().catch(ignore);
  }
}

/** Keeps the line's token at the origin it was written for. Without this it would follow a redirect to a subdomain. */
function keepToken(origin: string, then: BeforeRedirect | undefined): BeforeRedirect {
  return (options, ...details) => {
    const { headers = {} } = options;
    if (originOf(options.href ?? '') !== origin) {
      for (const name of Object.keys(headers)) if (name.toLowerCase() === 'authorization') delete headers[name];
    }
    then?.(options, ...details);
  };
}

/** axios-retry leaves its state on the configuration. Two retry layers multiply, so one stands back. */
function otherRetryLayer(config: NativeConfig, line: Holdline): string | undefined {
  const state = config['axios-retry'];
  // Options alone do nothing: axios-retry itself counts.
  if (state?.retryCount === undefined) return undefined;
  // It would send a stream a second time, empty.
  if (!line.replacesOtherRetries && isReplayable(config.data)) return 'axios-retry';
  state.retries = 0;
  return undefined;
}
