import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { HERE } from '../here.js';
import { CommandError, lineOf } from '../terminal/errors.js';

/** Exit code of shells for a command that does not exist. */
const NOT_FOUND = 127;
/** Shells add this to the number of the signal that ended a command. */
const SIGNAL_BASE = 128;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** File URL of the entry `register` of a package of ours. */
export function registerUrl(packageName: string): string {
  const manifest = createRequire(HERE).resolve(`${packageName}/package.json`);
  return pathToFileURL(join(dirname(manifest), 'dist', 'register.js')).href;
}

/** `NODE_OPTIONS` with one more `--import`. The options of the user come first, so that their modules load first. */
export function withImport(url: string, before = process.env['NODE_OPTIONS']): string {
  // A URL has no spaces, so it needs no quotes.
  return [before, `--import=${url}`].filter(Boolean).join(' ');
}

/**
 * Runs a command with the input, output and errors of this process, and passes signals on.
 *
 * @param env - Variables that are added.
 * @returns its exit code; 128 and the number of the signal if a signal ended it.
 * @throws CommandError if the command cannot be started.
 */
export async function launch(command: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const [name = '', ...args] = command;
  const child = spawn(name, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl+C to all its processes. A second SIGINT would make many programs quit at once.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'ENOENT' ? 'there is no such command' : lineOf(error);
        reject(new CommandError(`${name} cannot be started: ${why}.`, error.code === 'ENOENT' ? NOT_FOUND : 1));
      });
      child.once('exit', (code, signal) => {
        resolve(code ?? SIGNAL_BASE + (signal ? constants.signals[signal] : 0));
      });
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}
