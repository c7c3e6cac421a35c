import { QueueFullError } from '@holdline/core';
import { CHUNKS_SUFFIX } from '../chunks/chunk-format.js';
import { Reassembler } from '../chunks/reassembler.js';
import type { FrameData } from '../frames/frame-data.js';
import type { FrameTransport } from '../frames/frame-transport.js';
import { SocketFrames } from '../frames/frames.js';
import { CLOSED, CLOSING, CONNECTING, type NativeSocket, OPEN } from '../native/native-socket.js';
import type { EventArgs, ParsedArguments } from '../native/socket-driver.js';
import { Connector, type ConnectorHost } from './connector.js';
import type { SocketDependencies } from './socket-dependencies.js';

/** Close code after an invalid chunk. Browsers do not allow 1002. */
const CHUNK_ERROR_CLOSE_CODE = 4002;

/** One guarded socket: its state, its messages and its close. A {@link Connector} opens the socket. */
export class Connection implements ConnectorHost, FrameTransport {
  readonly frames: SocketFrames | undefined;
  readonly #parsed: ParsedArguments;
  readonly #connector: Connector;
  #reassembler: Reassembler | undefined;
  #openedAt = 0;
  #received = false;
  /** `close()` was called, and queued frames are sent first. */
  #isFlushing = false;

  constructor(
    readonly socket: object,
    args: readonly unknown[],
    readonly dependencies: SocketDependencies,
  ) {
    const { Native, driver } = dependencies;
    this.#parsed = driver.parseArguments(Native, args);
    const { placeholder, protocols } = this.#parsed;
    const boundArgs = driver.bindHooks(args, socket);
    this.frames =
      dependencies.frames &&
      new SocketFrames(dependencies.frames, this, placeholder.url, driver.readCredentials(args, protocols));
    const offersChunks = dependencies.frames?.options.chunks === 'negotiated' && protocols.length > 0;
    // The caller's protocols come first: a server that takes the first offer has not agreed to chunks.
    const nativeArgs = offersChunks
      ? driver.replaceProtocols(boundArgs, [...protocols, ...protocols.map((name) => name + CHUNKS_SUFFIX)])
      : boundArgs;
    this.#connector = new Connector(this, dependencies, { url: placeholder.url, protocols, args: nativeArgs });
    this.#connector.connect();
  }

