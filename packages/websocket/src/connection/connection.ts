import { QueueFullError } from '@holdline/core';
import { CHUNKS_SUFFIX } from '../chunks/chunk-format.js';
import { Reassembler } from '../chunks/reassembler.js';
import type { FrameData } from '../frames/frame-data.js';
import { Frames } from '../frames/frames.js';
import type { Outlet } from '../frames/outlet.js';
import type { EventArgs, Prepared } from '../native/flavour.js';
import { CLOSED, CLOSING, CONNECTING, OPEN, type NativeSocket } from '../native/native-socket.js';
import { Connector, type ConnectorHost } from './connector.js';
import type { SocketDependencies } from './socket-dependencies.js';

/** What a socket is closed with when chunks come that cannot be right. Browsers may not send 1002. */
const CHUNK_ERROR_CODE = 4002;

/** One guarded socket: its state, its messages and its close. A {@link Connector} opens it. */
export class Connection implements ConnectorHost, Outlet {
  readonly frames: Frames | undefined;
  readonly #prepared: Prepared;
  readonly #connector: Connector;
  #reassembler: Reassembler | undefined = undefined;
  #openedAt = 0;
  #received = false;
  /** `close()` was called, and what waits leaves first. */
  #isFlushing = false;

  constructor(
    readonly socket: object,
    args: readonly unknown[],
    readonly guard: SocketDependencies,
  ) {
    const { Native, flavour } = guard;
    this.#prepared = flavour.prepare(Native, args);
    const { template, protocols } = this.#prepared;
    const own = flavour.forSocket(args, socket);
    this.frames = guard.frames && new Frames(guard.frames, this, template.url, flavour.credentialsOf(args, protocols));
    const offersChunks = guard.frames?.options.chunks === 'negotiated' && protocols.length > 0;
    // Theirs come first: a server that takes the first one it sees has agreed to nothing.
    const nativeArgs = offersChunks
      ? flavour.withProtocols(own, [...protocols, ...protocols.map((name) => name + CHUNKS_SUFFIX)])
      : own;
    this.#connector = new Connector(this, guard, { url: template.url, protocols, args: nativeArgs });
    this.#connector.connect();
  }

  get readyState(): number {
    if (this.#connector.state !== OPEN) return this.#connector.state;
    const { readyState } = this.native as NativeSocket;
    return this.#isFlushing && readyState === OPEN ? CLOSING : readyState;
  }

  /** The native socket of the attempt under way, or of the session. */
  get native(): NativeSocket | undefined {
    return this.#connector.native;
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
    return this.#connector.binaryType ?? (this.#reassembler ? this.#prepared.template : this.shown).binaryType;
  }

  set binaryType(type: string) {
    const { template } = this.#prepared;
    template.binaryType = type;
    this.#connector.binaryType = template.binaryType;
    if (this.native && !this.#reassembler) this.native.binaryType = this.#connector.binaryType;
  }

  /** For its frames. */
  get isOpen(): boolean {
    return this.#connector.state === OPEN && this.native?.readyState === OPEN;
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
    if (this.#connector.state === CONNECTING) throw flavour.notOpenYet();
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
    if (this.#connector.state !== OPEN) {
      this.guard.flavour.checkClose(code, reason, false);
      return this.#connector.giveUp();
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
    if (this.#connector.state === OPEN) this.native?.terminate?.();
    else this.#connector.giveUp();
  }

  handleOpen(native: NativeSocket): void {
    this.#openedAt = this.guard.clock.now();
    if (this.guard.frames?.options.chunks) this.#agreeToChunks(native);
    this.frames?.opened();
  }

  handleEvent(name: string, args: EventArgs): void {
    const { flavour } = this.guard;
    if (name === 'message') return this.#hearMessage(args);
    if (name !== 'close') return flavour.emit(this.socket, name, args);
    const wasOpen = this.#connector.state === OPEN;
    this.#connector.state = CLOSED;
    const openMs = this.guard.clock.now() - this.#openedAt;
    const end = { code: flavour.closeCode(args), openMs, received: this.#received };
    this.frames?.incomplete(this.#reassembler?.close() ?? []);
    this.frames?.closed(end.code);
    this.#connector.endSession(wasOpen ? end : undefined);
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
}
