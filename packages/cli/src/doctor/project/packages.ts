import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Maximum number of installed packages that are followed. */
export const MAX_PACKAGES = 20_000;

/** One installed copy of a package. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Real path of its folder. */
  readonly path: string;
  /** The chain of packages that brings it, without the project itself; the last one is the package. */
  readonly chain: readonly string[];
}

/** The dependencies of a project. */
export interface Project {
  /** Folder with the `package.json`. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** Every installed copy that the project reaches through its dependencies. */
  readonly packages: readonly InstalledPackage[];
  /** Names of direct dependencies, development dependencies included. */
  readonly direct: ReadonlySet<string>;
  /** Direct dependencies that are not installed. */
  readonly missing: readonly string[];
}

/** The parts of a `package.json` that matter here. */
export interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  workspaces?: unknown;
}

/** Reads a `package.json`; undefined if there is none or it is damaged. */
export function readManifest(directory: string): Manifest | undefined {
  try {
    const value = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a folder has a `package.json`, which may be damaged. True also if the folder cannot be read. */
export function hasManifest(directory: string): boolean {
  try {
    return lstatSync(join(directory, 'package.json'), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** Folder of a package as Node would find it from `directory`; undefined if it is not installed. */
export function resolvePackage(name: string, directory: string): string | undefined {
  for (let place = directory; ; place = dirname(place)) {
    const path = join(place, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return realpathSync(path);
    if (dirname(place) === place) return undefined;
  }
}

const namesOf = (...lists: (Record<string, string> | undefined)[]): string[] => [
  ...new Set(lists.flatMap((list) => (typeof list === 'object' ? Object.keys(list) : []))),
];

/** Reads a project and all packages that it reaches. Undefined if the folder has no `package.json`. */
export function readProject(directory: string): Project | undefined {
  const manifest = readManifest(directory);
  if (!manifest) return undefined;
  const direct = namesOf(
    manifest.dependencies,
    manifest.devDependencies,
    manifest.optionalDependencies,
    manifest.peerDependencies,
  );
  const found = new Map<string, InstalledPackage>();
  const missing: string[] = [];
  // Breadth first, so that the chain of each package is a shortest one.
  const queue = direct.map((name) => ({ name, from: directory, chain: [] as readonly string[] }));
  for (let next = queue.shift(); next && found.size < MAX_PACKAGES; next = queue.shift()) {
    const { name, from, chain } = next;
    const path = resolvePackage(name, from);
    if (path === undefined) {
      if (chain.length === 0) missing.push(name);
      continue;
    }
    if (found.has(path)) continue;
    const own = readManifest(path) ?? {};
    const names = [...chain, name];
    // A package may be installed under another name: `npm:axios@1.7.0`.
    found.set(path, { name: own.name ?? name, version: own.version ?? 'unknown', path, chain: names });
    for (const dependency of namesOf(own.dependencies, own.optionalDependencies, own.peerDependencies))
      queue.push({ name: dependency, from: path, chain: names });
  }
  return { directory, manifest, packages: [...found.values()], direct: new Set(direct), missing };
}

/** The copies of a package, or of all packages of a scope (`@nice-devone/`). */
export function copiesOf({ packages }: Pick<Project, 'packages'>, name: string): InstalledPackage[] {
  return packages.filter((copy) => (name.endsWith('/') ? copy.name.startsWith(name) : copy.name === name));
}

/** A copy in words: `axios 1.7.0 (app > some-sdk > axios)`. */
export function describeCopy({ name, version, chain }: InstalledPackage): string {
  return chain.length > 1 ? `${name} ${version} (through ${chain.slice(0, -1).join(' > ')})` : `${name} ${version}`;
}
