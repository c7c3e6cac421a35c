import { isReplayable } from '@holdline/core';
import type { NativeConfig } from './types.js';

/** The options of a request that decide in which form axios gives the data. */
type DataForm = Pick<NativeConfig, 'responseType'> & { responseEncoding?: string };

/** Response types whose data is text until axios transforms it. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['', 'json', 'text']);

/** Only Node has it. */
const { Buffer: NodeBuffer } = globalThis as { Buffer?: typeof Buffer };

/** Whether the data of a response type is text or bytes, so that it can be made from the bytes of an answer. */
export function isReadWhole({ responseType = '' }: DataForm): boolean {
  return TEXT_TYPES.has(responseType) || responseType === 'arraybuffer';
}

/**
 * Copies the data of an answer in the form that axios gives to a request. Several callers get the answer, and each may change its data.
 *
 * @param isArrayBuffer - Whether the native adapter gives an `ArrayBuffer`. The adapter of Node gives a `Buffer`.
 */
export function copyData(data: unknown, form: DataForm, isArrayBuffer = data instanceof ArrayBuffer): unknown {
  if (typeof data === 'string')
    return form.responseType === 'arraybuffer' ? toNativeBytes(new TextEncoder().encode(data), isArrayBuffer) : data;
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  if (!(bytes instanceof Uint8Array)) return copyParsed(data);
  return TEXT_TYPES.has(form.responseType ?? '') ? decode(bytes, form) : toNativeBytes(bytes, isArrayBuffer);
}

/**
 * Copies the data of an answer in its own form: text, bytes or parsed data. A stream stays the same.
 * @internal
 */
export function copyParsed(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || !isReplayable(data)) return data;
  if (data instanceof ArrayBuffer) return data.slice(0);
  if (data instanceof Uint8Array) return NodeBuffer?.isBuffer(data) ? NodeBuffer.from(data) : data.slice();
  const prototype: unknown = Object.getPrototypeOf(data);
  return Array.isArray(data) || prototype === Object.prototype ? structuredClone(data) : data;
}

/** Decodes as the adapters of axios do: UTF-8 without its mark, unless the request names another encoding. */
function decode(bytes: Uint8Array, { responseEncoding = 'utf8' }: DataForm): string {
  return NodeBuffer && responseEncoding !== 'utf8'
    ? NodeBuffer.from(bytes).toString(responseEncoding as BufferEncoding)
    : new TextDecoder().decode(bytes);
}

function toNativeBytes(bytes: Uint8Array, isArrayBuffer: boolean): unknown {
  if (NodeBuffer && !isArrayBuffer) return NodeBuffer.from(bytes);
  return bytes.slice().buffer;
}
