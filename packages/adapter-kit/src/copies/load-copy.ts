import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The members of a package.json that this file uses. */
type Manifest = Partial<Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', Record<string, string>>>;

const folders: string[] = [];
const PREFIX = 'holdline-copy-';
/** A process in another container may have the number of a dead process here. Its folder is in use for less than this time, ms. */
const MIN_AGE_MS = 3_600_000;

/**
 * Loads a second copy of a package, as a program has it whose dependencies need two versions. The copy is a folder of its own in the
 * temporary directory, with links to the dependencies of the package. It has modules and classes of its own. The folder is removed when
 * the process exits, or by a later process if this one is killed.
 *
 * @param specifier - What a module imports, for example `axios` or `@acme/sdk/client`.
 * @param from - URL or path of the module that would import it, for example `import.meta.url`.
 * @returns the module, as `import()` returns it.
 * @throws Error if no `node_modules` above `from` has the package, or the package exports no such module.
 * @example
 * ```ts
 * import { loadCopy } from '@holdline/adapter-kit';
 *
 * const { createHoldline } = (await loadCopy('@holdline/core', import.meta.url)) as typeof import('@holdline/core');
 * const line = createHoldline();
 * await line.close();
 * ```
 * @public
 */
export async function loadCopy(specifier: string, from: string | URL): Promise<unknown> {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const source = findPackage(name, from);
  if (source === undefined) throw new Error(`no node_modules above ${String(from)} has the package '${name}'`);
  const folder = createFolder();
  const modules = join(folder, 'node_modules');
  copyPackage(source, join(modules, name));
  for (const dependency of dependenciesOf(source)) {
    const target = findPackage(dependency, join(source, 'package.json'));
    const link = join(modules, dependency);
    if (target === undefined || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link, 'junction');
  }
  // Test runners transform an import of this module. Node itself loads the copy from a CommonJS file beside it.
  const entry = join(folder, 'load.cjs');
  writeFileSync(entry, 'module.exports = (specifier) => import(specifier);\n');
  const load = createRequire(entry)(entry) as (path: string) => Promise<unknown>;
  return load(specifier);
}

/** Finds the folder of a package as Node does, without the limits of its `exports`. */
function findPackage(name: string, from: string | URL): string | undefined {
  const places = createRequire(from).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((path) => existsSync(join(path, 'package.json')));
  return found === undefined ? undefined : realpathSync(found);
}

function dependenciesOf(source: string): string[] {
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** Copies the files of a package. Its own `node_modules` holds dependencies, which are linked. */
function copyPackage(source: string, target: string): void {
  cpSync(source, target, {
    recursive: true,
    filter: (path) => path === source || basename(path) !== 'node_modules',
  });
}

function createFolder(): string {
  // Node resolves modules from the real path, and some systems have a link there.
  const parent = realpathSync(tmpdir());
  if (folders.length === 0) {
    removeOldFolders(parent);
    process.once('exit', () => folders.forEach(removeFolder));
  }
  const folder = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  folders.push(folder);
  return folder;
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Removes the folders of processes that were killed. Test runners end their workers in this way. */
function removeOldFolders(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : NaN;
    const folder = join(parent, name);
    try {
      if (pid > 0 && Date.now() - statSync(folder).mtimeMs > MIN_AGE_MS && !isAlive(pid)) removeFolder(folder);
    } catch {
      // Another process removes the folder, or it belongs to another user.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
