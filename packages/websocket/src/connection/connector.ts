import { answered, ClosedError, failed, isHoldlineError, type Outcome } from '@holdline/core';
import type { ClosedEarly } from '../handshakes/closed-early.js';
import type { Handshake } from '../handshakes/handshakes.js';
import type { SessionEnd } from '../handshakes/reconnect-history.js';
import type { Emitter } from '../native/emitter.js';
import type { EventArgs, Failure } from '../native/flavour.js';
import { CLOSED, CLOSING, CONNECTING, OPEN, type NativeSocket } from '../native/native-socket.js';
import { headersOf, refusalOf } from '../native/upgrade-response.js';
import type { SocketDependencies } from './socket-dependencies.js';

/** What a connector asks of the connection that it opens. */
export interface ConnectorHost {
  /** The guarded socket, at which events are emitted. */
  readonly socket: object;
  /** Called when the native socket is open, before the caller's listeners. */
  handleOpen(native: NativeSocket): void;
  /** Called for each event of the native socket that belongs to no attempt. */
  handleEvent(name: string, args: EventArgs): void;
  close(code: number, reason: string): void;
}

/** What a connector opens. */
export interface Target {
  readonly url: string;
  readonly protocols: readonly string[];
  /** Arguments of the native constructor. */
  readonly args: readonly unknown[];
}

/** An attempt at a connection that has not ended. */
interface Attempt {
  readonly end: (end: Outcome | ClosedEarly) => void;
  stopTimer: () => void;
  error: EventArgs | undefined;
  /** The answer to the handshake, where the runtime shows it. */
  answer: unknown;
  /** The answer that refuses it, where the runtime shows that. */
  refused: EventArgs | undefined;
  timedOut: boolean;
}

/** Connects a guarded socket to a native one, with as many attempts as the handshakes allow. */
export class Connector {
  /** The native socket of the attempt under way, or of the session. */
  native: NativeSocket | undefined = undefined;
  /** The ready state until the socket is open, or if it never is; then that of the native socket counts. */
  state = CONNECTING;
  /** What the user chose; set on each native socket. */
  binaryType: string | undefined = undefined;
  #handshake: Handshake | undefined = undefined;
  readonly #abort = new AbortController();
  #attempt: Attempt | undefined = undefined;
  #failure: Failure | undefined = undefined;
  /** A refusal that the user wants to see himself, if it was the last one. */
  #refused: { error: unknown; args: EventArgs } | undefined = undefined;
  /** What the native constructor threw. */
  #thrown: { error: unknown } | undefined = undefined;
  /** It was closed before it was open. */
  #isGivenUp = false;

  constructor(
    private readonly host: ConnectorHost,
    private readonly guard: SocketDependencies,
    private readonly target: Target,
  ) {}

