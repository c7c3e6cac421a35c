import { Buffer } from 'node:buffer';
import {
  BodySource,
  checkContext,
  definePrintedForm,
  failed,
  letterBody,
  originOf,
  payloadOf,
  systemClock,
  type Call,
  type CallContext,
  type CallRequest,
  type Holdline,
  type KeptAnswer,
  type LetterParts,
  type Outcome,
  type RequestChange,
} from '@holdline/core';
import { Answer, type AnswerEvent } from './answer.js';
import { Attempt, type AttemptObserver } from './attempt.js';
import { Caller } from './caller.js';
import { HeaderBlock } from './header-block.js';
import { isAbortError, outcomeOfError } from './outcome.js';
import { canBeSentAgain, isAsyncIterable, isShort, readBody, TrackedBody } from './request-body.js';
import { RequestHeaders } from './request-headers.js';
import { requestUrl, splitUrl } from './request-url.js';
import { findRetryLayer } from './retry-layer.js';
import type { CallerHandler, DispatchOptions, NativeDispatch, ProgressHandler } from './types.js';

/** What all calls of one guarded dispatcher share. */
export interface GuardedDispatcher {
  readonly native: NativeDispatch;
  readonly line: Holdline;
  /** The guarded dispatcher or function, which owns its dead letters. */
  readonly owner: object;
  /** Guarded origins; undefined: all. */
  readonly origins: readonly string[] | undefined;
  /** The origin of requests without one; empty if it is unknown. */
  readonly bound: string;
}

/** Name under which the line stores and replays dead letters. */
export const CLIENT = 'undici';

/** Longest time to read the body of an answer for the journal, ms. */
const MAX_READ_MS = 1_000;

/** Report about a token that no request can carry. */
const NO_ORIGIN = {
  client: CLIENT,
  defect: 'an Agent has no origin of its own, so its requests carry no token of the line',
  remedy: 'set origins in the configuration of the guard, or token.origins',
};

/** The request behind one dispatch. */
export class DispatchCall implements CallRequest, AttemptObserver {
  readonly client = CLIENT;
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly context: CallContext | undefined;
  readonly ownOrigin: string | undefined;
  retriedBy: string | undefined;
  variant?: (change: RequestChange) => CallRequest;
  replayable: boolean;
  source: BodySource | undefined;
  readonly #shared: GuardedDispatcher;
  readonly #options: DispatchOptions;
  readonly #caller: Caller;
  readonly #controller = new AbortController();
  #body: unknown;
  #tracked: TrackedBody | undefined;
  #attempt: Attempt | undefined;

