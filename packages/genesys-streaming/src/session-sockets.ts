import type { Clock } from '@holdline/core';
import type { StreamSocket } from './sdk.js';

/** The SDK waits 1 s for the end of the stream before it closes the socket. The platform then has 1 s to answer, in ms. */
const CLOSE_TIMEOUT_MS = 2_000;

/** The open sockets of one client, as far as the runtime can terminate them. */
export class SessionSockets {
  readonly #open = new Set<StreamSocket>();

  constructor(readonly clock: Clock) {}

  add(socket: StreamSocket | undefined): void {
    if (!socket?.terminate) return;
    this.#open.add(socket);
    socket.addEventListener('close', () => this.#open.delete(socket));
  }

  /**
   * Terminates the sockets that do not close in time. Without this a platform that does not answer would keep each socket, and the
   * process, for 30 s.
   */
  terminateAfterClose(): void {
    if (this.#open.size === 0) return;
    const sockets = [...this.#open];
    const stop = this.clock.setTimer(CLOSE_TIMEOUT_MS, () => {
      for (const socket of sockets) socket.terminate?.();
    });
    let openCount = sockets.length;
    for (const socket of sockets)
      socket.addEventListener('close', () => {
        if (--openCount === 0) stop();
      });
  }
}
