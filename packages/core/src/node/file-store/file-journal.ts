import type { Clock } from '../../contract/clock.js';
import type { Journal, JournalEntry } from '../../contract/journal.js';
import type { Log } from './log.js';
import type { RowTable } from './row-table.js';

/** Platforms honour an idempotency key for a day. The entry is kept for another day, to show that its key has rotated. */
const KEEP_MS = 2 * 86_400_000;

/** The row of an entry: the wall ms of its last change, and the entry. */
type JournalRow = readonly [at: number, entry: JournalEntry];

/** How much a journal keeps. */
export interface JournalLimits {
  readonly maxEntries: number;
  readonly maxJournalBytes: number;
}

/** Idempotency keys and steps of transactions on disk. Entries are parsed when they are read, so that a start takes little time. */
export class FileJournal implements Pick<Journal, 'get' | 'put' | 'replace' | 'delete'> {
  readonly #log: Log;
  readonly #table: RowTable;
  readonly #limits: JournalLimits;
  readonly #clock: Clock;
  /** Wall ms at which the oldest entry expires, or earlier. */
  #nextExpiry = 0;

  /** @param table - Its first row is the entry that was changed the longest time ago. */
  constructor(log: Log, table: RowTable, limits: JournalLimits, clock: Clock) {
    this.#log = log;
    this.#table = table;
    this.#limits = limits;
    this.#clock = clock;
    this.#removeOld();
  }

  async get(step: string): Promise<JournalEntry | undefined> {
    const found = this.#table.read(Buffer.from(step));
    if (!found) return undefined;
    const [at, entry] = parseRow(found.value);
    // An answer may depend only on what a restart will find.
    if (!this.#log.isDurable(found.commit)) await this.#log.barrier();
    return this.#isOld(at, entry) ? undefined : entry;
  }

  /** Compares and writes in one turn, so that two lines of this process do not start the same step. */
  async replace(step: string, known: JournalEntry | undefined, entry: JournalEntry): Promise<boolean> {
    const found = this.#table.read(Buffer.from(step));
    const [at, current] = found ? parseRow(found.value) : [0, undefined];
    const isCurrent = current !== undefined && !this.#isOld(at, current);
    if (JSON.stringify(isCurrent ? current : undefined) !== JSON.stringify(known)) return false;
    await this.put(step, entry);
    return true;
  }

  put(step: string, entry: JournalEntry): Promise<void> {
    const row: JournalRow = [this.#clock.wall(), entry];
    const durable = this.#log.set(this.#table, step, JSON.stringify(row), true);
    this.#removeOld();
    return durable;
  }

  delete(step: string): Promise<void> {
    return this.#log.delete(this.#table, step);
  }

  /** Removes entries that are too old or too many. The log need not know: a restart removes them again. */
  #removeOld(): void {
    const { maxEntries, maxJournalBytes } = this.#limits;
    while (this.#table.size > maxEntries || this.#table.bytes > maxJournalBytes) this.#table.removeFirst();
    if (this.#clock.wall() < this.#nextExpiry) return;
    for (let first = this.#table.readFirst(); first; first = this.#table.readFirst()) {
      const [at, entry] = parseRow(first);
      this.#nextExpiry = at + keepMsOf(entry);
      if (!this.#isOld(at, entry)) return;
      this.#table.removeFirst();
    }
  }

  #isOld(at: number, entry: JournalEntry): boolean {
    return this.#clock.wall() >= at + keepMsOf(entry);
  }
}

const keepMsOf = ({ keepMs = KEEP_MS }: JournalEntry): number => keepMs;

function parseRow(value: Buffer): JournalRow {
  return JSON.parse(value.toString()) as JournalRow;
}
