import {
  abortReason,
  BodySource,
  callInfo,
  checkContext,
  failed,
  isAbortSignal,
  isHoldlineError,
  isReplayable,
  noteInfo,
  payloadOf,
  showsAs,
  systemClock,
  type Call,
  type CallContext,
  type CallRequest,
  type HeaderAccess,
  type Holdline,
  type LetterParts,
  type Outcome,
} from '@holdline/core';
import { InitHeaders, RequestHeaders } from './headers.js';
import { buildLetterParts } from './dead-letter.js';
import { findNativeClass } from './native-class.js';
import { OpenBody, trackResponseBody } from './open-body.js';
import type { FetchOptions } from './options.js';
import { outcomeOfError, outcomeOfResponse } from './outcome.js';
import { followRedirects, isRedirect } from './redirect.js';
import { releaseBody, releaseUnreadBody } from './release-body.js';
import { isRequest, copyInit } from './request.js';
import { isNodeStream, trackBody, type TrackedBody } from './tracked-body.js';
import type { NativeFetch, NativeInit, NativeRequest, NativeResponse } from './types.js';

/** What all calls of a guarded function have in common. */
export interface GuardedClient {
  native: NativeFetch;
  line: Holdline;
  options: FetchOptions;
  stripsAuthorization: boolean;
}

