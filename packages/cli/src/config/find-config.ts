import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { usageError } from '../terminal/errors.js';

/** Names of configuration files, in the order in which they are looked for. */
export const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `holdline.config.${ending}`);

/** Path of the configuration file in `directory` or in the nearest parent that has one; undefined without one. */
export function findConfig(directory: string): string | undefined {
  for (let place = resolve(directory); ; place = dirname(place)) {
    const found = CONFIG_NAMES.map((name) => join(place, name)).find((path) => existsSync(path));
    if (found !== undefined || dirname(place) === place) return found;
  }
}

/**
 * Path of the configuration to use: the given one, or the nearest one.
 * @throws CommandError if the given file does not exist.
 */
export function configPath(given: string | undefined, directory: string): string | undefined {
  if (given === undefined) return findConfig(directory);
  const path = resolve(directory, given);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw usageError(`There is no configuration file ${path}.`);
  return path;
}
