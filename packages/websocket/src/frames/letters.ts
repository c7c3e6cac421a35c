import { isHoldlineError, type Clock, type DeadLetterDesk, type Undo } from '@holdline/core';
import { letterDataOf } from './bytes.js';
import type { Frame } from './queue.js';

/** Name of this adapter in letters. */
const CLIENT = 'websocket';

/** An open socket, as letters are sent on it. */
export interface LetterOutlet {
  readonly url: string;
  /** Sends a frame that was given up before. Rejects where it is given up again. */
  resend(data: string | Uint8Array): Promise<unknown>;
}

/** The dead letters of all sockets of a class: frames that were given up, and where they may be sent again. */
export class FrameLetters {
  readonly #open = new Set<LetterOutlet>();
  #order = 0;
  /** Where Blobs are read: what comes after them waits, for the order is kept. */
  #reading: Promise<void> | undefined = undefined;
  readonly #stop: Undo;

  constructor(
    readonly desk: DeadLetterDesk,
    readonly clock: Clock,
  ) {
    this.#stop = desk.sendBy(CLIENT, {
      serves: (url) => this.#outletOf(url) !== undefined,
      send: ({ url, body = '' }) => {
        const outlet = this.#outletOf(url);
        return outlet ? outlet.resend(body) : Promise.reject(new Error('its socket was closed'));
      },
    });
  }

  /** A socket is open, until undone. */
  opened(outlet: LetterOutlet): Undo {
    this.#open.add(outlet);
    return () => {
      this.#open.delete(outlet);
    };
  }

  /** Keeps frames of a socket, in their order. Those that are letters already stay where they are. */
  keep(url: string, frames: readonly Frame[], error: Error): void {
    if (!this.desk.isOn) return;
    const reason = isHoldlineError(error) ? error.code : error.name;
    for (const { data, options, tenant, isLetter } of frames) {
      if (isLetter) continue;
      // Of several processes, and starts, the later has the higher.
      const order = (this.#order = Math.max(this.#order + 1, this.clock.wall() * 1_000));
      const put = (own: string | Uint8Array): void =>
        this.desk.keep({ client: CLIENT, url, order, tenant, reason, mayBeExecuted: false, data: own });
      const own = letterDataOf(data, options);
      if (!this.#reading && !(own instanceof Promise)) put(own);
      else this.#putLater(own, put);
    }
  }

  /** Sends no letters any more. */
  detach(): void {
    this.#stop();
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

  /** The newest open socket to there. */
  #outletOf(url: string): LetterOutlet | undefined {
    return [...this.#open].findLast((outlet) => outlet.url === url);
  }
}
