import process from 'node:process';
import { type ReplayReport, type ReplayResult, systemClock } from '@holdline/core';
import { CommandError, EXIT, lineOf, usageError } from '../terminal/errors.js';
import { table } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { count, counted } from '../terminal/words.js';
import { type FilterFlags, filterOf, hasFilter } from './filter.js';
import { findLetter, withQueue } from './open-queue.js';

/** What `dlq replay` is asked for. */
export interface ReplayQuestion extends FilterFlags {
  ids: readonly string[];
  all?: boolean;
  sendDoubtful?: boolean;
  concurrency?: number;
  config?: string;
  json?: boolean;
}

const MEANINGS: Record<ReplayResult, string> = {
  replayed: 'sent again, and deleted',
  executed: 'deleted: the platform had executed the original request',
  failed: 'failed again; stays',
  refused: 'refused by the line, which ends the replay; stays',
  stopped: 'not sent, because the replay was stopped; stays',
  doubtful: 'may have been executed, so it is not sent; --send-doubtful sends it',
  incomplete: 'a part is missing, or no key decrypts it; stays',
  'no client': 'no client of the configuration may send it; stays',
  blocked: 'an earlier letter of its transaction did not succeed; stays',
  taken: 'another process sends it, or it does not exist any more',
};

/** Sends letters again with the clients of the configuration. The exit code is 1 if a letter stays. */
export async function replayLetters(question: ReplayQuestion, terminal: Terminal): Promise<void> {
  const { ids, all = false } = question;
  if (ids.length > 0 && (all || hasFilter(question)))
    throw usageError('Name letters, or select them by --all or a filter, not both.');
  if (ids.length === 0 && !all && !hasFilter(question))
    throw usageError('Which letters? Name them, or give --all or a filter such as --route.');
  await withQueue(question.config, terminal, async (queue, loaded) => {
    if (!loaded.hasClients && loaded.config !== undefined)
      throw usageError(
        `No client can send: ${loaded.path ?? ''} exports neither 'clients' nor 'setup(line)'. Guard the clients of your application on the line in setup: export const setup = (line) => guardAxios(api, line).`,
      );
    const wanted = new Set(await Promise.all(ids.map(async (id) => (await findLetter(queue, id)).id)));
    const isWanted = filterOf(question, systemClock.wall());
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    process.once('SIGINT', onSignal);
    const endProgress = showProgress(loaded.line, terminal);
    try {
      const report = await queue
        .replay({
          where: (letter) => (wanted.size > 0 ? wanted.has(letter.id) : isWanted(letter)),
          signal: stop.signal,
          ...(question.sendDoubtful && { confirm: () => true }),
          ...(question.concurrency !== undefined && { concurrency: question.concurrency }),
        })
        .catch((error: unknown) => {
          throw new CommandError(
            `The store failed during the replay: ${lineOf(error)}. Some letters may have been sent: dlq list shows which stay.`,
          );
        });
      endProgress();
      terminal.out(question.json ? `${JSON.stringify(report, null, 2)}\n` : renderReplay(report));
      if (report.left > 0 || report.stopped) terminal.exitWith(EXIT.failed);
    } finally {
      process.off('SIGINT', onSignal);
      endProgress();
    }
  });
}

/** Counts letters on a terminal while they are sent. */
function showProgress(
  line: { on(event: 'deadLetter', listener: (event: { what: string }) => void): () => void },
  terminal: Terminal,
): () => void {
  if (!terminal.progress) return () => undefined;
  const done = { replayed: 0, returned: 0 };
  const stop = line.on('deadLetter', ({ what }) => {
    if (what === 'replayed') done.replayed++;
    else if (what === 'returned' || what === 'waiting') done.returned++;
    else return;
    terminal.err(`\r${count(done.replayed)} replayed, ${count(done.returned)} stay`);
  });
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    stop();
    if (done.replayed + done.returned > 0) terminal.err('\n');
  };
}

function renderReplay({ letters, replayed, left, stopped }: ReplayReport): string {
  if (letters.length === 0) return 'No dead letters.\n';
  const stayed = letters.filter(({ result }) => result !== 'replayed' && result !== 'executed');
  const rows = stayed.map(({ id, result, reason }) => [id, result, reason ?? MEANINGS[result]]);
  const results = [...new Set(letters.map(({ result }) => result))];
  return [
    ...(rows.length > 0 ? [`${table(['id', 'result', 'reason'], rows)}\n`] : []),
    ...results.map(
      (result) =>
        `${counted(letters.filter((letter) => letter.result === result).length, 'letter')} ${result}: ${MEANINGS[result]}\n`,
    ),
    `${count(replayed)} replayed, ${count(left)} left${stopped ? '; the replay was stopped' : ''}.\n`,
  ].join('');
}
