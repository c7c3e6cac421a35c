import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { checkLintOptions, type LintOptions, parseLintOptions } from '@holdline/architect';
import { readConfigFile } from '../config/read-file.js';
import { lineOf, usageError } from '../terminal/errors.js';

/** Names of configuration files, in the order in which they are looked for. */
const NAMES = ['json', 'yaml', 'yml'].map((ending) => `holdline.architect.${ending}`);

/** Options of the rules, and the file that they come from. */
export interface LoadedLintOptions {
  readonly options: LintOptions;
  readonly path: string | undefined;
}

/**
 * Reads the options of a file, or of the nearest `holdline.architect.*`. A file in TypeScript or JavaScript exports them as `architect`.
 *
 * @throws CommandError with the exit code 2 if the file is missing, cannot be read, or has a wrong option.
 */
export async function loadLintOptions(given: string | undefined, cwd: string): Promise<LoadedLintOptions> {
  const path = given === undefined ? nearestFile(cwd) : resolve(cwd, given);
  if (path === undefined) return { options: {}, path };
  if (!existsSync(path)) throw usageError(`There is no configuration file ${path}.`);
  try {
    return { options: await readOptions(path), path };
  } catch (error) {
    const message = lineOf(error);
    throw usageError(message.includes(path) ? message : `${path}: ${message}.`);
  }
}

async function readOptions(path: string): Promise<LintOptions> {
  if (['.json', '.yaml', '.yml'].includes(extname(path))) return parseLintOptions(await readFile(path, 'utf8'));
  const { value, module } = await readConfigFile(path);
  const options = (module as { architect?: unknown }).architect ?? value;
  if (options === undefined) throw new Error('the file must export the options as architect');
  return checkLintOptions(options);
}

function nearestFile(directory: string): string | undefined {
  for (let place = resolve(directory); ; place = dirname(place)) {
    const found = NAMES.map((name) => join(place, name)).find((path) => existsSync(path));
    if (found !== undefined || dirname(place) === place) return found;
  }
}
