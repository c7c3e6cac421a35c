import { type Clock, type DeadLetterQueue, isHoldlineError, type LetterSender, type Undo } from '@holdline/core';
import { encodeForDeadLetter } from './frame-data.js';
import type { Frame } from './frame-queue.js';

/** Name of this adapter in dead letters. */
const CLIENT = 'websocket';

/** An open socket on which dead letters can be sent. */
export interface DeadLetterSocket {
  readonly url: string;
  /** Headers of the handshake that may contain a credential. */
  readonly credentials: readonly (readonly [string, string])[];
  /** The tenant of the socket, if it was constructed within `withCall({ tenant })`. */
  readonly tenant: string | undefined;
  /** Sends a dead letter again. Rejects if the frame is not sent. */
  resendDeadLetter(data: string | Uint8Array): Promise<unknown>;
}

/** Stores the unsent frames of all sockets of a class as dead letters, and replays them on open sockets. */
export class FrameDeadLetters {
  readonly #registrations = new Set<Undo>();
  #order = 0;
  /** Pending read of a Blob. Later frames wait for it, so that the order is kept. */
  #pendingRead: Promise<void> | undefined;

  constructor(
    readonly queue: DeadLetterQueue,
    readonly clock: Clock,
  ) {}

  /** Registers an open socket for replays. Returns a function that removes it. */
  registerSocket(socket: DeadLetterSocket): Undo {
    if (!this.queue.isOn) return () => undefined;
    let isOpen = true;
    const sender: LetterSender = {
      serves: (url) => url === socket.url,
      request: ({ headers }) => ({ headers: [...socket.credentials, ...Object.entries(headers)], ownCredential: true }),
      send: ({ body = '' }) =>
        isOpen ? socket.resendDeadLetter(body) : Promise.reject(new Error('the socket was closed')),
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

  /** Records that a socket has sent a frame of this tenant. */
  recordTenant(socket: DeadLetterSocket, tenant: string): void {
    this.queue.used(socket, tenant);
  }

  /** Stores frames of a socket in their order. Frames that are dead letters already are not stored again. */
  storeFrames({ url, credentials: headers }: DeadLetterSocket, frames: readonly Frame[], error: Error): void {
    if (!this.queue.isOn) return;
    const reason = isHoldlineError(error) ? error.code : error.name;
    for (const { data, options, tenant, isDeadLetter } of frames) {
      if (isDeadLetter) continue;
      // Later frames have a higher number, also across processes and restarts.
      const order = (this.#order = Math.max(this.#order + 1, this.clock.wall() * 1_000));
      const store = (content: string | Uint8Array): void =>
        this.queue.keep({ client: CLIENT, url, order, tenant, reason, mayBeExecuted: false, headers, data: content });
      const content = encodeForDeadLetter(data, options);
      if (!this.#pendingRead && !(content instanceof Promise)) store(content);
      else this.#storeInOrder(content, store);
    }
  }

  /** Removes all sockets from replays. */
  unregisterAll(): void {
    for (const undo of [...this.#registrations]) undo();
  }

  #storeInOrder(content: string | Uint8Array | Promise<Uint8Array>, store: (own: string | Uint8Array) => void): void {
    const reading = (this.#pendingRead ?? Promise.resolve())
      .then(() => content)
      // A Blob whose file no longer exists has no content to store.
      .then(store, () => undefined)
      .finally(() => {
        if (this.#pendingRead === reading) this.#pendingRead = undefined;
      });
    this.#pendingRead = reading;
  }
}
