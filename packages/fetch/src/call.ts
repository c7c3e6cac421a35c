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
import { letterOf } from './dead-letter.js';
import { nativeClass } from './native-class.js';
import { OpenBody, openBodyOf } from './open-body.js';
import type { FetchOptions } from './options.js';
import { outcomeOfError, outcomeOfResponse } from './outcome.js';
import { follow, leadsOn } from './redirect.js';
import { letGo, letGoUnread } from './release-body.js';
import { isRequest, snapshotOf } from './request.js';
import { isNodeStream, tracked, type Tracked } from './tracked-body.js';
import type { NativeFetch, NativeInit, NativeRequest, NativeResponse } from './types.js';

/** What all calls of a guarded function have in common. */
export interface Client {
  native: NativeFetch;
  line: Holdline;
  options: FetchOptions;
  keepsToken: boolean;
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
  readonly #tracked: Tracked | undefined;
  #last: NativeResponse | undefined = undefined;
  #open: OpenBody | undefined = undefined;
  /** What the native function has not settled yet. */
  #underWay: Promise<NativeResponse> | undefined = undefined;
  #isSent = false;
  #isEnded = false;

  constructor(
    private readonly guarded: Client,
    readonly url: string,
    input: unknown,
    init: NativeInit = {},
  ) {
    const { line, options } = guarded;
    const { holdline, ...rest } = snapshotOf(init);
    // Before the body is taken out of the caller's request.
    const own = holdline === undefined ? undefined : checkContext(holdline, 'init.holdline');
    this.#tracked = tracked(rest.body);
    if (this.#tracked) rest.body = this.#tracked.body;
    this.#init = rest;
    this.#target = isRequest(input) ? url : `${input as string}`;
    if (isRequest(input)) {
      const request = new (nativeClass<NativeRequest>(input, 'Request'))(input, rest);
      this.#request = request;
      this.method = request.method;
      this.headers = new RequestHeaders(request);
      this.signal = request.signal ?? undefined;
      // That of node-fetch is a stream of Node; one of the platform cannot be told from the text it may be made of.
      const { body: inner } = request;
      if (isNodeStream(inner)) {
        this.#tracked ??= tracked(inner);
        this.source = BodySource.of(inner);
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
    const told = options.context?.(this);
    this.context = told && own ? { ...told, ...own } : (told ?? own);
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
    return this.guarded.options.name ?? 'fetch';
  }

  get owner(): object | undefined {
    return this.guarded.options.owner;
  }

  letter(): LetterParts {
    return letterOf(this.url, this.#request, this.#init);
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#init.body);
  }

  copy(value: unknown): unknown {
    if (!isResponse(value)) return value;
    // Several read it from now on, and the bounds of one must not end it for the others.
    OpenBody.of(value)?.done();
    return value.clone();
  }

  /** The native function ends the body of an aborted request in the same tick. */
  begin(): void {
    if (this.#request && this.isAborted) letGo(this.#request, abortReason(this.signal as AbortSignal));
  }

  async send(call: Call): Promise<Outcome> {
    this.#letGo();
    const { guarded, url } = this;
    const { cancellation } = call;
    const { signal: given } = this.#init;
    const isRefused = given !== undefined && given !== null && !isAbortSignal(given);
    // A source that breaks ends the attempt, whatever the function makes of it.
    const signal = isRefused ? undefined : (call.attemptSignal ?? (this.#tracked && cancellation?.signal));
    try {
      const response = await this.#attempt(call, signal);
      if (signal?.aborted) {
        // It came too late from a function that cannot be aborted.
        letGo(response);
        return failed(signal.reason, 'cancelled');
      }
      this.#last = response;
      // The caller's own signal ends the body by itself, where nothing was put in its place.
      if (signal && cancellation)
        this.#open = cancellation.openAnswer = openBodyOf(this.method, response, cancellation, this.signal);
      const { readRefusal, clock = systemClock } = guarded.options;
      return await outcomeOfResponse(response, readRefusal, clock);
    } catch (error) {
      if ((signal ?? this.signal)?.aborted) return failed(error, 'cancelled');
      if (this.#tracked?.isCauseOf(error)) return failed(error, 'local');
      return outcomeOfError(error, this.#request ?? url, this.#init);
    }
  }

  async #attempt(call: Call, signal: AbortSignal | undefined): Promise<NativeResponse> {
    const { native, keepsToken } = this.guarded;
    const request = this.#request;
    const { redirect = 'follow' } = request ?? this.#init;
    // Signed by the line.
    const byHand = call.epoch !== undefined && !keepsToken && redirect === 'follow';
    const init = { ...this.#init, ...(signal && { signal }), ...(byHand && { redirect: 'manual' }) };
    this.#isSent = true;
    if (!request) {
      const response = await this.#wait(native(this.#target, init));
      return byHand && leadsOn(response) ? follow(native, response, this.url, init) : response;
    }
    const sent = this.#copyToSend(call, request);
    const { referrer, referrerPolicy } = request;
    // Any options over a request make it forget its referrer.
    const response = await this.#wait(
      native(sent, Object.keys(init).length > 0 ? { referrer, referrerPolicy, ...init } : undefined),
    );
    if (!byHand || !leadsOn(response)) return response;
    const body = sent === request ? request.body : await request.clone().blob();
    return follow(native, response, this.url, { ...snapshotOf(request), ...init, body });
  }

  async #wait(underWay: Promise<NativeResponse>): Promise<NativeResponse> {
    this.#underWay = underWay;
    try {
      return await underWay;
    } finally {
      // One that was ended for its time may settle when the next is under way.
      if (this.#underWay === underWay) this.#underWay = undefined;
    }
  }

  /** A body is there only once, and is kept where it may be wanted again. */
  #copyToSend(call: Call, request: NativeRequest): NativeRequest {
    const { retry } = call.route.policies;
    const isBare = request.body === null || this.method === 'GET' || this.method === 'HEAD';
    this.replayable &&= isBare || retry !== false || this.guarded.line.managesToken;
    return isBare || !this.replayable ? request : request.clone();
  }

  /** Whether the caller has aborted it. */
  get isAborted(): boolean {
    return this.signal?.aborted === true;
  }

  /** What the native function says of an abort by the caller, where it was under way: node-fetch has an error of its own. */
  async saidNatively(error: unknown): Promise<unknown> {
    const underWay = this.#underWay;
    if (!underWay || isHoldlineError(error)) return error;
    const said = await Promise.race([
      underWay.then(
        () => undefined,
        (native: unknown) => ({ native }),
      ),
      aFewTurns(),
    ]);
    if (!said) return error;
    const info = callInfo(error);
    if (info) noteInfo(said.native, info);
    return said.native;
  }

  /** Told what the caller got. */
  end(ended: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#last !== ended) this.#endUnanswered(ended);
    // The line closes all other bodies.
    if (this.#request) letGo(this.#request, this.#isSent ? undefined : ended);
  }

  /** The caller got something else than the last answer: nobody reads it, or only he who looks at his error. */
  #endUnanswered(ended: unknown): void {
    const response = this.#last;
    if (!response || (ended as { response?: unknown } | undefined)?.response !== response) return this.#letGo();
    const { clock = systemClock } = this.guarded.options;
    letGoUnread(response, clock, () => this.#letGo());
  }

  #letGo(): void {
    letGo(this.#last);
    this.#open?.done();
  }
}

export async function run(client: Client, url: string, input: unknown, init?: NativeInit): Promise<unknown> {
  const call = new FetchCall(client, url, input, init ?? undefined);
  let ended: unknown;
  try {
    call.begin();
    ended = await client.line.run(call);
    return ended;
  } catch (error) {
    throw (ended = call.isAborted ? await call.saidNatively(error) : error);
  } finally {
    call.end(ended);
  }
}

// It has the credentials and the body.
showsAs(FetchCall, ({ method, replayable }) => ({ method, replayable }));

function isResponse(value: unknown): value is NativeResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'clone' in value;
}

/** Time for promises that wait for one another, and for nothing else. */
async function aFewTurns(): Promise<undefined> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  return undefined;
}
