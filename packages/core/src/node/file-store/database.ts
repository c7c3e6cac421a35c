import type { Clock, Undo } from '../../contract/clock.js';
import { ConfigError } from '../../contract/errors.js';
import type { StoreState } from '../../contract/store.js';
import { startBackgroundTimer } from '../../runtime/background-timer.js';
import { writeSnapshot } from './compaction.js';
import { describeFailure, FileStoreError, lostError } from './failures.js';
import { numberIn, pathOf, type FileKind } from './file-names.js';
import type { Files } from './files.js';
import { DirectoryLock } from './lock.js';
import { Log } from './log.js';
import type { Processes } from './process-identity.js';
import { recover } from './recovery.js';
import { Tables } from './tables.js';

const FIRST_PAUSE_MS = 100;
/** Longest pause between two tries during a temporary failure, and during one that needs an operator, ms. */
const LONGEST_PAUSE_MS = 10_000;
const LONGEST_CONFIGURATION_PAUSE_MS = 60_000;
/** Pause before the next look at the lock of another process, ms. */
const LOCKED_PAUSE_MS = 1_000;
/** Number of segments that starts a compaction: each start of a process adds one. */
const MAX_SEGMENTS = 16;

/** The environment of a database. */
export interface DatabaseHost<Parts> {
  readonly files: Files;
  readonly dir: string;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly isSynced: boolean;
  readonly compactAfterBytes: number;
  /** Makes the parts of the store from their rows. */
  readonly build: (tables: Tables, log: Log) => Parts;
  /** The parts can be used, for the first time or again. */
  readonly onReady: () => void;
}

/** The files that this process has open. */
interface Opened<Parts> {
  readonly tables: Tables;
  readonly log: Log;
  /** Size of the last snapshot, in bytes. */
  snapshotBytes: number;
  /** Files that count no more when the next segment is durable. */
  obsolete: readonly string[];
  readonly parts: Parts;
}

/**
 * The files of a store, a state machine. `connecting`: the directory is locked and read. `ready`: changes are written. `lost`: a failure
 * listed in `failures.ts` ended that, and the next try follows after a growing pause. All rows stay in memory meanwhile, so nothing has
 * to be read again, unless another process took the directory over.
 */
export class Database<Parts> {
  readonly #host: DatabaseHost<Parts>;
  #state: StoreState = { ...READY, state: 'connecting' };
  #lock: DirectoryLock;
  #isLocked = false;
  #opened: Opened<Parts> | undefined;
  #failures = 0;
  #lastError: unknown;
  #isClosed = false;
  #attempt: Promise<void>;
  #compaction: Promise<void> | undefined;
  /** Bytes of the log below which a failed compaction is not tried again. */
  #compactAbove = 0;
  #stopTimer: Undo = () => undefined;
  /** Resolvers of callers that wait for the next state. */
  readonly #waiting = new Set<() => void>();
  readonly #watchers = new Set<(state: StoreState) => void>();

  constructor(host: DatabaseHost<Parts>) {
    this.#host = host;
    this.#lock = this.#makeLock();
    this.#attempt = this.#tryToOpen();
  }

  get state(): StoreState {
    return this.#state;
  }

