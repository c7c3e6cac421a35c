import type { LetterBody } from '../contract/call.js';

/**
 * Whether a body can be sent a second time. A stream is empty the second time, and a `form-data` form hangs.
 * @public
 */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true;
  const { pipe, getReader } = body as { pipe?: unknown; getReader?: unknown };
  return typeof pipe !== 'function' && typeof getReader !== 'function' && !(Symbol.asyncIterator in body);
}

/**
 * The text or bytes of a body; undefined if reading would consume it.
 * @public
 */
export function payloadOf(body: unknown): string | Uint8Array | undefined {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return body instanceof URLSearchParams ? body.toString() : undefined;
}

/**
 * A copy of a body for a dead letter. A stream or a form gives `null`, because it cannot be kept.
 * @public
 */
export function letterBody(body: unknown): LetterBody | Promise<LetterBody> {
  if (body === undefined || body === null) return undefined;
  const { arrayBuffer } = body as Partial<Blob>;
  if (typeof arrayBuffer === 'function') return arrayBuffer.call(body).then((bytes) => new Uint8Array(bytes));
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  const payload = payloadOf(body);
  return typeof payload === 'object' ? payload.slice() : (payload ?? null);
}
