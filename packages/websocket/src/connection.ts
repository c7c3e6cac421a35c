import {
  answered,
  ClosedError,
  failed,
  isHoldlineError,
  QueueFullError,
  type Clock,
  type Outcome,
} from '@holdline/core';
import { CHUNKS_SUFFIX } from './chunks/format.js';
import { Reassembler } from './chunks/reassembler.js';
import { Frames } from './frames/frames.js';
import type { ClosedEarly, Handshake, Handshakes } from './handshakes/handshakes.js';
import type { FrameData } from './frames/options.js';
import type { FrameGuard } from './frames/outlet.js';
import { headersOf, refusalOf, type Emitter } from './native/emitter.js';
import {
  CLOSED,
  CLOSING,
  CONNECTING,
  OPEN,
  type EventArgs,
  type Failure,
  type Flavour,
  type NativeSocket,
  type Prepared,
  type WebSocketClass,
} from './native/flavour.js';

/** What a socket is closed with when chunks come that cannot be right. Browsers may not send 1002. */
const CHUNK_ERROR_CODE = 4002;

/** What all sockets of a guarded class have in common. */
export interface Guard {
  readonly Native: WebSocketClass;
  readonly flavour: Flavour;
  readonly handshakes: Handshakes;
  /** Undefined: frames go straight to the native socket. */
  readonly frames: FrameGuard | undefined;
  readonly clock: Clock;
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

/** One guarded socket: first the way to a native one, with as many attempts as it takes, and then that one. */
export class Connection {
  /** The native socket of the attempt under way, or of the session. */
  native: NativeSocket | undefined = undefined;
  readonly frames: Frames | undefined;
  readonly #prepared: Prepared;
  /** Arguments of the native constructor. */
  readonly #args: readonly unknown[];
  #reassembler: Reassembler | undefined = undefined;
  /** What the user chose. */
  #binaryType: string | undefined = undefined;
  readonly #handshake: Handshake;
  readonly #abort = new AbortController();
  /** Until it is open, or if it never is; then the native one's. */
  #state = CONNECTING;
  #attempt: Attempt | undefined = undefined;
  #failure: Failure | undefined = undefined;
  /** A refusal that the user wants to see himself, if it was the last one. */
  #refused: { error: unknown; args: EventArgs } | undefined = undefined;
  /** What the native constructor threw. */
  #thrown: { error: unknown } | undefined = undefined;
  #openedAt = 0;
  #received = false;
  /** It was closed before it was open. */
  #isGivenUp = false;
  /** `close()` was called, and what waits leaves first. */
  #isFlushing = false;