  watch(fn: (state: StoreState) => void): Undo {
    const watcher = (state: StoreState): void => fn(state);
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** The parts; undefined while the store is not ready. */
  get parts(): Parts | undefined {
    return this.#state.state === 'ready' ? this.#opened?.parts : undefined;
  }

  /**
   * Runs an exchange. Its answer may depend on any row in memory, so it waits until these are durable.
   *
   * @param isChecked - Whether the exchange itself waits for the rows on which its answer depends.
   * @throws StoreLostError if the store is lost.
   */
  exchange<T>(run: (parts: Parts) => Promise<T>, isChecked = false): Promise<T> {
    const { parts } = this;
    if (parts === undefined || !isChecked) return this.#exchange(run, isChecked);
    // The journal has many writes, and all of a commit share its promise.
    try {
      return run(parts);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async #exchange<T>(run: (parts: Parts) => Promise<T>, isChecked: boolean): Promise<T> {
    if (this.#state.state === 'connecting') await this.#nextState();
    const { parts } = this;
    if (parts === undefined) throw lostError(this.#state);
    const answer = run(parts);
    if (isChecked) return answer;
    const [result] = await Promise.all([answer, (this.#opened as Opened<Parts>).log.barrier()]);
    return result;
  }

  async ready(): Promise<void> {
    while (this.#state.state !== 'ready') {
      const error = this.#lastError;
      if (this.#isClosed) throw lostError(this.#state);
      // A process that cannot be looked up may have ended. Its lock shows that soon.
      if (this.#state.state === 'lost' && !(error instanceof HeldError && !error.isKnown))
        throw error instanceof HeldError ? new ConfigError(error.message) : lostError(this.#state);
      await this.#nextState();
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimer();
    await this.#attempt;
    await this.#compaction;
    const log = this.#opened?.log;
    this.#changeState({ ...READY, state: 'lost', reason: 'CLOSED', message: 'the store was closed' });
    this.#watchers.clear();
    await log?.close();
    await this.#lock.release();
  }

  #makeLock(): DirectoryLock {
    const { files, dir, clock, processes } = this.#host;
    return new DirectoryLock(files, dir, clock, processes);
  }

  /** Opens the files, or opens them again. Never rejects. */
  async #tryToOpen(): Promise<void> {
    try {
      await this.#acquireLock();
      this.#opened ??= await this.#readFiles();
      await this.#opened.log.open();
      for (const path of this.#opened.obsolete) await this.#host.files.unlink(path).catch(() => undefined);
      this.#opened.obsolete = [];
    } catch (error) {
      this.#scheduleRetry(error);
      return;
    }
    if (this.#isClosed) return;
    this.#failures = 0;
    this.#changeState(READY);
    this.#host.onReady();
    this.#compactIfLarge();
  }

  async #acquireLock(): Promise<void> {
    const { files, dir } = this.#host;
    if (this.#isLocked) {
      await this.#lock.confirm();
      return;
    }
    await files.makeDir(dir);
    const answer = await this.#lock.acquire();
    if (!answer.isHeld) throw new HeldError(dir, answer.holder, answer.isKnown);
    this.#isLocked = true;
  }

  async #readFiles(): Promise<Opened<Parts>> {
    const { files, dir, isSynced } = this.#host;
    const tables = new Tables();
    const { snapshotBytes, obsolete, ...position } = await recover(files, dir, tables);
    const log = new Log(
      {
        files,
        dir,
        tables,
        isSynced,
        confirm: () => this.#lock.confirm(),
        onCommit: () => this.#compactIfLarge(),
        onFailure: (error) => this.#scheduleRetry(error),
      },
      position,
    );
    return { tables, log, snapshotBytes, obsolete, parts: this.#host.build(tables, log) };
  }

  #scheduleRetry(error: unknown): StoreState {
    this.#lastError = error;
    const state = describeFailure(error);
    if (this.#isClosed) return state;
    if (state.reason === 'TAKEN') {
      // The rows in memory are those of an earlier holder.
      this.#isLocked = false;
      this.#opened = undefined;
      this.#lock = this.#makeLock();
    }
    const longest = state.needsConfiguration ? LONGEST_CONFIGURATION_PAUSE_MS : LONGEST_PAUSE_MS;
    const grown = Math.min(longest, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures++, 20));
    const retryInMs = state.reason === 'CORRUPT' ? undefined : error instanceof HeldError ? LOCKED_PAUSE_MS : grown;
    if (retryInMs !== undefined) {
      const { clock } = this.#host;
      this.#stopTimer();
      this.#stopTimer = startBackgroundTimer(clock, retryInMs, () => void (this.#attempt = this.#tryToOpen()));
    }
    this.#changeState({ ...state, retryInMs });
    return this.#state;
  }

  /** Starts a compaction if the log has become large, and no compaction is under way. */
  #compactIfLarge(): void {
    const opened = this.#opened;
    if (!opened || this.#compaction || this.#isClosed || this.#state.state !== 'ready') return;
    const { log, snapshotBytes } = opened;
    const limit = Math.max(this.#host.compactAfterBytes, snapshotBytes);
    const isLarge = log.bytes >= limit || log.segments >= MAX_SEGMENTS;
    if (!isLarge || log.bytes < this.#compactAbove) return;
    this.#compaction = this.#compact(opened)
      .then(() => (this.#compactAbove = 0))
      .catch(() => (this.#compactAbove = log.bytes + limit / 4))
      .then(() => (this.#compaction = undefined));
  }

  async #compact(opened: Opened<Parts>): Promise<void> {
    const { files, dir } = this.#host;
    const { tables, log } = opened;
    const isStopped = (): boolean => this.#isClosed || this.#opened !== opened;
    const { number, bytes } = await writeSnapshot(files, dir, tables, log, isStopped);
    opened.snapshotBytes = bytes;
    for (const name of await files.list(dir)) {
      const isOld = (kind: FileKind): boolean => (numberIn(name, kind) ?? Infinity) < number;
      if (isOld('segment')) await files.unlink(pathOf(dir, 'segment', numberIn(name, 'segment') as number));
      if (isOld('snapshot')) await files.unlink(pathOf(dir, 'snapshot', numberIn(name, 'snapshot') as number));
    }
  }

  #nextState(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #changeState(state: StoreState): void {
    this.#state = state;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
    for (const watcher of [...this.#watchers]) watcher(state);
  }
}

const READY: StoreState = {
  state: 'ready',
  reason: undefined,
  message: undefined,
  needsConfiguration: false,
  retryInMs: undefined,
};

/** Another process has the directory. */
class HeldError extends FileStoreError {
  constructor(
    dir: string,
    holder: string,
    readonly isKnown: boolean,
  ) {
    super('LOCKED', `dir ${dir} is used by ${holder}: give each process a directory of its own, or use redisStore()`);
  }
}