  get readyState(): number {
    if (this.#connector.state !== OPEN) return this.#connector.state;
    const { readyState } = this.native as NativeSocket;
    return this.#isFlushing && readyState === OPEN ? CLOSING : readyState;
  }

  /** The native socket of the current attempt or session. */
  get native(): NativeSocket | undefined {
    return this.#connector.native;
  }

  /** The native socket, or its placeholder while there is none. */
  get nativeOrPlaceholder(): NativeSocket | ParsedArguments['placeholder'] {
    return this.native ?? this.#parsed.placeholder;
  }

  /** Bytes that are not on the network yet. Includes queued frames and data given to a closed socket. */
  get totalBufferedAmount(): number {
    return this.bufferedAmount + this.#parsed.placeholder.bufferedAmount + (this.frames?.queuedBytes ?? 0);
  }

  get protocol(): string {
    const { protocol } = this.nativeOrPlaceholder;
    return protocol.endsWith(CHUNKS_SUFFIX) ? protocol.slice(0, -CHUNKS_SUFFIX.length) : protocol;
  }

  get binaryType(): string {
    return (
      this.#connector.binaryType ?? (this.#reassembler ? this.#parsed.placeholder : this.nativeOrPlaceholder).binaryType
    );
  }

  set binaryType(type: string) {
    const { placeholder } = this.#parsed;
    placeholder.binaryType = type;
    this.#connector.binaryType = placeholder.binaryType;
    if (this.native && !this.#reassembler) this.native.binaryType = this.#connector.binaryType;
  }

  /** Part of {@link FrameTransport}. */
  get isOpen(): boolean {
    return this.#connector.state === OPEN && this.native?.readyState === OPEN;
  }

  /** Part of {@link FrameTransport}. */
  get bufferedAmount(): number {
    return this.native?.bufferedAmount ?? 0;
  }

  /** Part of {@link FrameTransport}. */
  send(data: FrameData, options: unknown, done: (error?: Error) => void): void {
    this.dependencies.driver.sendFrame(this.native as NativeSocket, data, options, done);
  }

  /** The caller's `send`. */
  sendMessage(args: readonly unknown[]): void {
    const { driver } = this.dependencies;
    if (this.#connector.state === CONNECTING) throw driver.createNotOpenError();
    // After `close()` the socket counts as closed for its caller, although queued frames are still sent.
    const isFlushing = this.#isFlushing && this.isOpen;
    if (isFlushing || !this.native) return driver.sendOnClosedSocket(this.#parsed.placeholder, args, this.readyState);
    if (!this.frames || !this.isOpen) return this.native.send(...args);
    const { data, options, callback } = driver.readSendArguments(args);
    let refused: Error | undefined;
    this.frames.enqueue(data, options, {}, (fate) => {
      const error = fate instanceof Error ? fate : undefined;
      if (callback) queueMicrotask(() => callback(error));
      else if (error instanceof QueueFullError) refused = error;
    });
    // Without a callback, an exception is the only way to report the refusal.
    if (refused) throw refused as Error;
  }

  close(code?: number, reason?: unknown): void {
    if (this.#connector.state !== OPEN) {
      this.dependencies.driver.checkCloseArguments(code, reason, false);
      return this.#connector.closeBeforeOpen();
    }
    const native = this.native as NativeSocket;
    if (!this.frames || this.frames.queued === 0 || !this.isOpen) return native.close(code, reason);
    if (this.#isFlushing) return;
    // The native class sends its buffered data before it closes; the guarded socket does the same.
    this.dependencies.driver.checkCloseArguments(code, reason, true);
    this.#isFlushing = true;
    void this.frames.flushQueue().then(() => native.close(code, reason));
  }

  terminate(): void {
    if (this.#connector.state === OPEN) this.native?.terminate?.();
    else this.#connector.closeBeforeOpen();
  }

  handleOpen(native: NativeSocket): void {
    this.#openedAt = this.dependencies.clock.now();
    if (this.dependencies.frames?.options.chunks) this.#enableChunksIfAgreed(native);
    this.frames?.handleOpen();
  }

  handleEvent(name: string, args: EventArgs): void {
    const { driver } = this.dependencies;
    if (name === 'message') return this.#handleMessage(args);
    if (name !== 'close') return driver.emit(this.socket, name, args);
    const wasOpen = this.#connector.state === OPEN;
    this.#connector.state = CLOSED;
    const openMs = this.dependencies.clock.now() - this.#openedAt;
    const end = { code: driver.readCloseCode(args), openMs, received: this.#received };
    this.frames?.reportIncomplete(this.#reassembler?.close() ?? []);
    this.frames?.handleClose(end.code);
    this.#connector.endSession(wasOpen ? end : undefined);
    driver.emit(this.socket, name, args);
  }

  #handleMessage(args: EventArgs): void {
    const { driver } = this.dependencies;
    this.#received = true;
    const bytes = this.#reassembler && driver.readBinaryMessage(args);
    if (!this.#reassembler || !bytes) return driver.emit(this.socket, 'message', args);
    let message: string | Uint8Array | undefined;
    try {
      message = Reassembler.isChunk(bytes) ? this.#reassembler.push(bytes) : bytes;
    } catch (error) {
      // Like every protocol violation, an invalid chunk ends the session.
      this.native?.close(CHUNK_ERROR_CLOSE_CODE, 'chunk error');
      return driver.emit(this.socket, 'error', driver.createErrorArgs(error as Error));
    }
    if (message === undefined) return;
    driver.emit(this.socket, 'message', driver.createMessageArgs(message, this.binaryType, args));
  }

  /** Enables chunks if the peer selected a subprotocol with the suffix, or if the options say `always`. */
  #enableChunksIfAgreed(native: NativeSocket): void {
    const { chunks, maxMessageBytes } = this.dependencies.frames?.options ?? {};
    if (chunks !== 'always' && !native.protocol.endsWith(CHUNKS_SUFFIX)) return;
    this.#reassembler = new Reassembler(maxMessageBytes);
    native.binaryType = this.dependencies.driver.chunkBinaryType;
    this.frames?.enableChunks();
  }
}
