import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { DEFAULT_MAX_BYTES, type LintInput, type UnreadableFile } from '@holdline/architect';
import { lineOf, usageError } from '../terminal/errors.js';

/** Files of flows in a folder: Archy YAML, and exports such as `.i3WorkFlow`. */
const FLOW = /\.(?:ya?ml|i3[a-z]*flow)$/i;

/** Folders without flows of the user. */
const SKIPPED = new Set(['node_modules', 'dist', 'build']);

/** Bounds of the search in a folder. */
const MAX_DEPTH = 20;
const MAX_FILES = 5_000;

/** The files that a user named. */
export interface FlowFiles {
  readonly inputs: readonly LintInput[];
  readonly unreadable: readonly UnreadableFile[];
  /** Names of the files that were found in a folder. A file among them that is no flow is none of ours. */
  readonly found: ReadonlySet<string>;
  /** What was left out. */
  readonly notes: readonly string[];
}

/** Reads the named files, the flows of the named folders, and for `-` the standard input. */
export async function readFlowFiles(
  places: readonly string[],
  cwd: string,
  input: AsyncIterable<Uint8Array> = process.stdin,
): Promise<FlowFiles> {
  const inputs: LintInput[] = [];
  const unreadable: UnreadableFile[] = [];
  const found = new Set<string>();
  const notes: string[] = [];
  const seen = new Set<string>();
  const read = (file: string): void => {
    const path = resolve(cwd, file);
    if (seen.has(path)) return;
    seen.add(path);
    try {
      if (statSync(path).size > DEFAULT_MAX_BYTES) throw new Error(`It is larger than ${DEFAULT_MAX_BYTES} bytes`);
      inputs.push({ file, source: readFileSync(path) });
    } catch (error) {
      unreadable.push({ place: { file, path: '' }, code: 'IO', message: `${file}: ${reasonOf(error)}.` });
    }
  };
  for (const place of places) {
    if (place === '-') {
      inputs.push({ file: 'stdin', source: await readAll(input) });
      continue;
    }
    if (statSync(resolve(cwd, place), { throwIfNoEntry: false })?.isDirectory() !== true) {
      read(place);
      continue;
    }
    const { files, isPartial } = flowsIn(resolve(cwd, place));
    if (files.length === 0)
      throw usageError(`There is no flow in ${place}: no file that ends with .yaml, .yml or .i3…Flow.`);
    if (isPartial) notes.push(`Only the first ${MAX_FILES} files of ${place} were read.`);
    for (const file of files) {
      const name = relative(cwd, file).split(sep).join('/');
      found.add(name);
      read(name);
    }
  }
  return { inputs, unreadable, found, notes };
}

function flowsIn(directory: string): { files: string[]; isPartial: boolean } {
  const files: string[] = [];
  let isPartial = false;
  const walk = (place: string, depth: number): void => {
    for (const entry of entriesOf(place)) {
      if (files.length >= MAX_FILES) isPartial = true;
      if (isPartial) return;
      const path = join(place, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !SKIPPED.has(entry.name) && depth < MAX_DEPTH) walk(path, depth + 1);
      } else if (entry.isFile() && FLOW.test(entry.name)) files.push(path);
    }
  };
  walk(directory, 0);
  return { files, isPartial };
}

/** A folder without permission has no flows for us. */
function entriesOf(place: string): Dirent[] {
  try {
    return readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** The whole input, up to one byte more than a flow may have. */
async function readAll(input: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of input) {
    parts.push(part);
    bytes += part.length;
    if (bytes > DEFAULT_MAX_BYTES) break;
  }
  return Buffer.concat(parts);
}

/** Reason without the path, which the message has already. */
function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === 'ENOENT') return 'There is no such file';
  if (code === 'EACCES') return 'There is no permission to read it';
  return lineOf(error);
}
