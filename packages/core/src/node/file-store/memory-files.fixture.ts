import { basename, dirname } from 'node:path';
import type { Random } from '../../contract/clock.js';
import type { Files, OpenFile } from './files.js';

/** A block of a disk: what a crash keeps or loses as one. Small, so that a frame spans several. */
const BLOCK = 64;

/** The bytes of a file: as the system shows them, and as they are on the disk. */
interface Inode {
  bytes: Buffer;
  durable: Buffer;
  modifiedAt: number;
}

/** The error of an operation that ends the process. */
export class CrashError extends Error {
  override name = 'CrashError';
}

/** An error of the operating system. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** What happens at one operation instead of the operation. `short`: a write ends early, and then fails with ENOSPC. */
export type Fault = 'crash' | 'short' | 'EIO' | 'ENOSPC' | 'EROFS';

/**
 * A file system in memory that says nothing is durable until it is synced. After a crash, each block of unsynced data and each unsynced
 * change of a directory may be kept or lost, in any combination.
 */
export class MemoryFiles implements Files {
  /** Number of operations so far. */
  operations = 0;
  /** Called before each operation with its number and name. */
  onOperation: (number: number, name: string) => Fault | undefined = () => undefined;
  readonly #random: Random;
  readonly #dirs = new Map<string, { now: Map<string, Inode>; durable: Map<string, Inode> }>();
  #isCrashed = false;
  #wall = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The files after a crash of the machine. This file system then fails all operations. */
  crash(): MemoryFiles {
    this.#isCrashed = true;
    const after = new MemoryFiles(this.#random);
    const survivors = new Map<Inode, Inode>();
    for (const [path, { now, durable }] of this.#dirs) {
      const entries = new Map<string, Inode>();
      for (const name of new Set([...durable.keys(), ...now.keys()])) {
        const inode = this.#flip() ? now.get(name) : durable.get(name);
        if (!inode) continue;
        if (!survivors.has(inode)) survivors.set(inode, this.#afterCrash(inode));
        entries.set(name, survivors.get(inode) as Inode);
      }
      after.#dirs.set(path, { now: entries, durable: new Map(entries) });
    }
    return after;
  }

  /** The files after the end of the process: nothing that was written is lost. */
  kill(): MemoryFiles {
    this.#isCrashed = true;
    const after = new MemoryFiles(this.#random);
    for (const [path, dir] of this.#dirs) after.#dirs.set(path, dir);
    return after;
  }

  /** Changes one byte of a file. */
  damage(path: string, position: number): void {
    const { bytes } = this.#find(path);
    bytes[position] = (bytes[position] as number) ^ 0x55;
  }

  bytesOf(path: string): Buffer {
    return this.#find(path).bytes;
  }

  namesIn(dir: string): string[] {
    return [...(this.#dirs.get(dir)?.now.keys() ?? [])].sort();
  }

  makeDir(path: string): Promise<void> {
    return this.#run('makeDir', () => {
      if (!this.#dirs.has(path)) this.#dirs.set(path, { now: new Map(), durable: new Map() });
    });
  }

  list(dir: string): Promise<string[]> {
    return this.#run('list', () => [...this.#dirOf(dir).now.keys()]);
  }

  syncDir(path: string): Promise<void> {
    return this.#run('syncDir', () => {
      const dir = this.#dirOf(path);
      dir.durable = new Map(dir.now);
    });
  }

  openToRead(path: string): Promise<OpenFile> {
    return this.#run('openToRead', () => this.#open(this.#find(path)));
  }

  create(path: string): Promise<OpenFile> {
    return this.#run('create', () => {
      const { now } = this.#dirOf(dirname(path));
      if (now.has(basename(path))) throw systemError('EEXIST');
      const inode: Inode = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0), modifiedAt: this.#wall };
      now.set(basename(path), inode);
      return this.#open(inode);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#run('rename', () => {
      const { now } = this.#dirOf(dirname(from));
      now.set(basename(to), this.#find(from));
      now.delete(basename(from));
    });
  }

  link(from: string, to: string): Promise<void> {
    return this.#run('link', () => {
      const { now } = this.#dirOf(dirname(to));
      if (now.has(basename(to))) throw systemError('EEXIST');
      now.set(basename(to), this.#find(from));
    });
  }

  unlink(path: string): Promise<void> {
    return this.#run('unlink', () => {
      this.#find(path);
      this.#dirOf(dirname(path)).now.delete(basename(path));
    });
  }

  readText(path: string): Promise<string> {
    return this.#run('readText', () => this.#find(path).bytes.toString());
  }

  truncate(path: string): Promise<void> {
    return this.#run('truncate', () => void (this.#find(path).bytes = Buffer.alloc(0)));
  }

  touch(path: string, wallMs: number): Promise<void> {
    return this.#run('touch', () => void (this.#find(path).modifiedAt = this.#wall = wallMs));
  }

  modifiedAt(path: string): Promise<number> {
    return this.#run('modifiedAt', () => this.#find(path).modifiedAt);
  }

  #open(inode: Inode): OpenFile {
    return {
      size: () => this.#run('size', () => inode.bytes.length),
      read: (bytes, offset, length, position) =>
        this.#run('read', () => inode.bytes.subarray(position, position + length).copy(bytes, offset)),
      write: (bytes, offset, position) =>
        this.#run('write', (fault) => {
          const length = fault === 'short' ? Math.floor((bytes.length - offset) / 2) : bytes.length - offset;
          const next = Buffer.alloc(Math.max(inode.bytes.length, position + length));
          inode.bytes.copy(next);
          bytes.copy(next, position, offset, offset + length);
          inode.bytes = next;
          if (length === 0) throw systemError('ENOSPC');
          return length;
        }),
      sync: () =>
        this.#run('sync', (fault) => {
          if (fault) {
            // The system drops the data, and reports that only once.
            inode.bytes = this.#afterCrash(inode).bytes;
            inode.durable = inode.bytes;
            throw systemError(fault);
          }
          inode.durable = inode.bytes;
        }),
      close: () => this.#run('close', () => undefined),
    };
  }

  /** Runs an operation, or the fault in its place. */
  async #run<T>(name: string, work: (fault?: string) => T): Promise<T> {
    await Promise.resolve();
    if (this.#isCrashed) throw new CrashError('the machine has crashed');
    const fault = this.onOperation(++this.operations, name);
    if (fault === 'crash') throw new CrashError('the machine crashes');
    if (fault === 'short') return name === 'write' ? work('short') : work();
    if (fault && name === 'sync') return work(fault);
    if (fault) throw systemError(fault);
    return work();
  }

  #afterCrash({ bytes, durable, modifiedAt }: Inode): Inode {
    const length = this.#flip() ? bytes.length : durable.length;
    const after = Buffer.alloc(length);
    for (let start = 0; start < length; start += BLOCK) {
      const isNew = this.#flip() || durable.subarray(start, start + BLOCK).equals(bytes.subarray(start, start + BLOCK));
      (isNew ? bytes : durable).subarray(start, Math.min(start + BLOCK, length)).copy(after, start);
    }
    return { bytes: after, durable: after, modifiedAt };
  }

  #flip(): boolean {
    return this.#random.next() < 0.5;
  }

  #dirOf(path: string): { now: Map<string, Inode>; durable: Map<string, Inode> } {
    const dir = this.#dirs.get(path);
    if (!dir) throw systemError('ENOENT');
    return dir;
  }

  #find(path: string): Inode {
    const inode = this.#dirOf(dirname(path)).now.get(basename(path));
    if (!inode) throw systemError('ENOENT');
    return inode;
  }
}
