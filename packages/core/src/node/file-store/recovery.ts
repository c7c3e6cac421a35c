import { join } from 'node:path';
import { Chunks } from './chunks.js';
import { FileStoreError } from './failures.js';
import { isUnfinished, numberIn, pathOf, type FileHeader, type FileKind } from './file-names.js';
import type { Files } from './files.js';
import { readFrames, type ReadFrame, type ReadResult } from './frame-reader.js';
import type { LogPosition } from './log.js';
import { keyLengthAt, Operation, OPERATION_HEAD, operationLength } from './operations.js';
import type { RowTable } from './row-table.js';
import type { Tables } from './tables.js';

/** What an earlier process left. */
export interface Recovered extends LogPosition {
  readonly snapshotBytes: number;
  /** Files that no longer count, once the next segment is durable. */
  readonly obsolete: readonly string[];
}

/** A segment and the end of its part that counts. */
interface Link {
  readonly header: FileHeader;
  readonly until: number;
}

/**
 * Reads the last snapshot and the segments after it into the tables.
 *
 * A commit that was never acknowledged may be torn. It is the last one of its segment, and is left out. Any other damage is an error:
 * acknowledged rows are missing.
 *
 * @throws FileStoreError with the file and the position of the damage.
 */
export async function recover(files: Files, dir: string, tables: Tables): Promise<Recovered> {
  const names = await files.list(dir);
  for (const name of names.filter(isUnfinished)) await files.unlink(join(dir, name));
  const numbers = (kind: FileKind): number[] =>
    names.map((name) => numberIn(name, kind)).filter((number) => number !== undefined);
  const snapshots = numbers('snapshot');
  const segments = numbers('segment').sort((a, b) => b - a);
  const base = Math.max(0, ...snapshots);
  const chain = await findChain(files, dir, segments, base);
  const snapshotBytes = base > 0 ? await loadSnapshot(files, dir, base, tables) : 0;
  let bytes = 0;
  let last: Pick<LogPosition, 'previous' | 'previousEnd' | 'repeated'> = {
    previous: 0,
    previousEnd: 0,
    repeated: Buffer.alloc(0),
  };
  for (const link of chain) {
    const isLast = link === chain.at(-1);
    const { end, last: frame } = await loadSegment(files, dir, link, isLast, tables);
    bytes += end;
    if (!isLast) continue;
    const { number, previous = 0, previousEnd = 0 } = link.header;
    const repeated = frame.operations;
    // A segment without later commits may have been created, and never have become durable. It is replaced.
    if (frame.number > 1 || number === base) last = { previous: number, previousEnd: frame.position, repeated };
    else last = { previous, previousEnd, repeated };
    if (last.previous !== number) chain.pop();
  }
  const kept = new Set(chain.map(({ header }) => header.number));
  return {
    ...last,
    next: Math.max(base, 0, ...segments) + 1,
    bytes,
    segments: chain.length,
    snapshotBytes,
    obsolete: [
      ...segments.filter((number) => !kept.has(number)).map((number) => pathOf(dir, 'segment', number)),
      ...snapshots.filter((number) => number !== base).map((number) => pathOf(dir, 'snapshot', number)),
    ],
  };
}

/** Finds the segments that count, oldest first: the newest one, and those before it back to the snapshot. */
async function findChain(files: Files, dir: string, numbers: readonly number[], base: number): Promise<Link[]> {
  const chain: Link[] = [];
  for (const number of numbers.filter((one) => one >= base)) {
    const next = chain[0];
    if (next && number !== next.header.previous) continue;
    const header = await readHeader(files, dir, number);
    if (header) chain.unshift({ header, until: next?.header.previousEnd ?? Infinity });
    else if (next) throw missing(dir, number);
    if (header?.number === base || header?.previous === 0) break;
  }
  const first = chain[0]?.header;
  if (first ? first.number !== base && first.previous !== 0 : base > 0) throw missing(dir, first?.previous ?? base);
  return chain;
}

function missing(dir: string, number: number): FileStoreError {
  return new FileStoreError('CORRUPT', `${pathOf(dir, 'segment', number)} is missing or has no header`);
}

