import { type Clock, type DeadLetterDesk, isHoldlineError, type LetterSender, type Undo } from '@holdline/core';
import { encodeForDeadLetter } from './frame-data.js';
import type { Frame } from './frame-queue.js';

/** Name of this adapter in letters. */
const CLIENT = 'websocket';

/** An open socket, as letters are sent on it. */
export interface DeadLetterSocket {
  readonly url: string;
  /** Headers of its handshake that may be a credential. */
  readonly credentials: readonly (readonly [string, string])[];
  /** Whose it is, where that was said when it was made. */
  readonly tenant: string | undefined;
  /** Sends a frame that was given up before. Rejects where it is given up again. */
  resendDeadLetter(data: string | Uint8Array): Promise<unknown>;
}

/** The dead letters of all sockets of a class: frames that were given up, and where they may be sent again. */
export class FrameDeadLetters {
  readonly #registrations = new Set<Undo>();
  #order = 0;
  /** Where Blobs are read: what comes after them waits, for the order is kept. */
  #pendingRead: Promise<void> | undefined = undefined;

  constructor(
    readonly queue: DeadLetterDesk,
    readonly clock: Clock,
  ) {}

  /** A socket is open, until undone. */
  registerSocket(socket: DeadLetterSocket): Undo {
    if (!this.queue.isOn) return () => undefined;
    let isOpen = true;
    const sender: LetterSender = {
      serves: (url) => url === socket.url,
      request: ({ headers }) => ({ headers: [...socket.credentials, ...Object.entries(headers)], ownCredential: true }),
      send: ({ body = '' }) =>
        isOpen ? socket.resendDeadLetter(body) : Promise.reject(new Error('its socket was closed')),
    };
    const unregister = this.queue.sendBy(CLIENT, sender, socket);
    const undo = (): void => {
      isOpen = false;
      this.#registrations.delete(undo);
      unregister();
    };
    this.#registrations.add(undo);
    if (socket.tenant !== undefined) this.recordTenant(socket, socket.tenant);
    return undo;
  }

  /** A socket has sent a frame of a tenant. */
  recordTenant(socket: DeadLetterSocket, tenant: string): void {
    this.queue.used(socket, tenant);
  }

  /** Keeps frames of a socket, in their order. Those that are letters already stay where they are. */
  storeFrames({ url, credentials: headers }: DeadLetterSocket, frames: readonly Frame[], error: Error): void {
    if (!this.queue.isOn) return;
    const reason = isHoldlineError(error) ? error.code : error.name;
    for (const { data, options, tenant, isDeadLetter } of frames) {
      if (isDeadLetter) continue;
      // Of several processes, and starts, the later has the higher.
      const order = (this.#order = Math.max(this.#order + 1, this.clock.wall() * 1_000));
      const store = (content: string | Uint8Array): void =>
        this.queue.keep({ client: CLIENT, url, order, tenant, reason, mayBeExecuted: false, headers, data: content });
      const own = encodeForDeadLetter(data, options);
      if (!this.#pendingRead && !(own instanceof Promise)) store(own);
      else this.#storeInOrder(own, store);
    }
  }

  /** Sends no letters any more. */
  unregisterAll(): void {
    for (const undo of [...this.#registrations]) undo();
  }

  #storeInOrder(content: string | Uint8Array | Promise<Uint8Array>, store: (own: string | Uint8Array) => void): void {
    const reading = (this.#pendingRead ?? Promise.resolve())
      .then(() => content)
      // A Blob whose file is gone has nothing to keep.
      .then(store, () => undefined)
      .finally(() => {
        if (this.#pendingRead === reading) this.#pendingRead = undefined;
      });
    this.#pendingRead = reading;
  }
}
