import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { DEFAULT_MAX_BYTES, type LintInput, type UnreadableFile } from '@holdline/architect';
import { lineOf, usageError } from '../terminal/errors.js';

/** Files of flows in a folder: Archy YAML, and exports such as `.i3WorkFlow`. */
const FLOW = /\.(?:ya?ml|i3[a-z]*flow)$/i;
const YAML = /\.ya?ml$/i;

/** Folders without flows of the user. */
const SKIPPED = new Set(['node_modules', 'dist', 'build']);

/** Bounds of the search in a folder. */
const MAX_DEPTH = 20;
const MAX_FILES = 5_000;

/** The files that a user named. */
export interface FlowFiles {
  /** Reads one file after the other, so that a folder of any size needs the memory of one file. */
  read(): Generator<LintInput>;
  /** Files and folders that could not be opened. It is complete after the last file. */
  readonly unreadable: readonly UnreadableFile[];
  /** Names of the YAML files that were found in a folder. A file among them that is no flow is none of ours. */
  readonly found: ReadonlySet<string>;
  /** What was left out. */
  readonly notes: readonly string[];
}

/** Finds the named files, the flows of the named folders, and for `-` the standard input. */
export async function findFlowFiles(
  places: readonly string[],
  cwd: string,
  input: AsyncIterable<Uint8Array> = process.stdin,
): Promise<FlowFiles> {
  const files = new Map<string, string | LintInput>();
  const unreadable: UnreadableFile[] = [];
  const found = new Set<string>();
  const notes: string[] = [];
  const refuse = (file: string, error: unknown): void =>
    void unreadable.push({ place: { file, path: '' }, code: 'IO', message: `${file}: ${reasonOf(error)}.` });
  const add = (file: string): void => {
    const path = resolve(cwd, file);
    if (!files.has(path)) files.set(path, file);
  };
  for (const place of places) {
    if (place === '-') {
      try {
        files.set(place, { file: 'stdin', source: await readAll(input) });
      } catch (error) {
        refuse('stdin', error);
      }
      continue;
    }
    if (!isFolder(resolve(cwd, place))) {
      add(place);
      continue;
    }
    const nameOf = (path: string): string => relative(cwd, path).split(sep).join('/');
    const search = flowsIn(resolve(cwd, place), (path, error) => refuse(nameOf(path), error));
    if (search.files.length === 0)
      throw usageError(`There is no flow in ${place}: no file that ends with .yaml, .yml or .i3…Flow.`);
    if (search.isPartial) notes.push(`Only the first ${MAX_FILES} files of ${place} were read.`);
    if (search.isTooDeep) notes.push(`Folders of ${place} deeper than ${MAX_DEPTH} levels were not read.`);
    for (const path of search.files) {
      const name = nameOf(path);
      if (YAML.test(name)) found.add(name);
      add(name);
    }
  }
  function* read(): Generator<LintInput> {
    for (const [path, file] of files) {
      if (typeof file !== 'string') yield file;
      else {
        let source: Uint8Array;
        try {
          source = readBounded(path);
        } catch (error) {
          refuse(file, error);
          continue;
        }
        yield { file, source };
      }
    }
  }
  return { read, unreadable, found, notes };
}

/** Follows links. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** The flows in a folder. Links to files are followed, links to folders are not: they may lead in a circle. */
function flowsIn(
  directory: string,
  refuse: (path: string, error: unknown) => void,
): { files: string[]; isPartial: boolean; isTooDeep: boolean } {
  const files: string[] = [];
  let isPartial = false;
  let isTooDeep = false;
  const walk = (place: string, depth: number): void => {
    let entries: Dirent[];
    try {
      entries = readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      return refuse(place, error);
    }
    for (const entry of entries) {
      if (files.length >= MAX_FILES) isPartial = true;
      if (isPartial) return;
      const path = join(place, entry.name);
      if (entry.isDirectory()) {
        if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
        if (depth < MAX_DEPTH) walk(path, depth + 1);
        else isTooDeep = true;
      } else if (FLOW.test(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && !isFolder(path))))
        files.push(path);
    }
  };
  walk(directory, 0);
  return { files, isPartial, isTooDeep };
}

/** Reads a file up to the size of a flow. The size that the system tells is 0 for a device or a pipe. */
function readBounded(path: string): Uint8Array {
  const descriptor = openSync(path, 'r');
  try {
    const size = Math.min(fstatSync(descriptor).size, DEFAULT_MAX_BYTES) + 1;
    const parts: Uint8Array[] = [];
    let bytes = 0;
    while (bytes <= DEFAULT_MAX_BYTES) {
      const part = new Uint8Array(Math.max(size - bytes, 65_536));
      const read = readSync(descriptor, part);
      if (read === 0) break;
      parts.push(part.subarray(0, read));
      bytes += read;
    }
    if (bytes > DEFAULT_MAX_BYTES) throw tooLarge();
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  } finally {
    closeSync(descriptor);
  }
}

/** The whole input, up to the size of a flow. */
async function readAll(input: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of input) {
    parts.push(part);
    bytes += part.length;
    if (bytes > DEFAULT_MAX_BYTES) throw tooLarge();
  }
  return Buffer.concat(parts);
}

const tooLarge = (): Error =>
  new Error(`It is larger than ${DEFAULT_MAX_BYTES.toLocaleString('en-US')} bytes, the most that is read`);

/** Reason without the path, which the message has already. */
function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === 'ENOENT') return 'There is no such file';
  if (code === 'EISDIR') return 'It is a folder';
  if (code === 'ELOOP') return 'Its links lead in a circle';
  if (code === 'EACCES') return 'There is no permission to read it';
  return lineOf(error);
}
