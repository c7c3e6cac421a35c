import type { SocketEndpoint } from './socket-endpoint.js';

/** Endpoints of every platform, to measure against: one sends back what it gets, the other keeps quiet. */
export const ECHO_AND_SINK: readonly SocketEndpoint[] = [
  [
    'GET /sockets/echo',
    () => ({
      serve: (connection) => connection.onMessage((text, data, isBinary) => connection.send(isBinary ? data : text)),
    }),
  ],
  ['GET /sockets/sink', () => ({ serve: () => undefined })],
];
