import type { StoreState } from '../../contract/store.js';
import { Commit } from './commit.js';
import { lostError } from './failures.js';
import { pathOf, type FileHeader } from './file-names.js';
import { writeAll, type Files, type OpenFile } from './files.js';
import { makeFrame, sealFrame } from './frames.js';
import { Operation } from './operations.js';
import type { RowTable } from './row-table.js';
import type { Tables } from './tables.js';

/** Where the segments of an earlier process end. */
export interface LogPosition {
  /** Number of the last segment; 0 without one. */
  readonly previous: number;
  readonly previousEnd: number;
  /** Number of the next segment. No file has this number or a higher one. */
  readonly next: number;
  /** Operations of the last frame, which may not be durable. */
  readonly repeated: Buffer;
  /** Bytes and number of the segments since the last snapshot. */
  readonly bytes: number;
  readonly segments: number;
}

/** The environment of a log. */
export interface LogHost {
  readonly files: Files;
  readonly dir: string;
  readonly tables: Tables;
  /** Whether to sync each commit. */
  readonly isSynced: boolean;
  /** Rejects if another process took the directory over since the last confirmation. */
  readonly confirm: () => Promise<void> | undefined;
  /** Called after each commit. */
  readonly onCommit: () => void;
  /** Called once for each failure. The log then accepts rows, and answers no exchange, until `open` succeeds. */
  readonly onFailure: (error: unknown) => StoreState;
}

/** A segment to which the log appends. */
interface Segment {
  readonly number: number;
  readonly file: OpenFile;
  /** End of the durable frames. */
  end: number;
  frames: number;
}

/** The segments before a rotation. */
export interface Rotation {
  /** Number of the first segment after it. */
  readonly number: number;
  readonly bytes: number;
  readonly segments: number;
}

interface RotationRequest {
  readonly resolve: (rotation: Rotation) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The log of all changes. Changes of one turn of the event loop, and those that arrive during a sync, become one commit: one frame, one
 * write, one sync.
 *
 * After a failed write or sync, nothing is known about the bytes of its segment: the system may have dropped them, and reports that only
 * once. The log then never writes to this segment again. It writes all commits that are not durable to a new segment, which says where
 * the durable part of the old one ends.
 */
export class Log {
  readonly #host: LogHost;
  #segment: Segment | undefined;
  #previous: Pick<Segment, 'number' | 'end'>;
  #nextNumber: number;
  #repeated: Buffer;
  /** The commit to which changes are added now. */
  #open: Commit | undefined;
  /** Commits that are not durable, oldest first. */
  readonly #unwritten: Commit[] = [];
  #lastCommit = 0;
  #durableCommit = 0;
  #isWriting = false;
  #lost: StoreState | undefined;
  #rotation: RotationRequest | undefined;
  #freeBytes: Buffer | undefined;
  /** Bytes and number of the segments since the last snapshot. */
  bytes: number;
  segments: number;

  constructor(host: LogHost, { previous, previousEnd, next, repeated, bytes, segments }: LogPosition) {
    this.#host = host;
    this.#previous = { number: previous, end: previousEnd };
    this.#nextNumber = next;
    this.#repeated = repeated;
    this.bytes = bytes;
    this.segments = segments;
  }

  /**
   * Writes a row.
   * @param isNewest - Moves the row to the end of its table.
   * @returns a promise that settles when the row is durable. It may be ignored.
   */
  set(table: RowTable, key: string, value: string, isNewest = false): Promise<void> {
    const commit = this.#takeOpen();
    const address = commit.add(isNewest ? Operation.APPEND : Operation.SET, table.number, key, value);
    table.put(address, commit.number, isNewest);
    return this.#schedule(commit);
  }

  /** Deletes a row. A row that is not in memory may still be in a file. */
  delete(table: RowTable, key: string): Promise<void> {
    const bytes = Buffer.from(key);
    table.remove(bytes, 0, bytes.length);
    const commit = this.#takeOpen();
    commit.add(Operation.DELETE, table.number, key);
    return this.#schedule(commit);
  }

