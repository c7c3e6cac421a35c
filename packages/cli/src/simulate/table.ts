import { counted } from '../terminal/words.js';
import { formatCount, formatPercent, formatTime } from './duration.js';
import type { GroupResult, RunResult, SimulationResult } from './types.js';

const HEAD = [
  'run',
  'group',
  'priority',
  'calls',
  'wait p50',
  'p95',
  'max',
  'ended after',
  'requests',
  '429',
  'refused',
  'saved',
  'share',
];
const AGENTS_HEAD = ['run', 'group', 'agents', 'p50', 'p95', 'max'];
/** Columns of text. The others are numbers, and aligned to the right. */
const TEXT_COLUMNS = new Set(['run', 'group', 'priority']);
/** Width at which sentences are broken. */
const WIDTH = 100;

/**
 * Writes the result of a simulation as text: a table of all runs, and the differences in sentences.
 *
 * @example
 * ```ts
 * import { printSimulation, simulate } from 'holdline';
 *
 * const calls = [{ route: 'GET /api/v2/users/:id' }];
 * console.log(printSimulation(await simulate({ load: [{ name: 'agents', count: 10, calls }] })));
 * ```
 * @public
 */
export function printSimulation({ summary, base, whatIf, notes, seed }: SimulationResult): string {
  const rows = [base, ...whatIf.map(({ run }) => run)].flatMap(rowsOf);
  const parts = [...wrap(`${summary} Seed ${seed}.`, ''), '', ...alignRows([HEAD, ...rows])];
  const agents = [base, ...whatIf.map(({ run }) => run)].flatMap(agentRowsOf);
  // An agent with a single call has no other times than its call.
  if (base.agents.some((times) => times.agents < callsOf(base, times.group)))
    parts.push('', 'Time from the arrival of an agent to its last answer', '', ...alignRows([AGENTS_HEAD, ...agents]));
  if (base.total.unfinished > 0)
    parts.push('', ...wrap(`${counted(base.total.unfinished, 'call')} had not ended when the base run stopped.`, ''));
  for (const [code, count] of Object.entries(base.refusedBy))
    parts.push('', ...wrap(`In the base run the line refused ${counted(count, 'call')} with ${code}.`, ''));
  // The waits alone would look like those of calls that succeeded. A refused call has failed, too.
  const lost = base.total.failed - base.total.refused;
  if (lost > 0)
    parts.push('', ...wrap(`In the base run ${counted(lost, 'call')} failed after the line sent them.`, ''));
  if (whatIf.length > 0) parts.push('', 'What changes', '');
  for (const { sentences } of whatIf) parts.push(...wrap(sentences.join(' '), '  '));
  if (notes.length > 0) parts.push('', ...notes.flatMap((note) => wrap(note, '')));
  return `${parts.join('\n')}\n`;
}

function rowsOf({ name, groups, total }: RunResult): string[][] {
  if (groups.length === 0) return [[name, '', '', ...numbersOf(total)]];
  return groups.map((group, i) => [i === 0 ? name : '', group.group, group.priority, ...numbersOf(group)]);
}

const callsOf = ({ groups }: RunResult, name: string): number =>
  groups.filter(({ group }) => group === name).reduce((sum, { calls }) => sum + calls, 0);

const agentRowsOf = ({ name, agents }: RunResult): string[][] =>
  agents.map(({ group, agents, p50, p95, max }, i) => [
    i === 0 ? name : '',
    group,
    ...[formatCount(agents), formatTime(p50), formatTime(p95), formatTime(max)],
  ]);

function numbersOf({
  calls,
  waits,
  lastEndedMs,
  requests,
  throttled,
  refused,
  saved,
  share,
}: Omit<GroupResult, 'group' | 'priority'>): string[] {
  const times = [waits.p50, waits.p95, waits.max, lastEndedMs].map(formatTime);
  const counts = [requests, throttled, refused, saved].map(formatCount);
  return [formatCount(calls), ...times, ...counts, formatPercent(share)];
}

function alignRows(rows: readonly (readonly string[])[]): string[] {
  const head = rows[0] ?? [];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return TEXT_COLUMNS.has(head[column] ?? '') ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Breaks a text into lines. The first begins with `first`, the others with as many spaces. */
function wrap(text: string, first: string): string[] {
  const lines: string[] = [];
  const indent = ' '.repeat(first.length);
  let line = first;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
