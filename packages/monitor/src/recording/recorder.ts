import { version } from 'node:process';
import {
  check,
  type Clock,
  ConfigError,
  Listeners,
  startBackgroundTimer,
  systemClock,
  type Undo,
} from '@holdline/core';
import { checkClock, checkWatchable } from '../options.js';
import type { Watchable } from '../types.js';
import { findClients } from './clients.js';
import { FileWriter } from './file-writer.js';
import { FORMAT_VERSION, printEntry, RECORDED_EVENTS, type RecordingEnd, type RecordingHeader } from './format.js';
import { trimSnapshot } from './trim-snapshot.js';

/**
 * Options of the function `record`.
 * @public
 */
export interface RecordOptions {
  /** The file. An earlier recording in it is replaced; any other file is an error. */
  file: string;
  /**
   * Largest size of the file, in bytes. The recording then ends.
   * @defaultValue 100,000,000 (ours: some 100,000 calls)
   */
  maxBytes?: number;
  /**
   * Time between two recorded snapshots of a line, in ms. Large snapshots are recorded less often: at most 10 kB/s.
   * @defaultValue 10,000 (ours)
   */
  snapshotEveryMs?: number;
  /**
   * The clock.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/** Defaults of {@link RecordOptions}. */
export const RECORD_DEFAULTS = {
  maxBytes: 100_000_000,
  snapshotEveryMs: 10_000,
} as const satisfies Partial<RecordOptions>;

/**
 * Events of a recorder.
 * @public
 */
export interface RecorderEvents {
  /** The recording ended. `message` is the error of a failed write. */
  ended: { reason: RecordingEnd; message: string | undefined; bytes: number };
}

/**
 * Writes what lines do to a file.
 * @public
 */
export interface Recorder {
  readonly file: string;
  /** Size of the recording in bytes. */
  readonly bytes: number;
  /** Why the recording ended; undefined while it runs. */
  readonly ended: RecordingEnd | undefined;
  /**
   * Records another line.
   *
   * @param name - Name of the line. The default is `line` with its number.
   */
  add(line: Watchable, name?: string): void;
  on<E extends keyof RecorderEvents>(event: E, listener: (event: RecorderEvents[E]) => void): Undo;
  /** Ends the recording. Settles when the file is complete. */
  stop(): Promise<void>;
}

/** Longest time for which an entry waits to be written, in ms. */
const FLUSH_MS = 250;
/** Bytes that stay free for the last line. */
const LAST_LINE_BYTES = 100;
/** Bytes of snapshots in a millisecond. */
const SNAPSHOT_BYTES_PER_MS = 10;
/** Longest time between two snapshots, in ms. A longer silence in a recording means that the process did not run. */
export const MAX_SNAPSHOT_MS = 300_000;

const checkShape = check.shape<RecordOptions>({
  file: check.text,
  maxBytes: check.number({ min: 1_000, infinite: true }),
  snapshotEveryMs: check.number({ min: 100, max: MAX_SNAPSHOT_MS }),
  clock: checkClock,
});

interface RecordedLine {
  readonly number: number;
  /** Weak, so that lines that nobody closes can be collected. */
  readonly line: WeakRef<Watchable>;
}

class RecorderListeners extends Listeners<RecorderEvents> {
  constructor() {
    super({ ended: true });
  }
}

/** The implementation of a recorder. */
export class FileRecorder implements Recorder {
  readonly #events = new RecorderListeners();
  readonly #writer: FileWriter;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #maxBytes: number;
  readonly #snapshotEveryMs: number;
  readonly #lines = new Set<RecordedLine>();
  /** By line, because these functions keep all listeners of their line, which may keep the line. */
  readonly #undos = new WeakMap<Watchable, Undo[]>();
  readonly #undoExit: Undo;
  #count = 0;
  #ended: RecordingEnd | undefined;
  /** Message of the write that failed. */
  #failure: string | undefined;
  #stopFlushing: Undo | undefined;
  #stopSnapshots: Undo | undefined;

  constructor(options: RecordOptions) {
    const { file, clock = systemClock, ...rest } = checkShape(options, 'options');
    if (file === undefined) throw new ConfigError('options.file is missing');
    const { maxBytes, snapshotEveryMs } = { ...RECORD_DEFAULTS, ...rest };
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#snapshotEveryMs = snapshotEveryMs;
    this.#startedAt = clock.now();
    this.#writer = new FileWriter(file, (error) => this.#fail(error));
    const header: RecordingHeader = {
      holdline: 'recording',
      version: FORMAT_VERSION,
      startedAt: clock.wall(),
      node: version.slice(1),
      clients: findClients(process.cwd()),
    };
    this.#writer.add(`${JSON.stringify(header)}\n`);
    this.#undoExit = atExit(() => this.#end('exit'));
    // A reader can open the recording at once.
    this.#writer.flush();
    this.#scheduleSnapshots(snapshotEveryMs);
  }

  get file(): string {
    return this.#writer.file;
  }

  get bytes(): number {
    return this.#writer.bytes;
  }

  get ended(): RecordingEnd | undefined {
    return this.#ended;
  }

