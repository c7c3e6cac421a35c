import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

/** Decision about one handshake. */
export type HandshakeDecision = 'accept' | 'destroy' | { status: number; headers?: Record<string, string> };

/** A WebSocket server that refuses handshakes as `decide` says. */
export interface TestServer {
  readonly url: string;
  /** Handshakes in order of arrival, with the decision about each. */
  readonly handshakes: { at: number; decision: HandshakeDecision; url: string; remote: number }[];
  readonly sockets: Set<WebSocket>;
  /** Accepted connections, with or without a handshake. */
  connections: number;
  decide: (request: IncomingMessage) => HandshakeDecision;
  onConnection: (socket: WebSocket, request: IncomingMessage) => void;
  readonly accepted: number;
  readonly refused: number;
  stop(): Promise<void>;
}

export async function startTestServer(options: ServerOptions = {}): Promise<TestServer> {
  const http = createServer();
  const tcp = new Set<Socket>();
  const sockets = new WebSocketServer({ noServer: true, ...options });
  const server: TestServer = {
    url: '',
    handshakes: [],
    sockets: sockets.clients,
    connections: 0,
    decide: () => 'accept',
    onConnection: () => undefined,
    get accepted() {
      return server.handshakes.filter(({ decision }) => decision === 'accept').length;
    },
    get refused() {
      return server.handshakes.length - server.accepted;
    },
    async stop() {
      for (const socket of tcp) socket.destroy();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  http.on('connection', (socket) => {
    server.connections++;
    tcp.add(socket);
    socket.on('close', () => tcp.delete(socket));
    socket.on('error', () => undefined);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const decision = server.decide(request);
    server.handshakes.push({
      at: performance.now(),
      decision,
      url: request.url ?? '',
      remote: request.socket.remotePort ?? 0,
    });
    if (decision === 'destroy') socket.destroy();
    else if (decision === 'accept')
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => undefined);
        server.onConnection(client, request);
      });
    else {
      const headers = { connection: 'close', 'content-length': '0', ...decision.headers };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${decision.status} Refused\r\n${lines.join('')}\r\n`);
    }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  Object.assign(server, { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}` });
  return server;
}

/** A token bucket like those of the platforms: `burst` at once, then `perSec`. */
export function createTokenBucket(perSec: number, burst: number, now = (): number => performance.now()): () => boolean {
  let tokens = burst;
  let at = now();
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + ((time - at) * perSec) / 1000);
    at = time;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}

/** Settles with the arguments of the next event of a socket. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every event has other arguments
export function nextEvent(socket: object, name: string): Promise<any[]> {
  const { on } = socket as { on?: (name: string, fn: (...args: unknown[]) => void) => void };
  return new Promise((resolve) => {
    if (on) on.call(socket, name, (...args) => resolve(args));
    else (socket as EventTarget).addEventListener(name, (event) => resolve([event]), { once: true });
  });
}
