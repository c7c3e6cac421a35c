import type { Clock } from '@holdline/core';

/** Time for the platform to answer the close of a socket, in ms. */
const CLOSE_TIMEOUT_MS = 1_000;
const CLOSED = 3;

/** Closes a socket. Without an answer, `ws` would keep the socket and the process for 30 s, so it is terminated after 1 s. */
export function closeSocket(socket: WebSocket, clock: Clock): void {
  socket.close(1000);
  const { terminate } = socket as { terminate?: () => void };
  if (!terminate || socket.readyState === CLOSED) return;
  const stop = clock.setTimer(CLOSE_TIMEOUT_MS, () => terminate.call(socket));
  socket.addEventListener('close', stop);
}
