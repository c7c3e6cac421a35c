import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createHoldline, type Holdline, type HoldlineConfig } from '@holdline/core';
import { Agent as Agent7, fetch as fetch7, request as request7 } from 'undici';
import { Agent as Agent6, fetch as fetch6, request as request6 } from 'undici-6';
import { onTestFinished } from 'vitest';

export { captureRejection, until } from '@holdline/test-servers/waiting';

/** The copies of undici that the special tests run with. The types of undici 7 describe both. */
export const COPIES = [
  { name: 'undici 7', Agent: Agent7, request: request7, fetch: fetch7 },
  { name: 'undici 6', Agent: Agent6, request: request6, fetch: fetch6 },
] as unknown as { name: string; Agent: typeof Agent7; request: typeof request7; fetch: typeof fetch7 }[];

/** One request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Number of the connection. */
  readonly connection: number;
}

export interface TestServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Number of connections so far. */
  readonly opened: number;
  /** Number of closed connections. */
  readonly closed: number;
}

/** Starts a server on a free port. It closes after the test. `before` is the number of earlier requests. */
export async function startServer(
  answer: (response: ServerResponse, before: number, seen: Seen) => void,
  onUpgrade?: (request: IncomingMessage, socket: Socket) => void,
): Promise<TestServer> {
  const seen: Seen[] = [];
  const connections = new Map<Socket, number>();
  let opened = 0;
  const server = createServer((raw, response) => {
    let body = '';
    raw.setEncoding('utf8');
    raw.on('data', (chunk: string) => (body += chunk));
    raw.on('error', () => undefined);
    raw.on('end', () => {
      const { method = '', url = '', headers } = raw;
      seen.push({ method, url, headers, body, connection: connections.get(raw.socket) ?? 0 });
      answer(response, seen.length - 1, seen[seen.length - 1] as Seen);
    });
  });
  server.on('connection', (socket) => {
    connections.set(socket, ++opened);
    socket.on('error', () => undefined);
    socket.on('close', () => connections.delete(socket));
  });
  if (onUpgrade) server.on('upgrade', (request, socket) => onUpgrade(request, socket as Socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of connections.keys()) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get opened() {
      return opened;
    },
    get closed() {
      return opened - connections.size;
    },
  };
}

/** Makes a line with short waits. It closes after the test. */
export function makeLine(config: HoldlineConfig = {}): Holdline {
  const line = createHoldline({
    governor: { defaultRetryAfterMs: 5 },
    retry: { maxAttempts: 3, baseDelayMs: 1 },
    ...config,
  });
  onTestFinished(() => line.close({ timeoutMs: 100 }));
  return line;
}

/** Closes a dispatcher after the test. */
export function closeLater<D extends { destroy(): Promise<void> }>(dispatcher: D): D {
  onTestFinished(() => dispatcher.destroy());
  return dispatcher;
}
