import { ConfigError } from '@holdline/core';
import type { Frames } from '../frames/frames.js';
import type { Connection } from './connection.js';

/** The connection of each guarded socket. */
export const connections = new WeakMap<object, Connection>();

/** @throws TypeError if `socket` is not guarded, as native accessors do. */
export function getConnection(socket: object): Connection {
  const connection = connections.get(socket);
  if (!connection) throw new TypeError('Illegal invocation');
  return connection;
}

/**
 * Returns the frames of a guarded socket: to send with a priority, to read the queue, and to hear of unsent frames.
 *
 * @throws ConfigError if the socket is not guarded, or `frames` is `false`.
 * @example
 * ```ts
 * import { framesOf, guardWebSocket } from '@holdline/websocket';
 * import WebSocket from 'ws';
 *
 * const socket = new (guardWebSocket(WebSocket))('wss://streaming.example.com/channels/1');
 * socket.on('open', async () => {
 *   const frames = framesOf(socket);
 *   frames.on('unsent', ({ frames, error }) => console.log(`${frames.length} frames given up: ${error.message}`));
 *   await frames.send('{"presence":"BUSY"}', { priority: 'high', key: 'presence' });
 *   if (!frames.writable) await new Promise<void>((resolve) => frames.on('drain', () => resolve()));
 * });
 * ```
 * @public
 */
export function framesOf(socket: object): Frames {
  const frames = connections.get(socket)?.frames;
  if (!frames)
    throw new ConfigError(
      'the argument of framesOf must be a socket of a guarded class whose option frames is not false',
    );
  return frames;
}