/** One call, as the line sees it. */
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
  /** The caller's `Request` with his options over it, as fetch itself makes one first; it takes the body out of his. */
  readonly #request: NativeRequest | undefined;
  readonly #target: string;
  readonly #init: NativeInit;
  readonly #tracked: TrackedBody | undefined;
  #lastResponse: NativeResponse | undefined = undefined;
  #openBody: OpenBody | undefined = undefined;
  /** What the native function has not settled yet. */
  #pending: Promise<NativeResponse> | undefined = undefined;
  #isSent = false;
  #isReleased = false;

  constructor(
    private readonly shared: GuardedClient,
    readonly url: string,
    input: unknown,
    init: NativeInit = {},
  ) {
    const { line, options } = shared;
    const { holdline, ...rest } = copyInit(init);
    // Before the body is taken out of the caller's request.
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
      // That of node-fetch is a stream of Node; one of the platform cannot be told from the text it may be made of.
      const { body: requestBody } = request;
      if (isNodeStream(requestBody)) {
        this.#tracked ??= trackBody(requestBody);
        this.source = BodySource.of(requestBody);
      }
      // In the request by now; what is no part of it, such as undici's dispatcher, goes along with each attempt.
      for (const key of ['method', 'headers', 'body', 'signal', 'duplex'] as const) delete rest[key];
    } else {
      this.method = rest.method === undefined ? 'GET' : `${rest.method as string}`;
      this.headers = new InitHeaders(rest);
      // That of a `Request` is in its hands.
      this.source = BodySource.of(rest.body);
      // What is no signal goes along for the native function to refuse.
      this.signal = isAbortSignal(rest.signal) ? rest.signal : undefined;
    }
    // A `Request` is cloned; not that of node-fetch, where one of two waits until the other is read.
    this.replayable = isReplayable(init.body) && !isNodeStream(this.#request?.body);
    const givenContext = options.context?.(this);
    this.context = givenContext && ownContext ? { ...givenContext, ...ownContext } : (givenContext ?? ownContext);
    const { credential, tenant } = options.identify?.(this.headers.get('authorization')) ?? {};
    this.credential = credential;
    this.tenant = tenant;
    // Asked for by nobody but the token.
    if (line.managesToken) {
      const { location } = globalThis as { location?: Location };
      this.ownOrigin = options.ownOrigin ? options.ownOrigin(url) : location?.origin;
      this.ownCredential = options.ownCredential?.(this.headers.get('authorization'));
    }
  }

  get client(): string {
    return this.shared.options.name ?? 'fetch';
  }

  get owner(): object | undefined {
    return this.shared.options.owner;
  }

  letter(): LetterParts {
    return buildLetterParts(this.url, this.#request, this.#init);
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#init.body);
  }

  copy(value: unknown): unknown {
    if (!isResponse(value)) return value;
    // Several read it from now on, and the bounds of one must not end it for the others.
    OpenBody.find(value)?.done();
    return value.clone();
  }

  /** The native function ends the body of an aborted request in the same tick. */
  releaseAborted(): void {
    if (this.#request && this.isAborted) releaseBody(this.#request, abortReason(this.signal as AbortSignal));
  }

  async send(call: Call): Promise<Outcome> {
    this.#releaseLast();
    const { shared, url } = this;
    const { cancellation } = call;
    const { signal: givenSignal } = this.#init;
    const isRefused = givenSignal !== undefined && givenSignal !== null && !isAbortSignal(givenSignal);
    // A source that breaks ends the attempt, whatever the function makes of it.
    const signal = isRefused ? undefined : (call.attemptSignal ?? (this.#tracked && cancellation?.signal));
    try {
      const response = await this.#sendAttempt(call, signal);
      if (signal?.aborted) {
        // It came too late from a function that cannot be aborted.
        releaseBody(response);
        return failed(signal.reason, 'cancelled');
      }
      this.#lastResponse = response;
      // The caller's own signal ends the body by itself, where nothing was put in its place.
      if (signal && cancellation)
        this.#openBody = cancellation.openAnswer = trackResponseBody(this.method, response, cancellation, this.signal);
      const { readRefusal, clock = systemClock } = shared.options;
      return await outcomeOfResponse(response, readRefusal, clock);
    } catch (error) {
      if ((signal ?? this.signal)?.aborted) return failed(error, 'cancelled');
      if (this.#tracked?.isCauseOf(error)) return failed(error, 'local');
      return outcomeOfError(error, this.#request ?? url, this.#init);
    }
  }

  async #sendAttempt(call: Call, signal: AbortSignal | undefined): Promise<NativeResponse> {
    const { native, stripsAuthorization } = this.shared;
    const request = this.#request;
    const { redirect = 'follow' } = request ?? this.#init;
    // Signed by the line.
    const followsManually = call.epoch !== undefined && !stripsAuthorization && redirect === 'follow';
    const init = { ...this.#init, ...(signal && { signal }), ...(followsManually && { redirect: 'manual' }) };
    this.#isSent = true;
    if (!request) {
      const response = await this.#trackPending(native(this.#target, init));
      return followsManually && isRedirect(response) ? followRedirects(native, response, this.url, init) : response;
    }
    const attemptRequest = this.#prepareRequest(call, request);
    const { referrer, referrerPolicy } = request;
    // Any options over a request make it forget its referrer.
    const response = await this.#trackPending(
      native(attemptRequest, Object.keys(init).length > 0 ? { referrer, referrerPolicy, ...init } : undefined),
    );
    if (!followsManually || !isRedirect(response)) return response;
    const body = attemptRequest === request ? request.body : await request.clone().blob();
    return followRedirects(native, response, this.url, { ...copyInit(request), ...init, body });
  }

  async #trackPending(pending: Promise<NativeResponse>): Promise<NativeResponse> {
    this.#pending = pending;
    try {
      return await pending;
    } finally {
      // One that was ended for its time may settle when the next is under way.
      if (this.#pending === pending) this.#pending = undefined;
    }
  }

  /** A body is there only once, and is kept where it may be wanted again. */
  #prepareRequest(call: Call, request: NativeRequest): NativeRequest {
    const { retry } = call.route.policies;
    const hasNoBody = request.body === null || this.method === 'GET' || this.method === 'HEAD';
    this.replayable &&= hasNoBody || retry !== false || this.shared.line.managesToken;
    return hasNoBody || !this.replayable ? request : request.clone();
  }

  /** Whether the caller has aborted it. */
  get isAborted(): boolean {
    return this.signal?.aborted === true;
  }

  /** What the native function says of an abort by the caller, where it was under way: node-fetch has an error of its own. */
  async readNativeAbort(error: unknown): Promise<unknown> {
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

  /** Told what the caller got. */
  release(result: unknown): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.#lastResponse !== result) this.#releaseUnanswered(result);
    // The line closes all other bodies.
    if (this.#request) releaseBody(this.#request, this.#isSent ? undefined : result);
  }

  /** The caller got something else than the last answer: nobody reads it, or only he who looks at his error. */
  #releaseUnanswered(result: unknown): void {
    const response = this.#lastResponse;
    if (!response || (result as { response?: unknown } | undefined)?.response !== response) return this.#releaseLast();
    const { clock = systemClock } = this.shared.options;
    releaseUnreadBody(response, clock, () => this.#releaseLast());
  }

  #releaseLast(): void {
    releaseBody(this.#lastResponse);
    this.#openBody?.done();
  }
}

export async function runCall(client: GuardedClient, url: string, input: unknown, init?: NativeInit): Promise<unknown> {
  const call = new FetchCall(client, url, input, init ?? undefined);
  let result: unknown;
  try {
    call.releaseAborted();
    result = await client.line.run(call);
    return result;
  } catch (error) {
    throw (result = call.isAborted ? await call.readNativeAbort(error) : error);
  } finally {
    call.release(result);
  }
}

// It has the credentials and the body.
showsAs(FetchCall, ({ method, replayable }) => ({ method, replayable }));

function isResponse(value: unknown): value is NativeResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'clone' in value;
}

/** Time for promises that wait for one another, and for nothing else. */
async function waitTurns(): Promise<undefined> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  return undefined;
}
