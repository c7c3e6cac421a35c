import { readSafely, type SourceFailure } from '@holdline/core';
import { findAxios } from './find-axios.js';
import type { AxiosLike, ErrorClasses, NativeConfig } from './types.js';

/**
 * Creates the error of a body that failed before its request was sent. axios gives the same error if a body fails on the wire.
 * A body that was closed without an error ends as a cancelled request.
 */
export function createBodyError(instance: AxiosLike, config: NativeConfig, { error }: SourceFailure): unknown {
  const { AxiosError, CanceledError } = findErrorClasses(instance);
  if (error === undefined) return new CanceledError('Request stream has been aborted', config);
  return AxiosError.from(typeof error === 'object' && error !== null ? error : wrapThrown(error), undefined, config);
}

/** Wraps a thrown value that is not an object. A stream may fail with any value. */
function wrapThrown(thrown: unknown): Error {
  return new Error(typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`);
}

/** Finds the error classes of the axios copy that created `instance`. In a bundle they are out of reach; lookalikes replace them. */
function findErrorClasses(instance: AxiosLike): ErrorClasses {
  const { AxiosError, CanceledError } = { ...findAxios(instance), ...pickErrorClasses(instance) };
  return AxiosError && CanceledError
    ? { AxiosError, CanceledError }
    : { AxiosError: AxiosErrorLookalike, CanceledError: CanceledErrorLookalike };
}

/** Picks the error classes from axios itself. An instance does not have them. */
function pickErrorClasses({ AxiosError, CanceledError }: AxiosLike & Partial<ErrorClasses>): Partial<ErrorClasses> {
  return AxiosError && CanceledError ? { AxiosError, CanceledError } : {};
}

/** An error for which `axios.isAxiosError` returns true. */
class AxiosErrorLookalike extends Error {
  readonly isAxiosError = true;

  static from(error: object, _: unknown, config: NativeConfig): Error {
    const wrapped = new AxiosErrorLookalike(String(readSafely(error, 'message')), { cause: error });
    const code = readSafely(error, 'code');
    return Object.assign(wrapped, {
      name: String(readSafely(error, 'name')),
      config,
      ...(code !== undefined && { code }),
    });
  }
}

/** An error for which `axios.isCancel` returns true. */
class CanceledErrorLookalike extends Error {
  override readonly name = 'CanceledError';
  readonly isAxiosError = true;
  readonly code = 'ERR_CANCELED';
  readonly __CANCEL__ = true;

  constructor(
    message: string,
    readonly config: NativeConfig,
  ) {
    super(message);
  }
}
