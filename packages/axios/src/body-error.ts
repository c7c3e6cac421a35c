import { readSafely, type SourceFailure } from '@holdline/core';
import { findAxios } from './find-axios.js';
import type { AxiosLike, ErrorClasses, NativeConfig } from './types.js';

/**
 * The error that axios gives where a body breaks on the wire, for a body that broke before: its own error in the shape of axios,
 * or that of a cancelled request where the body was closed without one.
 */
export function createBodyError(instance: AxiosLike, config: NativeConfig, { error }: SourceFailure): unknown {
  const { AxiosError, CanceledError } = findErrorClasses(instance);
  if (error === undefined) return new CanceledError('Request stream has been aborted', config);
  return AxiosError.from(typeof error === 'object' && error !== null ? error : wrapThrown(error), undefined, config);
}

/** A stream may break with anything. */
function wrapThrown(thrown: unknown): Error {
  return new Error(typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`);
}

/** The classes of the copy of axios that made `instance`; look-alikes where it cannot be found, as in a bundle. */
function findErrorClasses(instance: AxiosLike): ErrorClasses {
  const { AxiosError, CanceledError } = { ...findAxios(instance), ...pickErrorClasses(instance) };
  return AxiosError && CanceledError
    ? { AxiosError, CanceledError }
    : { AxiosError: AxiosErrorLookalike, CanceledError: CanceledErrorLookalike };
}

/** Only axios itself carries them. */
function pickErrorClasses({ AxiosError, CanceledError }: AxiosLike & Partial<ErrorClasses>): Partial<ErrorClasses> {
  return AxiosError && CanceledError ? { AxiosError, CanceledError } : {};
}

/** What `axios.isAxiosError` takes for an error of axios. */
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

/** What `axios.isCancel` takes for a cancellation. */
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
