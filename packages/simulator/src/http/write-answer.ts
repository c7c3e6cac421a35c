import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Answer } from './answer.js';

/** An answer with its final headers and its body as bytes. */
export interface RenderedAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, readonly [name: string, value: string]>;
  readonly payload: Buffer | undefined;
}

/** Merges the common headers, the answer's headers (which take precedence) and the body. */
export function renderAnswer(answer: Answer, common: Readonly<Record<string, string>>): RenderedAnswer {
  const headers = new Map<string, readonly [string, string]>();
  const setHeader = (name: string, value: string): void => {
    headers.set(name.toLowerCase(), [name, value]);
  };
  for (const [name, value] of Object.entries(common)) setHeader(name, value);
  let payload: Buffer | undefined;
  if (answer.status !== 204 && answer.status !== 304) {
    const { body } = answer;
    if (typeof body === 'string') {
      payload = Buffer.from(body, 'utf8');
      setHeader('Content-Type', 'text/plain; charset=utf-8');
    } else if (body !== undefined) {
      payload = Buffer.from(JSON.stringify(body), 'utf8');
      setHeader('Content-Type', 'application/json');
    }
    setHeader('Content-Length', String(payload?.length ?? 0));
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) setHeader(name, value);
  return { status: answer.status, headers, payload };
}

/** Writes a complete answer. */
export function sendAnswer(response: ServerResponse, rendered: RenderedAnswer): void {
  writeHead(response, rendered);
  response.end(rendered.payload);
}

/**
 * Writes the head with the full length and half of the body, then destroys the socket. Returns false when there is no
 * body to halve.
 */
export function sendHalfAnswer(request: IncomingMessage, response: ServerResponse, rendered: RenderedAnswer): boolean {
  const { payload } = rendered;
  if (payload === undefined || payload.length < 2 || request.method === 'HEAD') return false;
  writeHead(response, rendered);
  response.write(payload.subarray(0, Math.floor(payload.length / 2)), () => {
    // The kernel has the bytes one turn later. Destroying the socket at once could lose them.
    setImmediate(() => request.socket.destroy());
  });
  return true;
}

/**
 * Writes an answer directly to the socket, without Node's checks. The lines may repeat a header or hold a value that
 * Node refuses. The connection ends afterwards.
 */
export function sendRawAnswer(
  request: IncomingMessage,
  rendered: RenderedAnswer,
  lines: readonly (readonly [name: string, value: string])[],
): void {
  const replaced = new Set(['connection', ...lines.map(([name]) => name.toLowerCase())]);
  const common = [...rendered.headers].filter(([name]) => !replaced.has(name)).map(([, line]) => line);
  const head = [
    `HTTP/1.1 ${rendered.status} ${STATUS_CODES[rendered.status] ?? 'Unknown'}`,
    ...[...common, ...lines].map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '\r\n',
  ].join('\r\n');
  const payload = request.method === 'HEAD' || rendered.payload === undefined ? [] : [rendered.payload];
  request.socket.end(Buffer.concat([Buffer.from(head, 'latin1'), ...payload]));
}

function writeHead(response: ServerResponse, { status, headers }: RenderedAnswer): void {
  // The engine writes Date itself, with the skew of the simulated clock.
  response.sendDate = false;
  response.writeHead(status, Object.fromEntries(headers.values()));
}
