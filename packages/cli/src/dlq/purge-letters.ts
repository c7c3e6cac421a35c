import { createInterface } from 'node:readline/promises';
import process from 'node:process';
import { systemClock } from '@holdline/core';
import { EXIT, usageError } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';
import { counted } from '../terminal/words.js';
import { type FilterFlags, filterOf, hasFilter } from './filter.js';
import { allLetters, findLetter, patiently, withQueue } from './open-queue.js';

/** What `dlq purge` is asked for. */
export interface PurgeQuestion extends FilterFlags {
  ids: readonly string[];
  all?: boolean;
  yes?: boolean;
  config?: string;
  json?: boolean;
}

/** Deletes letters after a question, or with `--yes`. */
export async function purgeLetters(question: PurgeQuestion, terminal: Terminal): Promise<void> {
  const { ids, all = false, yes = false } = question;
  if (ids.length > 0 && (all || hasFilter(question)))
    throw usageError('Name letters, or select them by --all or a filter, not both.');
  if (ids.length === 0 && !all && !hasFilter(question))
    throw usageError('Which letters? Name them, or give --all or a filter such as --older-than 7d.');
  if (!yes && !terminal.interactive)
    throw usageError('purge deletes letters for good. Without a terminal to ask on, it needs --yes.');
  const isWanted = filterOf(question, systemClock.wall());
  await withQueue(question.config, terminal, async (queue) => {
    const found: string[] = [];
    if (ids.length > 0) for (const id of ids) found.push((await findLetter(queue, id)).id);
    else for await (const letter of allLetters(queue)) if (isWanted(letter)) found.push(letter.id);
    if (found.length > 0 && !yes && !(await isConfirmed(found.length))) {
      terminal.out('Nothing was deleted.\n');
      return;
    }
    let deleted = 0;
    for (const id of found) {
      if (await patiently(() => queue.remove(id))) deleted++;
      if (terminal.progress) terminal.err(`\r${deleted} of ${found.length} deleted`);
    }
    if (terminal.progress && found.length > 0) terminal.err('\n');
    const kept = found.length - deleted;
    if (question.json) terminal.out(`${JSON.stringify({ deleted, kept })}\n`);
    else
      terminal.out(
        `${counted(deleted, 'dead letter')} deleted.${kept > 0 ? ` ${counted(kept, 'letter')} stayed, because a replay sends it now or another process deleted it.` : ''}\n`,
      );
    if (kept > 0) terminal.exitWith(EXIT.failed);
  });
}

async function isConfirmed(letters: number): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`Delete ${counted(letters, 'dead letter')} for good? [y/N] `);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
