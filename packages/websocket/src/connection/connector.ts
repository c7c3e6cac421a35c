import { answered, ClosedError, failed, isHoldlineError, type Outcome } from '@holdline/core';
import type { ClosedEarly } from '../handshakes/closed-early.js';
import type { Handshake } from '../handshakes/handshakes.js';
import type { SessionEnd } from '../handshakes/reconnect-history.js';
import type { Emitter } from '../native/emitter.js';
import { CLOSED, CLOSING, CONNECTING, type NativeSocket, OPEN } from '../native/native-socket.js';
import type { EventArgs, FailedAttempt } from '../native/socket-driver.js';
import { createRefusal, readHeaders } from '../native/upgrade-response.js';
import type { SocketDependencies } from './socket-dependencies.js';

/** Interface of the connection that a connector opens. */
export interface ConnectorHost {
  /** The guarded socket, which emits the events. */
  readonly socket: object;
  /** Called when the native socket is open, before the caller's listeners. */
  handleOpen(native: NativeSocket): void;
  /** Called for each native event outside an attempt. */
  handleEvent(name: string, args: EventArgs): void;
  close(code: number, reason: string): void;
}

/** Arguments of a connection. */
export interface ConnectionTarget {
  readonly url: string;
  readonly protocols: readonly string[];
  /** Arguments of the native constructor. */
  readonly args: readonly unknown[];
}

/** An attempt to open a native socket that has not ended. */
interface Attempt {
  readonly settle: (result: Outcome | ClosedEarly) => void;
  cancelTimer: () => void;
  error: EventArgs | undefined;
  /** The response to the handshake, where the runtime shows it. */
  response: unknown;
  /** The response that refuses the handshake, where the runtime shows it. */
  refusal: EventArgs | undefined;
  timedOut: boolean;
}

/** Connects a guarded socket to a native one, with as many attempts as the handshakes allow. */
export class Connector {
  /** The native socket of the current attempt or session. */
  native: NativeSocket | undefined = undefined;
  /** The ready state of the guarded socket. Once this is OPEN, the ready state of the native socket applies. */
  state = CONNECTING;
  /** The caller's choice; set on each native socket. */
  binaryType: string | undefined = undefined;
  #handshake: Handshake | undefined;
  readonly #abort = new AbortController();
  #attempt: Attempt | undefined;
  #lastFailure: FailedAttempt | undefined;
  /** The last refusal, if the caller listens to `unexpected-response`. */
  #lastRefusal: { error: unknown; args: EventArgs } | undefined;
  /** What the native constructor threw. */
  #constructorError: { error: unknown } | undefined;
  /** The caller closed the socket before it was open. */
  #isClosedBeforeOpen = false;

  constructor(
    private readonly host: ConnectorHost,
    private readonly dependencies: SocketDependencies,
    private readonly target: ConnectionTarget,
  ) {}

