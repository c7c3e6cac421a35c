// Plain JavaScript without dependencies: scripts use this file before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the unpacked packages. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/holdline-debian', import.meta.url));

export function findProgram({ variable, commands, versionArgs = ['-v'] }) {
  const named = process.env[variable];
  const runs = (command) => spawnSync(command, versionArgs, { stdio: 'ignore' }).status === 0;
  const command = (named ? [named] : commands).find(runs);
  return command === undefined ? undefined : { command, env: {} };
}

/** Copies a folder so that other processes see it whole or not at all. */
function copyWhole(from, to) {
  const beside = `${to}-${process.pid}`;
  if (spawnSync('cp', ['-a', from, beside], { stdio: 'ignore' }).status !== 0) return;
  try {
    renameSync(beside, to);
  } catch {
    // Another process was first. Its files are the same.
    rmSync(beside, { recursive: true, force: true });
  }
}

export function unpackProgram({ name, packages, path }) {
  const root = join(CACHE, name);
  if (!existsSync(root)) {
    const work = mkdtempSync(join(tmpdir(), `holdline-${name}-debs-`));
    try {
      const run = (command, ...args) => spawnSync(command, args, { cwd: work, stdio: 'ignore' }).status === 0;
      const download = () => run('apt-get', 'download', ...packages);
      // A new machine has no list of packages, and only root may get it.
      if (!download() && !(process.getuid?.() === 0 && run('apt-get', 'update') && download())) return undefined;
      for (const deb of readdirSync(work).filter((file) => file.endsWith('.deb')))
        if (!run('dpkg', '-x', deb, join(work, 'root'))) return undefined;
      mkdirSync(CACHE, { recursive: true });
      copyWhole(join(work, 'root'), root);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const command = join(root, path);
  if (!existsSync(command)) return undefined;
  const libraries = ['usr/lib', 'lib'].flatMap((place) => {
    const folder = join(root, place);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.filter((file) => file.endsWith('-linux-gnu')).map((file) => join(folder, file));
  });
  return { command, env: { LD_LIBRARY_PATH: libraries.join(':') } };
}

export function bringProgram(program) {
  const { name, variable, packages } = program;
  const named = process.env[variable];
  const found = findProgram(program) ?? (named ? undefined : unpackProgram(program));
  if (found) return found;
  const reason = named
    ? `${variable} (${named}) does not run`
    : `this machine has none, and Debian's packages could not be unpacked`;
  throw new Error(
    `The tests need ${name}: ${reason}. Install it (apt-get install ${packages[0]}), or set ${variable} to its command.`,
  );
}
