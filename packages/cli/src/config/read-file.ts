import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Clock, isHoldline, systemClock } from '@holdline/core';
import { type CommandError, lineOf, usageError } from '../terminal/errors.js';

/** Time in which a file has to be loaded, and each of its functions has to settle, in ms. */
const LOAD_MS = 30_000;

/** What a module of a configuration may export. */
export interface ConfigModule {
  default?: unknown;
  config?: unknown;
  clients?: unknown;
  setup?: unknown;
}

/** The exports of a file. */
export interface FileExports {
  /** The export `default`, or else `config`. */
  readonly value: unknown;
  readonly module: ConfigModule;
}

/**
 * Waits for work of a user's file, for a bounded time. The timer also keeps the process alive: Node ends a process that waits only for a
 * promise, without a word.
 *
 * @param failure - Makes the error of work that fails, from its reason.
 * @throws CommandError with the exit code 2 if the work fails, or does not settle in time.
 */
export async function settled<T>(
  work: () => T | PromiseLike<T>,
  failure: (reason: string) => string,
  clock: Clock = systemClock,
): Promise<T> {
  let stop = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    stop = clock.setTimer(LOAD_MS, () => reject(new Error(`it did not settle within ${LOAD_MS / 1_000} s`)));
  });
  try {
    return await Promise.race([(async () => work())(), late]);
  } catch (error) {
    throw usageError(failure(lineOf(error)));
  } finally {
    stop();
  }
}

/** The exports of a file in JSON, TypeScript or JavaScript. */
export async function importFile(path: string): Promise<ConfigModule> {
  const ending = extname(path);
  if (ending === '.json') {
    // Some editors put a byte order mark before the text.
    return { default: JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, '')) as unknown };
  }
  if (ending === '.ts' || ending === '.mts' || ending === '.cts') {
    const { createJiti } = await import('jiti');
    const module = await createJiti(path, { fsCache: false, tsconfigPaths: true }).import<ConfigModule>(path);
    // For a module without exports, jiti makes up a default.
    const isEmpty = typeof module === 'object' && !isHoldline(module) && Object.keys(module).length === 0;
    return isEmpty ? {} : module;
  }
  return (await import(pathToFileURL(path).href)) as ConfigModule;
}

/** The export that holds the value. CommonJS modules and transpiled files nest it in `default`. */
function exportsOf(module: ConfigModule): FileExports {
  const inner = module.default as ConfigModule | undefined;
  const isNested = typeof inner === 'object' && inner !== null && !isHoldline(inner);
  const nested = isNested && ('default' in inner || 'config' in inner) ? inner : module;
  return { value: nested.default ?? nested.config, module: { ...module, ...(nested as object) } };
}

/**
 * Reads a file in JSON, TypeScript or JavaScript. A function in `default` or `config` is called, and a promise is awaited.
 *
 * @throws CommandError with the exit code 2 if the file is missing, cannot be loaded, or does not settle in time.
 */
export async function readConfigFile(path: string, clock?: Clock): Promise<FileExports> {
  if (!existsSync(path)) throw missingFile(path);
  const { value, module } = exportsOf(
    await settled(
      () => importFile(path),
      (reason) => `The file ${path} cannot be loaded: ${reason}`,
      clock,
    ),
  );
  const result = await settled(
    () => (typeof value === 'function' ? (value as () => unknown)() : value),
    (reason) => `The export of ${path} failed: ${reason}`,
    clock,
  );
  return { value: result, module };
}

/** The error for a file that does not exist. */
export const missingFile = (path: string): CommandError => usageError(`There is no file ${path}.`);
