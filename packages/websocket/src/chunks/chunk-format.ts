import { HoldlineError } from '@holdline/core';

/**
 * Suffix of a subprotocol name. A peer that selects a subprotocol with this suffix agrees to receive chunks.
 * @public
 */
export const CHUNKS_SUFFIX = '+holdline-chunks.1';

/** "HLC1". A frame that starts with these bytes is a chunk. A message that starts with them is sent as one chunk. */
export const MAGIC = 0x484c4331;
export const HEADER_BYTES = 28;

/** Header before the bytes of a chunk, big-endian: magic, kind (0 text, 1 binary), three zeros, then five 32-bit numbers. */
export interface ChunkHeader {
  readonly binary: boolean;
  /** Number of the message. Messages in transit on one session have different numbers. */
  readonly id: number;
  readonly index: number;
  readonly count: number;
  /** Bytes of the whole message. */
  readonly total: number;
  /** CRC-32 of the whole message. */
  readonly crc: number;
}

/**
 * A chunk or its message is invalid.
 *
 * Was anything sent: the error is about a message that arrived.
 *
 * What to do: make sure that both sides use the same version of the format, and that no proxy changes frames.
 * @public
 */
export class ChunkError extends HoldlineError {
  declare readonly name: 'ChunkError';
  constructor(message: string) {
    super('HOLDLINE_CHUNK', message);
  }
}

function createView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function isChunk(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && createView(bytes).getUint32(0) === MAGIC;
}

export function writeChunk({ binary, id, index, count, total, crc }: ChunkHeader, body: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(HEADER_BYTES + body.length);
  const view = createView(chunk);
  view.setUint32(0, MAGIC);
  view.setUint8(4, binary ? 1 : 0);
  for (const [i, n] of [id, index, count, total, crc].entries()) view.setUint32(8 + 4 * i, n);
  chunk.set(body, HEADER_BYTES);
  return chunk;
}

/** @throws ChunkError for an invalid header. */
export function readChunk(bytes: Uint8Array): { header: ChunkHeader; body: Uint8Array } {
  if (!isChunk(bytes) || bytes.length < HEADER_BYTES) throw new ChunkError('a chunk has an incomplete header');
  const view = createView(bytes);
  const [id, index, count, total, crc] = [8, 12, 16, 20, 24].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const kind = view.getUint8(4);
  const zeros = view.getUint8(5) === 0 && view.getUint16(6) === 0;
  if (kind > 1 || !zeros || index >= count || count > Math.max(1, total))
    throw new ChunkError('a chunk has an inconsistent header');
  return { header: { binary: kind === 1, id, index, count, total, crc }, body: bytes.subarray(HEADER_BYTES) };
}
