import { StoreLostError } from '../../contract/errors.js';
import type { StoreState } from '../../contract/store.js';

const temporary = (meaning: string) => ({ meaning, needsConfiguration: false });
const permanent = (meaning: string) => ({ meaning, needsConfiguration: true });

/** Failures after which the directory cannot be used. Most codes are those of the operating system. */
const FAILURES = {
  ENOSPC: temporary('the disk is full'),
  EDQUOT: temporary('the disk quota is used up'),
  EIO: temporary('the disk failed'),
  EROFS: temporary('the file system is read-only'),
  EMFILE: temporary('the process has too many open files'),
  ENFILE: temporary('the system has too many open files'),
  ENOENT: temporary('a file of the store is missing'),
  LOCKED: temporary('another process uses the directory'),
  TAKEN: temporary('another process took the directory over'),
  EACCES: permanent('the user may not write to the directory'),
  EPERM: permanent('the user may not write to the directory'),
  ENOTDIR: permanent('dir is not a directory'),
  EEXIST: permanent('dir is not a directory'),
  ENOTSUP: permanent('the file system has no hard links'),
  CORRUPT: permanent('a file of the store was damaged'),
} as const;

/** A failure that the store itself found. */
export class FileStoreError extends Error {
  override name = 'FileStoreError';

  constructor(
    readonly code: 'LOCKED' | 'TAKEN' | 'CORRUPT',
    message: string,
  ) {
    super(message);
  }
}

/** The state of a store after a failure. */
export function describeFailure(error: unknown): StoreState {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const reason = typeof code === 'string' ? code : 'FAILED';
  const known = (FAILURES as Partial<Record<string, ReturnType<typeof temporary>>>)[reason];
  const text = typeof message === 'string' ? message : String(error);
  return {
    state: 'lost',
    reason,
    message: known ? `${known.meaning}: ${text}` : text,
    needsConfiguration: known?.needsConfiguration ?? false,
    retryInMs: undefined,
  };
}

/** The error of an exchange with a store in the given state. */
export function lostError({ message }: StoreState): StoreLostError {
  return new StoreLostError(`the file store is lost: ${message ?? 'not open yet'}`);
}
