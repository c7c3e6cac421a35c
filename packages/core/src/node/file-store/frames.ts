import { crc32c } from './crc32c.js';

/**
 * A file is a sequence of frames. Each has its length (4 bytes), the CRC-32C of what follows (4), its number in the file (4) and a
 * payload. The first frame has the header of the file. Every other frame has operations: those of one commit, or rows of a snapshot.
 */
export const FRAME_HEAD = 12;

/** Reads an unsigned number. `Buffer.readUInt32LE` takes several times as long. */
export function getUint32(bytes: Uint8Array, offset: number): number {
  const b = bytes as unknown as Record<number, number>;
  return (b[offset]! | (b[offset + 1]! << 8) | (b[offset + 2]! << 16) | (b[offset + 3]! << 24)) >>> 0;
}

/** Fills in the head of a frame whose payload is in place. `length` is that of the payload. */
export function sealFrame(bytes: Buffer, length: number, number: number): void {
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt32LE(number, 8);
  bytes.writeUInt32LE(crc32c(bytes, 8, FRAME_HEAD + length), 4);
}

/** Makes a frame of a payload. */
export function makeFrame(payload: Buffer, number: number): Buffer {
  const frame = Buffer.allocUnsafeSlow(FRAME_HEAD + payload.length);
  payload.copy(frame, FRAME_HEAD);
  sealFrame(frame, payload.length, number);
  return frame;
}

/** Length of the payload of the frame at `offset`; undefined if the bytes are too few or no such frame. */
export function payloadLength(bytes: Buffer, offset: number, end: number, number: number): number | undefined {
  if (offset + FRAME_HEAD > end) return undefined;
  const length = getUint32(bytes, offset);
  const isWhole = offset + FRAME_HEAD + length <= end && getUint32(bytes, offset + 8) === number;
  if (!isWhole) return undefined;
  return crc32c(bytes, offset + 8, offset + FRAME_HEAD + length) === getUint32(bytes, offset + 4) ? length : undefined;
}

/**
 * Whether any frame after frame `number` starts in the bytes. Data that were never synced are the last of their file, so a later frame
 * shows that the bytes before it were damaged.
 */
export function hasLaterFrame(bytes: Buffer, number: number): boolean {
  for (let offset = 0; offset + FRAME_HEAD < bytes.length; offset++) {
    const candidate = getUint32(bytes, offset + 8);
    const isPlausible = candidate > number && candidate - number < 2 ** 16 && getUint32(bytes, offset) < bytes.length;
    if (isPlausible && payloadLength(bytes, offset, bytes.length, candidate) !== undefined) return true;
  }
  return false;
}
