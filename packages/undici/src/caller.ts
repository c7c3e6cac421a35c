import { callInfo, noteInfo, readSafely } from '@holdline/core';
import type { Answer, AnswerEvent, AnswerReader } from './answer.js';
import { ignore } from './attempt.js';
import type { HeaderBlock } from './header-block.js';
import { RequestAbortedError } from './outcome.js';
import type { CallerHandler, ControllerHandler, DispatchController, LegacyHandler, ProgressHandler } from './types.js';

/** Whether a handler has the methods of one of the two interfaces. The native dispatcher refuses others. */
export function isHandler(handler: unknown): handler is CallerHandler {
  const has = (name: string): boolean => typeof readSafely(handler, name) === 'function';
  return has('onRequestStart') ? has('onResponseError') : has('onConnect') && has('onError');
}

/**
 * The handler of the caller. It sees one request: the progress of all attempts, and the answer or the error of the call. It gets its
 * controller before the first attempt, so that it can abort while the call waits.
 */
export abstract class Caller implements AnswerReader, DispatchController {
  isEnded = false;
  aborted = false;
  paused = false;
  reason: unknown = null;
  /** What the handler gets as `context`. `callInfo` knows it. */
  protected readonly context = {};
  protected answer: Answer | undefined;
  protected headers: HeaderBlock | undefined;
  #trailers: HeaderBlock | undefined;
  #rawHeaders: unknown;
  #rawTrailers: unknown;

  protected constructor(
    readonly progress: ProgressHandler,
    private readonly onAbort: (reason: unknown) => void,
  ) {}

  static of(handler: CallerHandler, onAbort: (reason: unknown) => void): Caller {
    return 'onRequestStart' in handler ? new ControllerCaller(handler, onAbort) : new LegacyCaller(handler, onAbort);
  }

  /** Gives the handler its controller. */
  connect(): void {
    this.guard(() => this.start());
  }

  addContext(context: object | null | undefined): void {
    Object.assign(this.context, context);
  }

  inform(status: number, headers: HeaderBlock, statusText: string | undefined): void {
    if (!this.isEnded) this.guard(() => this.giveInformation(status, headers, statusText));
  }

  /** Gives the handler the answer of the call. */
  respond(answer: Answer): void {
    if (this.isEnded) return answer.abort(this.reason);
    const info = callInfo(answer);
    if (info) noteInfo(this.context, info);
    const { socket, headers } = answer.head;
    this.headers = headers;
    this.answer = answer;
    if (socket) {
      this.isEnded = true;
      this.guard(() => this.giveUpgrade(answer));
      socket.off('error', ignore);
      return;
    }
    this.guard(() => this.giveHead(answer));
    // The handler may have ended the call.
    if (!this.isEnded) answer.readBy(this, this.paused);
  }

  take(event: AnswerEvent): void {
    if (this.isEnded) return;
    if (event.kind === 'data') return this.guard(() => this.giveData(event.chunk));
    if (event.kind === 'error') return this.fail(event.error);
    this.#trailers = event.trailers;
    // `retry` of undici throws here, and repeats the request when it gets the error.
    this.guard(() => this.giveEnd(event.trailers));
    this.isEnded = true;
  }

  /** Ends the call with an error. */
  fail(error: unknown): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.giveError(error);
  }

  // The controller.

  get rawHeaders(): unknown {
    return this.#rawHeaders ?? this.headers?.raw ?? null;
  }

  /** Interceptors above replace the raw headers together with the parsed ones. */
  set rawHeaders(raw: unknown) {
    this.#rawHeaders = raw;
  }

  get rawTrailers(): unknown {
    return this.#rawTrailers ?? this.#trailers?.raw ?? null;
  }

  set rawTrailers(raw: unknown) {
    this.#rawTrailers = raw;
  }

  abort(reason?: unknown): void {
    if (this.aborted || this.isEnded) return;
    this.aborted = true;
    this.reason = reason ?? new RequestAbortedError();
    this.#end(this.reason);
  }

  pause(): void {
    this.paused = true;
    this.answer?.pause();
  }

  resume(): void {
    this.paused = false;
    this.answer?.resume();
  }

  /** An error that the handler throws ends the call, as in the native dispatcher. The handler did not abort then. */
  protected guard(give: () => void): void {
    try {
      give();
    } catch (error) {
      this.#end(error);
    }
  }

  #end(reason: unknown): void {
    this.onAbort(reason);
    this.answer?.abort(reason);
    this.fail(reason);
  }

  protected abstract start(): void;
  protected abstract giveInformation(status: number, headers: HeaderBlock, statusText: string | undefined): void;
  protected abstract giveHead(answer: Answer): void;
  protected abstract giveUpgrade(answer: Answer): void;
  protected abstract giveData(chunk: Uint8Array): void;
  protected abstract giveEnd(trailers: HeaderBlock): void;
  protected abstract giveError(error: unknown): void;
}

/** A handler of undici 7 and 8. */
class ControllerCaller extends Caller {
  constructor(
    private readonly handler: ControllerHandler & ProgressHandler,
    onAbort: (reason: unknown) => void,
  ) {
    super(handler, onAbort);
  }

  protected start(): void {
    this.handler.onRequestStart(this, this.context);
  }

  protected giveInformation(status: number, headers: HeaderBlock, statusText: string | undefined): void {
    this.headers = headers;
    this.handler.onResponseStart?.(this, status, headers.parsed, statusText);
  }

  protected giveHead({ head }: Answer): void {
    this.handler.onResponseStart?.(this, head.status, head.headers.parsed, head.statusText);
  }

  protected giveUpgrade({ head }: Answer): void {
    this.handler.onRequestUpgrade?.(this, head.status, head.headers.parsed, head.socket);
  }

  protected giveData(chunk: Uint8Array): void {
    this.handler.onResponseData?.(this, chunk);
  }

  protected giveEnd(trailers: HeaderBlock): void {
    this.handler.onResponseEnd?.(this, trailers.parsed);
  }

  protected giveError(error: unknown): void {
    this.handler.onResponseError(this, error);
  }
}

/** A handler of undici 6. It pauses by its results. */
class LegacyCaller extends Caller {
  constructor(
    private readonly handler: LegacyHandler & ProgressHandler,
    onAbort: (reason: unknown) => void,
  ) {
    super(handler, onAbort);
  }

  readonly #resume = (): void => this.resume();

  protected start(): void {
    this.handler.onConnect((reason) => this.abort(reason), this.context);
  }

  protected giveInformation(status: number, headers: HeaderBlock, statusText: string | undefined): void {
    // The result says nothing about the answer: the fetch of Node returns false here.
    this.handler.onHeaders?.(status, headers.raw, this.#resume, statusText);
  }

  protected giveHead({ head }: Answer): void {
    if (this.handler.onHeaders?.(head.status, head.headers.raw, this.#resume, head.statusText) === false) this.pause();
  }

  protected giveUpgrade({ head }: Answer): void {
    this.handler.onUpgrade?.(head.status, head.headers.raw, head.socket);
  }

  protected giveData(chunk: Uint8Array): void {
    if (this.handler.onData?.(chunk) === false) this.pause();
  }

  protected giveEnd(trailers: HeaderBlock): void {
    this.handler.onComplete?.(trailers.raw);
  }

  protected giveError(error: unknown): void {
    this.handler.onError(error);
  }
}
