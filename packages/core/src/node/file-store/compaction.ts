import { FRAME_HEAD, makeFrame, sealFrame } from './frames.js';
import { pathOf, type FileHeader } from './file-names.js';
import { writeAll, type Files, type OpenFile } from './files.js';
import { defineTables, type Log } from './log.js';
import { Operation, OPERATION_HEAD, operationLength, writeOperationHead } from './operations.js';
import { offsetOf } from './chunks.js';
import type { RowTable } from './row-table.js';
import type { Tables } from './tables.js';

/** Bytes of rows in one frame. Copying them and their checksum take less than a millisecond. */
const FRAME_BYTES = 262_144;

/** The end of a snapshot, as its last frame. */
const END = Buffer.alloc(OPERATION_HEAD);
writeOperationHead(END, 0, Operation.END, 0, 0, 0);

/**
 * Writes all rows to a snapshot, so that the segments before it can be deleted. Changes go on meanwhile: they are in the segments from
 * `number` on, which a restart reads after the snapshot. So each row of the snapshot may be older or newer than its start.
 *
 * The snapshot counts when it has its name. Until then, a restart reads the old segments.
 *
 * @returns the number of the first segment that is still needed, and the bytes of the snapshot.
 */
export async function writeSnapshot(
  files: Files,
  dir: string,
  tables: Tables,
  log: Log,
  isStopped: () => boolean,
): Promise<{ number: number; bytes: number }> {
  const rotation = await log.rotate();
  const { number } = rotation;
  const path = pathOf(dir, 'snapshot', number);
  const unfinished = `${path}.tmp`;
  const file = await files.create(unfinished);
  try {
    const header: FileHeader = { holdline: 1, kind: 'snapshot', number };
    const writer = new SnapshotWriter(file);
    await writer.write(makeFrame(Buffer.from(JSON.stringify(header)), 0));
    await writer.write(makeFrame(defineTables(tables), 1));
    for (const table of tables.all) {
      table.startWalk();
      // A row that moves to the end during the walk may come twice. The rows that stay come first.
      for (let left = table.size; left > 0;) {
        const { frame, rows } = takeFrame(table, tables, left, writer.frames);
        if (rows === 0 || isStopped()) break;
        left -= rows;
        await writer.write(frame);
      }
    }
    await writer.write(makeFrame(END, writer.frames));
    await file.sync();
    // The snapshot may have rows of commits that are not durable yet. Their other rows may be missing in it.
    await log.barrier();
    if (isStopped()) throw new Error('the store was closed');
    await files.rename(unfinished, path);
    await files.syncDir(dir);
    log.forget(rotation);
    return { number, bytes: writer.bytes };
  } catch (error) {
    await files.unlink(unfinished).catch(() => undefined);
    throw error;
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** Copies the next rows of a walk to a frame. The rows in memory move there, so that the chunks of old segments are freed. */
function takeFrame(table: RowTable, { chunks }: Tables, most: number, number: number): { frame: Buffer; rows: number } {
  let rows = 0;
  let frame = Buffer.allocUnsafeSlow(FRAME_HEAD + FRAME_BYTES);
  let end = FRAME_HEAD;
  let address = chunks.add(frame);
  for (let next = table.nextOfWalk(); next !== undefined && rows < most; next = table.nextOfWalk()) {
    const bytes = chunks.bytesAt(next);
    const start = offsetOf(next);
    const length = operationLength(bytes, start);
    if (end + length > frame.length) {
      if (rows > 0) break;
      // One row is larger than a frame.
      chunks.release(address);
      frame = Buffer.allocUnsafeSlow(FRAME_HEAD + length);
      address = chunks.add(frame);
    }
    bytes.copy(frame, end, start, start + length);
    frame[end] = Operation.SET;
    frame.writeUInt16LE(table.number, end + 1);
    table.moveAndStep(address + end);
    rows++;
    end += length;
  }
  // The rows of a small table keep no memory that is empty.
  const whole = end < frame.length / 2 ? copyOf(frame, end) : frame.subarray(0, end);
  chunks.replace(address, whole);
  sealFrame(whole, end - FRAME_HEAD, number);
  chunks.release(address);
  return { frame: whole, rows };
}

function copyOf(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(length);
  bytes.copy(copy, 0, 0, length);
  return copy;
}

/** Appends frames to a file. */
class SnapshotWriter {
  frames = 0;
  bytes = 0;

  constructor(readonly file: OpenFile) {}

  async write(frame: Buffer): Promise<void> {
    await writeAll(this.file, frame, this.bytes);
    this.bytes += frame.length;
    this.frames++;
  }
}
