import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Bounds of the scan. */
export const SCAN_LIMITS = {
  /** Files that are read. */
  files: 5_000,
  /** A larger file is skipped: it is data or a bundle. */
  fileBytes: 1_000_000,
  /** Text that is read in all. */
  totalBytes: 100_000_000,
  /** Depth of folders. */
  depth: 20,
} as const;

const SKIPPED = new Set([
  'node_modules',
  'dist',
  'build',
  'out',
  'coverage',
  'vendor',
  'bower_components',
  'tmp',
  '__tests__',
]);
const SOURCE = /\.(?:[cm]?[jt]sx?|html|vue|svelte)$/;
const SKIPPED_FILES = /\.min\.|\.bundle\.|\.d\.[cm]?ts$|\.(?:test|spec|e2e)\.[cm]?[jt]sx?$/;

/** A source file of the user. */
export interface SourceFile {
  /** Relative to the scanned folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The result of a scan. */
export interface Scan {
  readonly files: number;
  /** Files and folders that cannot be read, and files that are too large. */
  readonly skipped: number;
  /** Whether a limit ended the scan. */
  readonly isPartial: boolean;
}

/** Calls `visit` with each source file of a project, without dependencies, build output and tests. */
export function scanSources(directory: string, visit: (file: SourceFile) => void): Scan {
  let files = 0;
  let skipped = 0;
  let bytes = 0;
  let isPartial = false;
  const walk = (place: string, depth: number): void => {
    const entries = entriesOf(place);
    if (!entries) skipped++;
    for (const entry of entries ?? []) {
      if (isPartial) return;
      const path = join(place, entry.name);
      if (entry.isDirectory()) {
        if (entry.name.startsWith('.') || SKIPPED.has(entry.name) || depth >= SCAN_LIMITS.depth) continue;
        walk(path, depth + 1);
      } else if (entry.isFile() && SOURCE.test(entry.name) && !SKIPPED_FILES.test(entry.name)) {
        const text = readSmall(path);
        if (text === undefined) {
          skipped++;
          continue;
        }
        files++;
        bytes += text.length;
        visit({ path: relative(directory, path).split(sep).join('/'), text });
        isPartial = files >= SCAN_LIMITS.files || bytes >= SCAN_LIMITS.totalBytes;
      }
    }
  };
  walk(directory, 0);
  return { files, skipped, isPartial };
}

/** Undefined if the folder cannot be read. */
function entriesOf(place: string): Dirent[] | undefined {
  try {
    return readdirSync(place, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
  } catch {
    return undefined;
  }
}

function readSmall(path: string): string | undefined {
  try {
    return statSync(path).size > SCAN_LIMITS.fileBytes ? undefined : readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
