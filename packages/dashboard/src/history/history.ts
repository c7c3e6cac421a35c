import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { startBackgroundTimer, type Clock, type Undo } from '@holdline/core';
import type { Bucket, HistoryRange } from '@holdline/monitor';
import type { Place } from '../board.js';
import { mergeBuckets, RANGE_NAMES } from './buckets.js';
import { decodeHistory, encodeHistory, MAX_LINES, type StoredLine } from './file-format.js';

/** Time between two writes of the file, ms. A killed process loses at most so much. */
export const SAVE_MS = 10_000;
/** A larger file is none of ours: 64 lines take some 6 MB. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? 'unknown error');

/** A line with a history. */
type HistoryPlace = Pick<Place, 'name' | 'monitor'>;

/**
 * The history of all lines of a dashboard. With a file, the history continues after a restart. A problem with the file is a notice, and the
 * history continues in memory.
 */
export class History {
  /** The file to write; undefined: none, or it holds something else. */
  #file: string | undefined;
  readonly #before = new Map<string, StoredLine>();
  readonly #stopTimer: { undo: Undo } = { undo: () => undefined };
  #saving: Promise<void> | undefined;
  #saved = '';
  #isClosed = false;
  /** The notice about the last write; undefined if it succeeded. */
  #writeNotice: string | undefined;
  #readNotice: string | undefined;

  /**
   * @param file - Path of the file; undefined: the history stays in memory.
   * @param places - Returns the lines to save.
   * @param warn - Called with each new problem.
   */
  constructor(
    file: string | undefined,
    private readonly places: () => readonly HistoryPlace[],
    private readonly clock: Clock,
    private readonly warn: (message: string) => void,
  ) {
    if (file === undefined) return;
    this.#file = file;
    this.#load(file);
    if (this.#file !== undefined) this.#schedule();
  }

  get notices(): string[] {
    return [this.#readNotice, this.#writeNotice].filter((notice) => notice !== undefined);
  }

  /** Returns the buckets of a range in the order of time. */
  buckets({ name, monitor }: HistoryPlace, range: HistoryRange): Bucket[] {
    const before = this.#before.get(name);
    return mergeBuckets(
      range,
      before?.ranges[range] ?? [],
      monitor.history(range),
      this.clock.wall(),
      before?.since === monitor.totals().since,
    );
  }

  /** Writes the file a last time. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimer.undo();
    await this.#saving;
    if (this.#file !== undefined) await this.#save(this.#file);
  }

  #load(file: string): void {
    let text: string;
    try {
      const stat = statSync(file);
      // A pipe would block the process, and a device such as /dev/null must not be renamed.
      if (!stat.isFile()) {
        this.#file = undefined;
        return this.#noteRead('The history file is not a regular file. The history stays in memory.');
      }
      text = stat.size > MAX_FILE_BYTES ? '' : readFileSync(file, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      this.#file = undefined;
      return this.#noteRead(`The history file cannot be read (${codeOf(error)}). The history stays in memory.`);
    }
    const lines = decodeHistory(text);
    if (!lines) return this.#setAside(file);
    for (const [name, line] of lines) this.#before.set(name, line);
  }

  /** Renames a file that is no history, so that nothing of it is lost. */
  #setAside(file: string): void {
    const aside = `${file}.set-aside-${new Date(this.clock.wall()).toISOString().replaceAll(':', '')}`;
    try {
      renameSync(file, aside);
      this.#noteRead(`The history file was not a history of this version. It is now ${aside}.`);
    } catch (error) {
      this.#file = undefined;
      const code = codeOf(error);
      this.#noteRead(`The history file is not a history of this version, and cannot be renamed (${code}).`);
    }
  }

  #noteRead(notice: string): void {
    this.#readNotice = notice;
    this.warn(notice);
  }

  #schedule(): void {
    this.#stopTimer.undo = startBackgroundTimer(this.clock, SAVE_MS, () => {
      if (this.#isClosed) return;
      this.#saving = this.#save(this.#file as string).finally(() => {
        this.#saving = undefined;
        if (!this.#isClosed) this.#schedule();
      });
    });
  }

  async #save(file: string): Promise<void> {
    const aside = `${file}.new-${process.pid}`;
    try {
      const lines = this.#collect();
      const text = encodeHistory(lines, this.clock.wall());
      const withoutDate = text.slice(text.indexOf('"lines"'));
      if (withoutDate === this.#saved) return;
      mkdirSync(dirname(file), { recursive: true });
      const handle = await open(aside, 'w', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      // Readers see the old file or the new one, never a part of one.
      await rename(aside, file);
      this.#saved = withoutDate;
      this.#writeNotice = undefined;
    } catch (error) {
      // The old file stays. A rest of the new one does no harm.
      await rm(aside, { force: true }).catch(() => undefined);
      const notice = `The history file cannot be written (${codeOf(error)}). The history continues in memory.`;
      if (this.#writeNotice !== notice) this.warn(notice);
      this.#writeNotice = notice;
    }
  }

  /** Joins what the file had with what the monitors know. Lines of earlier processes stay until they are too old. */
  #collect(): Map<string, StoredLine> {
    const wall = this.clock.wall();
    const lines = new Map<string, StoredLine>();
    const places = new Map(this.places().map((place) => [place.name, place]));
    for (const [name, { since, ranges }] of this.#before) {
      if (places.has(name)) continue;
      const kept = ranges.week.length > 0 ? mergeBuckets('week', ranges.week, [], wall, true) : [];
      if (kept.length > 0) lines.set(name, { since, ranges: { ...ranges, week: kept } });
    }
    for (const [name, place] of places) {
      const ranges = {} as StoredLine['ranges'];
      for (const range of RANGE_NAMES) ranges[range] = this.buckets(place, range);
      lines.set(name, { since: place.monitor.totals().since, ranges });
    }
    return new Map([...lines].slice(-MAX_LINES));
  }
}
