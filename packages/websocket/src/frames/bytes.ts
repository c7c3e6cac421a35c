import type { FrameData } from './options.js';

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
