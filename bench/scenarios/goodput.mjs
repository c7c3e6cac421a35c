// Row 1: the limit is known, its enforcement is unknown.
import { contestants } from '../contestants.mjs';
import { capacity, countLog, SERVER_KINDS } from '../servers.mjs';
import { driveContestant, runTogether } from '../support/drive.mjs';
import { describeReasons, goodputTable, loopNote, phases, plan } from '../support/goodput.mjs';
import { median, num, percent } from '../support/stats.mjs';

export const title = '1. Goodput: limit known, enforcement unknown';
export const goodput = true;

export async function run({ short }) {
  const { limit, windowMs, grainMs, serviceMs } = plan(short);
  const runMs = 4 * windowMs;
  const seen = phases(3, windowMs);
  const jobs = contestants.flatMap((contestant) =>
    SERVER_KINDS.flatMap((kind) =>
      (kind === 'fixed' ? seen : [0]).map((phase, i) => async () => {
        const server = { kind, limit, windowMs, phase, grainMs, serviceMs, seed: 100 + i };
        const id = `goodput ${contestant.name} ${kind} ${i}`;
        const { log, ...rest } = await driveContestant({ contestant, server, runMs, id });
        const { name, ours = false } = contestant;
        if (!log) return { name, ours, kind, ...rest };
        const { granted, refused } = countLog(log, [0, runMs]);
        return { name, ours, kind, ...rest, goodput: granted / capacity(server, runMs), refused };
      }),
    ),
  );
  const { results, loop } = await runTogether(jobs);
  const rows = {};
  for (const kind of SERVER_KINDS) {
    rows[kind] = contestants.map(({ name }) => {
      const runs = results.filter((result) => result.name === name && result.kind === kind);
      const [first] = runs;
      if (first.goodput === undefined) return first;
      const goodputs = runs.map((one) => one.goodput);
      const refusals = runs.map((one) => one.refused);
      return {
        ...first,
        goodput: median(goodputs),
        worstGoodput: Math.min(...goodputs),
        refused: median(refusals),
        worstRefused: Math.max(...refusals),
        failed: Math.max(...runs.map((one) => one.failed)),
        runs: runs.length,
      };
    });
  }
  return { limit, windowMs, runMs, phases: seen, rows, loop };
}

const KIND_TITLES = { fixed: 'Fixed window', sliding: 'Sliding window', bucket: 'Token bucket' };

export function render({ limit, windowMs, runMs, phases: seen, rows, loop }) {
  const both = (text, value, worst, n) => (n > 1 ? `${text(value)} (${text(worst)})` : text(value));
  const columns = [
    ['granted', (row) => both(percent, row.goodput, row.worstGoodput, row.runs)],
    ['refused', (row) => both(num, row.refused, row.worstRefused, row.runs)],
    ['failed calls', (row) => `${num(row.failed)}${row.failed ? ` (${describeReasons(row.reasons)})` : ''}`],
  ];
  const intro =
    `${limit} per ${windowMs / 1_000} s, 20 workers, ${runMs / 1_000} s, 30 ms service. Granted: percent of the requests that the server ` +
    `would grant in the run. Fixed window: median of ${seen.length} phases (${seen.join(', ')} ms into the window at the start), with the ` +
    'worst phase in brackets. Failed calls: the worst phase.';
  const tables = SERVER_KINDS.map((kind) => `### ${KIND_TITLES[kind]}\n\n${goodputTable(columns, rows[kind])}`);
  const charts = SERVER_KINDS.map((kind) => `![Goodput against refusals, ${kind}](charts/goodput-${kind}.svg)`);
  return [intro, ...tables, charts.join('\n'), loopNote(loop)].join('\n\n');
}

export const chartTitle = (kind) => KIND_TITLES[kind];
