import { resolve } from 'node:path';
import type { Undo } from '../../contract/clock.js';
import type { DeadLetters } from '../../contract/dead-letters.js';
import type { EventQueue, Inboxes } from '../../contract/inbox.js';
import type { Journal } from '../../contract/journal.js';
import type { SessionKeys } from '../../contract/sessions.js';
import type { Store, StoreState } from '../../contract/store.js';
import type { Tokens } from '../../contract/tokens.js';
import { deadLetterWriter } from '../../policies/dead-letters/writer.js';
import { transactionSteps } from '../../policies/idempotency/steps.js';
import { tokenSharing } from '../../policies/token/shared-token.js';
import { ListenersByName } from '../../runtime/listeners-by-name.js';
import { MemoryDeadLetters } from '../../stores/memory-dead-letters.js';
import { MemoryInboxes } from '../../stores/memory-inboxes.js';
import { MemorySessions } from '../../stores/memory-sessions.js';
import { MemoryTokens } from '../../stores/memory-tokens.js';
import { Cipher } from '../cipher.js';
import { deriveKeys } from '../keys.js';
import { Database } from './database.js';
import { FileJournal } from './file-journal.js';
import { nodeFiles, type Files } from './files.js';
import type { Log } from './log.js';
import { checkOptions, type FileStoreOptions } from './options.js';
import { machineProcesses, type Processes } from './process-identity.js';
import { encryptedRows, tableRows } from './table-rows.js';
import type { Tables } from './tables.js';

/**
 * A store in the files of a directory, for one process.
 * @public
 */
export interface FileStore extends Store {
  readonly journal: Journal;
  /** Encrypted with keys that derive from `key`. Without a `key`, the query, most headers and the body of a letter are missing. */
  readonly deadLetters: DeadLetters;
  /** Undefined without a `key`. */
  readonly tokens: Tokens | undefined;
  readonly sessions: SessionKeys;
  /** Encrypted with keys that derive from `key`. Without a `key`, events are kept as they are. */
  readonly inboxes: Inboxes;
  /** Whether the directory can be used now, and the reason if not. */
  readonly state: StoreState;
  /** Reports every change of that state. Lines of this store emit it as `storeState`. */
  watch(fn: (state: StoreState) => void): Undo;
  /**
   * Settles when the files are read, and the store can write. Waiting is optional: exchanges wait for the first try to open the
   * directory.
   * @throws ConfigError naming `dir` and the holder if another process uses the directory. StoreLostError if the directory cannot be
   *   used.
   */
  ready(): Promise<void>;
  /** Waits for the last writes, and releases the directory. Close the lines of this store first. */
  close(): Promise<void>;
}

/** What the store takes from the system. Tests replace it. */
export interface FileStorePorts {
  readonly files: Files;
  readonly processes: Processes;
}

/** The parts that work on rows in memory. A directory that was taken over, and is free again, gets new ones. */
interface Parts {
  readonly journal: FileJournal;
  readonly deadLetters: DeadLetters;
  readonly tokens: Tokens | undefined;
  readonly sessions: SessionKeys;
  readonly inboxes: MemoryInboxes;
  /** Inboxes whose news go to the listeners of the store. */
  readonly heard: Set<string>;
}

/**
 * Keeps idempotency keys, dead letters, tokens, session keys and inboxes in the files of a directory, so that they survive the end of the
 * process. Only one process may use the directory at a time. It needs no other package and no native code.
 *
 * @throws ConfigError naming the key and what is allowed.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { fileStore } from '@holdline/core/node';
 *
 * const store = fileStore({ dir: './holdline-data', key: process.env.HOLDLINE_KEY! });
 * const line = createHoldline({ store });
 * line.on('storeState', ({ state, reason }) => console.log(`The store is ${state}: ${reason}`));
 *
 * await line.close();
 * await store.close();
 * ```
 * @public
 */
export function fileStore(options: FileStoreOptions): FileStore {
  return openFileStore(options, { files: nodeFiles, processes: machineProcesses });
}

