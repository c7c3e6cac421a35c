import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Undo } from '../../contract/clock.js';
import { startBackgroundTimer } from '../../runtime/background-timer.js';
import { FileStoreError } from './failures.js';
import { writeAll, type Files } from './files.js';
import { judgeHolder, type ProcessIdentity, type Processes } from './process-identity.js';

/** How often the holder touches its lock, ms. */
const TOUCH_MS = 2_000;
/** How long a holder relies on its last look at the lock, ms. */
const CONFIRM_MS = 5_000;
/** After this time without a touch, a lock whose holder cannot be looked up counts as abandoned, ms. Longer than `CONFIRM_MS`. */
const ABANDONED_MS = 15_000;
/** Tries to create the next lock. Each failure means that another process created it. */
const MAX_TRIES = 100;

/** A lock whose holder is unknown, as it was first seen. */
interface Observation {
  readonly number: number;
  readonly touchedAt: number;
  readonly since: number;
}

/** The answer to a try to take the lock: taken, or who holds it. `isKnown`: that process runs. */
export type LockAnswer =
  { readonly isHeld: true } | { readonly isHeld: false; readonly holder: string; readonly isKnown: boolean };

/**
 * The right of one process to write to a directory.
 *
 * Locks are files with growing numbers, and the highest number holds the directory. Of several processes that want to follow an ended
 * holder, one creates the file with the next number. A file is deleted only after one with a higher number exists, so a process that
 * was slow cannot create a number that has passed: it then sees the higher one. An empty file is a lock that was released.
 *
 * The holder touches its file. It looks for a higher number before it relies on its lock for longer than a few seconds, so that a
 * process that was frozen notices that another one took over.
 */
export class DirectoryLock {
  readonly #files: Files;
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #processes: Processes;
  readonly #id = randomUUID();
  #number = 0;
  #observed: Observation | undefined;
  /** Time of the last look at the lock, on both clocks: a frozen machine stops only one of them. */
  #confirmedAt = { now: 0, wall: 0 };
  #stopTouching: Undo = () => undefined;

  constructor(files: Files, dir: string, clock: Clock, processes: Processes) {
    this.#files = files;
    this.#dir = dir;
    this.#clock = clock;
    this.#processes = processes;
  }

