/** The form of a kept body. Clients differ in the form that they give. */
export type BodyForm = 'text' | 'bytes' | 'buffer' | 'arraybuffer' | 'data';

/** The form of a body. Undefined: it cannot be kept. */
export function formOf(body: unknown): BodyForm | undefined {
  if (typeof body === 'string') return 'text';
  if (body instanceof ArrayBuffer) return 'arraybuffer';
  if (body instanceof Uint8Array) return body.constructor.name === 'Buffer' ? 'buffer' : 'bytes';
  return isPlainData(body) ? 'data' : undefined;
}

/** Gives bytes the form that the client gave. */
export function inForm(form: BodyForm, bytes: Uint8Array<ArrayBuffer>): unknown {
  if (form === 'arraybuffer') return bytes.buffer;
  const { Buffer } = globalThis as { Buffer?: { from(bytes: ArrayBuffer): Uint8Array } };
  return form === 'buffer' && Buffer ? Buffer.from(bytes.buffer) : bytes;
}

/** Whether a body is data that the client has parsed. */
function isPlainData(body: unknown): boolean {
  if (typeof body !== 'object' || body === null)
    return typeof body === 'number' || typeof body === 'boolean' || body === null;
  const prototype: unknown = Object.getPrototypeOf(body);
  return Array.isArray(body) || prototype === Object.prototype || prototype === null;
}