  add(line: Watchable, name?: string): void {
    checkWatchable(line);
    if (this.#ended !== undefined) return;
    const number = ++this.#count;
    const recorded: RecordedLine = { number, line: new WeakRef(line) };
    const undos = this.#undos.get(line) ?? [];
    this.#undos.set(line, undos);
    this.#lines.add(recorded);
    this.#write(number, 'started', { name: name ?? `line ${number}` });
    this.#writeSnapshot(recorded);
    for (const event of RECORDED_EVENTS) {
      try {
        undos.push(line.on(event, (payload) => this.#write(number, event, payload)));
      } catch {
        // A line of an older copy of the core does not have the event.
      }
    }
    undos.push(line.on('closed', () => this.#remove(recorded)));
  }

  on<E extends keyof RecorderEvents>(event: E, listener: (event: RecorderEvents[E]) => void): Undo {
    return this.#events.on(event, listener);
  }

  async stop(): Promise<void> {
    this.#end('stopped');
  }

  /** Writes the entries that wait. */
  flush(): void {
    this.#writer.flush();
  }

  #write(line: number, name: string, payload: unknown): number {
    if (this.#ended !== undefined) return 0;
    const entry = printEntry(this.#clock.now() - this.#startedAt, line, name, payload);
    if (this.#writer.bytes + entry.length + LAST_LINE_BYTES > this.#maxBytes) {
      this.#end('full');
      return 0;
    }
    this.#writer.add(entry);
    this.#stopFlushing ??= startBackgroundTimer(this.#clock, FLUSH_MS, () => {
      this.#stopFlushing = undefined;
      this.#writer.flush();
    });
    return entry.length;
  }

  #writeSnapshot({ number, line }: RecordedLine): number {
    const watched = line.deref();
    return watched ? this.#write(number, 'snapshot', trimSnapshot(watched.snapshot())) : 0;
  }

  #remove(recorded: RecordedLine): void {
    this.#writeSnapshot(recorded);
    this.#unlisten(recorded);
    this.#lines.delete(recorded);
  }

  #scheduleSnapshots(ms: number): void {
    if (this.#ended !== undefined) return;
    this.#stopSnapshots = startBackgroundTimer(this.#clock, ms, () => {
      let bytes = 0;
      for (const recorded of this.#lines) {
        if (recorded.line.deref()) bytes += this.#writeSnapshot(recorded);
        else this.#lines.delete(recorded);
      }
      const rarer = Math.min(MAX_SNAPSHOT_MS, bytes / SNAPSHOT_BYTES_PER_MS);
      this.#scheduleSnapshots(Math.max(this.#snapshotEveryMs, rarer));
    });
  }

  #end(reason: RecordingEnd): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#stopFlushing?.();
    this.#stopSnapshots?.();
    this.#undoExit();
    for (const recorded of this.#lines) this.#unlisten(recorded);
    this.#lines.clear();
    if (reason !== 'failed') {
      this.#writer.add(printEntry(this.#clock.now() - this.#startedAt, 0, 'ended', { reason }));
      this.#writer.close();
      // The last write may fail, too.
      if (this.#failure !== undefined) this.#ended = 'failed';
    }
    this.#events.emit('ended', { reason: this.#ended, message: this.#failure, bytes: this.#writer.bytes });
  }

  #unlisten({ line }: RecordedLine): void {
    const watched = line.deref();
    const undos = watched && this.#undos.get(watched);
    for (const undo of undos?.splice(0) ?? []) undo();
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : 'the write failed';
    this.#end('failed');
  }
}

const atExitFunctions = new Set<() => void>();

function runAtExit(): void {
  for (const fn of [...atExitFunctions]) fn();
}

/** Runs a function when the process exits. All recorders share one listener. */
function atExit(fn: () => void): Undo {
  if (atExitFunctions.size === 0) process.on('exit', runAtExit);
  atExitFunctions.add(fn);
  return () => {
    if (atExitFunctions.delete(fn) && atExitFunctions.size === 0) process.off('exit', runAtExit);
  };
}

/**
 * Records what lines do: each event, and snapshots, as JSON Lines. A recording has no token, no header, no body and no URL, but names of
 * routes, hosts and tenants. The functions `readRecording` and `monitorRecording` read it.
 *
 * Entries wait at most 250 ms until they are written. The end of the process completes the file. If the file is full, or a write fails,
 * the recording ends with the event `ended`, and the lines continue.
 *
 * @throws ConfigError for wrong options, if another process records into the file, or if the file has something else.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { record } from '@holdline/monitor/node';
 *
 * const line = createHoldline();
 * const recorder = record(line, { file: 'run.jsonl' });
 * recorder.on('ended', ({ reason, bytes }) => console.log(reason, bytes));
 * // …
 * await recorder.stop();
 * ```
 * @public
 */
export function record(lines: Watchable | readonly Watchable[], options: RecordOptions): Recorder {
  const all = Array.isArray(lines) ? (lines as readonly Watchable[]) : [lines as Watchable];
  for (const line of all) checkWatchable(line);
  const recorder = new FileRecorder(options);
  for (const line of all) recorder.add(line);
  return recorder;
}
