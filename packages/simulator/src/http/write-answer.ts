import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Answer } from './answer.js';

/** An answer as bytes, headers in their final spelling. */
export interface RenderedAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, readonly [name: string, value: string]>;
  readonly payload: Buffer | undefined;
}

/** Puts the usual headers, the answer's headers (which win) and the body together. */
export function renderAnswer(answer: Answer, usual: Readonly<Record<string, string>>): RenderedAnswer {
  const headers = new Map<string, readonly [string, string]>();
  const put = (name: string, value: string): void => {
    headers.set(name.toLowerCase(), [name, value]);
  };
  for (const [name, value] of Object.entries(usual)) put(name, value);
  let payload: Buffer | undefined;
  if (answer.status !== 204 && answer.status !== 304) {
    const { body } = answer;
    if (typeof body === 'string') {
      payload = Buffer.from(body, 'utf8');
      put('Content-Type', 'text/plain; charset=utf-8');
    } else if (body !== undefined) {
      payload = Buffer.from(JSON.stringify(body), 'utf8');
      put('Content-Type', 'application/json');
    }
    put('Content-Length', String(payload?.length ?? 0));
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) put(name, value);
  return { status: answer.status, headers, payload };
}

/** Writes a whole answer. */
export function sendAnswer(response: ServerResponse, rendered: RenderedAnswer): void {
  writeHead(response, rendered);
  response.end(rendered.payload);
}

/** Writes the head with the full length and half of the body, then destroys the socket. False: there is no half. */
export function sendHalfAnswer(request: IncomingMessage, response: ServerResponse, rendered: RenderedAnswer): boolean {
  const { payload } = rendered;
  if (payload === undefined || payload.length < 2 || request.method === 'HEAD') return false;
  writeHead(response, rendered);
  response.write(payload.subarray(0, Math.floor(payload.length / 2)), () => {
    // One turn later the kernel has the bytes; destroyed at once, they could be lost with the socket.
    setImmediate(() => request.socket.destroy());
  });
  return true;
}

/**
 * Writes an answer past Node's checks, straight to the socket, with lines that may repeat a header or have a value
 * Node would not write. The connection ends with it.
 */
export function sendRawAnswer(
  request: IncomingMessage,
  rendered: RenderedAnswer,
  lines: readonly (readonly [name: string, value: string])[],
): void {
  const replaced = new Set(['connection', ...lines.map(([name]) => name.toLowerCase())]);
  const usual = [...rendered.headers].filter(([name]) => !replaced.has(name)).map(([, line]) => line);
  const head = [
    `HTTP/1.1 ${rendered.status} ${STATUS_CODES[rendered.status] ?? 'Unknown'}`,
    ...[...usual, ...lines].map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '\r\n',
  ].join('\r\n');
  const payload = request.method === 'HEAD' || rendered.payload === undefined ? [] : [rendered.payload];
  request.socket.end(Buffer.concat([Buffer.from(head, 'latin1'), ...payload]));
}

function writeHead(response: ServerResponse, { status, headers }: RenderedAnswer): void {
  // Ours carries the skew of the simulated clock.
  response.sendDate = false;
  response.writeHead(status, Object.fromEntries(headers.values()));
}
