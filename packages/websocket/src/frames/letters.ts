import { isHoldlineError, type Clock, type DeadLetterDesk, type LetterSender, type Undo } from '@holdline/core';
import { letterDataOf } from './frame-data.js';
import type { Frame } from './queue.js';

/** Name of this adapter in letters. */
const CLIENT = 'websocket';

/** An open socket, as letters are sent on it. */
export interface LetterOutlet {
  readonly url: string;
  /** Headers of its handshake that may be a credential. */
  readonly credentials: readonly (readonly [string, string])[];
  /** Whose it is, where that was said when it was made. */
  readonly tenant: string | undefined;
  /** Sends a frame that was given up before. Rejects where it is given up again. */
  resend(data: string | Uint8Array): Promise<unknown>;
}

/** The dead letters of all sockets of a class: frames that were given up, and where they may be sent again. */
export class FrameLetters {
  readonly #open = new Set<Undo>();
  #order = 0;
  /** Where Blobs are read: what comes after them waits, for the order is kept. */
  #reading: Promise<void> | undefined = undefined;

  constructor(
    readonly desk: DeadLetterDesk,
    readonly clock: Clock,
  ) {}

  /** A socket is open, until undone. */
  opened(outlet: LetterOutlet): Undo {
    if (!this.desk.isOn) return () => undefined;
    let isOpen = true;
    const sender: LetterSender = {
      serves: (url) => url === outlet.url,
      request: ({ headers }) => ({ headers: [...outlet.credentials, ...Object.entries(headers)], ownCredential: true }),
      send: ({ body = '' }) => (isOpen ? outlet.resend(body) : Promise.reject(new Error('its socket was closed'))),
    };
    const stop = this.desk.sendBy(CLIENT, sender, outlet);
    const undo = (): void => {
      isOpen = false;
      this.#open.delete(undo);
      stop();
    };
    this.#open.add(undo);
    if (outlet.tenant !== undefined) this.used(outlet, outlet.tenant);
    return undo;
  }

  /** A socket has sent a frame of a tenant. */
  used(outlet: LetterOutlet, tenant: string): void {
    this.desk.used(outlet, tenant);
  }

  /** Keeps frames of a socket, in their order. Those that are letters already stay where they are. */
  keep({ url, credentials: headers }: LetterOutlet, frames: readonly Frame[], error: Error): void {
    if (!this.desk.isOn) return;
    const reason = isHoldlineError(error) ? error.code : error.name;
    for (const { data, options, tenant, isLetter } of frames) {
      if (isLetter) continue;
      // Of several processes, and starts, the later has the higher.
      const order = (this.#order = Math.max(this.#order + 1, this.clock.wall() * 1_000));
      const put = (own: string | Uint8Array): void =>
        this.desk.keep({ client: CLIENT, url, order, tenant, reason, mayBeExecuted: false, headers, data: own });
      const own = letterDataOf(data, options);
      if (!this.#reading && !(own instanceof Promise)) put(own);
      else this.#putLater(own, put);
    }
  }

  /** Sends no letters any more. */
  detach(): void {
    for (const undo of [...this.#open]) undo();
  }

  #putLater(own: string | Uint8Array | Promise<Uint8Array>, put: (own: string | Uint8Array) => void): void {
    const reading = (this.#reading ?? Promise.resolve())
      .then(() => own)
      // A Blob whose file is gone has nothing to keep.
      .then(put, () => undefined)
      .finally(() => {
        if (this.#reading === reading) this.#reading = undefined;
      });
    this.#reading = reading;
  }
}