/** The header of a segment. Undefined if its creation was never finished, so that nothing in it was acknowledged. */
async function readHeader(files: Files, dir: string, number: number): Promise<FileHeader | undefined> {
  const path = pathOf(dir, 'segment', number);
  const chunks = new Chunks();
  let header: FileHeader | undefined;
  let isCreated = false;
  const result = await readFrames(files, path, chunks, (frame) => {
    if (frame.number === 0) header = parseHeader(frame, 'segment', number, path);
    else isCreated = true;
    return frame.number === 0;
  });
  if (isCreated) return header;
  if (isLost(result, header?.synced)) throw damaged(path, result.end);
  return undefined;
}

async function loadSnapshot(files: Files, dir: string, number: number, tables: Tables): Promise<number> {
  const path = pathOf(dir, 'snapshot', number);
  const loader = new Loader(tables);
  let isComplete = false;
  const { end, hasMore } = await readFrames(files, path, tables.chunks, (frame) => {
    if (frame.number === 0) parseHeader(frame, 'snapshot', number, path);
    else isComplete = loader.apply(frame, path);
  });
  if (!isComplete || hasMore) throw damaged(path, end);
  return end;
}

async function loadSegment(
  files: Files,
  dir: string,
  { header: { number, synced }, until }: Link,
  isLast: boolean,
  tables: Tables,
): Promise<{ end: number; last: { number: number; position: number; operations: Buffer } }> {
  const path = pathOf(dir, 'segment', number);
  const loader = new Loader(tables);
  let last: ReadFrame | undefined;
  const result = await readFrames(
    files,
    path,
    tables.chunks,
    (frame) => {
      if (frame.number > 0) {
        loader.apply(frame, path);
        last = frame;
      }
    },
    until,
  );
  if (isLast ? isLost(result, synced) : result.end !== until) throw damaged(path, result.end);
  const operations = last && isLast ? loader.translate(last) : Buffer.alloc(0);
  return { end: result.end, last: { number: last?.number ?? 0, position: last?.position ?? result.end, operations } };
}

/** Whether acknowledged commits follow the damage. Without syncs, the system may have written a later commit before an earlier one. */
function isLost({ isDamaged }: ReadResult, synced = true): boolean {
  return isDamaged && synced;
}

function damaged(path: string, position: number): FileStoreError {
  return new FileStoreError('CORRUPT', `${path} was damaged at byte ${position}`);
}

function parseHeader({ bytes, start, end }: ReadFrame, kind: FileKind, number: number, path: string): FileHeader {
  const header = JSON.parse(bytes.toString('utf8', start, end)) as FileHeader;
  if (header.holdline !== 1 || header.kind !== kind || header.number !== number)
    throw new FileStoreError('CORRUPT', `${path} has the header of another file, or of a later version`);
  return header;
}

/** Applies the operations of one file. */
class Loader {
  readonly #tables: Tables;
  /** The tables by their numbers in the file. */
  readonly #byNumber: (RowTable | undefined)[] = [];

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Applies a frame. Returns whether its last operation ends a snapshot. */
  apply({ bytes, address, start, end }: ReadFrame, path: string): boolean {
    let kind = 0;
    for (let offset = start; offset < end; offset += operationLength(bytes, offset)) {
      kind = bytes[offset] as number;
      if (kind === Operation.END) continue;
      const number = (bytes[offset + 1] as number) | ((bytes[offset + 2] as number) << 8);
      const keyStart = offset + OPERATION_HEAD;
      const keyEnd = keyStart + keyLengthAt(bytes, offset);
      if (kind === Operation.TABLE) {
        this.#byNumber[number] = this.#tables.open(bytes.toString('utf8', keyStart, keyEnd));
        continue;
      }
      const table = this.#byNumber[number];
      if (!table) throw new FileStoreError('CORRUPT', `${path} names no table ${number}`);
      if (kind === Operation.DELETE) table.remove(bytes, keyStart, keyEnd);
      else table.put(address + offset - start, 0, kind === Operation.APPEND);
    }
    return kind === Operation.END;
  }

  /** The changes of a frame, with the table numbers of this process. */
  translate({ bytes, start, end }: ReadFrame): Buffer {
    const parts: Buffer[] = [];
    for (let offset = start; offset < end; offset += operationLength(bytes, offset)) {
      if (bytes[offset] === Operation.TABLE) continue;
      const operation = Buffer.from(bytes.subarray(offset, offset + operationLength(bytes, offset)));
      operation.writeUInt16LE((this.#byNumber[operation.readUInt16LE(1)] as RowTable).number, 1);
      parts.push(operation);
    }
    return Buffer.concat(parts);
  }
}
