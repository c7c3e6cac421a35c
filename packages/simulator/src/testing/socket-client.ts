import { afterEach } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Simulator } from '../simulator.js';

/** A plain WebSocket client for tests. It records the messages it receives. */

const opened: WebSocket[] = [];

afterEach(() => {
  for (const socket of opened.splice(0)) socket.terminate();
});

export interface TestSocket {
  readonly socket: WebSocket;
  /** Text of all messages so far. */
  readonly messages: string[];
  /** Resolves with the code and reason when the socket is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** An upgrade that was not accepted: its status and its Retry-After. */
export class UpgradeRefusedError extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;

  constructor(status: number, retryAfter: string | undefined) {
    super(`refused with ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export function openSocket(
  simulator: Pick<Simulator, 'url'>,
  path: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<TestSocket> {
  const url = path.startsWith('ws:') ? path : simulator.url.replace('http', 'ws') + path;
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
  opened.push(socket);
  const messages: string[] = [];
  socket.on('message', (data: Buffer) => messages.push(data.toString('utf8')));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, messages, closed }));
    socket.on('error', reject);
    socket.on('unexpected-response', (request, response) => {
      reject(new UpgradeRefusedError(response.statusCode ?? 0, response.headers['retry-after']));
      request.destroy();
    });
  });
}
