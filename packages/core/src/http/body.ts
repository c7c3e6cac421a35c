import type { LetterBody } from '../contract/call.js';

/** Whether a body can be sent a second time. A stream is empty by then, and a `form-data` form hangs. */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true;
  const { pipe, getReader } = body as { pipe?: unknown; getReader?: unknown };
  return typeof pipe !== 'function' && typeof getReader !== 'function' && !(Symbol.asyncIterator in body);
}

/** The bytes of a body, where they can be had without consuming it. */
export function payloadOf(body: unknown): string | Uint8Array | undefined {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return body instanceof URLSearchParams ? body.toString() : undefined;
}

/** What a dead letter keeps of a body: bytes of its own. Not a stream, which is empty by then, and not a form. */
export function letterBody(body: unknown): LetterBody | Promise<LetterBody> {
  if (body === undefined || body === null) return undefined;
  const { arrayBuffer } = body as Partial<Blob>;
  if (typeof arrayBuffer === 'function') return arrayBuffer.call(body).then((bytes) => new Uint8Array(bytes));
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  const payload = payloadOf(body);
  return typeof payload === 'object' ? payload.slice() : (payload ?? null);
}
