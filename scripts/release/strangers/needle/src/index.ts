// A Holdline adapter for `needle`, which is itself a function: there is no member that every request passes.
// The guarded client is a function of the same shape. It hands each request to the line, and each attempt to `needle.request`.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import {
  answered,
  answeredByRedirect,
  BodySource,
  ConfigError,
  defineAdapter,
  failed,
  isGuarded,
  isReplayable,
  letterBody,
  networkFailure,
  OpenStream,
  payloadOf,
  type Call,
  type Holdline,
  type HoldlineConfig,
  type KeptAnswer,
  type LetterBody,
  type Outcome,
} from '@holdline/core';

/** The options of one request that the adapter reads. The others pass through. */
export interface OptionsLike {
  headers?: Readonly<Record<string, unknown>>;
  signal?: AbortSignal | null;
  agent?: unknown;
  json?: boolean;
  multipart?: boolean;
  encoding?: BufferEncoding;
  content_type?: string;
  accept?: string;
  user_agent?: string;
  connection?: string;
  username?: string;
  password?: string;
  auth?: string;
  query?: unknown;
  follow?: number;
  follow_max?: number;
  stream_length?: number;
  uri_modifier?: ((uri: string) => string) | null;
}

/** An answer: the `IncomingMessage` of Node, to which needle adds the body. */
export interface ResponseLike extends IncomingMessage {
  body?: unknown;
  raw?: Buffer;
  bytes?: number;
}

type Callback = (error: unknown, answer?: ResponseLike, body?: unknown) => void;

/** What the functions of needle return at once. */
interface StreamLike extends PassThrough {
  done?: boolean;
  parser?: string;
  request?: unknown;
  abort?(): void;
}

type Request = (
  method: string,
  uri: string,
  data: unknown,
  options: OptionsLike | Callback | null | undefined,
  callback?: Callback,
) => StreamLike;

interface Defaults {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly accept: string;
  readonly user_agent: string;
  readonly signal: AbortSignal | null;
  readonly agent: unknown;
  readonly follow_max: number;
  readonly stream_length: number;
}

/** The client, as its users see it. */
export interface ClientLike {
  (...args: never[]): Promise<unknown>;
  request(...args: never[]): object;
  defaults(changes: never): unknown;
}

/** The client, as the adapter uses it. */
interface Native {
  request: Request;
  defaults(changes: object): Defaults;
}

const NAME = 'guardNeedle';

/**
 * Guards needle: its requests are paced, retried where that is safe, and signed with the token of the line, if the line has one.
 *
 * @param client - needle, which stays as it is.
 * @param configOrLine - A configuration, or a line that several clients share.
 * @returns a guarded needle: a function with the same members. After `release` of `@holdline/core`, it only calls `client`.
 */
