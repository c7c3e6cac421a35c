import { check } from '@holdline/core';
import type { Bucket, HistoryRange } from '@holdline/monitor';
import { fromRow, RANGE_NAMES, toRow } from './buckets.js';

/** Largest number of lines in a file. */
export const MAX_LINES = 64;
/** Largest number of stored buckets of a range: those of the range, and one before. */
const MAX_BUCKETS = 400;
const FORMAT = 'holdline-dashboard-history';
const VERSION = 1;

/** The history of one line. */
export interface StoredLine {
  /** When its monitor began, wall ms. */
  since: number;
  ranges: Record<HistoryRange, Bucket[]>;
}

/** Returns the text of a history file. */
export function encodeHistory(lines: ReadonlyMap<string, StoredLine>, wall: number): string {
  const entries = [...lines].slice(-MAX_LINES).map(([name, { since, ranges }]) => {
    const rows = RANGE_NAMES.map((range) => [range, ranges[range].slice(-MAX_BUCKETS).map(toRow)]);
    return { name, since, ...(Object.fromEntries(rows) as object) };
  });
  return `${JSON.stringify({ format: FORMAT, version: VERSION, savedAt: wall, lines: entries })}\n`;
}

/** Reads a history file. Undefined: the text is none. */
export function decodeHistory(text: string): Map<string, StoredLine> | undefined {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!check.isRecord(file) || file['format'] !== FORMAT || file['version'] !== VERSION) return undefined;
  const entries = file['lines'];
  if (!Array.isArray(entries)) return undefined;
  const lines = new Map<string, StoredLine>();
  for (const entry of entries.slice(-MAX_LINES) as unknown[]) {
    const line = readLine(entry);
    if (!line) return undefined;
    lines.set(line.name, line.stored);
  }
  return lines;
}

function readLine(entry: unknown): { name: string; stored: StoredLine } | undefined {
  if (!check.isRecord(entry)) return undefined;
  const { name, since } = entry;
  if (typeof name !== 'string' || typeof since !== 'number' || !Number.isFinite(since)) return undefined;
  const ranges = {} as Record<HistoryRange, Bucket[]>;
  for (const range of RANGE_NAMES) {
    const rows = entry[range];
    if (!Array.isArray(rows)) return undefined;
    const buckets = (rows.slice(-MAX_BUCKETS) as unknown[]).map(fromRow);
    if (buckets.includes(undefined)) return undefined;
    ranges[range] = buckets as Bucket[];
  }
  return { name, stored: { since, ranges } };
}
