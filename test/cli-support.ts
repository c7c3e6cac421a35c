import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The built command, as npm links it. */
export const BIN = fileURLToPath(new URL('../packages/cli/dist/cli.js', import.meta.url));
const MODULES = fileURLToPath(new URL('node_modules', import.meta.url));

/** The result of a command that has ended. */
export interface Result {
  code: number | null;
  out: string;
  err: string;
}

/** A command that runs, with its piped output. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Settles with the first match in the output. Rejects if the command ends before. */
  finds(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Result>;
}

/**
 * Makes a folder with these files that sees the packages of this folder.
 *
 * @param links - Packages to link instead of all of them, for `doctor`.
 */
export function makeProject(files: Record<string, string>, links?: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'holdline-cli-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  if (!links) symlinkSync(MODULES, join(root, 'node_modules'), 'junction');
  for (const name of links ?? []) {
    mkdirSync(dirname(join(root, 'node_modules', name)), { recursive: true });
    symlinkSync(join(MODULES, name), join(root, 'node_modules', name), 'junction');
  }
  return root;
}

/** Starts `holdline` with its output piped. The test ends it. */
export function start(args: readonly string[], cwd: string, env: Record<string, string> = {}): Running {
  return startProcess([process.execPath, BIN, ...args], cwd, env);
}

function startProcess([file = '', ...args]: readonly string[], cwd: string, env: Record<string, string>): Running {
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  const waiting = new Set<() => void>();
  const tell = (): void => waiting.forEach((look) => look());
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    tell();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  const finds = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(out + err);
        if (!match) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without ${String(pattern)}: ${out}${err}`)));
    });
  return { child, finds, ended };
}

/** Runs `holdline` until it ends. */
export function run(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Result> {
  return start(args, cwd, env).ended;
}

/** Runs a line of the shell until it ends. */
export function runShell(line: string, cwd: string): Promise<Result> {
  return startProcess(['sh', '-c', line], cwd, { NODE: process.execPath, HOLDLINE: BIN }).ended;
}
