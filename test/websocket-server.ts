import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

/** Upgrades per second that `/limited/:name` allows, and its burst. */
export const LIMIT = { perSec: 50, burst: 10 };

/**
 * Starts a WebSocket server that also serves an empty page. The path selects the behaviour: `/refuse/:times/:name` answers the
 * first handshakes with 429, `/cut/:times/:name` cuts them off, `/limited/:name` allows {@link LIMIT}. All paths echo frames.
 */
export async function startWebSocketServer(): Promise<{
  url: string;
  page: string;
  refused: (name: string) => number;
  stop: () => Promise<unknown>;
}> {
  const seen = new Map<string, number>();
  const refusals = new Map<string, number>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  const http = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>page</title>');
  });
  const sockets = new WebSocketServer({ noServer: true });
  const tcp = new Set<Socket>();
  http.on('connection', (socket) => {
    tcp.add(socket);
    socket.on('close', () => tcp.delete(socket)).on('error', () => undefined);
  });

  function allows(name: string): boolean {
    const now = performance.now();
    const { tokens, at } = buckets.get(name) ?? { tokens: LIMIT.burst, at: now };
    const left = Math.min(LIMIT.burst, tokens + ((now - at) * LIMIT.perSec) / 1000);
    buckets.set(name, { tokens: left < 1 ? left : left - 1, at: now });
    return left >= 1;
  }

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [, kind, ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const name = rest.at(-1) ?? '';
    const n = seen.get(name) ?? 0;
    seen.set(name, n + 1);
    const refuses = kind === 'limited' ? !allows(name) : kind !== 'echo' && n < Number(rest[0]);
    if (!refuses)
      return sockets.handleUpgrade(request, socket, head, (peer) =>
        peer.on('message', (data, binary) => peer.send(data, { binary })),
      );
    refusals.set(name, (refusals.get(name) ?? 0) + 1);
    if (kind === 'cut') return socket.destroy();
    return socket.end(
      'HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    page: `http://127.0.0.1:${port}`,
    refused: (name) => refusals.get(name) ?? 0,
    stop() {
      for (const socket of tcp) socket.destroy();
      return new Promise((resolve) => http.close(resolve));
    },
  };
}
