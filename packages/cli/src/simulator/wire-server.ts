import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WIRE_PAGE } from './page.js';
import type { WireFeed } from './wire-feed.js';

/** Open pages. A further one is refused. */
const MAX_STREAMS = 16;
/** A page that reads so slowly that more bytes wait for it is dropped. It connects again by itself. */
const MAX_WAITING_BYTES = 1_000_000;

/** The server of the page with the wire log. */
export interface WireServer {
  readonly url: string;
  close(): Promise<void>;
}

const hashOf = (tag: string): string => {
  const content = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(WIRE_PAGE)?.[1] ?? '';
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
};

const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': `default-src 'none'; script-src ${hashOf('script')}; style-src ${hashOf('style')}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** Whether the request names this machine. A page of another origin whose name is bound to 127.0.0.1 sends its own name. */
function isLocal({ headers }: IncomingMessage): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i.test(headers.host ?? '');
}

/**
 * Serves the page with the wire log on 127.0.0.1.
 *
 * @param port - 0 takes any free port.
 * @param report - The report of the run so far, for `/report`.
 * @throws the error of the socket if the port is in use (the promise rejects).
 */
export async function serveWireLog(feed: WireFeed, port: number, report: () => object): Promise<WireServer> {
  // A page that is open costs a look at the load each second. Without one, nobody looks.
  const streams = new Set<ServerResponse>();
  let stopFeed = (): void => undefined;
  const server = createServer((request, response) => {
    const text = (status: number, body: string): void => {
      response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${body}\n`);
    };
    const [path] = (request.url ?? '/').split('?', 1);
    if (!isLocal(request)) return text(421, 'This page answers only to 127.0.0.1 and localhost.');
    if (request.method !== 'GET') return text(405, 'This page is only read.');
    if (path === '/')
      return void response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8' }).end(WIRE_PAGE);
    if (path !== '/stream' && path !== '/report') return text(404, 'There is nothing at this address.');
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return text(403, 'Pages of other origins get no data.');
    if (path === '/report')
      return void response
        .writeHead(200, { ...HEADERS, 'Content-Type': 'application/json; charset=utf-8' })
        .end(`${JSON.stringify(report(), undefined, 2)}\n`);
    if (streams.size >= MAX_STREAMS) return text(503, `${MAX_STREAMS} pages are open already.`);
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
    response.on('close', () => {
      streams.delete(response);
      if (streams.size === 0) stopFeed();
    });
    response.on('error', () => undefined);
    if (streams.size === 0)
      stopFeed = feed.onMessage((message) => {
        for (const stream of streams) send(stream, message);
      });
    send(response, feed.whole());
    streams.add(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => resolve());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        stopFeed();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(stream: ServerResponse, message: unknown): void {
  if (stream.writableLength > MAX_WAITING_BYTES) stream.destroy();
  else stream.write(`data: ${JSON.stringify(message)}\n\n`);
}
