import { type DeadLetterQueue, type ListedLetter, type ListedPage, systemClock } from '@holdline/core';
import { table } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { counted, duration, utc } from '../terminal/words.js';
import { type FilterFlags, filterOf, routeOf } from './filter.js';
import { patiently, withQueue } from './open-queue.js';
import { publicLetter } from './public-letter.js';

/** What `dlq list` is asked for. */
export interface ListQuestion extends FilterFlags {
  config?: string;
  limit: number;
  after?: string;
  json?: boolean;
}

/** Prints one page of letters. The command for the next page goes to the error output. */
export async function listLetters(question: ListQuestion, terminal: Terminal): Promise<void> {
  const isWanted = filterOf(question, systemClock.wall());
  await withQueue(question.config, terminal, async (queue) => {
    const letters: ListedLetter[] = [];
    let next = question.after ?? ('' as string | undefined);
    while (next !== undefined && letters.length < question.limit) {
      const page = await readPage(queue, next, question.limit - letters.length);
      letters.push(...page.letters.filter(isWanted));
      next = page.next;
    }
    if (question.json)
      terminal.out(`${JSON.stringify({ letters: letters.map(publicLetter), next: next ?? null }, null, 2)}\n`);
    else if (letters.length === 0) terminal.out('No dead letters.\n');
    else {
      terminal.out(table(['id', 'kept', 'age', 'replays', 'reason', 'route', 'waits for'], letters.map(rowOf)));
      terminal.err(
        `${counted(letters.length, 'dead letter')}.${next === undefined ? '' : ` More: --after '${next}'`}\n`,
      );
    }
  });
}

function readPage(queue: DeadLetterQueue, after: string, limit: number): Promise<ListedPage> {
  return patiently(() => queue.list({ after, limit }));
}

function rowOf(letter: ListedLetter): string[] {
  const { id, keptAt, replays, reason, mayBeExecuted, waitsFor } = letter;
  const age = duration(Math.max(0, systemClock.wall() - keptAt));
  return [
    id,
    utc(keptAt),
    age,
    String(replays),
    `${reason}${mayBeExecuted ? ' (may be executed)' : ''}`,
    routeOf(letter),
    waitsFor ?? '',
  ];
}
