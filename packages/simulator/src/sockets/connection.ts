import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { RawData, WebSocket } from 'ws';
import type { SocketLog, UpgradeEntry } from './socket-log.js';

/** Close code of a broken connection; it is never sent. */
const ABNORMAL_CLOSURE = 1006;
/** Time after which a peer that does not answer a close is disconnected, ms. */
const CLOSE_TIMEOUT_MS = 2000;

/**
 * A received frame.
 * @public
 */
export interface SocketFrame {
  /** Number of the upgrade: `id` of its {@link UpgradeEntry}. */
  readonly socketId: number;
  /** Time of reading, ms of `performance.now()`. */
  readonly at: number;
  readonly route: string;
  readonly user?: string;
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** The parts of the hub that a connection uses. */
export interface ConnectionHost {
  readonly log: SocketLog;
  /** Takes a permit for one frame; false when a limit refuses it. */
  takeFramePermit(entry: UpgradeEntry): boolean;
  getReadRate(): number;
  reportFrame(frame: SocketFrame): void;
  reportEnd(connection: Connection): void;
}

/** One open socket. It counts frames, applies the limits on frames and reads at the configured rate. */
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
  #isMuted = false;

  constructor(entry: UpgradeEntry, socket: WebSocket, stream: Socket, host: ConnectionHost) {
    this.entry = entry;
    this.#socket = socket;
    this.#stream = stream;
    this.#host = host;
    socket.on('message', (data, isBinary) => this.#handleMessage(toBuffer(data), isBinary));
    socket.on('close', (code) => this.#handleEnd(code));
    // A close follows every error and is counted, so the error itself needs no handling.
    socket.on('error', () => undefined);
    this.applyReadRate();
  }

  /** Calls a function with each message. */
  onMessage(handler: (text: string, data: Buffer, isBinary: boolean) => void): void {
    this.#messageHandlers.push(handler);
  }

  onEnd(handler: () => void): void {
    this.#endHandlers.push(handler);
  }

  send(data: string | Buffer): void {
    if (this.#isMuted || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#host.log.countFrame(this.entry, 'out', Buffer.byteLength(data));
    this.#socket.send(data);
  }

  /** Calls a function at an interval while the socket is open. */
  repeat(ms: number, callback: () => void): void {
    this.#timers.add(setInterval(callback, ms));
  }

  /** Closes with a code. 1006 cannot be sent, so it breaks the connection. */
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

  /**
   * Makes the connection half-open, or ends that. The TCP connection stays, but no message is sent and nothing is read,
   * not even pings. Messages that were to be sent meanwhile are lost.
   */
  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.applyReadRate();
  }

  /** Applies the current read rate. */
  applyReadRate(): void {
    clearTimeout(this.#resumeTimer);
    this.#resumeTimer = undefined;
    if (!this.#isMuted && this.#host.getReadRate() > 0) this.#socket.resume();
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
    for (const handler of this.#messageHandlers) handler(isBinary ? '' : data.toString('utf8'), data, isBinary);
  }

  /** Pauses for the time that reading so many bytes takes at the configured rate. */
  #throttleReading(bytes: number): void {
    const rate = this.#host.getReadRate();
    if (rate === Infinity || rate === 0 || this.#resumeTimer !== undefined) return;
    this.#socket.pause();
    this.#resumeTimer = setTimeout(() => this.applyReadRate(), (bytes / rate) * 1000);
  }

  #handleEnd(code: number): void {
    clearTimeout(this.#resumeTimer);
    // clearTimeout also clears intervals.
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const { entry } = this;
    entry.closedAt = performance.now();
    entry.closeCode = code;
    entry.closedBy ??= 'client';
    entry.wireBytesIn = this.#stream.bytesRead;
    this.#host.log.countClosed(code);
    for (const handler of this.#endHandlers) handler();
    this.#endHandlers = [];
    this.#messageHandlers = [];
    this.#host.reportEnd(this);
  }
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
