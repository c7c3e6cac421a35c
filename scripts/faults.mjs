// Writes docs/guides/faults.md from the table of the fault matrix, test/faults/table.mjs. With `--check` it writes nothing, and exits
// with 1 where the page is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { CLIENTS, DOOR_FAULTS, FAULTS, OPERATIONS, PROCESS_FAULTS } from '../test/faults/table.mjs';

const page = 'docs/guides/faults.md';
const file = fileURLToPath(new URL(`../${page}`, import.meta.url));
const CLIENT_NAMES = {
  axios: 'axios',
  genesys: 'the Genesys SDK',
  cxone: 'the CXone SDK',
  inbox: 'the handler of an inbox',
};

const row = (...cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (heading, rows) => [row(...heading), row(...heading.map(() => '---')), ...rows].join('\n');
const times = (n) => (n === 1 ? 'once' : `${n} times`);

/** A cell in words. */
function describe(expected, operation) {
  if ('reason' in expected) return `– (${expected.reason})`;
  const { caller, attempts, executions, letters, lost } = expected;
  const code = caller.endsWith('Error')
    ? `\`${caller}\``
    : caller === 'client error'
      ? "the client's own error"
      : caller;
  const parts = [code, attempts === 1 ? '1 attempt' : `${attempts} attempts`];
  if (operation !== 'read') parts.push(executions === 0 ? 'not executed' : `executed ${times(executions)}`);
  if (letters > 0) parts.push('dead letter');
  if (lost) parts.push('a dead letter that is reported as lost');
  return parts.join(', ');
}

const cellsOf = (fault, client, duration) =>
  OPERATIONS.map((operation) => describe(fault.expected(client, duration, operation), operation));

const isPlayed = (fault, duration) =>
  OPERATIONS.some((operation) => !('reason' in fault.expected('axios', duration, operation)));

/** The rows of all clients, and the rows of single clients that differ. */
function tableOf(faults, duration) {
  const rows = [];
  for (const fault of faults.filter((each) => isPlayed(each, duration))) {
    const common = cellsOf(fault, 'axios', duration);
    rows.push(row(fault.name, ...common));
    for (const client of CLIENTS) {
      const own = cellsOf(fault, client, duration);
      if (own.join() !== common.join()) rows.push(row(`${fault.name}, with ${CLIENT_NAMES[client]}`, ...own));
    }
  }
  return table(['fault', ...OPERATIONS], rows);
}

const text = `<!-- scripts/faults.mjs writes this page from test/faults/table.mjs. Change the table and run the script again. -->

# What happens when …

This page says what your code gets when something fails, and what the platform executes. Tests check every cell on both sides of the wire, with axios, the Genesys SDK, the CXone SDK, and axios in the handler of an inbox. \`npm run test:more\` runs them.

Each cell has four facts:

- what the caller gets: its answer, a status of the platform, an [error of Holdline](errors.md), or the client's own error;
- the number of attempts, of three that the tests allow;
- how often the platform executes the write;
- whether the line keeps a [dead letter](../policies/dead-letters.md), which you can replay.

The four kinds of calls:

- A **read** is a GET.
- A **keyed write** is a POST to a route that honours [idempotency keys](idempotency-and-transactions.md). The line may send it again.
- An **unkeyed write** is a POST to any other route. The line never sends it again once the platform may have executed it.
- A **stream** is an unkeyed write whose body can be read only once. The line never sends it again.

In no cell does the platform execute a write twice. In each cell, the tests also find no waiting call, no open handle or timer, and no unhandled rejection at the end, and \`line.drain()\` and \`line.close()\` settle.

## The faults

${table(
  ['fault', 'what happens'],
  [...FAULTS, ...PROCESS_FAULTS].map(({ name, text: what }) => row(name, what)),
)}

## The first attempt meets the fault

${tableOf(FAULTS, 'once')}

## All attempts meet the fault

${tableOf(FAULTS, 'lasting')}

A fault that is not in this table happens at one moment, and cannot last.

## The process ends or stops

The line has a [file store](../policies/dead-letters.md). The number of attempts is that of both processes together.

${tableOf(PROCESS_FAULTS, 'once')}

## The door of an inbox

The sender of an event meets these faults. It repeats the event after the fault, and the inbox then has handled the event exactly once.

${table(
  ['fault', 'what happens', 'the sender gets', 'the event is stored'],
  DOOR_FAULTS.map(({ name, text: what, answer, stored }) =>
    row(name, what, answer === 'none' ? 'no answer' : answer, stored === 1 ? 'yes' : 'no'),
  ),
)}

## The handler of an inbox

An inbox makes the call of its event again after a failure, in the same transaction: twice at most in the tests. So its rows show both handlings together. A write with an unknown outcome is not sent again.

## All faults together

\`npm run soak\` plays faults at random for ten minutes: those of requests, a platform or a Redis that is gone, killed and frozen processes, revoked tokens, clocks that jump, a full disk. Four processes share a Redis, and a fifth has a [file store](file-store.md). Phases of faults and calm phases alternate. The soak checks that:

- every call ends with an answer, an error or a dead letter, unless its process was killed;
- the platform executes no write twice, each answered write once, and none whose error has no dead letter, except where the tables above say so;
- no letter is lost, and each is replayed at the end, or reported as doubtful and executed once;
- calls succeed again in each calm phase, no process is blocked for 2 seconds, and none is without an answer for 8 seconds;
- nothing waits at the end, and memory and handles do not grow.
`;

const options = await prettier.resolveConfig(file);
const formatted = await prettier.format(text, { ...options, parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(file, formatted);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== formatted) {
  console.error(`${page} is stale: run node scripts/faults.mjs`);
  process.exitCode = 1;
}
