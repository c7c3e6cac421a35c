import { answered, failed, type Outcome } from '@holdline/core';
import { Answer, type AnswerSource, type Socket } from './answer.js';
import { HeaderBlock } from './header-block.js';
import type {
  ControllerHandler,
  DispatchController,
  DispatchOptions,
  LegacyHandler,
  NativeDispatch,
  ParsedHeaders,
  ProgressHandler,
  RawHeaders,
} from './types.js';

/** What an attempt tells the handler of the caller before the line has decided. */
export interface AttemptObserver {
  /** The handler of the caller, which sees the progress of each attempt. */
  readonly progress: ProgressHandler;
  /** The attempt has a connection. `context` comes from interceptors below. */
  onStarted(context: object | null | undefined): void;
  /** An informational answer, such as 103. */
  onInformation(status: number, headers: HeaderBlock, statusText: string | undefined): void;
  /** Makes the outcome of an attempt that failed without an answer. */
  outcomeOf(error: unknown): Outcome | Promise<Outcome>;
}

/**
 * One attempt: a dispatch to the native dispatcher. It is a handler of both interfaces. undici 6 calls the methods of the first, undici 7 and
 * 8 those of the second, which has `onRequestStart`.
 */
export class Attempt implements ControllerHandler, LegacyHandler, ProgressHandler, AnswerSource {
  /** Settles when the attempt has an answer or has failed. */
  readonly outcome: Promise<Outcome>;
  answer: Answer | undefined;
  readonly #observer: AttemptObserver;
  readonly #signal: AbortSignal;
  #settle!: (outcome: Outcome | Promise<Outcome>) => void;
  #isSettled = false;
  #controller: DispatchController | undefined;
  /** Ends the request; with a controller, the same function of it. */
  #abortNative: ((reason?: unknown) => void) | undefined;
  #resumeNative: (() => void) | undefined;
  #isPaused = false;
  #abortReason: { readonly reason: unknown } | undefined;

  constructor(observer: AttemptObserver, signal: AbortSignal) {
    this.#observer = observer;
    this.#signal = signal;
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
    signal.addEventListener('abort', this.#onAbort);
  }

  /** Sends the request. The native dispatcher throws only if it cannot tell a handler. */
  start(native: NativeDispatch, options: DispatchOptions): void {
    if (this.#signal.aborted) return this.#onAbort();
    try {
      native(options, this);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#signal as { reason: unknown };
    const { answer } = this;
    if (answer) return answer.abort(reason);
    this.#end(failed(reason, 'cancelled'));
    this.abort(reason);
  };

  // The connection of the answer.

  pause(): void {
    this.#isPaused = true;
    this.#controller?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#controller) this.#controller.resume();
    else this.#resumeNative?.();
  }

  /** Ends the request, at the latest when it gets a connection. */
  abort(reason: unknown): void {
    this.#abortReason ??= { reason };
    this.#abortNative?.(reason);
  }

  // undici 7 and 8.

  onRequestStart(controller: DispatchController, context: object | null | undefined): void {
    this.#controller = controller;
    this.#onStarted((reason) => controller.abort(reason), context);
  }

  onRequestUpgrade(controller: DispatchController, status: number, headers: ParsedHeaders, socket: unknown): void {
    this.#onUpgraded(status, HeaderBlock.ofParsed(headers, controller.rawHeaders), socket);
  }

  onResponseStart(
    controller: DispatchController,
    status: number,
    headers: ParsedHeaders,
    statusText: string | undefined,
  ): void {
    this.#onHead(status, HeaderBlock.ofParsed(headers, controller.rawHeaders), statusText);
  }

  onResponseData(_controller: DispatchController, chunk: Uint8Array): void {
    this.answer?.push({ kind: 'data', chunk });
  }

  onResponseEnd(controller: DispatchController, trailers: ParsedHeaders): void {
    this.answer?.push({ kind: 'end', trailers: HeaderBlock.ofParsed(trailers, controller.rawTrailers) });
  }

  onResponseError(_controller: DispatchController | null, error: unknown): void {
    this.#fail(error);
  }

  // undici 6.

  onConnect(abort: (reason?: unknown) => void, context?: object | null): void {
    this.#onStarted(abort, context);
  }

  onUpgrade(status: number, headers: RawHeaders, socket: unknown): void {
    this.#onUpgraded(status, HeaderBlock.ofRaw(headers), socket);
  }

  onHeaders(status: number, headers: RawHeaders, resume: () => void, statusText: string | undefined): boolean {
    this.#resumeNative = resume;
    this.#onHead(status, HeaderBlock.ofRaw(headers), statusText);
    return !this.#isPaused;
  }

  onData(chunk: Uint8Array): boolean {
    this.answer?.push({ kind: 'data', chunk });
    return !this.#isPaused;
  }

  onComplete(trailers: RawHeaders): void {
    this.answer?.push({ kind: 'end', trailers: HeaderBlock.ofRaw(trailers) });
  }

  onError(error: unknown): void {
    this.#fail(error);
  }

  // Both.

  onResponseStarted(): void {
    this.#observer.progress.onResponseStarted?.();
  }

  onBodySent(chunk: unknown): void {
    this.#observer.progress.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#observer.progress.onRequestSent?.();
  }

  #onStarted(abort: (reason?: unknown) => void, context: object | null | undefined): void {
    this.#abortNative = abort;
    if (this.#abortReason) return abort(this.#abortReason.reason);
    this.#observer.onStarted(context);
  }

  #onHead(status: number, headers: HeaderBlock, statusText: string | undefined): void {
    if (this.#isSettled) return;
    if (status < 200) return this.#observer.onInformation(status, headers, statusText);
    this.#onAnswer(new Answer({ status, statusText, headers, socket: undefined }, this));
  }

  #onUpgraded(status: number, headers: HeaderBlock, socket: unknown): void {
    const upgraded = socket as Socket;
    upgraded.on('error', ignore);
    if (this.#isSettled) return void upgraded.destroy();
    this.#onAnswer(new Answer({ status, statusText: undefined, headers, socket: upgraded }, this));
  }

  #onAnswer(answer: Answer): void {
    this.answer = answer;
    answer.onDone(() => this.#signal.removeEventListener('abort', this.#onAbort));
    const { status, headers } = answer.head;
    this.#isSettled = true;
    this.#settle(answered(answer, { status, header: (name) => headers.get(name) }));
  }

  #fail(error: unknown): void {
    if (this.answer) return this.answer.push({ kind: 'error', error });
    if (!this.#isSettled) this.#end(this.#observer.outcomeOf(error));
  }

  #end(outcome: Outcome | Promise<Outcome>): void {
    this.#isSettled = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#settle(outcome);
  }
}

/** Listener of an upgraded socket between the native dispatcher and the caller. */
export function ignore(): void {
  // An error without a listener would end the process.
}
