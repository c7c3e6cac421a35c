import { type Command, InvalidArgumentError } from 'commander';
import type { FilterFlags } from '../dlq/filter.js';
import type { Terminal } from '../terminal/terminal.js';

const EXAMPLES = `
Examples:
  $ holdline dlq list
  $ holdline dlq list --route 'POST /api/v2/externalcontacts/contacts' --older-than 1h --json
  $ holdline dlq show 9f2c --body
  $ holdline dlq replay --all
  $ holdline dlq purge --older-than 7d --yes

The configuration names the store: the nearest holdline.config.*, or --config. For a replay its module exports the clients
that send, or a function that makes them on the line:

  export default { store: fileStore({ dir: './letters', key }) };
  export const setup = (line) => guardAxios(api, line);`;

interface Flags extends FilterFlags {
  config?: string;
  json?: boolean;
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 10_000)
    throw new InvalidArgumentError('It must be a number from 1 to 10000.');
  return value;
}

/** Adds `dlq`: lists, shows, replays and deletes dead letters. */
export function addDlqCommand(program: Command, terminal: Terminal): void {
  const dlq = program
    .command('dlq')
    .summary('list, show, replay or delete dead letters')
    .description('Works with the dead letters of a store: writes that failed for good.')
    .addHelpText('after', EXAMPLES);
  const add = (name: string, summary: string, examples: string): Command =>
    dlq
      .command(name)
      .summary(summary)
      .option('-c, --config <file>', 'configuration with the store (default: the nearest holdline.config.*)')
      .option('--json', 'print the result as JSON')
      .addHelpText('after', `\nExamples:\n${examples}`);
  const withFilters = (command: Command): Command =>
    command
      .option('--route <route>', 'only letters of this route, with or without its method')
      .option('--reason <text>', 'only letters whose reason contains this text')
      .option('--tenant <tenant>', 'only letters of this tenant')
      .option('--older-than <time>', 'only letters that were kept so long ago: 90s, 30min, 12h, 7d');

  withFilters(
    add(
      'list',
      'list dead letters, oldest first',
      '  $ holdline dlq list --limit 20\n  $ holdline dlq list --reason 429 --json',
    ),
  )
    .description('Lists dead letters, oldest first, page by page.')
    .option('-n, --limit <number>', 'letters on a page', parsePositive, 50)
    .option('--after <cursor>', 'start after this place, which the previous page names')
    .action(async (flags: Flags & { limit: number; after?: string }) => {
      const { listLetters } = await import('../dlq/list-letters.js');
      await listLetters(flags, terminal);
    });

  add('show', 'show one dead letter', '  $ holdline dlq show 9f2c41d7\n  $ holdline dlq show 9f2c --body --json')
    .description('Shows one dead letter. No credential is ever shown; the body is decrypted only with --body.')
    .argument('<id>', 'identifier of the letter, or its beginning')
    .option('--body', 'decrypt and show the body')
    .action(async (id: string, flags: Flags & { body?: boolean }) => {
      const { showLetter } = await import('../dlq/show-letter.js');
      await showLetter({ id, ...flags }, terminal);
    });

  withFilters(
    add(
      'replay',
      'send dead letters again',
      '  $ holdline dlq replay 9f2c41d7\n  $ holdline dlq replay --all --concurrency 2\n  $ holdline dlq replay --older-than 1h --json',
    ),
  )
    .description(
      'Sends dead letters again with the clients of the configuration, under their old idempotency keys. A letter that succeeds is deleted. Exits with 1 if a letter stays.',
    )
    .argument('[ids...]', 'identifiers, or their beginnings')
    .option('--all', 'all letters')
    .option(
      '--send-doubtful',
      'also send letters that the platform may have executed already: they may then be executed twice',
    )
    .option('--concurrency <number>', 'letters that are sent at the same time (default: 10)', parsePositive)
    .action(async (ids: string[], flags: Flags & { all?: boolean; sendDoubtful?: boolean; concurrency?: number }) => {
      const { replayLetters } = await import('../dlq/replay-letters.js');
      await replayLetters({ ids, ...flags }, terminal);
    });

  withFilters(
    add(
      'purge',
      'delete dead letters',
      '  $ holdline dlq purge 9f2c41d7\n  $ holdline dlq purge --reason 429 --older-than 7d --yes',
    ),
  )
    .description('Deletes dead letters for good. Asks first on a terminal, and needs --yes elsewhere.')
    .argument('[ids...]', 'identifiers, or their beginnings')
    .option('--all', 'all letters')
    .option('-y, --yes', 'do not ask')
    .action(async (ids: string[], flags: Flags & { all?: boolean; yes?: boolean }) => {
      const { purgeLetters } = await import('../dlq/purge-letters.js');
      await purgeLetters({ ids, ...flags }, terminal);
    });
}