  /**
   * Starts the handshake.
   *
   * @throws what the native constructor throws.
   */
  connect(): void {
    const { handshakes } = this.guard;
    const { url, protocols } = this.target;
    this.#handshake = handshakes.run({
      url,
      sessionKey: handshakes.options.sessionKey?.(url, protocols),
      signal: this.#abort.signal,
      attempt: () => this.#try(),
      replaced: () => this.host.close(1000, 'replaced by another session'),
    });
    this.#handshake.opened.catch((reason: unknown) => this.#gaveUp(reason));
    const thrown = this.#thrown as { error: unknown } | undefined;
    if (!thrown) return;
    this.endSession();
    throw thrown.error;
  }

  /** Closed before it was open: nothing leaves any more, and what is on the way is cut off. */
  giveUp(): void {
    if (this.state !== CONNECTING) return;
    this.state = CLOSING;
    this.#isGivenUp = true;
    this.#abort.abort(new ClosedError('the socket was closed before it was open'));
    if (this.native) return this.guard.flavour.abort(this.native);
    const error = new Error('WebSocket was closed before the connection was established');
    queueMicrotask(() => this.#fail(this.guard.flavour.errorArgs(error), this.guard.flavour.closeArgs(1006, '')));
  }

  /** The socket is closed; the next one of its session key may begin. */
  endSession(end?: SessionEnd): void {
    this.state = CLOSED;
    this.#handshake?.ended(end);
  }

  #try(): Promise<Outcome | ClosedEarly> {
    const { Native, flavour, clock, handshakes } = this.guard;
    const before = this.#refused && this.native;
    this.#refused = this.native = undefined;
    if (before) flavour.abort(before);
    let native: NativeSocket;
    try {
      native = new Native(...this.target.args) as NativeSocket;
    } catch (error) {
      this.#thrown = { error };
      return Promise.resolve(failed(error, 'rejected'));
    }
    if (this.binaryType !== undefined) native.binaryType = this.binaryType;
    this.native = native;
    return new Promise((end) => {
      const { attemptTimeoutMs } = handshakes.options;
      const giveUp = (): void => {
        attempt.timedOut = true;
        flavour.abort(native);
      };
      const stopTimer =
        attemptTimeoutMs === Infinity ? (): void => undefined : clock.setTimer(attemptTimeoutMs, giveUp);
      const attempt: Attempt = {
        end,
        stopTimer,
        error: undefined,
        answer: undefined,
        refused: undefined,
        timedOut: false,
      };
      this.#attempt = attempt;
      flavour.hear(native, this.host.socket, (name, args) => this.#hear(native, name, args));
    });
  }

  #hear(native: NativeSocket, name: string, args: EventArgs): void {
    // An attempt before the last one has nothing to tell any more.
    if (native !== this.native) return;
    if (this.#attempt) this.#hearAttempt(native, this.#attempt, name, args);
    else this.host.handleEvent(name, args);
  }

  #hearAttempt(native: NativeSocket, attempt: Attempt, name: string, args: EventArgs): void {
    const { flavour } = this.guard;
    switch (name) {
      case 'open': {
        this.#endAttempt(attempt);
        this.state = OPEN;
        this.host.handleOpen(native);
        const header = attempt.answer ? headersOf(attempt.answer) : (): undefined => undefined;
        attempt.end(answered(this.host.socket, { status: 101, header }));
        break;
      }
      case 'upgrade':
        attempt.answer = args[0];
        break;
      case 'unexpected-response':
        attempt.refused = args;
        if ((this.host.socket as Emitter).listenerCount(name) === 0) return flavour.abort(native);
        return this.#endRefused(attempt, args);
      case 'error':
        // That of Node 22 tells it twice.
        if (attempt.error) return;
        attempt.error = args;
        if (!flavour.closesAfterError) attempt.stopTimer = this.#closeAfterError(native, attempt);
        if (!this.#isGivenUp) return;
        this.state = flavour.errorState;
        break;
      case 'close':
        this.#endAttempt(attempt);
        if (this.#isGivenUp) {
          this.endSession();
          attempt.end(failed(args[0], 'cancelled'));
          break;
        }
        return this.#endFailed(attempt, args);
    }
    flavour.emit(this.host.socket, name, args);
  }

  #endAttempt(attempt: Attempt): void {
    this.#attempt = undefined;
    attempt.stopTimer();
  }

  /** That of Node 22 tells only the error, and stays CONNECTING. */
  #closeAfterError(native: NativeSocket, attempt: Attempt): () => void {
    attempt.stopTimer();
    return this.guard.clock.setTimer(0, () => this.#hear(native, 'close', this.guard.flavour.closeArgs(1006, '')));
  }

  #endFailed(attempt: Attempt, close: EventArgs): void {
    const { flavour } = this.guard;
    this.native = undefined;
    const { refused, timedOut } = attempt;
    const outcome = refused && refusalOf(refused[1]);
    const late = timedOut ? flavour.errorArgs(new Error('Opening handshake has timed out')) : attempt.error;
    const error = outcome ? [outcome.value] : late;
    this.#failure = flavour.failure(error, close);
    if (outcome) this.#failure = { ...this.#failure, end: outcome };
    else if (timedOut) this.#failure = { ...this.#failure, end: failed(this.#failure.error[0], 'unknown') };
    attempt.end(this.#failure.end);
  }

  /** The user wants to see the answer himself, so it has to stay whole until it is known whether it was the last. */
  #endRefused(attempt: Attempt, args: EventArgs): void {
    this.#endAttempt(attempt);
    const outcome = refusalOf(args[1]);
    this.#refused = { error: outcome.value, args };
    attempt.end(outcome);
  }

  /** No further attempt is made; where one is under way, the time of the call is over, or its signal has aborted. */
  #gaveUp(reason: unknown): void {
    if (this.state !== CONNECTING) return;
    const { flavour } = this.guard;
    const { native } = this;
    if (native && this.#attempt) this.#cutOff(native, this.#attempt, reason);
    const refused = this.#refused;
    if (refused && refused.error === reason) return flavour.emit(this.host.socket, 'unexpected-response', refused.args);
    const failure = this.#failure;
    if (failure && failure.error[0] === reason) return this.#failSoon(failure.error, failure.close);
    const error = reason instanceof Error ? reason : new Error(String(reason));
    this.#failSoon(flavour.errorArgs(error), flavour.closeArgs(1006, isHoldlineError(error) ? error.code : ''));
  }

  /** Nobody waits for this attempt any more. */
  #cutOff(native: NativeSocket, attempt: Attempt, reason: unknown): void {
    this.#endAttempt(attempt);
    this.native = undefined;
    this.guard.flavour.abort(native);
    attempt.end(failed(reason, 'cancelled'));
  }

  /** Not inside of a promise, where an error event without a listener would be the rejection of that. */
  #failSoon(error: EventArgs, close: EventArgs): void {
    queueMicrotask(() => this.#fail(error, close));
  }

  #fail(error: EventArgs, close: EventArgs): void {
    if (this.state === CLOSED) return;
    const { flavour } = this.guard;
    this.state = flavour.errorState;
    try {
      flavour.emit(this.host.socket, 'error', error);
    } finally {
      this.endSession();
      flavour.emit(this.host.socket, 'close', close);
    }
  }
}