/** As {@link fileStore}, with other files and processes. */
export function openFileStore(options: FileStoreOptions, ports: FileStorePorts): FileStore {
  const checked = checkOptions(options);
  const { dir, keys, fsync, maxLetters, compactAfterBytes, salt, clock } = checked;
  const cipher = keys.length > 0 ? new Cipher(keys) : undefined;
  const letterKeys = deriveKeys(keys, 'dead letters');
  const tokenListeners = new ListenersByName();
  const sessionListeners = new ListenersByName();
  const inboxListeners = new ListenersByName();

  function build(tables: Tables, log: Log): Parts {
    const rowsOf = (name: string) => tableRows(tables, log, name);
    return {
      journal: new FileJournal(
        log,
        tables.open('journal', (table) => log.define(table)),
        checked,
        clock,
      ),
      deadLetters: new MemoryDeadLetters(maxLetters, clock, rowsOf('letters'), rowsOf('letter claims')),
      tokens: cipher && new MemoryTokens(clock, encryptedRows(rowsOf('tokens'), cipher, 'token'), tokenListeners),
      sessions: new MemorySessions(clock, rowsOf('sessions'), sessionListeners),
      inboxes: new MemoryInboxes(clock, (inbox) => rowsOf(`inbox ${inbox}`)),
      heard: new Set(),
    };
  }

  const database = new Database<Parts>({
    ...ports,
    dir: resolve(dir),
    clock,
    isSynced: fsync === 'group',
    compactAfterBytes,
    build,
    onReady() {
      tokenListeners.notifyAll();
      sessionListeners.notifyAll();
      inboxListeners.notifyAll();
    },
  });

  /** The queue of an inbox in the parts that work now. */
  function queueIn({ inboxes, heard }: Parts, inbox: string): EventQueue {
    const queue = inboxes.open(inbox);
    if (!heard.has(inbox)) queue.listen(() => inboxListeners.notify(inbox));
    heard.add(inbox);
    return queue;
  }

  /** The methods of a part, each as an exchange with the database. */
  function exchanges<T extends object, M extends keyof T>(
    part: (parts: Parts) => T,
    methods: readonly M[],
    isChecked = false,
  ): Pick<T, M> {
    const run =
      (method: M) =>
      (...args: unknown[]): Promise<unknown> =>
        database.exchange((parts) => {
          const found = part(parts);
          return (found[method] as (...args: unknown[]) => Promise<unknown>).apply(found, args);
        }, isChecked);
    return Object.fromEntries(methods.map((method) => [method, run(method)])) as Pick<T, M>;
  }

  const letterMethods = ['put', 'list', 'claim', 'renew', 'settle', 'delete'] as const;
  const deadLetters: DeadLetters = {
    writer: deadLetterWriter,
    ...exchanges((parts) => parts.deadLetters, letterMethods),
  };
  const journal: Journal = {
    steps: transactionSteps,
    ...exchanges((parts) => parts.journal, ['get', 'put', 'replace', 'delete'], true),
  };
  Object.defineProperty(journal, 'keys', { value: deriveKeys(keys, 'journal') });
  const queueMethods = ['add', 'claim', 'renew', 'settle', 'listDead', 'revive', 'deleteDead', 'counts'] as const;
  const inboxes: Inboxes = {
    open: (inbox) => ({
      ...exchanges((parts) => queueIn(parts, inbox), queueMethods),
      listen: (fn) => inboxListeners.add(inbox, fn),
    }),
  };
  const inboxKeys = cipher && deriveKeys(keys, 'inboxes');
  const store: FileStore = {
    journal,
    // Not enumerable, so that a printed store does not show the keys.
    deadLetters: Object.defineProperty(deadLetters, 'keys', { value: letterKeys }),
    tokens: cipher && {
      sharing: tokenSharing,
      ...exchanges((parts) => parts.tokens as Tokens, ['claim', 'put', 'remove', 'renew', 'release']),
      // The directory has one process, so only its lines count.
      isUsedElsewhere: (name) => tokenListeners.has(name),
      listen: (name, fn) => tokenListeners.add(name, fn),
    },
    sessions: {
      onLoss: 'share',
      ...exchanges((parts) => parts.sessions, ['claim', 'leave']),
      listen: (key, fn) => sessionListeners.add(key, fn),
    },
    inboxes: Object.defineProperty(inboxes, 'keys', { value: inboxKeys }),
    get state() {
      return database.state;
    },
    watch: (fn) => database.watch(fn),
    ready: () => database.ready(),
    close: () => database.close(),
  };
  // Not enumerable either: with the salt, passwords can be tested against credential names.
  return Object.defineProperty(store, 'salt', { get: () => salt });
}