  private constructor(shared: GuardedDispatcher, options: DispatchOptions, handler: CallerHandler) {
    this.#shared = shared;
    const { holdline, ...native } = options;
    this.#options = native;
    this.method = String(options.method);
    this.url = requestUrl(options, shared.bound);
    this.headers = new RequestHeaders(options.headers);
    this.context = holdline === undefined ? undefined : checkContext(holdline, 'options.holdline');
    const { line, origins, bound } = shared;
    this.retriedBy = findRetryLayer(handler, line);
    this.#body = options.body;
    this.replayable = canBeSentAgain(this.#body);
    this.source = this.replayable ? undefined : BodySource.of(this.#body);
    // Only the token policy reads this field.
    if (line.managesToken) {
      this.ownOrigin = origins ? originOf(this.url) : bound;
      if (this.ownOrigin === '') line.withholdToken(NO_ORIGIN);
    }
    this.#caller = Caller.of(handler, (reason) => this.#controller.abort(reason));
    if (!options.upgrade) this.variant = DispatchCall.#vary;
  }

  /** One function for all calls, because every dispatch creates a call. */
  static readonly #vary = function (this: DispatchCall, { url, headers = {} }: RequestChange): CallRequest {
    const options = {
      ...this.#options,
      ...(url !== undefined && { ...splitUrl(url), query: undefined }),
      body: this.#body,
      signal: undefined,
    };
    const variant = new DispatchCall(this.#shared, options, NOBODY);
    variant.retriedBy = this.retriedBy;
    for (const [name, value] of Object.entries(headers)) variant.headers.set(name, value);
    return variant;
  };

  /** Makes one call for a dispatch. The handler gets its answer or its error. */
  static start(shared: GuardedDispatcher, options: DispatchOptions, handler: CallerHandler): Promise<void> {
    let call: DispatchCall;
    try {
      call = new DispatchCall(shared, options, handler);
    } catch (error) {
      // Wrong options for this call.
      const caller = Caller.of(handler, () => undefined);
      caller.connect();
      caller.fail(error);
      return Promise.resolve();
    }
    call.#caller.connect();
    return call.#run();
  }

  async #run(): Promise<void> {
    const caller = this.#caller;
    try {
      // Without a wait, so that the first attempt leaves in the same tick.
      if (!this.retriedBy && isShort(this.#body, this.headers.get('content-length'))) {
        await this.#readBody(this.#body);
        if (caller.isEnded) return;
      }
      if (caller.isEnded) return this.source?.close(caller.reason);
      const result = await this.#shared.line.run(this);
      if (result !== this.#attempt?.answer) this.#attempt?.answer?.drain();
      caller.respond(result as Answer);
    } catch (error) {
      this.#attempt?.answer?.drain();
      caller.fail(error);
    }
  }

  async #readBody(body: AsyncIterable<unknown>): Promise<void> {
    this.source = undefined;
    this.#body = await readBody(body);
    this.replayable = canBeSentAgain(this.#body);
    if (!this.replayable) this.source = BodySource.of(this.#body);
  }

  get owner(): object {
    return this.#shared.owner;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get progress(): ProgressHandler {
    return this.#caller.progress;
  }

  discard(): void {
    this.#attempt?.answer?.drain();
  }

  async send(call: Call): Promise<Outcome> {
    this.#attempt?.answer?.discard();
    const attempt = new Attempt(this, call.attemptSignal);
    this.#attempt = attempt;
    const { headers, source } = this;
    this.#tracked = source && isReadable(this.#body) ? new TrackedBody(this.#body) : undefined;
    attempt.start(this.#shared.native, {
      ...this.#options,
      headers: headers.native,
      body: this.#tracked ?? this.#body,
    });
    const outcome = await attempt.outcome;
    // The limits of the call hold until the body has been read.
    if (call.cancellation && attempt.answer) call.cancellation.openAnswer = attempt.answer;
    return outcome;
  }

  // What the attempts report.

  onStarted(context: object | null | undefined): void {
    this.#caller.addContext(context);
  }

  onInformation(status: number, headers: HeaderBlock, statusText: string | undefined): void {
    this.#caller.inform(status, headers, statusText);
  }

  outcomeOf(error: unknown): Outcome {
    const { source } = this;
    const failure = source?.failure;
    const isBroken = failure && (failure.error === undefined ? isAbortError(error) : failure.error === error);
    if (isBroken || this.#tracked?.isBroken) return failed(error, 'local', source?.isUntouched);
    return outcomeOfError(error);
  }

  // What the line asks for.

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#body);
  }

  letter(): LetterParts {
    const headers = this.headers.entries();
    const type = (this.#body as Partial<Blob> | null | undefined)?.type;
    // undici adds the type of a blob itself.
    if (typeof type === 'string' && type !== '' && this.headers.get('content-type') === undefined)
      headers.push(['content-type', type]);
    const body = this.#body;
    const { url, replayable } = this;
    return {
      url,
      headers,
      get body() {
        return replayable ? letterBody(body) : null;
      },
    };
  }

  /** The head of an answer. Its body is not read. */
  answer(value: unknown): unknown {
    if (!(value instanceof Answer)) return value;
    const { status, statusText, headers } = value.head;
    return { status, statusText: statusText ?? '', headers: headers.parsed };
  }

  answerBody(value: unknown, maxBytes: number): Promise<Uint8Array | undefined> | undefined {
    if (!(value instanceof Answer) || value.head.socket) return undefined;
    const { headers } = value.head;
    const isEndless = headers.get('content-type')?.startsWith('text/event-stream');
    if (isEndless || Number(headers.get('content-length')) > maxBytes) return undefined;
    let stopTimer = (): void => undefined;
    return value
      .peek(maxBytes, (giveUp) => (stopTimer = systemClock.setTimer(MAX_READ_MS, giveUp)))
      .finally(() => stopTimer());
  }

  restoreAnswer({ status, statusText, headers, body }: KeptAnswer): unknown {
    const head = { status, statusText, headers: HeaderBlock.ofParsed(headers), socket: undefined };
    const answer = new Answer(head, { pause: nothing, resume: nothing, abort: nothing });
    const chunk = Buffer.from(body as string | Uint8Array);
    const events: AnswerEvent[] = [{ kind: 'end', trailers: HeaderBlock.ofRaw([]) }];
    if (chunk.length > 0) events.unshift({ kind: 'data', chunk });
    for (const event of events) answer.push(event);
    return answer;
  }

  copy(value: unknown): unknown {
    return value instanceof Answer ? value.copy() : value;
  }
}

// Logs must not show the credentials or the body.
definePrintedForm(DispatchCall, ({ method, replayable }) => ({ method, replayable }));

/** Whether a body can fail while it is read, without an event that tells it. */
function isReadable(body: unknown): body is AsyncIterable<unknown> {
  return isAsyncIterable(body) || typeof (body as { getReader?: unknown }).getReader === 'function';
}

function nothing(): void {
  // A kept answer has no connection.
}

/** The handler of a read for several callers. Each of them gets the answer by its own call. */
const NOBODY: CallerHandler = { onRequestStart: nothing, onResponseError: nothing };
