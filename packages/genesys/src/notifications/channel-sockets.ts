import type { Undo } from '@holdline/core';
import { parseMessage, type ChannelMessage } from './channel-message.js';
import { closeSocket } from './close-socket.js';
import type { ResolvedNotifications } from './options.js';
import { SilenceWatch } from './silence-watch.js';

/** The old socket stays open for so long after the new one opens, in ms: messages in transit still arrive. */
const OVERLAP_MS = 1_000;

/** Receives the events of the sockets of a channel. */
export interface SocketListener {
  socketOpened(): void;
  messageReceived(message: ChannelMessage): void;
  socketLost(reason: string): void;
}

/** The change from an announced close to a new socket. */
interface Handover {
  next: WebSocket | undefined;
  /** The socket before, from the moment the next one is open. */
  previous: WebSocket | undefined;
  /** Copies of a message from the older socket, less those from the newer. */
  readonly balances: Map<string, number>;
}

/** The socket of one channel. During a handover there are two, and each message counts once. */
export class ChannelSockets {
  #current: WebSocket | undefined;
  #handover: Handover | undefined;
  #stopOverlap: Undo = () => undefined;
  #openedAt = 0;
  readonly #silence: SilenceWatch;

  constructor(
    readonly openSocket: (url: string) => WebSocket,
    readonly options: ResolvedNotifications,
    readonly listener: SocketListener,
  ) {
    this.#silence = new SilenceWatch(options, (silentMs) =>
      listener.socketLost(`the socket was silent for ${silentMs} ms`),
    );
  }

  /** Whether there is a socket, open or opening. */
  get hasSocket(): boolean {
    return this.#current !== undefined;
  }

  /** Monotonic time at which the last socket opened, in ms. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** Wall time of the last message, in ms. */
  get lastMessageAt(): number {
    return this.#silence.lastMessageAt;
  }

  /** Monotonic time of the last message, in ms. */
  get heardAt(): number {
    return this.#silence.heardAt;
  }

  /** Opens a socket. During a handover it is the next one. */
  open(connectUri: string): Promise<void> {
    const { options, listener } = this;
    return new Promise((resolve, reject) => {
      const socket = this.openSocket(connectUri);
      const handover = this.#handover;
      if (handover) handover.next = socket;
      else this.#current = socket;
      let isOpen = false;
      const isCurrent = (): boolean => this.#current === socket;
      socket.addEventListener('open', () => {
        if (handover && handover === this.#handover) {
          this.#silence.stop();
          handover.previous = this.#current;
          this.#current = socket;
          this.#stopOverlap = options.clock.setTimer(OVERLAP_MS, () => this.#endHandover());
        }
        if (!isCurrent()) return;
        isOpen = true;
        this.#silence.start(socket);
        this.#openedAt = options.clock.now();
        // Reported in this tick, because the socket may be lost in the same tick.
        listener.socketOpened();
        resolve();
      });
      socket.addEventListener('message', ({ data }: MessageEvent) => {
        const isPrevious = this.#handover?.previous === socket;
        if (!isCurrent() && !isPrevious) return;
        if (!isPrevious) this.#silence.recordMessage();
        const text = String(data);
        const message = parseMessage(text);
        const isOlder = isPrevious || this.#handover?.previous === undefined;
        if (message.kind === 'notification' && this.#isSecondCopy(text, isOlder)) return;
        listener.messageReceived(message);
      });
      // The close event that follows has the details.
      socket.addEventListener('error', () => undefined);
      socket.addEventListener('close', ({ code, reason }: CloseEvent) => {
        const cause = `the socket was closed (${code}${reason ? `: ${String(reason)}` : ''})`;
        if (!isOpen) {
          if (isCurrent()) this.#current = undefined;
          // The old socket is still open. Its close starts the recovery of the channel.
          if (this.#handover?.next === socket) this.#handover = undefined;
          reject(new Error(cause));
        } else if (isCurrent()) listener.socketLost(cause);
      });
    });
  }

  /**
   * Begins a handover: the next `open` keeps the present socket until the new one is open.
   * @returns false during a handover, and without a socket.
   */
  beginHandover(): boolean {
    if (this.#handover || !this.#current) return false;
    this.#handover = { next: undefined, previous: undefined, balances: new Map() };
    return true;
  }

  /** Closes all sockets. */
  close(): void {
    this.#endHandover();
    const socket = this.#current;
    this.#current = undefined;
    this.#silence.stop();
    if (socket) closeSocket(socket, this.options.clock);
  }

  #endHandover(): void {
    const { next, previous } = this.#handover ?? {};
    const { clock } = this.options;
    this.#handover = undefined;
    this.#stopOverlap();
    if (next && next !== this.#current) closeSocket(next, clock);
    if (previous) closeSocket(previous, clock);
  }

  /** Whether the other socket of a handover delivered this message already. */
  #isSecondCopy(text: string, isOlder: boolean): boolean {
    if (!this.#handover) return false;
    const { balances } = this.#handover;
    const sign = isOlder ? 1 : -1;
    const balance = balances.get(text) ?? 0;
    balances.set(text, balance + sign);
    return balance * sign < 0;
  }
}
