import { open, type FileHandle } from 'node:fs/promises';
import { check } from '@holdline/core';
import { FORMAT_VERSION, type RecordedEntry, type RecordingHeader } from './format.js';

/**
 * Options of {@link readRecording}.
 * @public
 */
export interface ReadOptions {
  /**
   * Whether to wait for further entries at the end of the file, until the recording ends.
   * @defaultValue false
   */
  follow?: boolean;
  /**
   * Ends the reading when it aborts.
   * @defaultValue none
   */
  signal?: AbortSignal;
}

/**
 * A recording in a file.
 * @public
 */
export interface Recording {
  /** Wall ms. */
  readonly startedAt: number;
  /** Version of Node that ran the recorded process. */
  readonly node: string;
  /** Versions of known clients that were installed, by package name. */
  readonly clients: Readonly<Record<string, string>>;
  /**
   * Reads the entries in the order of time, from the first one. The file is read in parts of 64 kB.
   * @throws RecordingError for a damaged entry. An incomplete last line is left out.
   */
  entries(): AsyncIterable<RecordedEntry>;
}

/**
 * A file is not a recording that this version can read. `code` is `NOT_A_RECORDING`, `UNKNOWN_VERSION` or `DAMAGED`.
 * @public
 */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';

  constructor(
    readonly code: 'NOT_A_RECORDING' | 'UNKNOWN_VERSION' | 'DAMAGED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const CHUNK_BYTES = 65_536;
/** Longest line in bytes. A snapshot with 1,000 scopes has about a megabyte. */
const MAX_LINE_BYTES = 16_000_000;
/** Longest first line in bytes. */
const MAX_HEADER_BYTES = 100_000;
/** Time between two looks for further entries, in ms. */
const POLL_MS = 250;
const NEWLINE = 0x0a;

const checkOptions = check.shape<ReadOptions>({
  follow: check.flag,
  signal: (value, key) => (value instanceof AbortSignal ? value : check.refuse(key, value, 'an AbortSignal')),
});

/**
 * Opens a recording.
 *
 * @throws RecordingError if the file is no recording, or has another version. The error of the file system if it cannot be read.
 * @example
 * ```ts
 * import { readRecording } from '@holdline/monitor/node';
 *
 * const recording = await readRecording('run.jsonl');
 * for await (const { at, name, payload } of recording.entries()) {
 *   if (name === 'gateClosed') console.log(new Date(at), payload);
 * }
 * ```
 * @public
 */
export async function readRecording(file: string, options: ReadOptions = {}): Promise<Recording> {
  const checked = checkOptions(options, 'options');
  const { header } = await readHeader(check.text(file, 'file'));
  const { startedAt, node, clients } = header;
  return { startedAt, node, clients, entries: () => readEntries(file, checked) };
}

async function readHeader(file: string): Promise<{ header: RecordingHeader; length: number }> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(MAX_HEADER_BYTES);
    let length = 0;
    let end: number;
    do {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) throw foreign(file);
      length += bytesRead;
      end = buffer.subarray(0, length).indexOf(NEWLINE);
    } while (end < 0 && length < buffer.length);
    if (end < 0) throw foreign(file);
    return { header: parseHeader(buffer.toString('utf8', 0, end), file), length: end + 1 };
  } finally {
    await handle.close();
  }
}

const foreign = (file: string): RecordingError =>
  new RecordingError('NOT_A_RECORDING', `${file} is no recording of Holdline`);

function parseHeader(text: string, file: string): RecordingHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw foreign(file);
  }
  if (!check.isRecord(value) || value.holdline !== 'recording') throw foreign(file);
  const { version, startedAt, node, clients } = value;
  if (version !== FORMAT_VERSION)
    throw new RecordingError(
      'UNKNOWN_VERSION',
      `${file} has version ${String(version).slice(0, 20)} of the format; this package reads version ${FORMAT_VERSION}`,
    );
  if (!isDate(startedAt)) throw foreign(file);
  const versions = check.isRecord(clients) ? Object.entries(clients) : [];
  return {
    holdline: 'recording',
    version,
    startedAt,
    node: String(node),
    clients: Object.fromEntries(versions.map(([name, of]) => [name, String(of)])),
  };
}

/**
 * Reads the entries of a recording.
 *
 * @param onIdle - Called with `follow`, whenever all entries have been read.
 */
export async function* readEntries(
  file: string,
  { follow = false, signal }: ReadOptions,
  onIdle?: () => void,
): AsyncGenerator<RecordedEntry, void> {
  const { header, length } = await readHeader(file);
  const handle = await open(file);
  try {
    const lines = readLines(handle, length, file, follow, signal, onIdle);
    let number = 1;
    for await (const line of lines) {
      const entry = parseEntry(line, header.startedAt);
      if (!entry) throw new RecordingError('DAMAGED', `line ${number + 1} of ${file} is damaged`);
      number++;
      yield entry;
      if (entry.name === 'ended') return;
    }
  } finally {
    await handle.close();
  }
}

/** Reads complete lines. An incomplete line at the end of the file is left out. */
async function* readLines(
  handle: FileHandle,
  start: number,
  file: string,
  follow: boolean,
  signal: AbortSignal | undefined,
  onIdle: (() => void) | undefined,
): AsyncGenerator<string, void> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let parts: Buffer[] = [];
  let length = 0;
  for (let position = start; !signal?.aborted;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) {
      // A file that was replaced is another recording.
      if (!follow || (await handle.stat()).size < position) return;
      onIdle?.();
      await sleep(signal);
      continue;
    }
    position += bytesRead;
    let from = 0;
    for (;;) {
      const end = chunk.subarray(0, bytesRead).indexOf(NEWLINE, from);
      if (end < 0) break;
      const last = chunk.subarray(from, end);
      yield (parts.length > 0 ? Buffer.concat([...parts, last]) : last).toString('utf8');
      parts = [];
      length = 0;
      from = end + 1;
    }
    if (from === bytesRead) continue;
    parts.push(Buffer.from(chunk.subarray(from, bytesRead)));
    length += bytesRead - from;
    if (length > MAX_LINE_BYTES)
      throw new RecordingError('DAMAGED', `${file} has a line of more than ${MAX_LINE_BYTES} bytes`);
  }
}

function sleep(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, POLL_MS);
    signal?.addEventListener('abort', done);
  });
}

/** Whether a value is a time that a `Date` can have, in wall ms. */
const isDate = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 8.64e15;

function parseEntry(text: string, startedAt: number): RecordedEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [ms, line, name, payload] = value as unknown[];
  const isValid =
    typeof ms === 'number' &&
    isDate(startedAt + ms) &&
    typeof line === 'number' &&
    typeof name === 'string' &&
    check.isRecord(payload);
  return isValid ? ({ at: startedAt + ms, line, name, payload } as unknown as RecordedEntry) : undefined;
}
