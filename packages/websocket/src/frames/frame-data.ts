import { isChunk } from '../chunks/chunk-format.js';

/** What can be sent as a frame. */
export type FrameData = string | ArrayBuffer | ArrayBufferView | Blob;

/** UTF-8 bytes of a text, without making them. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    bytes += code < 0x800 ? 1 : 2;
    // The other half of a pair adds nothing to its own one.
    if (code >= 0xd800 && code <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return bytes;
}

/** Size of a frame on the wire, without its header. */
export function bytesOf(data: FrameData): number {
  if (typeof data === 'string') return utf8Length(data);
  if (typeof data !== 'object' || data === null) return utf8Length(String(data));
  if ('byteLength' in data) return data.byteLength;
  return 'size' in data ? data.size : utf8Length(String(data));
}

/** What the native `send` does at once: whoever changes his buffer afterwards changes nothing of what is sent. */
export function keep(data: FrameData): FrameData {
  if (data instanceof ArrayBuffer) return data.slice(0);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return data;
}

/** What a frame is on the wire, as text or bytes of its own, for whoever sends it later. Bytes of a Blob cannot be had at once. */
export function letterDataOf(data: FrameData, options: unknown): string | Uint8Array | Promise<Uint8Array> {
  const { binary = typeof data !== 'string' } = (options ?? {}) as { binary?: boolean };
  if (typeof data === 'string') return binary ? new TextEncoder().encode(data) : data;
  if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data))
    return data.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  const own = keep(data);
  const bytes = own instanceof ArrayBuffer ? new Uint8Array(own) : (own as Uint8Array);
  return binary ? bytes : new TextDecoder().decode(bytes);
}

/**
 * What has to leave in chunks, as text or bytes of its own: what is larger than one, or looks like one. Blobs do not: their bytes
 * cannot be had at once.
 */
export function payloadOf(data: FrameData, options: unknown, chunkBytes: number): string | Uint8Array | undefined {
  const { binary = typeof data !== 'string' } = (options ?? {}) as { binary?: boolean };
  if (typeof data === 'string') {
    if (utf8Length(data) <= chunkBytes) return undefined;
    return binary ? new TextEncoder().encode(data) : data;
  }
  if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) return undefined;
  const bytes = keep(data);
  const own = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : (bytes as Uint8Array);
  if (own.length <= chunkBytes && !(binary && isChunk(own))) return undefined;
  return binary ? own : new TextDecoder().decode(own);
}
