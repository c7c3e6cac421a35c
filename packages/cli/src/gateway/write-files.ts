import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayFiles } from '@holdline/gateway';
import { CommandError, lineOf } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';
import { listed } from '../terminal/words.js';

/**
 * Writes files into a directory. Files that are there already with another content stay, unless `force` is set; then none is written.
 *
 * @throws CommandError if a file would be overwritten, or cannot be written.
 */
export async function writeFiles(
  files: GatewayFiles,
  { directory, force }: { directory: string; force: boolean },
  terminal: Terminal,
): Promise<void> {
  const states = await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const path = join(directory, name);
      const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
        throw new CommandError(`The file ${path} cannot be read: ${lineOf(error)}.`);
      });
      return { path, text, before };
    }),
  );
  const changed = states.filter(({ text, before }) => before !== undefined && before !== text);
  if (changed.length > 0 && !force) {
    const paths = listed(changed.map(({ path }) => path));
    throw new CommandError(`${paths} would be overwritten with other content: --force does so.`);
  }
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw new CommandError(`The directory ${directory} cannot be made: ${lineOf(error)}.`);
  });
  for (const { path, text, before } of states) {
    if (text !== before)
      await writeFile(path, text).catch((error: unknown) => {
        throw new CommandError(`The file ${path} cannot be written: ${lineOf(error)}.`);
      });
    terminal.err(`${text === before ? 'Unchanged' : 'Wrote'}: ${path}\n`);
  }
}

/** Prints files: one as it is, several each after a line with its name. */
export function printFiles(files: GatewayFiles, terminal: Terminal): void {
  const entries = Object.entries(files);
  for (const [name, text] of entries) terminal.out(entries.length === 1 ? text : `==> ${name} <==\n${text}\n`);
}
