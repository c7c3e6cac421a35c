import type { SocketEndpoint } from './socket-endpoint.js';

/** Endpoints on every platform for measurements: `echo` sends each message back, `sink` sends nothing. */
export const ECHO_AND_SINK: readonly SocketEndpoint[] = [
  [
    'GET /sockets/echo',
    () => ({
      serve: (connection) => connection.onMessage((text, data, isBinary) => connection.send(isBinary ? data : text)),
    }),
  ],
  ['GET /sockets/sink', () => ({ serve: () => undefined })],
];
