import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** The request as the server received it; the response of `/echo` contains it. */
export interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A server for the cases of fetch-cases.ts and for the pages that run them in a browser. */
export interface FetchServer {
  url: string;
  stop(): Promise<void>;
}

// These headers differ between connections or between forms.
const UNTOLD = ['connection', 'host', 'keep-alive'];

/** Starts a server for the cases. With `exposes`, other origins may read all response headers. */
export async function startFetchServer({ exposes = true } = {}): Promise<FetchServer> {
  const known = new Set<string>();
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
    const origin = request.headers.origin;
    response.setHeader('cache-control', 'no-store');
    if (origin !== undefined && pathname !== '/closed') {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
      response.setHeader('access-control-allow-headers', 'authorization, content-type, x-a, x-b');
      if (exposes) response.setHeader('access-control-expose-headers', 'x-told, retry-after');
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    const [, kind = '', detail = ''] = pathname.split('/');
    switch (kind) {
      case '':
        return void response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>');
      case 'echo': {
        const body = await bodyOf(request);
        const headers = Object.entries(request.headers).filter(([name]) => !UNTOLD.includes(name));
        response.setHeader('content-type', 'application/json').setHeader('x-told', 'yes');
        const echo = { method: request.method, url: request.url, headers: Object.fromEntries(headers), body };
        return void response.end(request.method === 'HEAD' ? undefined : JSON.stringify(echo));
      }
      case 'status':
        await bodyOf(request);
        response.setHeader('x-told', 'yes').writeHead(Number(detail), 'As Asked');
        return void response.end(detail === '204' || detail === '304' ? undefined : `status ${detail}`);
      case 'redirect':
        await bodyOf(request);
        return void response.writeHead(Number(detail), { location: searchParams.get('to') ?? '' }).end('moved');
      case 'loop':
        return void response.writeHead(302, { location: '/loop' }).end();
      case 'gzip':
        return void response.setHeader('content-encoding', 'gzip').end(gzipSync('unpacked'));
      case 'form':
        response.setHeader('content-type', 'application/x-www-form-urlencoded');
        return void response.end('a=1&b=2');
      case 'cookie':
        return void response.setHeader('set-cookie', 'crumb=1; Path=/').end('set');
      case 'reset':
        return void request.socket.destroy();
      case 'half':
        response.writeHead(200, { 'content-length': '10' }).write('12345');
        return void setTimeout(() => response.destroy(), 20);
      case 'hang':
        return undefined;
      // Refuses the first request of a name.
      case 'busy':
        if (known.has(detail)) return void response.end('at last');
        known.add(detail);
        return void response.writeHead(429, { 'retry-after': searchParams.get('retry-after') ?? '0' }).end();
      // Accepts only requests with the token.
      case 'token': {
        const body = await bodyOf(request);
        if (request.headers.authorization !== `Bearer ${detail}`) return void response.writeHead(401).end();
        return void response.end(`${detail} ${body}`);
      }
      // Sends the headers and the first half of a body. The second half follows a request to /go of the same name.
      case 'halves':
        response.write('first');
        waiting.set(detail, () => void response.end('second'));
        return undefined;
      case 'go':
        waiting.get(detail)?.();
        waiting.delete(detail);
        return void response.end('gone');
      default:
        return void response.writeHead(404).end();
    }
  }
}

/** A body as text. The random boundary of a form is replaced by a fixed one. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const [boundary] = /^--+[\w-]+(?=\r\n)/.exec(text) ?? [];
  if (boundary === undefined) return text;
  const type = request.headers['content-type'];
  if (type !== undefined) request.headers['content-type'] = type.replace(/boundary=.*/, 'boundary');
  // Boundaries of Chromium differ in length.
  delete request.headers['content-length'];
  return text.replaceAll(boundary, 'boundary');
}
