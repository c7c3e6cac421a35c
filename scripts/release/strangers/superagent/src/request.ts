// One request of superagent, and the call of the line that it becomes.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import {
  answered,
  BodySource,
  currentContext,
  failed,
  isReplayable,
  letterBody,
  networkFailure,
  OpenStream,
  payloadOf,
  type Call,
  type CallContext,
  type Holdline,
  type KeptAnswer,
  type Outcome,
} from '@holdline/core';

type Callback = (error: unknown, response?: ResponseLike) => void;
type HeaderRecord = Record<string, string>;

/** The answer of Node, as superagent reads it. */
interface MessageLike {
  readonly statusCode?: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly complete?: boolean;
  readonly readableEnded?: boolean;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** The request of Node, as superagent makes it. */
interface NodeRequestLike {
  readonly destroyed?: boolean;
  abort(): void;
  destroy?(): void;
  setHeader(name: string, value: unknown): void;
  getHeaders?(): Record<string, unknown>;
  once(event: string, listener: (message: MessageLike) => void): unknown;
}

/** An answer. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text?: string | undefined;
  readonly body: unknown;
  /** Whether superagent has read the whole answer. */
  readonly buffered?: boolean;
  readonly res: MessageLike;
}

/** A request of superagent 10 in Node: the members that the adapter uses. */
export interface RequestLike extends PromiseLike<ResponseLike> {
  method: string;
  url: string;
  header: HeaderRecord;
  _header: HeaderRecord;
  _data: unknown;
  _formData?: (Readable & { prependListener(event: 'error', listener: (error: unknown) => void): unknown }) | null;
  _agent: unknown;
  _query: string[];
  _redirects: number;
  _maxRedirects: number;
  _retries?: number;
  _parser?: unknown;
  username?: string | undefined;
  password?: string | undefined;
  req?: NodeRequestLike | undefined;
  res?: MessageLike | undefined;
  response?: ResponseLike | undefined;
  piped?: boolean;
  called?: boolean;
  timedout?: boolean;
  timedoutError?: unknown;
  _aborted?: boolean;
  _endCalled?: boolean;
  _requestDisposed?: boolean;
  _streamRequest?: boolean;
  end(callback?: Callback): void;
  abort(): RequestLike;
  callback(error: unknown, response?: ResponseLike): void;
  emit(event: string, ...args: unknown[]): boolean;
  listeners(event: string): unknown[];
  on(event: string, listener: (...args: never[]) => void): unknown;
  write(data: unknown, encoding?: string): boolean;
  pipe(stream: unknown, options?: object): unknown;
  buffer(value?: boolean): RequestLike;
  set(name: string | Readonly<HeaderRecord>, value?: string): RequestLike;
  auth(user: string, password: string): RequestLike;
  serialize(serializer: (data: unknown) => unknown): RequestLike;
  clearTimeout(): RequestLike;
  request(): unknown;
  _end(): void;
  _redirect(message: MessageLike): unknown;
  _emitResponse(body?: unknown): ResponseLike;
  _pipeContinue(stream: unknown, options?: object): unknown;
  _shouldRetry(error: unknown, response?: ResponseLike): boolean;
  _finalizeQueryString(): void;
}

export interface Guard {
  readonly owner: object;
  readonly line: Holdline;
  /** Whether the agent is guarded at this moment. */
  isAttached(): boolean;
}

type Native = Pick<RequestLike, 'end' | 'abort' | 'callback' | 'emit' | 'write' | 'pipe' | '_pipeContinue'>;

/** All headers that a request would be sent with, without those of Node and of the body. */
export const headersOf = (request: Pick<RequestLike, 'header'>): [string, string][] =>
  Object.entries(request.header).map(([name, value]) => [name, String(value)]);

