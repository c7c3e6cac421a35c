import type { Chunks } from './chunks.js';
import type { Files, OpenFile } from './files.js';
import { FRAME_HEAD, getUint32, hasLaterFrame, payloadLength } from './frames.js';

/** Bytes that one read asks for. Reading a chunk blocks the event loop for a few milliseconds. */
const CHUNK_BYTES = 2_097_152;

/** A frame in memory. Rows that stay hold its chunk. */
export interface ReadFrame {
  readonly bytes: Buffer;
  /** Address of the payload. */
  readonly address: number;
  /** Start and end of the payload in `bytes`. */
  readonly start: number;
  readonly end: number;
  /** Number of the frame in its file. */
  readonly number: number;
  /** Position of the frame in its file. */
  readonly position: number;
}

/** What a file has. */
export interface ReadResult {
  /** End of the last valid frame. */
  readonly end: number;
  /** Whether bytes follow that end. */
  readonly hasMore: boolean;
  /** Whether a valid frame follows bytes that are none, so that these bytes were damaged. */
  readonly isDamaged: boolean;
}

/**
 * Reads the frames of a file in order, until its end or the first bytes that are no valid frame.
 *
 * @param until - End of the part that counts.
 * @param onFrame - False ends the reading.
 */
export async function readFrames(
  files: Files,
  path: string,
  chunks: Chunks,
  onFrame: (frame: ReadFrame) => boolean | void,
  until = Infinity,
): Promise<ReadResult> {
  const file = await files.openToRead(path);
  try {
    const size = Math.min(until, await file.size());
    let bytes: Buffer = Buffer.alloc(0);
    let position = 0;
    let number = 0;
    let wanted = 0;
    for (;;) {
      const length = Math.min(size - position, Math.max(wanted, CHUNK_BYTES));
      bytes = await readAt(file, position, length, bytes);
      const isEnd = bytes.length < length || position + length === size;
      const address = chunks.add(bytes);
      let offset = 0;
      let goesOn = true;
      for (;;) {
        const payload: number | undefined = goesOn ? payloadLength(bytes, offset, bytes.length, number) : undefined;
        if (payload === undefined) break;
        const start = offset + FRAME_HEAD;
        const end: number = start + payload;
        goesOn =
          onFrame({ bytes, address: address + start, start, end, number, position: position + offset }) !== false;
        offset = end;
        number++;
      }
      chunks.release(address);
      position += offset;
      bytes = bytes.subarray(offset);
      wanted = bytes.length >= FRAME_HEAD ? FRAME_HEAD + getUint32(bytes, 0) : FRAME_HEAD;
      // The frame is invalid if all its bytes are here, or can never be.
      if (goesOn && !isEnd && bytes.length < wanted && position + wanted <= size) continue;
      const hasMore = position < size;
      const isDamaged = goesOn && hasMore && (await findsLaterFrame(file, position, size, number));
      return { end: position, hasMore, isDamaged };
    }
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** Reads the `length` bytes from `position` on, of which the first ones are `known`. Fewer if the file ends before. */
async function readAt(file: OpenFile, position: number, length: number, known: Buffer): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = known.copy(bytes);
  while (filled < length) {
    const count = await file.read(bytes, filled, length - filled, position + filled);
    if (count === 0) return bytes.subarray(0, filled);
    filled += count;
  }
  return bytes;
}

async function findsLaterFrame(file: OpenFile, position: number, size: number, number: number): Promise<boolean> {
  // The bytes after the first one, because the frame at `position` is the damaged one.
  const rest = await readAt(file, position + 1, size - position - 1, Buffer.alloc(0));
  // The frames 0 and 1 are written together, when the file is created.
  return hasLaterFrame(rest, Math.max(1, number));
}
