import fs from 'node:fs';

/** An open file. All its methods are positional, so the file has no cursor. */
export interface OpenFile {
  readonly size: () => Promise<number>;
  /** Reads at most `length` bytes to the start of `bytes`. Returns the number of bytes; 0 at the end of the file. */
  readonly read: (bytes: Buffer, offset: number, length: number, position: number) => Promise<number>;
  /** Writes bytes from `offset` on. Returns how many it wrote, which may be fewer than all. */
  readonly write: (bytes: Buffer, offset: number, position: number) => Promise<number>;
  /** Settles when all data written before are durable. */
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The file system, as far as the store uses it. Tests replace it by one that fails at any operation. */
export interface Files {
  /** Makes a directory and its parents, for this user only. */
  readonly makeDir: (path: string) => Promise<void>;
  readonly list: (dir: string) => Promise<string[]>;
  /** Makes the entries of a directory durable: files that were created, renamed or deleted. */
  readonly syncDir: (path: string) => Promise<void>;
  readonly openToRead: (path: string) => Promise<OpenFile>;
  /** Creates a file for this user only. Fails with EEXIST if the file exists. */
  readonly create: (path: string) => Promise<OpenFile>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Gives a file a second name. Fails with EEXIST if that name exists. */
  readonly link: (from: string, to: string) => Promise<void>;
  readonly unlink: (path: string) => Promise<void>;
  readonly readText: (path: string) => Promise<string>;
  /** Empties a file. */
  readonly truncate: (path: string) => Promise<void>;
  /** Sets the modification time of a file to now. */
  readonly touch: (path: string, wallMs: number) => Promise<void>;
  /** Modification time of a file, wall ms. */
  readonly modifiedAt: (path: string) => Promise<number>;
}

/** Directories cannot be opened on Windows, where their entries are durable without a sync. */
const NO_DIR_SYNC = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP']);

/** The file system of Node. */
export const nodeFiles: Files = {
  makeDir: async (path) => void (await fs.promises.mkdir(path, { recursive: true, mode: 0o700 })),
  list: (dir) => fs.promises.readdir(dir),
  async syncDir(path) {
    try {
      const fd = await open(path, 'r');
      await run<void>((done) => fs.fsync(fd, (error) => done(error))).finally(() => close(fd));
    } catch (error) {
      if (process.platform !== 'win32' || !NO_DIR_SYNC.has((error as { code?: string }).code ?? '')) throw error;
    }
  },
  openToRead: async (path) => openFile(await open(path, 'r')),
  create: async (path) => openFile(await open(path, 'wx')),
  rename: (from, to) => fs.promises.rename(from, to),
  link: (from, to) => fs.promises.link(from, to),
  unlink: (path) => fs.promises.unlink(path),
  readText: (path) => fs.promises.readFile(path, 'utf8'),
  truncate: (path) => fs.promises.truncate(path),
  touch: (path, wallMs) => fs.promises.utimes(path, wallMs / 1_000, wallMs / 1_000),
  modifiedAt: async (path) => (await fs.promises.stat(path)).mtimeMs,
};

function open(path: string, flags: string): Promise<number> {
  return run((done) => fs.open(path, flags, 0o600, done));
}

function run<T>(start: (done: (error: Error | null, result: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => start((error, result) => (error ? reject(error) : resolve(result))));
}

function close(fd: number): Promise<void> {
  return run<void>((done) => fs.close(fd, (error) => done(error ?? null)));
}

/**
 * Wraps a descriptor. The callback functions of Node cost half as much as its `FileHandle`, and the `FileHandle` of yarn's Plug'n'Play
 * cannot sync.
 */
function openFile(fd: number): OpenFile {
  return {
    size: () => run<number>((done) => fs.fstat(fd, (error, stats) => done(error, error ? 0 : stats.size))),
    read: (bytes, offset, length, position) => run((done) => fs.read(fd, bytes, offset, length, position, done)),
    write: (bytes, offset, position) =>
      run((done) => fs.write(fd, bytes, offset, bytes.length - offset, position, done)),
    sync: () => run<void>((done) => fs.fdatasync(fd, (error) => done(error))),
    close: () => close(fd),
  };
}

/** Writes all bytes from `position` on, in as many writes as the file system needs. */
export async function writeAll(file: OpenFile, bytes: Buffer, position: number): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const written = await file.write(bytes, offset, position + offset);
    // Zero bytes without an error would repeat endlessly.
    if (written === 0) throw Object.assign(new Error('the file system wrote no bytes'), { code: 'EIO' });
    offset += written;
  }
}