/** Puts the hook on a request that is new. */
export function guardRequest(request: RequestLike, guard: Guard): void {
  if (request.req || request._endCalled || request._aborted) return;
  const { end, abort, callback, emit, write, pipe, _pipeContinue, _shouldRetry } = request;
  const native: Native = { end, abort, callback, emit, write, pipe, _pipeContinue };
  // A request is sent when somebody awaits it, which may be after the function of `withCall` has returned.
  const context = currentContext();
  let call: GuardedCall | undefined;
  let isNative = false;
  const begun = (): GuardedCall | undefined => {
    if (call || isNative) return call;
    if (!guard.isAttached() || request._aborted || request.req) isNative = true;
    else call = new GuardedCall(request, native, guard, { ...context, ...currentContext() });
    return call;
  };

  request.end = (fn) => (begun() ? call!.end(fn) : native.end.call(request, fn));
  request.write = (data, encoding) =>
    begun() ? call!.write(data, encoding) : native.write.call(request, data, encoding);
  request.pipe = (stream, options) =>
    begun() ? call!.pipe(stream, options) : native.pipe.call(request, stream, options);
  request.abort = () => (call ? call.abort() : native.abort.call(request));
  request.callback = (error, response) =>
    call ? call.callback(error, response) : native.callback.call(request, error, response);
  request.emit = (event, ...args) => (call ? call.emit(event, args) : native.emit.call(request, event, ...args));
  request._shouldRetry = (error, response) => (call ? false : _shouldRetry.call(request, error, response)); // The line retries.
  request.on('pipe', (stream: Readable) => begun()?.uploadFrom(stream));
}

/** One attempt on the wire. */
class Attempt {
  /** Events that the user gets if this is the last attempt. */
  readonly events: [event: string, args: unknown[]][] = [];
  readonly settled: Promise<void>;
  error: unknown;
  response: ResponseLike | undefined;
  /** The answer of a redirect that the client follows, or of a download. */
  message: MessageLike | undefined;
  isSettled = false;
  isRedirect = false;
  isCancelled = false;
  isStarting = true;
  /** Whether the attempt was ended on the wire. */
  isCut = false;
  /** Whether the client refused the request before it sent anything. */
  isRefused = false;
  closed: Promise<unknown> | undefined;
  #resolve!: () => void;

  constructor(readonly request: RequestLike) {
    this.settled = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** The callback that the native client gets. */
  readonly settle = (error: unknown, response?: ResponseLike): void => {
    if (this.isSettled) return;
    this.error = error ?? undefined;
    this.response = response ?? undefined;
    this.isRefused = this.isStarting && !response;
    const message = response?.res;
    if (message && !message.readableEnded && !response.buffered) message.pause(); // Until the user can listen.
    this.end();
  };

  end(): void {
    this.isSettled = true;
    this.#resolve();
  }

  get value(): unknown {
    return this.error ?? this.response ?? this.message;
  }

  discard(): void {
    const message = this.response?.res ?? this.message;
    if (!message || message.readableEnded) return;
    if (message.complete) message.resume();
    else message.destroy();
  }
}

const REDIRECTS = new Set([301, 302, 303, 305, 307, 308]);
const REJECTIONS = new Set(['ETOOLARGE', 'EINVALIDREDIRECT', 'EUNSUPPORTEDREDIRECT']);
const STOP = new Error('stop');

/** A call of the user: the requests on the wire that it needs. Each redirect is a call of the line. */
class GuardedCall {
  readonly #user = new AbortController();
  #attempt: Attempt | undefined;
  #fn: Callback | undefined;
  #download: { stream: unknown; options: object | undefined } | undefined;
  #upload: Readable | undefined;
  #pending: [data: unknown, encoding: string | undefined][] | undefined;
  #result: { error: unknown; response: ResponseLike | undefined } | undefined;
  #failure: { error: unknown } | undefined;
  #isRunning = false;
  #hasEnded = false;
  #isAborted = false;
  #isDone = false;
  #isFirst = true;
  #signed: [string, unknown][] = [];