export function guardNeedle<C extends ClientLike>(client: C, configOrLine?: HoldlineConfig | Holdline): C {
  if (typeof client !== 'function' || typeof client.request !== 'function' || typeof client.defaults !== 'function')
    throw new ConfigError(`${NAME} expects needle itself: a function with the members request() and defaults().`);
  if (isGuarded(NAME, client, configOrLine)) return client;
  const native = client as unknown as Native;
  let start: Request | undefined;
  const request: Request = (...args) => (start ?? native.request)(...args);

  // The parameters of needle(), read as needle reads them.
  const guarded = (...args: unknown[]): Promise<unknown> => {
    const isUrl = /\.|\//.test(args[0] as string);
    const method = isUrl ? (args.length > 2 ? 'post' : 'get') : (args.shift() as string);
    if (/get|head/i.test(method) && args.length === 2) args.splice(1, 0, null);
    return new Promise((resolve, reject) => {
      const [uri, data, options] = args as [string, unknown, OptionsLike];
      request(method, uri, data, options, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  };
  const {
    length,
    name,
    prototype,
    arguments: _,
    caller,
    ...members
  } = Object.getOwnPropertyDescriptors(client) as Record<string, PropertyDescriptor>;
  void [prototype, _, caller];
  Object.defineProperties(guarded, { ...(length && { length }), ...(name && { name }), ...members });
  const functions: Record<string, unknown> = { request };
  for (const method of ['get', 'head'])
    functions[method] = (uri: string, options: OptionsLike, callback?: Callback) =>
      request(method, uri, options.query, options, callback);
  for (const method of ['post', 'put', 'patch', 'delete'])
    functions[method] = (uri: string, data: unknown, options?: OptionsLike, callback?: Callback) =>
      request(method, uri, data, options, callback);
  Object.assign(guarded, functions);

  return defineAdapter<C>({
    name: NAME,
    attach(target, line) {
      if (line.managesToken)
        line.withholdToken({
          client: 'needle',
          defect: 'needle has no base address, so the adapter does not know which origin may get the token.',
          remedy: 'Name the origins in token.origins.',
        });
      start = (...args) => new GuardedRequest(target, native, line, args).start();
      const stopReplays = replayLetters(target, native, line);
      return () => {
        stopReplays();
        start = undefined;
      };
    },
  })(guarded as unknown as C, configOrLine);
}

/** Ends a request of needle before it makes a connection. */
const STOP = new Error('Only the URL was wanted.');

/** One call. */
class GuardedRequest {
  readonly #owner: object;
  readonly #native: Native;
  readonly #line: Holdline;
  readonly #args: Parameters<Request>;
  readonly #method: string;
  readonly #uri: string;
  readonly #data: unknown;
  readonly #options: OptionsLike;
  readonly #callback: Callback | undefined;
  readonly #defaults: Defaults;
  /** What the caller gets at once, and in the stream form what it reads. */
  readonly #facade: StreamLike = new PassThrough();
  readonly #aborter = new AbortController();
  readonly #source: BodySource | undefined;
  /** Headers that the line writes, by lower-case name. */
  readonly #written: Record<string, string> = {};
  #target = '';
  #attempt: Attempt | undefined;

  constructor(owner: object, native: Native, line: Holdline, args: Parameters<Request>) {
    const [method, uri, data, options, callback] = args;
    this.#owner = owner;
    this.#native = native;
    this.#line = line;
    this.#args = args;
    this.#method = method;
    this.#uri = uri;
    this.#data = data || undefined; // needle sends no body for '', 0, false and null.
    this.#options = typeof options === 'function' ? {} : { ...options };
    this.#callback = typeof options === 'function' ? options : callback;
    this.#defaults = native.defaults({});
    this.#source = BodySource.of(this.#data);
  }

  start(): StreamLike {
    // needle throws for such parameters.
    if (typeof this.#method !== 'string' || typeof this.#uri !== 'string') return this.#native.request(...this.#args);
    const { username, auth } = this.#options;
    if (username && (auth === 'digest' || auth === 'auto'))
      throw new ConfigError(
        `${NAME} does not support the option auth: '${auth}', because needle would make a second request that the line does not see.`,
      );
    this.#target = this.#findTarget();

    const facade = this.#facade;
    facade.on('error', () => undefined); // As in needle, nobody has to listen to it.
    facade.abort = () => this.#aborter.abort(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    this.#run().then(
      (value) => this.#succeed(value),
      (error: unknown) => this.#fail(error),
    );
    return facade;
  }

  #succeed(value: unknown): void {
    const callback = this.#callback;
    const attempt = this.#attempt;
    if (attempt?.answer) attempt.report(this.#facade);
    if (callback) this.#facade.done = true;
    if (callback) process.nextTick(callback, null, value, (value as ResponseLike).body);
    else attempt?.feed(this.#facade);
  }

  #fail(error: unknown): void {
    this.#attempt?.discard();
    const facade = this.#facade;
    facade.done = true;
    process.nextTick(() => {
      facade.emit('err', error);
      if (this.#callback) this.#callback(error);
      else emitDone(facade, error);
    });
  }

  #run(): Promise<unknown> {
    const { signal = this.#defaults.signal } = this.#options;
    const own = this.#aborter.signal;
    const data = this.#data;
    return this.#line.run({
      client: NAME,
      owner: this.#owner,
      method: this.#method,
      url: this.#url(),
      headers: {
        get: (name) => this.#written[name.toLowerCase()] ?? this.#wireHeaders()[name.toLowerCase()],
        set: (name, value) => {
          this.#written[name.toLowerCase()] = value;
        },
      },
      replayable: isReplayable(data),
      source: this.#source,
      payload: () => this.#payload(),
      letter: () => ({
        url: this.#url(),
        headers: Object.entries({ ...this.#wireHeaders(), ...this.#written }),
        body: this.#letterBody(),
      }),
      signal: signal ? AbortSignal.any([signal, own]) : own,
      discard: () => this.#attempt?.discard(),
      send: (call) => this.#send(call),
      ...(this.#callback && { copy: copyAnswer, answerBody, restoreAnswer }),
    });
  }

  async #send(call: Call): Promise<Outcome> {
    this.#attempt?.discard();
    const attempt = (this.#attempt = new Attempt());
    const outcome = await this.#make(call, attempt);
    return attempt.isRedirected && isWrite(call) ? answeredByRedirect(outcome) : outcome;
  }

  async #make(call: Call, attempt: Attempt): Promise<Outcome> {
    const signal = call.attemptSignal;
    try {
      const answer = await attempt.make((callback) => this.#sendNatively(call, signal, callback), !this.#callback);
      this.#facade.request = attempt.out?.request;
      if (!this.#callback && call.cancellation && attempt.out)
        call.cancellation.openAnswer = new OpenStream(attempt.out);
      return answered(this.#callback ? answer : this.#facade, {
        status: answer.statusCode ?? 0,
        header: (name) => {
          const value = answer.headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        },
      });
    } catch (error) {
      if (signal.aborted) return failed(error, 'cancelled');
      if (attempt.wasRefused) return failed(error, 'local', true);
      if (await this.#source?.brokenBy()) return failed(error, 'local', this.#source?.isUntouched);
      return failed(error, attempt.hasNoConnection ? 'not-sent' : networkFailure(error));
    }
  }

  #sendNatively(call: Call, signal: AbortSignal, callback: Callback): StreamLike {
    const { uri_modifier: modify, headers = {} } = this.#options;
    const others = Object.entries(headers).filter(([name]) => !(name.toLowerCase() in this.#written));
    let isRedirect = false;
    const options: OptionsLike = {
      ...this.#options,
      ...this.#pool(call),
      headers: { ...Object.fromEntries(others), ...this.#written },
      signal,
      uri_modifier: (uri) => {
        if (isRedirect) return modify ? modify(uri) : uri;
        isRedirect = true;
        return this.#target;
      },
    };
    const args = [this.#method, this.#uri, this.#data, options] as const;
    return this.#callback ? this.#native.request(...args, callback) : this.#native.request(...args);
  }

  /** The agent of the line's pool. It serves one protocol, and a redirect may lead to another one. */
  #pool(call: Call): { agent?: unknown } {
    const { follow_max: max, follow } = this.#options;
    const agent = this.#options.agent ?? this.#defaults.agent ?? undefined;
    const pool = call.poolOptions({ agent }) as { httpAgent?: unknown; httpsAgent?: unknown } | undefined;
    if (!pool || (max ?? follow ?? this.#defaults.follow_max) > 0) return {};
    return { agent: this.#target.startsWith('https:') ? pool.httpsAgent : pool.httpAgent };
  }

  /** The URL on the wire. needle itself makes it, and refuses wrong options. The user's modifier runs once per call. */
  #findTarget(): string {
    const { multipart, stream_length = this.#defaults.stream_length, uri_modifier: modify } = this.#options;
    const isAsync = multipart || (isStream(this.#data) && stream_length >= 0);
    const isLarge = typeof this.#data === 'string' && !this.#isQuery();
    const target = this.#tryOut(this.#method, this.#uri, isAsync || isLarge ? undefined : this.#data);
    return typeof modify === 'function' ? modify(target) : target;
  }

  #tryOut(method: string, uri: string, data: unknown): string {
    let found = uri;
    const uri_modifier = (given: string): string => {
      found = given;
      throw STOP;
    };
    try {
      this.#native.request(method, uri, data, { ...this.#options, uri_modifier }, () => undefined);
    } catch (error) {
      if (error !== STOP) throw error;
    }
    return found;
  }

  #url(): string {
    if (!URL.canParse(this.#target)) return this.#target;
    const url = new URL(this.#target);
    url.username = url.password = url.hash = '';
    return url.href;
  }

  #isJson(): boolean {
    const { json, content_type, headers } = this.#options;
    const type = lowerCased(this.#defaults.headers, { 'content-type': content_type }, headers)['content-type'];
    return json || (json !== false && type === 'application/json');
  }

  /** Whether the data is a part of the URL. */
  #isQuery(): boolean {
    const { multipart } = this.#options;
    const isText = !multipart && !isStream(this.#data) && !Buffer.isBuffer(this.#data);
    return this.#data !== undefined && isText && this.#method.toLowerCase() === 'get' && !this.#isJson();
  }

  /** The headers on the wire that needle and the caller give. */
  #wireHeaders(): Record<string, string> {
    const defaults = this.#defaults;
    const { accept, user_agent, content_type, connection, headers, username, password, json, multipart } =
      this.#options;
    const given = lowerCased(
      defaults.headers,
      { accept: accept || defaults.accept, 'user-agent': user_agent || defaults.user_agent },
      { 'content-type': content_type, connection, authorization: basic(this.#uri, username, password) },
      headers,
    );
    if (this.#data !== undefined && !this.#isQuery() && !multipart)
      given['content-type'] ||= this.#isJson()
        ? 'application/json; charset=utf-8'
        : 'application/x-www-form-urlencoded';
    if (json && !accept && !(headers ?? {})['accept']) given['accept'] = 'application/json';
    return given;
  }

  /** The body as needle writes it, null if it is a stream or a form with files. */
  #body(): string | Buffer | undefined | null {
    const data = this.#data;
    if (data === undefined || this.#isQuery()) return undefined;
    if (this.#options.multipart || isStream(data)) return null;
    if (Buffer.isBuffer(data)) return data;
    const { encoding = 'utf8' } = this.#options;
    let text = data as string;
    if (typeof data !== 'string')
      // needle writes a form as it writes a query.
      text = this.#isJson() ? JSON.stringify(data) : this.#query();
    return encoding === 'utf8' ? text : Buffer.from(text, encoding);
  }

  #query(): string {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = new GuardedRequest(this.#owner, this.#native, this.#line, [
      'get',
      'http://localhost/',
      this.#data,
      { json: false, headers },
    ]);
    return form.#findTarget().slice('http://localhost/?'.length);
  }

  #payload(): string | Uint8Array | undefined {
    const body = this.#body();
    if (body !== null) return payloadOf(body);
    return this.#options.multipart ? JSON.stringify(this.#data) : undefined;
  }

  #letterBody(): LetterBody | Promise<LetterBody> {
    const body = this.#body();
    return body === null ? null : letterBody(body);
  }
}

const isWrite = ({ method }: Call): boolean => method !== 'GET' && method !== 'HEAD';

/** One request of needle. */
class Attempt {
  out: StreamLike | undefined;
  answer: ResponseLike | undefined;
  /** Whether needle refused the request before it made a connection. */
  wasRefused = false;
  readonly #redirects: string[] = [];
  #timeout: string | undefined;
  #isHandedOver = false;
  #isStream = false;

  /** Whether the attempt ended because there was no connection in time, so nothing was sent. */
  get hasNoConnection(): boolean {
    return this.#timeout === 'open' && this.#redirects.length === 0;
  }

  get isRedirected(): boolean {
    return this.#redirects.length > 0;
  }

  make(send: (callback: Callback) => StreamLike, isStreamForm: boolean): Promise<ResponseLike> {
    this.#isStream = isStreamForm;
    return new Promise((resolve, reject) => {
      const settle: Callback = (error, answer) => (error ? reject(error) : resolve(answer as ResponseLike));
      let out: StreamLike;
      try {
        out = this.out = send(settle);
      } catch (error) {
        this.wasRefused = true;
        reject(error);
        return;
      }
      out.on('response', (answer: ResponseLike) => {
        this.answer = answer;
      });
      out.on('redirect', (location: string) => {
        this.#redirects.push(location);
        this.answer?.resume(); // needle does not read it, and it would keep its connection.
      });
      out.on('timeout', (type: string) => {
        this.#timeout = type;
      });
      // An answer that breaks in the middle. needle tells neither its callback nor its `done`.
      out.on('error', reject);
      if (isStreamForm) {
        out.on('header', () => resolve(this.answer as ResponseLike));
        out.on('done', (error: unknown) => error && reject(error));
      }
    });
  }

  /** Tells the listeners of the caller what happened. */
  report(facade: StreamLike): void {
    for (const location of this.#redirects) facade.emit('redirect', location);
    const { answer, out } = this;
    if (out?.parser !== undefined) facade.parser = out.parser;
    facade.emit('response', answer);
    facade.emit('header', answer?.statusCode, answer?.headers);
    facade.emit('headers', answer?.headers);
  }

  /** Gives the body to the caller. */
  feed(facade: StreamLike): void {
    const { out } = this;
    if (!out) return;
    this.#isHandedOver = true;
    if (out.readableObjectMode) setObjectMode(facade);
    out.on('err', (error) => facade.emit('err', error));
    out.on('timeout', (type) => facade.emit('timeout', type));
    const finish = (error?: unknown): void => {
      if (facade.done) return;
      facade.done = true;
      emitDone(facade, error ?? null);
    };
    out.on('done', (error) => error && finish(error));
    facade.on('end', finish); // Its caller may read the body later than it arrives.
    out.on('error', (error) => facade.destroy(error));
    if (out.errored) facade.destroy(out.errored);
    facade.on('close', () => out.destroy());
    // Not by pipe(): needle emits 'done' on each stream that its stream is piped to.
    out.on('data', (chunk) => {
      if (!facade.write(chunk)) out.pause();
    });
    facade.on('drain', () => out.resume());
    out.on('end', () => facade.end());
  }

  /** Releases an answer that nobody reads. */
  discard(): void {
    if (this.#isStream && !this.#isHandedOver) this.answer?.destroy();
  }
}

function emitDone(facade: StreamLike, error: unknown): void {
  const { pipes } = (facade as unknown as { _readableState: { pipes: PassThrough[] } })._readableState;
  facade.emit('done', error);
  for (const pipe of pipes) pipe.emit('done', error);
}

/** needle does the same with its stream when it parses a body. */
function setObjectMode(facade: StreamLike): void {
  const states = facade as unknown as Record<'_readableState' | '_writableState', { objectMode: boolean }>;
  states._readableState.objectMode = states._writableState.objectMode = true;
}

function isStream(data: unknown): boolean {
  return typeof (data as { pipe?: unknown } | undefined)?.pipe === 'function';
}

function lowerCased(...all: readonly (Readonly<Record<string, unknown>> | undefined)[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const given of all)
    for (const [name, value] of Object.entries(given ?? {}))
      if (value !== undefined && value !== null)
        headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  return headers;
}

function basic(uri: string, username: string | undefined, password = ''): string | undefined {
  const [, inUrl] = /^[^/]*\/\/([^/@]+)@/.exec(uri) ?? [];
  const pair = inUrl === undefined ? username && `${username}:${password}` : decodeURIComponent(inUrl);
  return pair ? `Basic ${Buffer.from(pair).toString('base64')}` : undefined;
}

/** Two calls with one idempotency key are one request. Each caller gets a body of its own. */
function copyAnswer(value: unknown): unknown {
  if (!(value instanceof IncomingMessage)) return value;
  const { body } = value as ResponseLike;
  const copy = Object.create(
    Object.getPrototypeOf(value) as object,
    Object.getOwnPropertyDescriptors(value),
  ) as ResponseLike;
  copy.body = Buffer.isBuffer(body) ? Buffer.from(body) : structuredClone(body);
  return copy;
}

function answerBody(value: unknown, maxBytes: number): unknown {
  const { body, bytes = 0 } = value as ResponseLike;
  return bytes <= maxBytes ? body : undefined;
}

function restoreAnswer({ status, statusText, headers, body }: KeptAnswer): ResponseLike {
  const raw = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  const answer: ResponseLike = new IncomingMessage(new Socket());
  return Object.assign(answer, {
    statusCode: status,
    statusMessage: statusText,
    headers: { ...headers },
    complete: true,
    body,
    raw,
    bytes: raw.length,
  });
}

/** Sends calls that failed for good again, when the user replays them. */
function replayLetters(client: object, native: Native, line: Holdline): () => void {
  return line.deadLetters.sendBy(
    NAME,
    {
      serves: (url) => /^https?:/.test(url), // needle sends to every address.
      request: ({ headers }) => ({ headers: Object.entries(lowerCased(native.defaults({}).headers, headers)) }),
      send: ({ method, url, headers, body }) => {
        // Text would become a query or get another type.
        const data = body === undefined || body === null ? undefined : Buffer.from(body as string);
        return (client as (...args: unknown[]) => Promise<unknown>)(method, url, data, { headers: { ...headers } });
      },
    },
    client,
  );
}
