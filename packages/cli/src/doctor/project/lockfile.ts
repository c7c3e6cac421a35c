import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A larger lockfile is not read. */
const MAX_BYTES = 50_000_000;
const NAMES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'];

/** The lockfile of a project: in its folder or in the nearest parent. */
export function readLockfile(
  directory: string,
): { path: string; packages: ReadonlyMap<string, Set<string>> } | undefined {
  for (let place = directory; ; place = dirname(place)) {
    for (const name of NAMES) {
      const path = join(place, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isFile() && found.size <= MAX_BYTES)
        return { path, packages: parseLockfile(name, readFileSync(path, 'utf8')) };
    }
    if (dirname(place) === place) return undefined;
  }
}

/** Versions by package name in the text of a lockfile. A damaged lockfile names no packages. */
export function parseLockfile(fileName: string, text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (name: string | undefined, version: string | undefined): void => {
    if (!name || !version) return;
    const versions = found.get(name) ?? new Set();
    found.set(name, versions.add(version));
  };
  if (fileName.endsWith('.json')) {
    try {
      const { packages = {} } = JSON.parse(text) as { packages?: Record<string, { name?: string; version?: string }> };
      for (const [path, { name, version }] of Object.entries(packages))
        if (path !== '') add(name ?? path.split('node_modules/').pop(), version);
    } catch {
      return found;
    }
  } else if (fileName === 'pnpm-lock.yaml') {
    for (const [, name, version] of text.matchAll(/^ {2}'?\/?((?:@[^/\s']+\/)?[^@/\s'(]+)@(\d[^:('\s]*)/gm))
      add(name, version);
  } else {
    for (const [, name, version] of text.matchAll(
      /^"?((?:@[^/\s"]+\/)?[^@\s"]+)@[^\n]*:\n {2}version:? "?([^"\n]+)"?/gm,
    ))
      add(name, version);
  }
  return found;
}