  /**
   * Starts the handshake.
   *
   * @throws the error of the native constructor.
   */
  connect(): void {
    const { handshakes } = this.dependencies;
    const { url, protocols } = this.target;
    this.#handshake = handshakes.run({
      url,
      sessionKey: handshakes.options.sessionKey?.(url, protocols),
      signal: this.#abort.signal,
      attempt: () => this.#makeAttempt(),
      replaced: () => this.host.close(1000, 'replaced by another session'),
    });
    this.#handshake.opened.catch((reason: unknown) => this.#handleHandshakeFailure(reason));
    const thrown = this.#constructorError as { error: unknown } | undefined;
    if (!thrown) return;
    this.endSession();
    throw thrown.error;
  }

  /** Closes a socket that is not open: cancels the current attempt and starts no other. */
  closeBeforeOpen(): void {
    if (this.state !== CONNECTING) return;
    this.state = CLOSING;
    this.#isClosedBeforeOpen = true;
    this.#abort.abort(new ClosedError('the socket was not opened: close() was called first'));
    const { driver } = this.dependencies;
    if (this.native) return driver.abortHandshake(this.native);
    const error = new Error('WebSocket was closed before the connection was established');
    this.#scheduleFailure(driver.createErrorArgs(error), driver.createCloseArgs(1006, ''));
  }

  /** Marks the socket as closed and lets the next session of the same key start. */
  endSession(end?: SessionEnd): void {
    this.state = CLOSED;
    this.#handshake?.ended(end);
  }

  #makeAttempt(): Promise<Outcome | ClosedEarly> {
    const { Native, driver, clock, handshakes } = this.dependencies;
    const previous = this.#lastRefusal && this.native;
    this.#lastRefusal = this.native = undefined;
    if (previous) driver.abortHandshake(previous);
    let native: NativeSocket;
    try {
      native = new Native(...this.target.args) as NativeSocket;
    } catch (error) {
      this.#constructorError = { error };
      return Promise.resolve(failed(error, 'rejected'));
    }
    if (this.binaryType !== undefined) native.binaryType = this.binaryType;
    this.native = native;
    return new Promise((settle) => {
      const { attemptTimeoutMs } = handshakes.options;
      const giveUp = (): void => {
        attempt.timedOut = true;
        driver.abortHandshake(native);
      };
      const cancelTimer =
        attemptTimeoutMs === Infinity ? (): void => undefined : clock.setTimer(attemptTimeoutMs, giveUp);
      const attempt: Attempt = {
        settle,
        cancelTimer,
        error: undefined,
        response: undefined,
        refusal: undefined,
        timedOut: false,
      };
      this.#attempt = attempt;
      driver.forwardEvents(native, this.host.socket, (name, args) => this.#routeEvent(native, name, args));
    });
  }

  #routeEvent(native: NativeSocket, name: string, args: EventArgs): void {
    // Ignore events of earlier attempts.
    if (native !== this.native) return;
    if (this.#attempt) this.#handleAttemptEvent(native, this.#attempt, name, args);
    else this.host.handleEvent(name, args);
  }

  #handleAttemptEvent(native: NativeSocket, attempt: Attempt, name: string, args: EventArgs): void {
    const { driver } = this.dependencies;
    switch (name) {
      case 'open': {
        this.#finishAttempt(attempt);
        this.state = OPEN;
        this.host.handleOpen(native);
        const header = attempt.response ? readHeaders(attempt.response) : (): undefined => undefined;
        attempt.settle(answered(this.host.socket, { status: 101, header }));
        break;
      }
      case 'upgrade':
        attempt.response = args[0];
        break;
      case 'unexpected-response':
        attempt.refusal = args;
        if ((this.host.socket as Emitter).listenerCount(name) === 0) return driver.abortHandshake(native);
        return this.#refuseAttempt(attempt, args);
      case 'error':
        // The class of Node 22 emits the error twice.
        if (attempt.error) return;
        attempt.error = args;
        if (!driver.closesAfterError) attempt.cancelTimer = this.#scheduleClose(native, attempt);
        if (!this.#isClosedBeforeOpen) return;
        this.state = driver.readyStateAtError;
        break;
      case 'close':
        this.#finishAttempt(attempt);
        if (this.#isClosedBeforeOpen) {
          this.endSession();
          attempt.settle(failed(args[0], 'cancelled'));
          break;
        }
        return this.#failAttempt(attempt, args);
    }
    driver.emit(this.host.socket, name, args);
  }

  #finishAttempt(attempt: Attempt): void {
    this.#attempt = undefined;
    attempt.cancelTimer();
  }

  /** The class of Node 22 emits only the error and stays CONNECTING. */
  #scheduleClose(native: NativeSocket, attempt: Attempt): () => void {
    attempt.cancelTimer();
    return this.dependencies.clock.setTimer(0, () =>
      this.#routeEvent(native, 'close', this.dependencies.driver.createCloseArgs(1006, '')),
    );
  }

  #failAttempt(attempt: Attempt, close: EventArgs): void {
    const { driver } = this.dependencies;
    this.native = undefined;
    const { refusal, timedOut } = attempt;
    const refused = refusal && createRefusal(refusal[1]);
    const unanswered = timedOut ? driver.createErrorArgs(new Error('Opening handshake has timed out')) : attempt.error;
    const failure = driver.describeFailure(refused ? [refused.value] : unanswered, close);
    this.#lastFailure = failure;
    attempt.settle(refused ?? (timedOut ? failed(failure.error[0], 'unknown') : failure.outcome));
  }

  /**
   * The caller listens to `unexpected-response`. Keep the response intact until the connector knows whether this attempt was
   * the last.
   */
  #refuseAttempt(attempt: Attempt, args: EventArgs): void {
    this.#finishAttempt(attempt);
    const outcome = createRefusal(args[1]);
    this.#lastRefusal = { error: outcome.value, args };
    attempt.settle(outcome);
  }

  /** Handles the end of the handshake without a session. An attempt that is still running is past its deadline or aborted. */
  #handleHandshakeFailure(reason: unknown): void {
    if (this.state !== CONNECTING) return;
    const { driver } = this.dependencies;
    const { native } = this;
    if (native && this.#attempt) this.#cancelAttempt(native, this.#attempt, reason);
    const refusal = this.#lastRefusal;
    if (refusal && refusal.error === reason) return driver.emit(this.host.socket, 'unexpected-response', refusal.args);
    const failure = this.#lastFailure;
    if (failure && failure.error[0] === reason) return this.#scheduleFailure(failure.error, failure.close);
    const error = reason instanceof Error ? reason : new Error(String(reason));
    this.#scheduleFailure(
      driver.createErrorArgs(error),
      driver.createCloseArgs(1006, isHoldlineError(error) ? error.code : ''),
    );
  }

  /** Cancels an attempt whose handshake has already failed. */
  #cancelAttempt(native: NativeSocket, attempt: Attempt, reason: unknown): void {
    this.#finishAttempt(attempt);
    this.native = undefined;
    this.dependencies.driver.abortHandshake(native);
    attempt.settle(failed(reason, 'cancelled'));
  }

  /** Emits outside the promise: an error event without a listener throws, which would reject the promise. */
  #scheduleFailure(error: EventArgs, close: EventArgs): void {
    queueMicrotask(() => this.#emitFailure(error, close));
  }

  #emitFailure(error: EventArgs, close: EventArgs): void {
    if (this.state === CLOSED) return;
    const { driver } = this.dependencies;
    this.state = driver.readyStateAtError;
    try {
      driver.emit(this.host.socket, 'error', error);
    } finally {
      this.endSession();
      driver.emit(this.host.socket, 'close', close);
    }
  }
}
