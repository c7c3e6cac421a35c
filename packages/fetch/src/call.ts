import {
  abortReason,
  answeredByRedirect,
  BodySource,
  callInfo,
  checkContext,
  failed,
  isAbortSignal,
  isHoldlineError,
  isReplayable,
  noteInfo,
  objectNumber,
  payloadOf,
  definePrintedForm,
  systemClock,
  type Call,
  type CallContext,
  type CallRequest,
  type HeaderAccess,
  type KeptAnswer,
  type LetterParts,
  type Outcome,
  type RequestChange,
} from '@holdline/core';
import type { GuardedClient } from './guarded-client.js';
import { InitHeaders, RequestHeaders } from './headers.js';
import { buildLetterParts } from './dead-letter.js';
import { findNativeClass } from './native-class.js';
import { OpenBody, trackResponseBody } from './open-body.js';
import { outcomeOfError, outcomeOfResponse } from './outcome.js';
import { canFollowRedirects, followRedirects, isRedirect } from './redirect.js';
import { readShortBody } from './refusal-text.js';
import { releaseBody, releaseUnreadBody } from './release-body.js';
import { configureVariant, copyInit, isRequest } from './request.js';
import { isNodeStream, trackBody, type TrackedBody } from './tracked-body.js';
import type { NativeInit, NativeRequest, NativeResponse } from './types.js';

/** The fetch request behind one call. */
export class FetchCall implements CallRequest {
  readonly method: string;
  readonly headers: HeaderAccess;
  replayable: boolean;
  readonly signal: AbortSignal | undefined;
  readonly context: CallContext | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly credential: string | undefined;
  readonly tenant: string | undefined;
  readonly source: BodySource | undefined;
  /** A `Request` with the caller's options, as fetch itself creates. It takes the body out of the caller's `Request`. */
  readonly #request: NativeRequest | undefined;
  readonly #target: string;
  readonly #init: NativeInit;
  readonly #tracked: TrackedBody | undefined;
  readonly #shared: GuardedClient;
  readonly copy?: (value: unknown) => unknown;
  readonly variant?: (change: RequestChange) => CallRequest;
  /**
   * The options that decide what a response is: the mode of redirects, whether cookies are sent, and the dispatcher or agent, which may have
   * a certificate that no header shows.
   */
  readonly form: string;
  #lastResponse: NativeResponse | undefined;
  #openBody: OpenBody | undefined;
  /** Pending promise of the native function. */
  #pending: Promise<NativeResponse> | undefined;
  #isSent = false;
  /** Whether a redirect turned the write of the current attempt into a GET. The platform then answered the write. */
  #becameGet = false;
  #isReleased = false;

