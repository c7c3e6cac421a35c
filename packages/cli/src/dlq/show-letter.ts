import type { DeadLetter, ListedLetter } from '@holdline/core';
import type { Terminal } from '../terminal/terminal.js';
import { count, listed, utc } from '../terminal/words.js';
import { decryptBody } from './decrypt-body.js';
import { routeOf } from './filter.js';
import { findLetter, withQueue } from './open-queue.js';
import { publicLetter } from './public-letter.js';

/** What `dlq show` is asked for. */
export interface ShowQuestion {
  id: string;
  config?: string;
  body?: boolean;
  json?: boolean;
}

/** Prints one letter. Its body only with `--body`, because it may be confidential. */
export async function showLetter(question: ShowQuestion, terminal: Terminal): Promise<void> {
  await withQueue(question.config, terminal, async (queue, { config }) => {
    const letter = await findLetter(queue, question.id);
    const content = question.body ? await decryptBody(letter, config) : undefined;
    if (question.json) {
      terminal.out(`${JSON.stringify({ ...publicLetter(letter), ...(content && { content }) }, null, 2)}\n`);
      return;
    }
    for (const [name, value] of linesOf(letter)) terminal.out(`${`${name}:`.padEnd(16)}${value}\n`);
    if (!content) terminal.out(`${'body:'.padEnd(16)}not shown: --body shows it\n`);
    else if ('why' in content) terminal.out(`${'body:'.padEnd(16)}${content.why}\n`);
    else {
      terminal.err('The body follows. It may be confidential.\n');
      terminal.out(`body${content.isText ? '' : ' in base64'}:\n${content.body}\n`);
    }
  });
}

function linesOf(letter: ListedLetter): [string, string][] {
  const { id, url, tenant, keptAt, reason, mayBeExecuted, replays, missing, sealed, waitsFor } = letter;
  return [
    ['id', id],
    ['route', routeOf(letter)],
    ['url', `${url} (without its query)`],
    ['kept', utc(keptAt)],
    ['reason', reason],
    ['executed', mayBeExecuted ? 'perhaps: nothing says whether the platform executed it' : 'no'],
    ['replays', replays === 0 ? 'none failed' : `${count(replays)} failed`],
    ['encrypted', sealed === undefined ? 'nothing' : 'query, headers and body'],
    ['missing', missing.length === 0 ? 'nothing' : listed(missing)],
    ['waits for', waitsFor ?? 'nothing: a client of the configuration may send it'],
    ...(tenant === undefined ? [] : [['tenant', tenant] as [string, string]]),
    ...callLines(letter),
  ];
}

function callLines(letter: DeadLetter): [string, string][] {
  if (letter.kind === 'frame') return [['order', String(letter.order)]];
  const { priority, transaction, key, headers } = letter;
  return [
    ['priority', priority],
    ...(transaction === undefined ? [] : [['transaction', transaction] as [string, string]]),
    ...(key === undefined ? [] : [['key', `${key.value}, issued ${utc(key.issuedAt)}`] as [string, string]]),
    ...Object.entries(headers).map(([name, value]): [string, string] => ['header', `${name}: ${value}`]),
  ];
}
