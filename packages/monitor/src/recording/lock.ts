import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { ConfigError } from '@holdline/core';

interface Holder {
  pid: number;
  /** Start time of the process in ticks since the machine started; empty where the system does not tell. */
  start: string;
  host: string;
}

/** Age from which the mark of a takeover belongs to a process that ended during it, in ms. */
const TAKEOVER_MS = 10_000;

// Recordings of this process, also of another copy of this package or another thread with the same environment.
const KEY = Symbol.for('@holdline/recordings');
const realm = globalThis as { [KEY]?: Set<string> };
const own = (realm[KEY] ??= new Set());

function startOf(pid: number): string {
  try {
    // The name of the process in brackets may have spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isRunning({ pid, start }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return start === '' || startOf(pid) === start;
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    return typeof holder.pid === 'number' ? holder : undefined;
  } catch {
    return undefined;
  }
}

function create(path: string, text: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(fd, text);
  } catch (error) {
    // An empty lock of a full disk has no holder, and would forbid all later recordings.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  return true;
}

/**
 * Takes the lock of a recording: a file beside it. The lock of a process that has ended is taken over.
 *
 * @returns a function that frees the lock.
 * @throws ConfigError if another recorder writes the file.
 */
export function lockRecording(file: string): () => void {
  const path = `${file}.lock`;
  const holder: Holder = { pid: process.pid, start: startOf(process.pid), host: hostname() };
  if (own.has(file)) throw new ConfigError(`file '${file}' is already recorded by this process`);
  if (!create(path, JSON.stringify(holder))) {
    takeOver(file, path);
    if (!create(path, JSON.stringify(holder))) throw refusal(file, path, readHolder(path));
  }
  own.add(file);
  return () => {
    if (!own.delete(file)) return;
    rmSync(path, { force: true });
  };
}

/** Removes the lock of a process that has ended. Only one process at a time may do that. */
function takeOver(file: string, path: string): void {
  const holder = readHolder(path);
  const isOver = holder !== undefined && holder.host === hostname() && !isRunning(holder);
  // A process without a start time may be this one, after the start of a container with the same process numbers.
  const isOwn = holder !== undefined && holder.host === hostname() && holder.pid === process.pid;
  if (!isOver && !isOwn) throw refusal(file, path, holder);
  const mark = `${path}.takeover`;
  if (!create(mark, '')) {
    if (Date.now() - statSync(mark).mtimeMs < TAKEOVER_MS) throw refusal(file, path, holder);
    rmSync(mark, { force: true });
    if (!create(mark, '')) throw refusal(file, path, holder);
  }
  try {
    const { pid, start } = readHolder(path) ?? {};
    if (pid === holder.pid && start === holder.start) rmSync(path, { force: true });
  } finally {
    rmSync(mark, { force: true });
  }
}

function refusal(file: string, path: string, holder: Holder | undefined): ConfigError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new ConfigError(`file '${file}' is recorded by ${who}; if that process has ended, remove '${path}'`);
}