  /** Announces a new table to the file. */
  define({ name, number }: RowTable): void {
    if (!this.#segment) return;
    this.#takeOpen().add(Operation.TABLE, number, name);
    // Exchanges wait for the open commit, so it has to be written.
    this.#run();
  }

  /** Settles when all changes so far are durable. */
  barrier(): Promise<void> {
    if (this.#lost) return Promise.reject(lostError(this.#lost));
    return (this.#open ?? this.#unwritten.at(-1))?.durable ?? Promise.resolve();
  }

  isDurable(commit: number): boolean {
    return commit <= this.#durableCommit;
  }

  /** Opens a new segment with all commits that are not durable. Afterwards the log works, for the first time or again. */
  async open(): Promise<void> {
    this.#isWriting = true;
    try {
      await this.#openSegment();
      this.#lost = undefined;
    } finally {
      this.#isWriting = false;
    }
    this.#run();
  }

  /** Goes on in a new segment. All earlier changes are durable when the promise settles. */
  rotate(): Promise<Rotation> {
    if (this.#lost) return Promise.reject(lostError(this.#lost));
    return new Promise((resolve, reject) => {
      this.#rotation = { resolve, reject };
      this.#run();
    });
  }

  /** Forgets the segments before a rotation. */
  forget({ bytes, segments }: Rotation): void {
    this.bytes -= bytes;
    this.segments -= segments;
  }

  /** Waits for the last commits, and closes the file. */
  async close(): Promise<void> {
    await this.barrier().catch(() => undefined);
    const file = this.#segment?.file;
    this.#segment = undefined;
    await file?.close().catch(() => undefined);
  }

  #takeOpen(): Commit {
    if (!this.#open) {
      this.#open = new Commit(++this.#lastCommit, this.#host.tables.chunks, this.#freeBytes);
      this.#freeBytes = undefined;
    }
    return this.#open;
  }

  #schedule(commit: Commit): Promise<void> {
    if (this.#lost) commit.reject(lostError(this.#lost));
    else this.#run();
    return commit.durable;
  }

  /** Writes commits one after the other, as long as there are any. */
  #run(): void {
    if (this.#isWriting || this.#lost || !this.#segment || (!this.#open && !this.#rotation)) return;
    this.#isWriting = true;
    this.#writeAllCommits()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isWriting = false;
        this.#run();
      });
  }

  async #writeAllCommits(): Promise<void> {
    // Changes of the same turn join the commit.
    await Promise.resolve();
    while (this.#open || this.#rotation) {
      if (this.#rotation) {
        const { bytes, segments } = this;
        const { number } = await this.#openSegment();
        this.#rotation.resolve({ number, bytes, segments });
        this.#rotation = undefined;
      } else await this.#writeCommit();
    }
  }

  async #writeCommit(): Promise<void> {
    const sealed = this.#sealOpen();
    const segment = this.#segment as Segment;
    if (!sealed) return;
    const { frame, length } = sealed;
    sealFrame(frame, length, segment.frames);
    await writeAll(segment.file, frame, segment.end);
    if (this.#host.isSynced) await segment.file.sync();
    await this.#host.confirm();
    segment.end += frame.length;
    segment.frames++;
    this.bytes += frame.length;
    this.#settleUnwritten(this.#unwritten.length);
  }

  /** Moves the open commit to those that are not durable. */
  #sealOpen(): { frame: Buffer; length: number } | undefined {
    const commit = this.#open;
    this.#open = undefined;
    if (!commit) return undefined;
    this.#unwritten.push(commit);
    const { frame, free } = commit.seal();
    this.#freeBytes ??= free;
    return { frame, length: commit.length };
  }

  /** Creates a segment with the names of all tables and all commits that are not durable. */
  async #openSegment(): Promise<Segment> {
    const { files, dir, tables, isSynced } = this.#host;
    this.#sealOpen();
    const written = this.#unwritten.length;
    const number = this.#nextNumber++;
    const { number: previous, end: previousEnd } = this.#segment ?? this.#previous;
    const header: FileHeader = { holdline: 1, kind: 'segment', number, previous, previousEnd, synced: isSynced };
    const commits = this.#unwritten.map((commit) => commit.operations);
    const first = Buffer.concat([defineTables(tables), this.#repeated, ...commits]);
    const bytes = Buffer.concat([makeFrame(Buffer.from(JSON.stringify(header)), 0), makeFrame(first, 1)]);
    const path = pathOf(dir, 'segment', number);
    const file = await files.create(path);
    try {
      await writeAll(file, bytes, 0);
      if (isSynced) await file.sync();
      await files.syncDir(dir);
      await this.#host.confirm();
    } catch (error) {
      await file.close().catch(() => undefined);
      await files.unlink(path).catch(() => undefined);
      throw error;
    }
    this.#repeated = Buffer.alloc(0);
    await this.#segment?.file.close().catch(() => undefined);
    this.#segment = { number, file, end: bytes.length, frames: 2 };
    this.bytes += bytes.length;
    this.segments++;
    this.#settleUnwritten(written);
    return this.#segment;
  }

  /** Marks the first commits as durable. */
  #settleUnwritten(count: number): void {
    for (const commit of this.#unwritten.splice(0, count)) {
      this.#durableCommit = commit.number;
      this.#host.tables.chunks.release(commit.address);
      commit.resolve();
    }
    this.#host.onCommit();
  }

  #fail(error: unknown): void {
    const { number, end, file } = this.#segment as Segment;
    this.#previous = { number, end };
    this.#segment = undefined;
    file.close().catch(() => undefined);
    this.#lost = this.#host.onFailure(error);
    const lost = lostError(this.#lost);
    for (const commit of this.#unwritten) commit.reject(lost);
    this.#open?.reject(lost);
    this.#rotation?.reject(lost);
    this.#rotation = undefined;
  }
}

/** Operations that number all tables, as each file needs them at its start. */
export function defineTables({ all, chunks }: Tables): Buffer {
  const commit = new Commit(0, chunks, undefined);
  for (const { name, number } of all) commit.add(Operation.TABLE, number, name);
  chunks.release(commit.address);
  return commit.operations;
}
