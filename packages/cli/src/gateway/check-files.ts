import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayFiles } from '@holdline/gateway';
import { CommandError, lineOf } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';

/** How a program checks the files of a gateway. */
export interface ProgramCheck {
  /** Name in sentences. */
  readonly name: string;
  /** Variable of the environment that names another command. */
  readonly variable: string;
  /** Names under which a machine may have the program. Debian has it in a directory that is not in every PATH. */
  readonly commands: readonly string[];
  readonly args: (directory: string) => readonly string[];
  /** The files to check, for a directory that is empty. */
  readonly files: (directory: string) => GatewayFiles;
}

/**
 * Lets the program of a gateway check its files, in a directory of its own.
 *
 * @throws CommandError if the program is not there, or does not accept the files.
 */
export async function checkFiles(check: ProgramCheck, terminal: Terminal): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'holdline-check-'));
  try {
    for (const [name, text] of Object.entries(check.files(directory))) await writeFile(join(directory, name), text);
    const command = await findProgram(check, terminal);
    const { code, output } = await runProgram(command, check.args(directory));
    if (code !== 0) throw new CommandError(`${check.name} does not accept the files: ${lineOf(output)}`);
    terminal.err(`${check.name} accepts the files.\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function findProgram({ name, variable, commands }: ProgramCheck, { env }: Terminal): Promise<string> {
  const named = env[variable];
  const candidates = named
    ? [named]
    : commands.flatMap((command) => [
        ...(env['PATH'] ?? '').split(':').map((folder) => join(folder || '.', command)),
        join('/usr/sbin', command),
        join('/usr/local/sbin', command),
      ]);
  for (const candidate of candidates) {
    const isThere = await access(candidate).then(
      () => true,
      () => false,
    );
    if (isThere) return candidate;
  }
  const reason = named
    ? `${variable} names ${named}, which is not there`
    : `this machine has no ${commands.join(' or ')}`;
  throw new CommandError(
    `--check needs ${name}: ${reason}. Install it, set ${variable} to its command, or leave --check out.`,
  );
}

/** Runs a program until it ends, and collects what it prints. */
async function runProgram(command: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const [code] = (await once(child, 'close').catch((error: unknown) => {
    throw new CommandError(`${command} cannot be started: ${lineOf(error)}.`);
  })) as [number | null];
  return { code, output };
}
