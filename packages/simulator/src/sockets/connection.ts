import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { RawData, WebSocket } from 'ws';
import type { SocketLog, UpgradeEntry } from './socket-log.js';

/** Close code of a connection that broke; it is never sent. */
const ABNORMAL_CLOSURE = 1006;
/** A peer that does not answer a close is cut off after this time, ms. */
const CLOSE_TIMEOUT_MS = 2000;

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
  takeFramePermit(entry: UpgradeEntry): boolean;
  readBytesPerSecond(): number;
  reportFrame(frame: SocketFrame): void;
  reportEnd(connection: Connection): void;
}

/** One open socket: counts, obeys the limits on frames, reads as slowly as it is told. */
export class Connection {
  readonly entry: UpgradeEntry;
  readonly #socket: WebSocket;
  readonly #stream: Socket;
  readonly #host: ConnectionHost;
  readonly #timers = new Set<NodeJS.Timeout>();
  #resumeTimer: NodeJS.Timeout | undefined;
  #messageHandlers: ((text: string, data: Buffer, isBinary: boolean) => void)[] = [];
  #endHandlers: (() => void)[] = [];
  #isClosing = false;

  constructor(entry: UpgradeEntry, socket: WebSocket, stream: Socket, host: ConnectionHost) {
    this.entry = entry;
    this.#socket = socket;
    this.#stream = stream;
    this.#host = host;
    socket.on('message', (data, isBinary) => this.#handleMessage(toBuffer(data), isBinary));
    socket.on('close', (code) => this.#handleEnd(code));
    // What follows an error is a close, which is counted; the error itself has nothing to add.
    socket.on('error', () => undefined);
    this.applyReadRate();
  }

  /** Called with each message. */
  onMessage(reader: (text: string, data: Buffer, isBinary: boolean) => void): void {
    this.#messageHandlers.push(reader);
  }

  onEnd(ender: () => void): void {
    this.#endHandlers.push(ender);
  }

  send(data: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#host.log.countFrame(this.entry, 'out', Buffer.byteLength(data));
    this.#socket.send(data);
  }

  /** Does something again and again, as long as the socket is open. */
  repeat(ms: number, act: () => void): void {
    this.#timers.add(setInterval(act, ms));
  }

  /** Closes with a code; 1006 breaks the connection instead, because that code cannot be sent. */
  close(code: number, reason = ''): void {
    if (!this.#isClosing) this.entry.closedBy = 'server';
    this.#isClosing = true;
    if (code === ABNORMAL_CLOSURE) {
      this.#socket.terminate();
      return;
    }
    this.#socket.close(code, reason);
    this.#timers.add(setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS));
  }

  /** Takes up the speed that is asked for now. */
  applyReadRate(): void {
    clearTimeout(this.#resumeTimer);
    this.#resumeTimer = undefined;
    if (this.#host.readBytesPerSecond() > 0) this.#socket.resume();
    else this.#socket.pause();
  }

  #handleMessage(data: Buffer, isBinary: boolean): void {
    const { entry } = this;
    this.#host.log.countFrame(entry, 'in', data.length);
    this.#throttleReading(data.length);
    if (this.#isClosing) return;
    if (!this.#host.takeFramePermit(entry)) {
      this.close(1008, 'Rate limit exceeded');
      return;
    }
    const { id: socketId, route, user } = entry;
    const at = performance.now();
    this.#host.reportFrame({ socketId, at, route, ...(user !== undefined && { user }), data, isBinary });
    for (const reader of this.#messageHandlers) reader(isBinary ? '' : data.toString('utf8'), data, isBinary);
  }

  /** Pauses for as long as reading so much should have taken. */
  #throttleReading(bytes: number): void {
    const rate = this.#host.readBytesPerSecond();
    if (rate === Infinity || rate === 0 || this.#resumeTimer !== undefined) return;
    this.#socket.pause();
    this.#resumeTimer = setTimeout(() => this.applyReadRate(), (bytes / rate) * 1000);
  }

  #handleEnd(code: number): void {
    clearTimeout(this.#resumeTimer);
    // Intervals are cleared by clearTimeout just as well.
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const { entry } = this;
    entry.closedAt = performance.now();
    entry.closeCode = code;
    entry.closedBy ??= 'client';
    entry.wireBytesIn = this.#stream.bytesRead;
    this.#host.log.countClosed(code);
    for (const ender of this.#endHandlers) ender();
    this.#endHandlers = [];
    this.#messageHandlers = [];
    this.#host.reportEnd(this);
  }
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