  /** @throws what the native constructor throws. */
  constructor(
    readonly socket: object,
    args: readonly unknown[],
    readonly guard: Guard,
  ) {
    const { Native, flavour, handshakes } = guard;
    this.#prepared = flavour.prepare(Native, args);
    const { template, protocols } = this.#prepared;
    const own = flavour.forSocket(args, socket);
    this.frames = guard.frames && new Frames(guard.frames, this, template.url, flavour.credentialsOf(args, protocols));
    const offersChunks = guard.frames?.options.chunks === 'negotiated' && protocols.length > 0;
    // Theirs come first: a server that takes the first one it sees has agreed to nothing.
    this.#args = offersChunks
      ? flavour.withProtocols(own, [...protocols, ...protocols.map((name) => name + CHUNKS_SUFFIX)])
      : own;
    this.#handshake = handshakes.run({
      url: template.url,
      sessionKey: handshakes.options.sessionKey?.(template.url, protocols),
      signal: this.#abort.signal,
      attempt: () => this.#try(),
      replaced: () => this.close(1000, 'replaced by another session'),
    });
    this.#handshake.opened.catch((reason: unknown) => this.#gaveUp(reason));
    const thrown = this.#thrown as { error: unknown } | undefined;
    if (!thrown) return;
    this.#state = CLOSED;
    this.#handshake.ended();
    throw thrown.error;
  }

  get readyState(): number {
    if (this.#state !== OPEN) return this.#state;
    const { readyState } = this.native as NativeSocket;
    return this.#isFlushing && readyState === OPEN ? CLOSING : readyState;
  }

  /** The native socket, or what stands for it before there is one. */
  get shown(): NativeSocket | Prepared['template'] {
    return this.native ?? this.#prepared.template;
  }

  /** Bytes that are not on the network yet, those that wait for a permit and those given to a closed socket too. */
  get allBuffered(): number {
    return this.bufferedAmount + this.#prepared.template.bufferedAmount + (this.frames?.queuedBytes ?? 0);
  }

  get protocol(): string {
    const { protocol } = this.shown;
    return protocol.endsWith(CHUNKS_SUFFIX) ? protocol.slice(0, -CHUNKS_SUFFIX.length) : protocol;
  }

  get binaryType(): string {
    return this.#binaryType ?? (this.#reassembler ? this.#prepared.template : this.shown).binaryType;
  }

  set binaryType(type: string) {
    const { template } = this.#prepared;
    template.binaryType = type;
    this.#binaryType = template.binaryType;
    if (this.native && !this.#reassembler) this.native.binaryType = this.#binaryType;
  }

  /** For its frames. */
  get isOpen(): boolean {
    return this.#state === OPEN && this.native?.readyState === OPEN;
  }

  /** For its frames. */
  get bufferedAmount(): number {
    return this.native?.bufferedAmount ?? 0;
  }

  /** For its frames. */
  send(data: FrameData, options: unknown, done: (error?: Error) => void): void {
    this.guard.flavour.send(this.native as NativeSocket, data, options, done);
  }

  /** The native `send`. */
  sendFrame(args: readonly unknown[]): void {
    const { flavour } = this.guard;
    if (this.#state === CONNECTING) throw flavour.notOpenYet();
    // Closed for its user, whatever still has to leave.
    const isFlushing = this.#isFlushing && this.isOpen;
    if (isFlushing || !this.native) return flavour.sendClosed(this.#prepared.template, args, this.readyState);
    if (!this.frames || !this.isOpen) return this.native.send(...args);
    const { data, options, callback } = flavour.readSend(args);
    let refused: Error | undefined;
    this.frames.enqueue(data, options, {}, (fate) => {
      const error = fate instanceof Error ? fate : undefined;
      if (callback) queueMicrotask(() => callback(error));
      else if (error instanceof QueueFullError) refused = error;
    });
    // Nobody else would hear of it.
    if (refused) throw refused as Error;
  }

  close(code?: number, reason?: unknown): void {
    if (this.#state !== OPEN) {
      this.guard.flavour.checkClose(code, reason, false);
      return this.#giveUp();
    }
    const native = this.native as NativeSocket;
    if (!this.frames || this.frames.queued === 0 || !this.isOpen) return native.close(code, reason);
    if (this.#isFlushing) return;
    // The native class sends what it was given before it closes, and so do we.
    this.guard.flavour.checkClose(code, reason, true);
    this.#isFlushing = true;
    void this.frames.flush().then(() => native.close(code, reason));
  }

  terminate(): void {
    if (this.#state === OPEN) this.native?.terminate?.();
    else this.#giveUp();
  }

  /** Closed before it was open: nothing leaves any more, and what is on the way is cut off. */
  #giveUp(): void {
    if (this.#state !== CONNECTING) return;
    this.#state = CLOSING;
    this.#isGivenUp = true;
    this.#abort.abort(new ClosedError('the socket was closed before it was open'));
    if (this.native) return this.guard.flavour.abort(this.native);
    const error = new Error('WebSocket was closed before the connection was established');
    queueMicrotask(() => this.#fail(this.guard.flavour.errorArgs(error), this.guard.flavour.closeArgs(1006, '')));
  }

  #try(): Promise<Outcome | ClosedEarly> {
    const { Native, flavour, clock, handshakes } = this.guard;
    const before = this.#refused && this.native;
    this.#refused = this.native = undefined;
    if (before) flavour.abort(before);
    let native: NativeSocket;
    try {
      native = new Native(...this.#args) as NativeSocket;
    } catch (error) {
      this.#thrown = { error };
      return Promise.resolve(failed(error, 'rejected'));
    }
    if (this.#binaryType !== undefined) native.binaryType = this.#binaryType;
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
      flavour.hear(native, this.socket, (name, args) => this.#hear(native, name, args));
    });
  }

  #hear(native: NativeSocket, name: string, args: EventArgs): void {
    // An attempt before the last one has nothing to tell any more.
    if (native !== this.native) return;
    const { flavour } = this.guard;
    if (this.#attempt) return this.#hearAttempt(native, this.#attempt, name, args);
    if (name === 'message') return this.#hearMessage(args);
    if (name !== 'close') return flavour.emit(this.socket, name, args);
    const wasOpen = this.#state === OPEN;
    this.#state = CLOSED;
    const openMs = this.guard.clock.now() - this.#openedAt;
    const end = { code: flavour.closeCode(args), openMs, received: this.#received };
    this.frames?.incomplete(this.#reassembler?.close() ?? []);
    this.frames?.closed(end.code);
    this.#handshake.ended(wasOpen ? end : undefined);
    flavour.emit(this.socket, name, args);
  }

  #hearMessage(args: EventArgs): void {
    const { flavour } = this.guard;
    this.#received = true;
    const bytes = this.#reassembler && flavour.bytesOf(args);
    if (!this.#reassembler || !bytes) return flavour.emit(this.socket, 'message', args);
    let message: string | Uint8Array | undefined;
    try {
      message = Reassembler.isChunk(bytes) ? this.#reassembler.push(bytes) : bytes;
    } catch (error) {
      // As after any breach of the protocol.
      this.native?.close(CHUNK_ERROR_CODE, 'chunk error');
      return flavour.emit(this.socket, 'error', flavour.errorArgs(error as Error));
    }
    if (message === undefined) return;
    flavour.emit(this.socket, 'message', flavour.messageArgs(message, this.binaryType, args));
  }

  /** The peer has chosen a subprotocol that says so, or is known to do so. */
  #agreeToChunks(native: NativeSocket): void {
    const { chunks, maxMessageBytes } = this.guard.frames?.options ?? {};
    if (chunks !== 'always' && !native.protocol.endsWith(CHUNKS_SUFFIX)) return;
    this.#reassembler = new Reassembler(maxMessageBytes);
    native.binaryType = this.guard.flavour.chunkType;
    this.frames?.agreeToChunks();
  }

  #hearAttempt(native: NativeSocket, attempt: Attempt, name: string, args: EventArgs): void {
    const { flavour, clock } = this.guard;
    switch (name) {
      case 'open': {
        this.#endAttempt(attempt);
        this.#state = OPEN;
        this.#openedAt = clock.now();
        if (this.guard.frames?.options.chunks) this.#agreeToChunks(native);
        this.frames?.opened();
        const header = attempt.answer ? headersOf(attempt.answer) : (): undefined => undefined;
        attempt.end(answered(this.socket, { status: 101, header }));
        break;
      }
      case 'upgrade':
        attempt.answer = args[0];
        break;
      case 'unexpected-response':
        attempt.refused = args;
        if ((this.socket as Emitter).listenerCount(name) === 0) return flavour.abort(native);
        return this.#endRefused(attempt, args);
      case 'error':
        // That of Node 22 tells it twice.
        if (attempt.error) return;
        attempt.error = args;
        if (!flavour.closesAfterError) attempt.stopTimer = this.#closeAfterError(native, attempt);
        if (!this.#isGivenUp) return;
        this.#state = flavour.errorState;
        break;
      case 'close':
        this.#endAttempt(attempt);
        if (this.#isGivenUp) {
          this.#state = CLOSED;
          this.#handshake.ended();
          attempt.end(failed(args[0], 'cancelled'));
          break;
        }
        return this.#endFailed(attempt, args);
    }
    flavour.emit(this.socket, name, args);
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
    if (this.#state !== CONNECTING) return;
    const { flavour } = this.guard;
    const { native } = this;
    if (native && this.#attempt) this.#cutOff(native, this.#attempt, reason);
    const refused = this.#refused;
    if (refused && refused.error === reason) return flavour.emit(this.socket, 'unexpected-response', refused.args);
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
    if (this.#state === CLOSED) return;
    const { flavour } = this.guard;
    this.#state = flavour.errorState;
    try {
      flavour.emit(this.socket, 'error', error);
    } finally {
      this.#state = CLOSED;
      this.#handshake.ended();
      flavour.emit(this.socket, 'close', close);
    }
  }
}