  constructor(
    shared: GuardedClient,
    readonly url: string,
    input: unknown,
    init: NativeInit = {},
  ) {
    this.#shared = shared;
    const { line, options } = shared;
    const { holdline, ...rest } = copyInit(init);
    // Checked before the body leaves the caller's request.
    const ownContext = holdline === undefined ? undefined : checkContext(holdline, 'init.holdline');
    this.#tracked = trackBody(rest.body);
    if (this.#tracked) rest.body = this.#tracked.body;
    this.#init = rest;
    this.#target = isRequest(input) ? url : `${input as string}`;
    if (isRequest(input)) {
      const request = new (findNativeClass<NativeRequest>(input, 'Request'))(input, rest);
      this.#request = request;
      this.method = request.method;
      this.headers = new RequestHeaders(request);
      this.signal = request.signal ?? undefined;
      // The body of a node-fetch request is a Node stream. A platform request does not tell whether its body came from a stream.
      const { body: requestBody } = request;
      if (isNodeStream(requestBody)) {
        this.#tracked ??= trackBody(requestBody);
        this.source = BodySource.of(requestBody);
      }
      // These options are part of the request. Others, such as undici's dispatcher, go with each attempt.
      for (const key of ['method', 'headers', 'body', 'signal', 'duplex'] as const) delete rest[key];
    } else {
      this.method = rest.method === undefined ? 'GET' : `${rest.method as string}`;
      this.headers = new InitHeaders(rest);
      // A `Request` owns its body.
      this.source = BodySource.of(rest.body);
      this.signal = isAbortSignal(rest.signal) ? rest.signal : undefined;
    }
    // A `Request` can be cloned. A node-fetch clone waits until the original is read, so a node-fetch request is not replayable.
    this.replayable = isReplayable(init.body) && !isNodeStream(this.#request?.body);
    const givenContext = options.context?.(this);
    this.context = givenContext && ownContext ? { ...givenContext, ...ownContext } : (givenContext ?? ownContext);
    const { credential, tenant } = options.identify?.(this.headers.get('authorization')) ?? {};
    this.credential = credential;
    this.tenant = tenant;
    // Only the token policy reads these two fields.
    if (line.managesToken) {
      const { location } = globalThis as { location?: Location };
      this.ownOrigin = options.ownOrigin ? options.ownOrigin(url) : location?.origin;
      this.ownCredential = options.ownCredential?.(this.headers.get('authorization'));
    }
    const { redirect = 'follow', credentials = 'same-origin' } = this.#request ?? rest;
    const { dispatcher, agent = (this.#request as NativeInit | undefined)?.agent, client } = rest;
    const route = objectNumber(dispatcher ?? agent ?? client);
    this.form = `${redirect as string} ${credentials as string} ${route}`;
    this.copy = copyResponse;
    if (this.replayable && !isInvalidSignal(rest.signal)) this.variant = FetchCall.#vary;
  }

  /** One function for all calls, because every call is an object of this class. */
  static readonly #vary = function (this: FetchCall, { url, headers = {} }: RequestChange): CallRequest {
    const { input, init } = configureVariant(this.#request ?? this.#target, this.#init, url);
    const variant = new FetchCall(this.#shared, url ?? this.url, input, init);
    for (const [name, value] of Object.entries(headers)) variant.headers.set(name, value);
    return variant;
  };

  /** Runs one call through the line and releases what the caller does not receive. */
  static async run(client: GuardedClient, url: string, input: unknown, init?: NativeInit): Promise<unknown> {
    const call = new FetchCall(client, url, input, init ?? undefined);
    let result: unknown;
    try {
      call.#releaseAborted();
      result = await client.line.run(call);
      return result;
    } catch (error) {
      throw (result = call.#isAborted ? await call.#readNativeAbort(error) : error);
    } finally {
      call.#release(result);
    }
  }

  get client(): string {
    return this.#shared.options.name ?? 'fetch';
  }

  get owner(): object | undefined {
    return this.#shared.options.owner;
  }

  letter(): LetterParts {
    return buildLetterParts(this.url, this.#request, this.#init);
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#init.body);
  }

  answerBody(value: unknown, maxBytes: number): Promise<Uint8Array | undefined> {
    const { clock = systemClock } = this.#shared.options;
    return readShortBody(value as NativeResponse, clock, maxBytes);
  }

  restoreAnswer({ status, statusText, headers, body }: KeptAnswer): unknown {
    const content = body as string | Uint8Array<ArrayBuffer>;
    // A 204 must have no body, not an empty one.
    const response = new Response(content.length > 0 ? content : null, { status, statusText, headers });
    return Object.defineProperty(response, 'url', { value: this.url });
  }

  discard(): void {
    this.#releaseLast();
  }

  /** Releases the body of an aborted request in the same tick, as the native function does. */
  #releaseAborted(): void {
    if (this.#request && this.#isAborted) releaseBody(this.#request, abortReason(this.signal as AbortSignal));
  }

  async send(call: Call): Promise<Outcome> {
    const outcome = await this.#attempt(call);
    return this.#becameGet ? answeredByRedirect(outcome) : outcome;
  }

  async #attempt(call: Call): Promise<Outcome> {
    this.#releaseLast();
    const { url } = this;
    const { cancellation } = call;
    // The native function refuses a signal that is none.
    const signal = isInvalidSignal(this.#init.signal) ? undefined : call.attemptSignal;
    try {
      const response = await this.#sendAttempt(call, signal);
      if (signal?.aborted) {
        // A function without abort support returned the response too late.
        releaseBody(response);
        return failed(signal.reason, 'cancelled');
      }
      this.#lastResponse = response;
      // The clones of a node-fetch response wait for each other. A caller that does not read would stop the others.
      if (isNodeStream(response.body)) Reflect.deleteProperty(this, 'copy');
      // The signal of the line has replaced the caller's, so the body is tracked until its end.
      if (signal && cancellation)
        this.#openBody = cancellation.openAnswer = trackResponseBody(this.method, response, cancellation, this.signal);
      const { readRefusal, clock = systemClock } = this.#shared.options;
      return await outcomeOfResponse(response, readRefusal, clock);
    } catch (error) {
      if ((signal ?? this.signal)?.aborted) return failed(error, 'cancelled');
      if (this.#tracked?.isCauseOf(error)) return failed(error, 'local');
      return outcomeOfError(error, this.#request ?? url, this.#init);
    }
  }

  async #sendAttempt(call: Call, signal: AbortSignal | undefined): Promise<NativeResponse> {
    const { native, stripsToken } = this.#shared;
    const request = this.#request;
    const { redirect = 'follow' } = request ?? this.#init;
    const isWrite = call.method !== 'GET' && call.method !== 'HEAD';
    // A write that may be sent again must know whether its failure is that of a redirect.
    const isRepeatedWrite = isWrite && this.replayable && call.mayBeSentAgain;
    // Only an attempt that the line signed has an epoch.
    const isSigned = call.epoch !== undefined && !stripsToken;
    const followsManually = redirect === 'follow' && canFollowRedirects() && (isRepeatedWrite || isSigned);
    const onGet = (): void => void (this.#becameGet = isWrite);
    this.#becameGet = false;
    const init = {
      ...this.#init,
      ...call.poolOptions(this.#init),
      ...(signal && { signal }),
      ...(followsManually && { redirect: 'manual' }),
    };
    this.#isSent = true;
    if (!request) {
      const response = await this.#trackPending(native(this.#target, init));
      return followsManually && isRedirect(response)
        ? followRedirects(native, response, this.url, init, onGet)
        : response;
    }
    const attemptRequest = this.#prepareRequest(call, request);
    const { referrer, referrerPolicy } = request;
    // A request with options loses its referrer, so the referrer is passed again.
    const response = await this.#trackPending(
      native(attemptRequest, Object.keys(init).length > 0 ? { referrer, referrerPolicy, ...init } : undefined),
    );
    if (!followsManually || !isRedirect(response)) return response;
    const body = attemptRequest === request ? request.body : await request.clone().blob();
    return followRedirects(native, response, this.url, { ...copyInit(request), ...init, body }, onGet);
  }

  async #trackPending(pending: Promise<NativeResponse>): Promise<NativeResponse> {
    this.#pending = pending;
    try {
      return await pending;
    } finally {
      // An attempt that timed out may settle during the next attempt. The error of an aborted attempt is still to be read.
      if (this.#pending === pending && !this.#isAborted) this.#pending = undefined;
    }
  }

  /** Prepares the request of an attempt. A body can be read only once, so the request is cloned if another attempt may follow. */
  #prepareRequest(call: Call, request: NativeRequest): NativeRequest {
    const hasNoBody = request.body === null || this.method === 'GET' || this.method === 'HEAD';
    this.replayable &&= hasNoBody || call.mayBeSentAgain;
    return hasNoBody || !this.replayable ? request : request.clone();
  }

  /** Tells whether the caller aborted the call. */
  get #isAborted(): boolean {
    return this.signal?.aborted === true;
  }

  /** Reads the native error of an aborted attempt on the wire. node-fetch rejects with its own abort error. */
  async #readNativeAbort(error: unknown): Promise<unknown> {
    const pending = this.#pending;
    if (!pending || isHoldlineError(error)) return error;
    const rejected = await Promise.race([
      pending.then(
        () => undefined,
        (native: unknown) => ({ native }),
      ),
      waitTurns(),
    ]);
    if (!rejected) return error;
    const info = callInfo(error);
    if (info) noteInfo(rejected.native, info);
    return rejected.native;
  }

  /** Releases responses and bodies that the caller did not receive. */
  #release(result: unknown): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.#lastResponse !== result) this.#releaseUnanswered(result);
    // The line closes all other request bodies.
    if (this.#request) releaseBody(this.#request, this.#isSent ? undefined : result);
  }

  /** Releases the last response, which the caller did not receive. A caller may still read it from `error.response`. */
  #releaseUnanswered(result: unknown): void {
    const response = this.#lastResponse;
    if (!response || (result as { response?: unknown } | undefined)?.response !== response) return this.#releaseLast();
    const { clock = systemClock } = this.#shared.options;
    releaseUnreadBody(response, clock, () => this.#releaseLast());
  }

  #releaseLast(): void {
    releaseBody(this.#lastResponse);
    this.#openBody?.done();
  }
}

// Logs must not show the credentials or the body.
definePrintedForm(FetchCall, ({ method, replayable }) => ({ method, replayable }));

function isResponse(value: unknown): value is NativeResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'clone' in value;
}

function copyResponse(value: unknown): unknown {
  if (!isResponse(value)) return value;
  // Several callers now read the body. The deadline of one call must not end it for the others.
  OpenBody.find(value)?.done();
  return value.clone();
}

/** Tells whether a signal is given that is none. The native function refuses it. */
function isInvalidSignal(signal: unknown): boolean {
  return signal !== undefined && signal !== null && !isAbortSignal(signal);
}

/** Waits ten microtasks, enough for promises that wait only for one another. */
async function waitTurns(): Promise<undefined> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  return undefined;
}
