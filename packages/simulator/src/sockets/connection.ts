import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { RawData, WebSocket } from 'ws';
import type { SocketLog, UpgradeEntry } from './socket-log.js';

/** Close code of a connection that broke; it is never sent. */
const BROKEN = 1006;
/** A peer that does not answer a close is cut off after this time, ms. */
const CLOSE_PATIENCE_MS = 2000;

/** A frame as it was read. */
export interface SocketFrame {
  /** Of the upgrade: {@link UpgradeEntry.id}. */
  readonly socketId: number;
  /** When it was read, ms of `performance.now()`. */
  readonly at: number;
  readonly route: string;
  readonly user?: string;
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** What a connection asks of the hub. */
export interface ConnectionHost {
  readonly log: SocketLog;
  /** Whether one more frame is within the limits; counts it if so. */
  takeFrame(entry: UpgradeEntry): boolean;
  readBytesPerSecond(): number;
  saw(frame: SocketFrame): void;
  ended(connection: Connection): void;
}

/** One open socket: counts, obeys the limits on frames, reads as slowly as it is told. */
export class Connection {
  readonly entry: UpgradeEntry;
  readonly #socket: WebSocket;
  readonly #stream: Socket;
  readonly #host: ConnectionHost;
  readonly #timers = new Set<NodeJS.Timeout>();
  #reading: NodeJS.Timeout | undefined;
  #readers: ((text: string, data: Buffer, isBinary: boolean) => void)[] = [];
  #enders: (() => void)[] = [];
  #isClosing = false;

  constructor(entry: UpgradeEntry, socket: WebSocket, stream: Socket, host: ConnectionHost) {
    this.entry = entry;
    this.#socket = socket;
    this.#stream = stream;
    this.#host = host;
    socket.on('message', (data, isBinary) => this.#read(bufferOf(data), isBinary));
    socket.on('close', (code) => this.#end(code));
    // What follows an error is a close, which is counted; the error itself has nothing to add.
    socket.on('error', () => undefined);
    this.adjustReading();
  }

  /** Called with each message. */
  onMessage(reader: (text: string, data: Buffer, isBinary: boolean) => void): void {
    this.#readers.push(reader);
  }

  onEnd(ender: () => void): void {
    this.#enders.push(ender);
  }

  send(data: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#host.log.frame(this.entry, 'out', Buffer.byteLength(data));
    this.#socket.send(data);
  }

  /** Does something again and again, as long as the socket is open. */
  every(ms: number, act: () => void): void {
    this.#timers.add(setInterval(act, ms));
  }

  /** Closes with a code; 1006 breaks the connection instead, because that code cannot be sent. */
  close(code: number, reason = ''): void {
    if (!this.#isClosing) this.entry.closedBy = 'server';
    this.#isClosing = true;
    if (code === BROKEN) {
      this.#socket.terminate();
      return;
    }
    this.#socket.close(code, reason);
    this.#timers.add(setTimeout(() => this.#socket.terminate(), CLOSE_PATIENCE_MS));
  }

  /** Takes up the speed that is asked for now. */
  adjustReading(): void {
    clearTimeout(this.#reading);
    this.#reading = undefined;
    if (this.#host.readBytesPerSecond() > 0) this.#socket.resume();
    else this.#socket.pause();
  }

  #read(data: Buffer, isBinary: boolean): void {
    const { entry } = this;
    this.#host.log.frame(entry, 'in', data.length);
    this.#slowDown(data.length);
    if (this.#isClosing) return;
    if (!this.#host.takeFrame(entry)) {
      this.close(1008, 'Rate limit exceeded');
      return;
    }
    const { id: socketId, route, user } = entry;
    const at = performance.now();
    this.#host.saw({ socketId, at, route, ...(user !== undefined && { user }), data, isBinary });
    for (const reader of this.#readers) reader(isBinary ? '' : data.toString('utf8'), data, isBinary);
  }

  /** Pauses for as long as reading so much should have taken. */
  #slowDown(bytes: number): void {
    const rate = this.#host.readBytesPerSecond();
    if (rate === Infinity || rate === 0 || this.#reading !== undefined) return;
    this.#socket.pause();
    this.#reading = setTimeout(() => this.adjustReading(), (bytes / rate) * 1000);
  }

  #end(code: number): void {
    clearTimeout(this.#reading);
    // Intervals are cleared by clearTimeout just as well.
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const { entry } = this;
    entry.closedAt = performance.now();
    entry.closeCode = code;
    entry.closedBy ??= 'client';
    entry.wireBytesIn = this.#stream.bytesRead;
    this.#host.log.closed(code);
    for (const ender of this.#enders) ender();
    this.#enders = [];
    this.#readers = [];
    this.#host.ended(this);
  }
}

function bufferOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
