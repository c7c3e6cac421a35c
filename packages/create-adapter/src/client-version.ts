import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import process from 'node:process';
import { CreateError } from './errors.js';

const TIMEOUT_MS = 20_000;

/** Tells the newest version of a package; undefined if the registry cannot be asked. */
export type FindVersion = (name: string) => Promise<string | undefined>;

/**
 * Asks npm for the newest version of a package.
 *
 * @returns undefined if npm has no answer, for example without a network.
 * @throws CreateError if the registry has no such package.
 */
export const findVersion: FindVersion = (name) =>
  new Promise((resolve, reject) => {
    // `npm create` names its own program. Without it, Windows needs a shell for `npm`; `name` is checked.
    const { npm_execpath: npm = '' } = process.env;
    const isNpm = basename(npm) === 'npm-cli.js';
    const [command, args] = isNpm ? [process.execPath, [npm]] : ['npm', []];
    execFile(
      command,
      [...args, 'view', name, 'version', '--json'],
      { timeout: TIMEOUT_MS, shell: !isNpm && process.platform === 'win32' },
      (error, stdout) => {
        if (!error) return resolve(/^"?(\d+\.\d+\.\d+[\w.+-]*)"?$/.exec(stdout.trim())?.[1]);
        if (stdout.includes('E404')) {
          return reject(new CreateError(`client is ${JSON.stringify(name)}; the registry has no such package.`));
        }
        resolve(undefined);
      },
    );
  });
