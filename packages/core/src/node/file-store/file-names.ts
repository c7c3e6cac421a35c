import { join } from 'node:path';

/** The kinds of files with operations. */
export type FileKind = 'segment' | 'snapshot';

/** The first frame of a file. */
export interface FileHeader {
  /** Version of the format. */
  readonly holdline: 1;
  readonly kind: FileKind;
  readonly number: number;
  /** Of a segment: the number of the segment before it, 0 for the first. */
  readonly previous?: number;
  /** The end of the segment before it. Bytes after that end do not count. */
  readonly previousEnd?: number;
  /** Of a segment: whether each commit was synced before the next one was written. */
  readonly synced?: boolean;
}

export function pathOf(dir: string, kind: FileKind, number: number): string {
  return join(dir, `${kind}-${String(number).padStart(10, '0')}.log`);
}

/** The number in the name of a file; undefined if the name is of another kind. */
export function numberIn(name: string, kind: FileKind): number | undefined {
  const found = /^(segment|snapshot)-(\d{10,})\.log$/.exec(name);
  return found?.[1] === kind ? Number(found[2]) : undefined;
}

/** Whether a file is an unfinished snapshot of an earlier process. */
export function isUnfinished(name: string): boolean {
  return /^snapshot-\d+\.log\.tmp$/.test(name);
}
