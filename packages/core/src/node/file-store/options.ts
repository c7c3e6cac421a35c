import { isRecord, number, oneOf, port, refuse, shape, text, type Check } from '../../contract/check.js';
import type { Clock } from '../../contract/clock.js';
import { systemClock } from '../../runtime/system.js';
import { checkKeys, type EncryptionKey } from '../keys.js';

/**
 * Options of {@link fileStore}.
 * @public
 */
export interface FileStoreOptions {
  /** The directory of the store. The store creates it. Only one process may use it at a time. */
  dir: string;
  /**
   * Encrypts secrets: 32 bytes, or the same in base64 or hex, or a function that returns the key. Without a key, tokens stay in memory,
   * and letters have neither body nor query. Of several keys the first encrypts and all decrypt, so that a key can be replaced.
   * @defaultValue none
   */
  key?: EncryptionKey | (() => EncryptionKey);
  /**
   * When a write is done. `group`: when it is on the disk; writes that arrive together share one sync. `never`: when the system has it.
   * Such a write survives the end of the process, but not a loss of power.
   * @defaultValue 'group' (ours: nothing that was confirmed is lost)
   */
  fsync?: 'group' | 'never';
  /**
   * Maximal number of journal entries. The oldest entry is deleted first. Keys are deleted after two days, and steps of transactions
   * after `idempotency.keepMs`.
   * @defaultValue 1,000,000 (ours: bounds memory at some 350 MB, and the time to start at two seconds)
   */
  maxEntries?: number;
  /**
   * Maximal size of all journal entries in bytes, with the answers that transactions keep. The oldest entry is deleted first.
   * @defaultValue 536,870,912 (ours: 512 MiB, room for a million entries without answers)
   */
  maxJournalBytes?: number;
  /**
   * Maximal number of dead letters. The oldest letter is deleted first.
   * @defaultValue 1,000 (ours: bounds memory at some 180 MB if all letters have the size `deadLetters.maxBodyBytes`)
   */
  maxLetters?: number;
  /**
   * Size in bytes of the log at which the store compacts it: it writes all rows to a snapshot, and deletes the log before it. A snapshot
   * that is larger counts instead.
   * @defaultValue 16,777,216 (ours: 16 MiB are read in a tenth of a second)
   */
  compactAfterBytes?: number;
  /**
   * Salt of the credential names, for clients that bring their own `Authorization`. It must not change. Where that header holds
   * passwords, use a long random text: a reader of the names then cannot test passwords against them.
   * @defaultValue 'holdline'
   */
  salt?: string;
  /**
   * The clock.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/** {@link FileStoreOptions}, checked and complete. */
export interface ResolvedOptions {
  readonly dir: string;
  readonly keys: readonly Uint8Array[];
  readonly fsync: 'group' | 'never';
  readonly maxEntries: number;
  readonly maxJournalBytes: number;
  readonly maxLetters: number;
  readonly compactAfterBytes: number;
  readonly salt: string;
  readonly clock: Clock;
}

/** Defaults of {@link FileStoreOptions}. */
export const FILE_DEFAULTS = {
  fsync: 'group',
  maxEntries: 1_000_000,
  maxJournalBytes: 536_870_912,
  maxLetters: 1_000,
  compactAfterBytes: 16_777_216,
  salt: 'holdline',
} as const satisfies Partial<FileStoreOptions>;

const checkKeyOption: Check<Uint8Array[]> = (value, key) =>
  checkKeys(typeof value === 'function' ? (value as () => unknown)() : value, key);

const checkShape = shape<Omit<FileStoreOptions, 'key'> & { key?: Uint8Array[] }>({
  dir: text,
  key: checkKeyOption,
  fsync: oneOf('group', 'never'),
  maxEntries: number({ min: 1, integer: true }),
  maxJournalBytes: number({ min: 1, integer: true }),
  maxLetters: number({ min: 1, integer: true }),
  compactAfterBytes: number({ min: 1, integer: true }),
  salt: text,
  clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
});

/**
 * Checks {@link FileStoreOptions}. An error never shows a key.
 *
 * @throws ConfigError naming the key, the value and what is allowed.
 */
export function checkOptions(options: FileStoreOptions): ResolvedOptions {
  if (!isRecord(options)) refuse('the options of fileStore', options, 'an object with dir');
  const { key = [], ...rest } = checkShape(options, '');
  text(rest.dir, 'dir');
  return { ...FILE_DEFAULTS, clock: systemClock, ...rest, keys: key };
}