  constructor(
    private readonly request: RequestLike,
    private readonly native: Native,
    private readonly guard: Guard,
    private readonly context: CallContext,
  ) {
    // A form reports its failure by callback() and abort(). That is no abort of the user.
    request._formData?.prependListener('error', (error) => (this.#failure = { error }));
  }

  // What the user and the native client call.

  end(fn?: Callback): void {
    const { request, native } = this;
    const attempt = this.#attempt;
    // The native client follows a redirect.
    if (attempt && !attempt.isSettled && fn === attempt.settle) {
      attempt.isRedirect = true;
      attempt.message = request.res;
      return attempt.end();
    }
    if (this.#hasEnded) {
      const { req } = request;
      request.req ??= {} as NodeRequestLike; // The native function throws, as for each second call.
      request._endCalled = true;
      try {
        return native.end.call(request);
      } finally {
        request.req = req;
      }
    }
    this.#hasEnded = true;
    this.#fn = fn;
    if (this.#result) return this.#callBack();
    if (this.#pending && attempt && !attempt.isSettled) return this.#endUpload(attempt);
    request._endCalled = true;
    this.#start();
  }

  write(data: unknown, encoding?: string): boolean {
    if (this.#isDone) return true;
    const attempt = this.#attempt;
    this.#pending ??= [];
    if (attempt && !attempt.isSettled) return this.native.write.call(this.request, data, encoding);
    this.#pending.push([data, encoding]);
    this.#start();
    return false;
  }

  /** A stream that is piped into the request is its body. */
  uploadFrom(stream: Readable): void {
    if (this.#upload || this.#isRunning) return;
    this.#upload = stream;
    this.#pending = [];
    stream.once('error', (error) => {
      const attempt = this.#attempt;
      if (!attempt || attempt.isSettled) return;
      attempt.settle(error);
      this.#cut();
    });
    queueMicrotask(() => this.#start()); // The user may still set headers.
  }

  pipe(stream: unknown, options?: object): unknown {
    this.#download = { stream, options };
    this.request.piped = true;
    this.request.buffer(false);
    this.end();
    return stream;
  }

  abort(): RequestLike {
    const { request, native } = this;
    const attempt = this.#attempt;
    // A user aborts a request whose stream has failed. The failure came first.
    if (!this.#isDone && this.#upload?.errored) {
      attempt?.settle(this.#upload.errored);
      this.#cut();
      native.emit.call(request, 'abort');
      return request;
    }
    // The time limit of the client, or a failed form, ends an attempt. The line may make another one.
    if (!this.#isDone && (this.#failure || (request.timedout && attempt && !attempt.isSettled))) {
      this.#cut();
      return request;
    }
    if (this.#isDone || this.#isAborted) return native.abort.call(request);
    this.#isAborted = true;
    request._aborted = false;
    native.abort.call(request);
    this.#user.abort();
    return request;
  }

  callback(error: unknown, response?: ResponseLike): void {
    const { request, native } = this;
    if (this.#attempt && !this.#attempt.isSettled) return native.callback.call(request, error, response);
    if (this.#isDone || this.#isAborted) return native.callback.call(request, error, response);
    // A form has failed while the call waits. The line knows it too.
    if (this.#isRunning && error) queueMicrotask(() => this.#user.abort(error));
  }

  emit(event: string, args: unknown[]): boolean {
    const { request, native } = this;
    const attempt = this.#attempt;
    if (!attempt || this.#isDone || this.#isAborted) return native.emit.call(request, event, ...args);
    if (event === 'request') return this.#emitRequest(args);
    if (event !== 'response' && event !== 'error' && event !== 'end') return native.emit.call(request, event, ...args);
    if (!attempt.isSettled) attempt.events.push([event, args]);
    return true;
  }

  /** Listeners see a call once. Headers that they write go with each attempt. */
  #emitRequest(args: unknown[]): boolean {
    const { request, native } = this;
    const { req } = request;
    if (!this.#isFirst) {
      for (const [name, value] of this.#signed) req?.setHeader(name, value);
      return false;
    }
    this.#isFirst = false;
    const before = { ...req?.getHeaders?.() };
    const result = native.emit.call(request, 'request', ...args);
    this.#signed = Object.entries(req?.getHeaders?.() ?? {}).filter(([name, value]) => before[name] !== value);
    return result;
  }

  // The call.

  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#runAll();
  }

  async #runAll(): Promise<void> {
    for (;;) {
      let value: unknown;
      let threw = false;
      try {
        value = await this.#runOne();
      } catch (error) {
        value = error;
        threw = true;
      }
      const attempt = this.#attempt;
      if (!threw && attempt?.isRedirect && value === attempt.message && !this.#isAborted) {
        this.#isFirst = true;
        this.#signed = [];
        continue;
      }
      // Not inside a promise: an error of the user's callback is an uncaught exception, as with the bare client.
      queueMicrotask(() => this.#finish(threw, value, attempt));
      return;
    }
  }

  async #runOne(): Promise<unknown> {
    const { request, guard } = this;
    const isRedirected = this.#attempt !== undefined;
    this.#attempt = undefined;
    const url = urlOf(request);
    const { username, password } = parse(url) ?? {};
    const hasOwnCredential = Boolean(username || password || (request.username && request.password));
    if (username || password) request.auth(username ?? '', password ?? '');
    if (request.username && request.password) request.auth(request.username, request.password);

    const base = { header: request.header, lower: request._header, data: request._data };
    const written = new Map<string, string>();
    const form = request._formData ?? undefined;
    const stream = form ?? (isRedirected ? undefined : this.#upload);
    const isStreamed = stream !== undefined || (!isRedirected && this.#pending !== undefined);
    const source = BodySource.of(stream);
    let body: { bytes: unknown } | undefined;
    const bytes = (): unknown => (body ??= { bytes: isStreamed ? stream : bodyOf(request) }).bytes;
    let last: Attempt | undefined;
    const discard = (): void => last?.discard();

    const send = async (call: Call): Promise<Outcome> => {
      discard();
      if (last?.isCut) await last.closed; // The client must not mistake its late events for those of the next attempt.
      const attempt = new Attempt(request);
      last = this.#attempt = attempt;
      // The state of a new request.
      Object.assign(request, {
        ...{ req: undefined, res: undefined, response: undefined, called: false, _endCalled: false, _aborted: false },
        ...{ timedout: false, timedoutError: undefined, _requestDisposed: false, _data: base.data },
        ...{ header: { ...base.header }, _header: { ...base.lower }, _retries: (request._retries ?? 0) + 1 },
      });
      request.clearTimeout();
      for (const [name, value] of written) request.set(name, value);

      const signal = call.attemptSignal ?? call.cancellation?.signal;
      const cut = (): void => {
        if (!attempt.isSettled) {
          attempt.isCancelled = true;
          attempt.error = signal?.reason;
          attempt.end();
        }
        this.#cut();
      };
      if (signal?.aborted) return failed(signal.reason, 'cancelled');
      signal?.addEventListener('abort', cut);
      const ownAgent = request._agent;
      const pool = call.poolOptions(ownAgent ? { agent: ownAgent } : {}) as
        Record<'httpAgent' | 'httpsAgent', unknown> | undefined;
      if (pool) request._agent = url.startsWith('https:') ? pool.httpsAgent : pool.httpAgent;
      try {
        this.#sendNow(attempt);
      } finally {
        request._agent = ownAgent;
        attempt.isStarting = false;
      }
      await attempt.settled;
      const { response, error } = attempt;
      const message = this.#download && !error ? attempt.message : response?.res;
      const isOpen = message !== undefined && !attempt.isRedirect && !message.readableEnded && !response?.buffered;
      if (isOpen) {
        message.once('close', () => signal?.removeEventListener('abort', cut));
        if (call.cancellation) call.cancellation.openAnswer = new OpenStream(message);
      } else signal?.removeEventListener('abort', cut);
      if (!attempt.isRedirect) {
        request.header = base.header; // Without what the line wrote.
        request._header = base.lower;
      }
      return outcomeOf(attempt, source, request);
    };

    let result: unknown;
    try {
      return (result = await guard.line.run({
        client: 'guardSuperagent',
        owner: guard.owner,
        method: request.method,
        url,
        headers: {
          get: (name) => written.get(name.toLowerCase()) ?? toText(base.lower[name.toLowerCase()]),
          set: (name, value) => void written.set(name.toLowerCase(), value),
        },
        ownCredential: hasOwnCredential,
        context: this.context,
        replayable: !isStreamed && isReplayable(base.data),
        source,
        payload: () => payloadOf(bytes()),
        letter() {
          const headers = new Headers(headersOf(base));
          for (const [name, value] of written) headers.set(name, value);
          return { url, headers, body: isStreamed ? null : letterBody(bytes()) };
        },
        signal: this.#user.signal,
        answerBody: (value) => bodyOfAnswer(value, request),
        restoreAnswer: (answer) => restoreAnswer(answer, request),
        discard,
        send,
      }));
    } catch (error) {
      throw (result = error);
    } finally {
      if (last && result !== last.value) last.discard();
    }
  }

  #sendNow(attempt: Attempt): void {
    const { request, native } = this;
    const isUpload = this.#pending !== undefined && !request._redirects;
    if (!isUpload) native.end.call(request, attempt.settle);
    else {
      for (const [data, encoding] of this.#pending!.splice(0)) native.write.call(request, data, encoding);
      if (this.#hasEnded) this.#endUpload(attempt);
      else native.emit.call(request, 'drain');
    }
    const { req } = request;
    if (!req || attempt.isSettled) return;
    if (this.#download)
      req.once('response', (message) => {
        if (attempt.isSettled) return;
        if (REDIRECTS.has(message.statusCode ?? 0) && request._redirects++ !== request._maxRedirects)
          return void request._redirect(message);
        attempt.message = message;
        attempt.end();
      });
    if (req.destroyed !== undefined) attempt.closed = once(req as never, 'close').catch(() => undefined);
  }

  #endUpload(attempt: Attempt): void {
    this.request._endCalled = false;
    this.native.end.call(this.request, attempt.settle);
  }

  /** Ends what is on the wire, without a word to the user. */
  #cut(): void {
    const { request } = this;
    if (this.#attempt) this.#attempt.isCut = true;
    request._aborted = true;
    request.clearTimeout();
    if (request.req?.destroy) request.req.destroy();
    else request.req?.abort();
    request.res?.destroy();
  }

  /** Gives the user what the bare client would give. */
  #finish(threw: boolean, value: unknown, attempt: Attempt | undefined): void {
    const { request, native } = this;
    this.#isDone = true;
    if (this.#isAborted) return; // The user knows it.
    const isOfAttempt = attempt !== undefined && value === attempt.value;
    request.called = true;
    if (isOfAttempt && threw && request.timedout) native.emit.call(request, 'abort');
    const message = isOfAttempt ? (attempt.response?.res ?? attempt.message) : undefined;
    if (this.#download && message && !threw) return this.#continueDownload(message);
    if (message && !message.readableEnded) message.resume();
    if (isOfAttempt) for (const [event, args] of attempt.events) native.emit.call(request, event, ...args);
    else if (!threw) native.emit.call(request, 'response', value);
    const isReported = isOfAttempt && attempt.events.some(([event]) => event === 'error');
    if (threw && !isReported && request.listeners('error').length > 0) native.emit.call(request, 'error', value);
    this.#result = threw
      ? { error: value, response: isOfAttempt ? attempt.response : undefined }
      : { error: null, response: value as ResponseLike };
    if (this.#hasEnded) this.#callBack();
  }

  #callBack(): void {
    const { error, response } = this.#result!;
    this.#fn?.(error, response);
  }

  #continueDownload(message: MessageLike): void {
    const { request, native } = this;
    const { req } = request;
    request._maxRedirects = request._redirects; // The redirects have been followed.
    request.req = { once: (_: string, listener: (message: MessageLike) => void) => listener(message) } as never;
    native._pipeContinue.call(request, this.#download!.stream, this.#download!.options);
    request.req = req;
  }
}

/** Describes how an attempt ended. */
async function outcomeOf(attempt: Attempt, source: BodySource | undefined, request: RequestLike): Promise<Outcome> {
  const { error, response, message } = attempt;
  if (message) return answeredBy(message, message, message.statusCode ?? 0, false);
  if (response && typeof response.status === 'number')
    return answeredBy(attempt.value, response, response.status, error !== undefined);
  if (attempt.isCancelled) return failed(error, 'cancelled');
  if (attempt.isRefused) return failed(error, 'local', true);
  if (await source?.brokenBy()) return failed(error, 'local', source?.isUntouched);
  // The client does not follow this redirect, or the answer is too long.
  if (response || REJECTIONS.has((error as { code?: string }).code ?? '')) return failed(error, 'rejected');
  // The client could not parse the whole answer.
  const { res } = request;
  if (res?.complete && res.statusCode && 'rawResponse' in (error as object))
    return answeredBy(error, res, res.statusCode, true);
  return failed(error, networkFailure(error));
}

const answeredBy = (
  value: unknown,
  { headers }: Pick<MessageLike, 'headers'>,
  status: number,
  threw: boolean,
): Outcome => answered(value, { status, threw, header: (name) => headers[name.toLowerCase()]?.toString() });

/** The absolute URL with its query, as the native client makes it. The request stays as it is. */
function urlOf(request: RequestLike): string {
  const probe = Object.create(request, {
    req: { value: undefined },
    url: { value: request.url, writable: true },
    qs: { value: { ...(request as unknown as { qs: object }).qs }, writable: true },
    _query: { value: [...request._query] },
    emit: { value: () => false },
    _finalizeQueryString: {
      value() {
        request._finalizeQueryString.call(probe);
        throw STOP; // Before the native function opens a connection. It catches the error.
      },
    },
  }) as RequestLike;
  try {
    probe.request();
  } catch {
    // The native client will throw it too.
  }
  return probe.url.startsWith('http') ? probe.url : `http://${probe.url}`;
}

/** The body of a request as the native client writes it. The request stays as it is. */
function bodyOf(request: RequestLike): unknown {
  const { _data: data } = request;
  if (data === undefined || data === null || request.method === 'HEAD') return undefined;
  if (typeof data === 'string') return data;
  let written: unknown = data;
  const sink = {
    getHeader: (name: string) => request._header[name.toLowerCase()],
    setHeader: () => undefined,
    once: () => undefined,
    end: (bytes: unknown) => (written = bytes),
  };
  const probe = Object.create(request, {
    req: { value: sink },
    emit: { value: () => false },
    _setTimeouts: { value: () => undefined },
    _failRequest: { value: () => undefined },
  }) as RequestLike;
  if (Buffer.isBuffer(data) && !isJson(request._header['content-type'])) return data;
  probe._end();
  return written;
}

const isJson = (type: unknown): boolean => /[/+]json($|[^-\w])/i.test(String(type));
const toText = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/** The body of an answer that a journal keeps: text, or bytes. A parser of the user makes data that no journal can make again. */
function bodyOfAnswer(value: unknown, request: RequestLike): unknown {
  const response = value instanceof Error ? (value as { response?: ResponseLike }).response : (value as ResponseLike);
  if (!response || typeof response.status !== 'number' || !response.buffered || request._parser) return undefined;
  return response.text ?? (Buffer.isBuffer(response.body) ? response.body : undefined);
}

/** A result of the native class, made of a kept answer. */
function restoreAnswer({ status, headers, body }: KeptAnswer, request: RequestLike): ResponseLike {
  const isText = typeof body === 'string';
  const message = Object.assign(new Readable({ read: () => undefined }), {
    statusCode: status,
    headers,
    complete: true,
    ...(isText && { text: body }),
  });
  const probe = Object.create(request, {
    res: { value: message },
    response: { value: undefined, writable: true },
    emit: { value: () => false },
    _resBuffered: { value: true },
    _endCalled: { value: true },
  }) as RequestLike;
  let data: unknown = isText ? {} : body;
  const type = headers['content-type'] ?? '';
  if (isText && isJson(type)) data = JSON.parse(body);
  else if (isText && type.startsWith('application/x-www-form-urlencoded'))
    data = Object.fromEntries(new URLSearchParams(body));
  message.push(null);
  return probe._emitResponse(data);
}
