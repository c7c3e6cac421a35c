import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { usageError } from '../terminal/errors.js';

/** The parts of a package.json that the checks read. Anything may be wrong in it. */
export interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly private?: unknown;
  readonly type?: unknown;
  readonly keywords?: unknown;
  readonly license?: unknown;
  readonly main?: unknown;
  readonly module?: unknown;
  readonly types?: unknown;
  readonly exports?: unknown;
  readonly holdline?: unknown;
  readonly dependencies?: unknown;
  readonly peerDependencies?: unknown;
  readonly optionalDependencies?: unknown;
}

/** A file that package.json names, and the conditions under which it does. */
export interface EntryFile {
  /** Such as `exports["."].import`. */
  readonly where: string;
  /** Relative to the package, such as `./dist/index.js`. */
  readonly path: string;
  readonly conditions: readonly string[];
}

/** A built package. */
export interface ContractPackage {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly name: string;
  readonly version: string;
  /** All files that package.json names as entries. */
  readonly entries: readonly EntryFile[];
  /** Absolute path of the module that the contract tests. */
  readonly entry: string;
}

/**
 * Finds the package of a folder or a file, and its module.
 *
 * @throws CommandError with the exit code 2 if there is no package, or if it is not built.
 */
export function readPackage(given: string | undefined, cwd: string): ContractPackage {
  const place = resolve(cwd, given ?? '.');
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found)
    throw usageError(
      `There is no folder and no file ${place}. If it is the build of a package, build the package first.`,
    );
  const directory = findManifest(found.isDirectory() ? place : dirname(place));
  if (directory === undefined) throw usageError(`Neither ${place} nor a folder above it has a package.json.`);
  const manifest = readManifest(directory);
  const entries = entriesOf(manifest);
  const entry = found.isDirectory() ? findEntry(place, directory, entries) : place;
  const { name, version } = manifest;
  return {
    directory,
    manifest,
    name: typeof name === 'string' && name !== '' ? name : 'a package without a name',
    version: typeof version === 'string' ? version : '0.0.0',
    entries,
    entry,
  };
}

function findManifest(from: string): string | undefined {
  for (let place = from; ; place = dirname(place)) {
    if (existsSync(join(place, 'package.json'))) return place;
    if (dirname(place) === place) return undefined;
  }
}

function readManifest(directory: string): Manifest {
  const path = join(directory, 'package.json');
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
    throw usageError(`${path} is no package.json: it must hold an object.`);
  return manifest;
}

/** Absolute path of the module in `place`, which is the package or a folder in it. */
function findEntry(place: string, directory: string, entries: readonly EntryFile[]): string {
  const modules = entries.filter(({ path, conditions }) => !conditions.includes('types') && isScript(path));
  const inside = modules.filter(({ path }) => isInside(join(directory, path), place));
  const preferred = (list: readonly EntryFile[]): EntryFile | undefined =>
    list.find(({ where, conditions }) => where.startsWith('exports') && conditions.includes('import')) ??
    list.find(({ where }) => where === 'module') ??
    list[0];
  const named = preferred(inside);
  if (named) {
    const path = join(directory, named.path);
    if (existsSync(path)) return path;
    throw usageError(`${path} is missing, which ${named.where} of package.json names. Build the package first.`);
  }
  const index = ['index.js', 'index.mjs', 'index.cjs']
    .map((name) => join(place, name))
    .find((path) => existsSync(path));
  if (index !== undefined) return index;
  throw usageError(
    `The package.json of ${directory} names no module in ${place}, and the folder has no index.js. Name the module in exports, or give its file.`,
  );
}

const isInside = (path: string, folder: string): boolean => !relative(folder, path).startsWith('..');

/** Whether a file is a script. */
export const isScript = (path: string): boolean => ['.js', '.mjs', '.cjs'].includes(extname(path));

/** All files that a package.json names as entries. */
export function entriesOf({ main, module, types, exports }: Manifest): EntryFile[] {
  const entries: EntryFile[] = [];
  const add = (where: string, path: unknown, conditions: readonly string[]): void => {
    if (typeof path === 'string' && !path.includes('*')) entries.push({ where, path, conditions });
  };
  const walk = (where: string, value: unknown, conditions: readonly string[]): void => {
    if (typeof value === 'string') return add(where, value, conditions);
    if (Array.isArray(value)) return value.forEach((one) => walk(where, one, conditions));
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === './package.json') continue;
      const isPath = key.startsWith('.');
      walk(isPath ? `${where}["${key}"]` : `${where}.${key}`, inner, isPath ? conditions : [...conditions, key]);
    }
  };
  walk('exports', exports, []);
  add('main', main, ['require']);
  add('module', module, ['import']);
  add('types', types, ['types']);
  return entries;
}

/** A path inside the package, for messages. */
export const shortPath = (directory: string, path: string): string => relative(directory, path).split(sep).join('/');
