import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { type Answer, JsonText } from './answer.js';

/** An answer with its final headers and its body as text. */
export interface RenderedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
}

/** Merges the common headers, the answer's headers (which take precedence) and the body. */
export function renderAnswer(answer: Answer, common: Readonly<Record<string, string>>): RenderedAnswer {
  const headers: Record<string, string> = { ...common };
  let payload: string | undefined;
  if (answer.status !== 204 && answer.status !== 304) {
    const { body } = answer;
    if (typeof body === 'string') {
      payload = body;
      headers['Content-Type'] = 'text/plain; charset=utf-8';
    } else if (body !== undefined) {
      payload = body instanceof JsonText ? body.text : JSON.stringify(body);
      headers['Content-Type'] = 'application/json';
    }
    headers['Content-Length'] = String(payload === undefined ? 0 : Buffer.byteLength(payload));
  }
  if (answer.headers !== undefined) replaceHeaders(headers, answer.headers);
  return { status: answer.status, headers, payload };
}

/** Sets headers in place of those whose names differ only by case. */
function replaceHeaders(headers: Record<string, string>, own: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(own)) {
    if (headers[name] === undefined) {
      const same = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());
      if (same !== undefined) delete headers[same];
    }
    headers[name] = value;
  }
}

/** Writes a complete answer. */
export function sendAnswer(response: ServerResponse, rendered: RenderedAnswer): void {
  writeHead(response, rendered);
  // Node writes the head and a text in one system call, and a head and a buffer in two parts.
  response.end(rendered.payload, 'utf8');
}

/**
 * Writes the head with the full length and half of the body, then destroys the socket. Returns false when there is no
 * body to halve.
 */
export function sendHalfAnswer(request: IncomingMessage, response: ServerResponse, rendered: RenderedAnswer): boolean {
  const payload = Buffer.from(rendered.payload ?? '', 'utf8');
  if (payload.length < 2 || request.method === 'HEAD') return false;
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
  const common = Object.entries(rendered.headers).filter(([name]) => !replaced.has(name.toLowerCase()));
  const head = [
    `HTTP/1.1 ${rendered.status} ${STATUS_CODES[rendered.status] ?? 'Unknown'}`,
    ...[...common, ...lines].map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '\r\n',
  ].join('\r\n');
  const payload = request.method === 'HEAD' ? '' : (rendered.payload ?? '');
  request.socket.end(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(payload, 'utf8')]));
}

function writeHead(response: ServerResponse, { status, headers }: RenderedAnswer): void {
  // The engine writes Date itself, with the skew of the simulated clock.
  response.sendDate = false;
  const lines: string[] = [];
  for (const name in headers) lines.push(name, headers[name] as string);
  response.writeHead(status, lines);
}
