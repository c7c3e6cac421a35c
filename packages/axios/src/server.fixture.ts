import { sleep } from '@holdline/test-servers/waiting';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import axios, { type AxiosInstance, type AxiosStatic } from 'axios';
import axios17 from 'axios-1.7';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

export { captureRejection, sleep, until } from '@holdline/test-servers/waiting';

/** The axios copies that every essential test runs with. */
export const AXIOS_COPIES: { version: string; axios: AxiosStatic }[] = [
  { version: axios.VERSION, axios },
  { version: axios17.VERSION, axios: axios17 as unknown as AxiosStatic },
];

/** Makes an instance look as if it came from a bundle: no path leads from it to axios itself. */
export function hideAxiosClass<T extends AxiosInstance>(instance: T): T {
  Object.defineProperty(instance.interceptors.request, 'constructor', { value: Object });
  return instance;
}

/** One request as it arrived on the wire. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface TestServer {
  url: string;
  /** Complete requests, in order of arrival. */
  seen: SeenRequest[];
  /** Number of requests whose head arrived. */
  readonly heads: number;
  /** Number of requests whose connection closed before the response was complete. */
  readonly aborted: number;
  /** Resets all connections. */
  reset(): void;
}

const closing: (() => Promise<unknown>)[] = [];

/**
 * Starts a real server on a free port. The server closes after the test.
 *
 * @param answer - Answers a request. `before` is the number of earlier requests.
 * @param onHead - Called before the body of a request arrives.
 */
export async function startServer(
  answer: (request: SeenRequest, response: ServerResponse, before: number, raw: IncomingMessage) => void,
  path?: string,
  onHead?: (response: ServerResponse) => void,
): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  let heads = 0;
  let aborted = 0;
  const server = createServer((raw, response) => {
    heads++;
    onHead?.(response);
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('error', () => undefined);
    response.on('close', () => {
      if (!response.writableFinished) aborted++;
    });
    raw.on('end', () => {
      const { method = '', url = '', headers } = raw;
      const request = { method, url, headers, body: Buffer.concat(chunks) };
      seen.push(request);
      answer(request, response, seen.length - 1, raw);
    });
  });
  const sockets = trackSockets(server);
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = await listen(server, path);
  return {
    url,
    seen,
    reset() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    get heads() {
      return heads;
    },
    get aborted() {
      return aborted;
    },
  };
}

/** Starts a server that answers any input with `bytes`, then ends the connection in the given way. */
export async function startBrokenServer(
  bytes: string,
  end: 'end' | 'reset' = 'end',
): Promise<{ url: string; readonly connections: number }> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections++;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (bytes === '') socket.resetAndDestroy();
      else socket.write(bytes, () => setTimeout(() => (end === 'end' ? socket.end() : socket.resetAndDestroy()), 20));
    });
  });
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const url = await listen(server);
  return {
    url,
    get connections() {
      return connections;
    },
  };
}

/** Listens on a free port until the test ends. */
export async function listenUntilTestEnd(server: Server, protocol = 'http:'): Promise<string> {
  const sockets = trackSockets(server);
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (await listen(server)).replace('http:', protocol);
}

/** Tracks the open connections of a server. */
function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Reserves and frees a port, so that connections to the URL are refused. */
export async function reserveRefusingUrl(): Promise<string> {
  const server = createTcpServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

async function listen(server: Server, path?: string): Promise<string> {
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  );
  return path ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Closes servers after each test, and fails the test file on an unhandled rejection. */
export function cleanUpAfterTests(): void {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', listener));
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });
  afterAll(async () => {
    await sleep(20);
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
}
