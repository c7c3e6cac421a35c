// Row 2: the limit is unknown.
import { blindContestants } from '../contestants.mjs';
import { countLog, SERVER_KINDS, wholeWindows } from '../servers.mjs';
import { driveContestant, runTogether } from '../support/drive.mjs';
import { describeReasons, goodputTable, loopNote, phases, plan } from '../support/goodput.mjs';
import { num, percent } from '../support/stats.mjs';

export const title = '2. Goodput: limit unknown';
export const goodput = true;

export async function run({ short }) {
  const { limit, windowMs, grainMs, serviceMs } = plan(short);
  // Trials are twelve windows apart. With fewer than twenty windows, the number of trials in ten windows is random.
  const windows = short ? 9 : 22;
  const runMs = windows * windowMs;
  const [phase] = phases(1, windowMs);
  const jobs = blindContestants.flatMap((contestant) =>
    SERVER_KINDS.map((kind) => async () => {
      const server = { kind, limit, windowMs, phase: kind === 'fixed' ? phase : 0, grainMs, serviceMs, seed: 200 };
      const { log, ...rest } = await driveContestant({
        contestant,
        server,
        runMs,
        id: `unknown ${contestant.name} ${kind}`,
      });
      const { name, ours = false } = contestant;
      if (!log) return { name, ours, kind, ...rest };
      const measured = wholeWindows(server, 2 * windowMs, runMs);
      const { granted, refused } = countLog(log, [measured[0][0], measured.at(-1)[1]]);
      const tens = measured.flatMap(([from], i) =>
        measured[i + 9] ? [countLog(log, [from, measured[i + 9][1]])] : [],
      );
      return {
        name,
        ours,
        kind,
        ...rest,
        goodput: granted / (limit * measured.length),
        refused: (refused * 10) / measured.length,
        most: tens.length > 0 ? Math.max(...tens.map((ten) => ten.refused)) : undefined,
      };
    }),
  );
  const { results, loop } = await runTogether(jobs);
  const rows = Object.fromEntries(SERVER_KINDS.map((kind) => [kind, results.filter((row) => row.kind === kind)]));
  return { limit, windowMs, windows, rows, loop };
}

export function render({ limit, windowMs, windows, rows, loop }) {
  const columns = [
    ['granted', (row) => percent(row.goodput)],
    ['refused per 10 windows', (row) => num(row.refused)],
    ['most in ten', (row) => (row.most === undefined ? '–' : num(row.most))],
    ['failed calls', (row) => `${num(row.failed)}${row.failed ? ` (${describeReasons(row.reasons)})` : ''}`],
  ];
  const intro =
    `The server allows ${limit} per ${windowMs / 1_000} s; the client knows at most the window. ${windows} windows. Granted and refused: from ` +
    'the third window on, in whole windows of the server if it has any. Most in ten: the most refusals in ten consecutive windows. ' +
    'Failed calls: in the whole run.';
  const tables = SERVER_KINDS.map((kind) => `### Server: ${kind}\n\n${goodputTable(columns, rows[kind])}`);
  return [intro, ...tables, loopNote(loop)].join('\n\n');
}