  /** Takes the lock if no running process has it. */
  async acquire(): Promise<LockAnswer> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const last = Math.max(0, ...(await this.#numbers()));
      const holder = last > 0 ? await this.#judge(last) : undefined;
      if (holder) return holder;
      if (!(await this.#create(last + 1))) continue;
      if (!(await this.#isHighest(last + 1))) continue;
      this.#number = last + 1;
      this.#confirmedAt = { now: this.#clock.now(), wall: this.#clock.wall() };
      this.#scheduleTouch();
      return { isHeld: true };
    }
    return { isHeld: false, holder: 'other processes that start now', isKnown: false };
  }

  /**
   * Checks that the lock is still held, unless it was checked a moment ago.
   * @throws FileStoreError if another process took over.
   */
  confirm(): Promise<void> | undefined {
    const { now, wall } = this.#confirmedAt;
    const isRecent =
      this.#clock.now() - now < CONFIRM_MS && Math.abs(this.#clock.wall() - wall) < CONFIRM_MS && this.#number > 0;
    return isRecent ? undefined : this.#look();
  }

  async release(): Promise<void> {
    this.#stopTouching();
    const number = this.#number;
    this.#number = 0;
    if (number === 0) return;
    const path = pathOf(this.#dir, number);
    // Emptying a file needs no space on the disk.
    await this.#files.truncate(path).catch(() => this.#deleteFile(path));
  }

  /** Looks for locks higher than a new one of this process. Deletes the lower ones, or else the new one. */
  async #isHighest(own: number): Promise<boolean> {
    try {
      const names = await this.#files.list(this.#dir);
      const numbers = names.map(numberIn);
      if (Math.max(...numbers) === own) {
        for (const number of numbers) if (number > 0 && number < own) await this.#deleteFile(pathOf(this.#dir, number));
        // Another process that starts now writes its draft again.
        for (const name of names) if (DRAFT.test(name)) await this.#deleteFile(join(this.#dir, name));
        return true;
      }
    } catch (error) {
      await this.#deleteFile(pathOf(this.#dir, own));
      throw error;
    }
    await this.#deleteFile(pathOf(this.#dir, own));
    return false;
  }

  async #numbers(): Promise<number[]> {
    return (await this.#files.list(this.#dir)).map(numberIn);
  }

  /** Describes the holder of a lock. Undefined if nobody holds it. */
  async #judge(number: number): Promise<LockAnswer | undefined> {
    const path = pathOf(this.#dir, number);
    let text: string;
    let touchedAt: number;
    try {
      text = await this.#files.readText(path);
      touchedAt = await this.#files.modifiedAt(path);
    } catch (error) {
      // A process that holds a higher number deleted it.
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
    if (text === '') return undefined;
    const contents = parseContents(text);
    const wall = this.#clock.wall();
    const verdict = contents ? judgeHolder(contents, touchedAt, wall, this.#processes) : 'unknown';
    if (verdict === 'ended') return undefined;
    const holder = contents ? `process ${contents.pid} on ${contents.host}` : 'a process that is not known';
    if (verdict === 'runs') return { isHeld: false, holder, isKnown: true };
    return this.#isAbandoned(number, touchedAt) ? undefined : { isHeld: false, holder, isKnown: false };
  }

  /** Whether nobody touched the lock for a while. The clock of its holder may differ, so only changes count. */
  #isAbandoned(number: number, touchedAt: number): boolean {
    const now = this.#clock.now();
    const seen = this.#observed;
    if (seen?.number === number && seen.touchedAt === touchedAt) return now - seen.since >= ABANDONED_MS;
    this.#observed = { number, touchedAt, since: now };
    return false;
  }

  /** Creates the lock of a number with its contents. False if another process created it. */
  async #create(number: number): Promise<boolean> {
    const path = pathOf(this.#dir, number);
    const draft = join(this.#dir, `lock-${this.#id}.tmp`);
    await this.#deleteFile(draft);
    const file = await this.#files.create(draft);
    try {
      await writeAll(file, Buffer.from(JSON.stringify(this.#processes.own)), 0);
    } finally {
      await file.close();
    }
    try {
      // A file gets its name with its contents, or not at all.
      await this.#files.link(draft, path);
      return true;
    } catch (error) {
      // Another process created the lock, or deleted the draft because it holds the directory now.
      if (hasCode(error, 'EEXIST') || hasCode(error, 'ENOENT')) return false;
      throw error;
    } finally {
      await this.#deleteFile(draft);
    }
  }

  #scheduleTouch(): void {
    this.#stopTouching = startBackgroundTimer(this.#clock, TOUCH_MS, () => {
      // The next commit reports a failure.
      this.#look()
        .catch(() => undefined)
        .finally(() => this.#number > 0 && this.#scheduleTouch());
    });
  }

  /** Touches the lock, and looks for a higher one. */
  async #look(): Promise<void> {
    const number = this.#number;
    const [now, wall] = [this.#clock.now(), this.#clock.wall()];
    if (number === 0 || !(await this.#isCurrent(number, wall))) {
      // Ends the touches, too.
      this.#number = 0;
      throw new FileStoreError('TAKEN', `${this.#dir} has a newer lock`);
    }
    this.#confirmedAt = { now, wall };
  }

  async #isCurrent(number: number, wall: number): Promise<boolean> {
    try {
      await this.#files.touch(pathOf(this.#dir, number), wall);
    } catch (error) {
      // A process with a higher number deleted it.
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
    return Math.max(0, ...(await this.#numbers())) === number;
  }

  async #deleteFile(path: string): Promise<void> {
    await this.#files.unlink(path).catch(() => undefined);
  }
}

const DRAFT = /^lock-.*\.tmp$/;

/** The number of a lock; 0 for other files. */
function numberIn(name: string): number {
  return Number(/^lock-(\d+)$/.exec(name)?.[1] ?? 0);
}

function pathOf(dir: string, number: number): string {
  return join(dir, `lock-${number}`);
}

function hasCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | null)?.code === code;
}

function parseContents(text: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
