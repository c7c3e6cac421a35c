import type { EndpointLine } from './socket-endpoint.js';

/** Endpoints of every platform, to measure against: one sends back what it gets, the other keeps quiet. */
export const plainEndpoints: readonly EndpointLine[] = [
  [
    'GET /sockets/echo',
    () => ({
      open: (connection) => connection.onMessage((text, data, isBinary) => connection.send(isBinary ? data : text)),
    }),
  ],
  ['GET /sockets/sink', () => ({ open: () => undefined })],
];
