import type { IncomingMessage, ServerResponse } from 'node:http';

/** Headers of every answer. Nothing is cached, because pages and data of one moment mislead in the next. */
const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // Without a referrer, browsers send the origin `null` with the login form.
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** Nothing is allowed that the page does not name. */
export const NO_CONTENT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export type Head = Readonly<Record<string, string>>;

export function writeHead(response: ServerResponse, status: number, more: Head = {}): void {
  response.writeHead(status, { 'Content-Security-Policy': NO_CONTENT_POLICY, ...HEADERS, ...more });
}

/** Sends an answer. A HEAD request gets the same headers without the body. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: Head = {},
): void {
  const bytes = Buffer.from(body);
  writeHead(response, status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': `${bytes.length}`,
    ...more,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

export function sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: unknown): void {
  send(request, response, status, 'application/json', JSON.stringify(value));
}

/** Refuses a request of a script. */
export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  error: string,
  more: Head = {},
): void {
  send(request, response, status, 'application/json', JSON.stringify({ error }), more);
}
