import { isChunk } from '../chunks/chunk-format.js';

/**
 * Data of a frame.
 * @public
 */
export type FrameData = string | ArrayBuffer | ArrayBufferView | Blob;

/** Counts the UTF-8 bytes of a text without encoding it. */
function countUtf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    bytes += code < 0x800 ? 1 : 2;
    // A surrogate pair has 4 bytes. Its second half is already counted.
    if (code >= 0xd800 && code <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return bytes;
}

/** Size of a frame on the wire, without its header. */
export function measureBytes(data: FrameData): number {
  if (typeof data === 'string') return countUtf8Bytes(data);
  if (typeof data !== 'object' || data === null) return countUtf8Bytes(String(data));
  if ('byteLength' in data) return data.byteLength;
  return 'size' in data ? data.size : countUtf8Bytes(String(data));
}

/** Copies the data, as the native `send` does: later changes of the caller's buffer do not change the frame. */
export function copyData(data: FrameData): FrameData {
  if (data instanceof ArrayBuffer) return data.slice(0);
  return ArrayBuffer.isView(data) ? copyBytes(data) : data;
}

function copyBytes(data: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

/**
 * Content of a frame as text or as a copy of its bytes, for a later replay. The bytes of a Blob are available asynchronously.
 */
export function encodeForDeadLetter(data: FrameData, options: unknown): string | Uint8Array | Promise<Uint8Array> {
  const { binary = typeof data !== 'string' } = (options ?? {}) as { binary?: boolean };
  if (typeof data === 'string') return binary ? new TextEncoder().encode(data) : data;
  if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data))
    return data.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  const bytes = copyBytes(data);
  return binary ? bytes : new TextDecoder().decode(bytes);
}

/**
 * Content of a message that must be sent in chunks, as text or as a copy of its bytes: if it is larger than a chunk or looks
 * like one. Returns undefined for Blobs, whose bytes are available only asynchronously.
 */
export function encodeForChunks(
  data: FrameData,
  options: unknown,
  chunkBytes: number,
): string | Uint8Array | undefined {
  const { binary = typeof data !== 'string' } = (options ?? {}) as { binary?: boolean };
  if (typeof data === 'string') {
    if (countUtf8Bytes(data) <= chunkBytes) return undefined;
    return binary ? new TextEncoder().encode(data) : data;
  }
  if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) return undefined;
  const bytes = copyBytes(data);
  if (bytes.length <= chunkBytes && !(binary && isChunk(bytes))) return undefined;
  return binary ? bytes : new TextDecoder().decode(bytes);
}
