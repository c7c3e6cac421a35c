import { EVENT_NAMES, type EventName, type HoldlineEvents, type Snapshot } from '@holdline/core';

/** The version of the format that this package writes and reads. */
export const FORMAT_VERSION = 1;

/** The first line of a recording. */
export interface RecordingHeader {
  holdline: 'recording';
  version: typeof FORMAT_VERSION;
  /** Wall ms. */
  startedAt: number;
  /** Version of Node. */
  node: string;
  /** Versions of known clients that are installed, by package name. */
  clients: Record<string, string>;
}

/**
 * Why a recording has no further entries. `full`: it reached `maxBytes`. `failed`: a write failed. `stopped`: by `stop()`. `exit`: the
 * process ended.
 * @public
 */
export type RecordingEnd = 'full' | 'failed' | 'stopped' | 'exit';

/**
 * The payload of each kind of entry.
 * @public
 */
export interface RecordedPayloads extends HoldlineEvents {
  /** A line was made, or added to the recording. */
  started: { name: string };
  /** The state of a line. At most 1,000 scopes are recorded. */
  snapshot: Snapshot;
  /** The recording ended. Its line is 0. */
  ended: { reason: Exclude<RecordingEnd, 'failed'> };
}

/**
 * An entry of a recording: an event of a line, its state, or the start or end of a part of the recording. `at` is in wall ms; the
 * differences between entries do not depend on changes of the wall clock. `line` is the number of the line, from 1.
 * @public
 */
export type RecordedEntry = {
  [N in keyof RecordedPayloads]: { at: number; line: number; name: N; payload: RecordedPayloads[N] };
}[keyof RecordedPayloads];

export const RECORDED_EVENTS = Object.keys(EVENT_NAMES) as EventName[];

/** Prints one entry. */
export function printEntry(ms: number, line: number, name: string, payload: unknown): string {
  return `${JSON.stringify([Math.round(ms * 10) / 10, line, name, payload])}\n`;
}
