import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import nodeFetch, { Request as NodeFetchRequest } from 'node-fetch';
import { fetch as undiciFetch, Request as UndiciRequest } from 'undici';
import { onTestFinished } from 'vitest';

export { captureRejection, sleep, until } from '@holdline/test-servers/waiting';

const { default: nodeFetch2, Request: NodeFetch2Request } = createRequire(import.meta.url)('node-fetch-2') as {
  default: unknown;
  Request: unknown;
};

/** The fetch functions that every essential test runs with. */
export const FETCH_FUNCTIONS = [
  { name: 'the global fetch', fetch, Request },
  { name: 'a wrapper around the global fetch', fetch: (...args: Parameters<typeof fetch>) => fetch(...args), Request },
  { name: 'undici', fetch: undiciFetch, Request: UndiciRequest },
  { name: 'node-fetch 3', fetch: nodeFetch, Request: NodeFetchRequest },
  { name: 'node-fetch 2', fetch: nodeFetch2, Request: NodeFetch2Request },
] as unknown as { name: string; fetch: typeof fetch; Request: typeof Request }[];

/** One request as it arrived on the wire. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface TestServer {
  url: string;
  /** Complete requests, in order of arrival. */
  seen: SeenRequest[];
  /** Number of open connections. */
  connections(): Promise<number>;
  /** Closes all connections. */
  closeAll(): void;
}

/** Starts a server on a free port. The server closes after the test. `before` is the number of earlier requests. */
export async function startServer(
  answer: (response: ServerResponse, before: number, seen: SeenRequest, raw: IncomingMessage) => void,
): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((raw, response) => {
    let body = '';
    raw.setEncoding('utf8');
    raw.on('data', (chunk: string) => (body += chunk));
    raw.on('error', () => undefined);
    raw.on('end', () => {
      const { method = '', url = '', headers } = raw;
      seen.push({ method, url, headers, body });
      answer(response, seen.length - 1, seen[seen.length - 1] as SeenRequest, raw);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    closeAll: () => server.closeAllConnections(),
    connections: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
  };
}
