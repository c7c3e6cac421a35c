// Row 3: another, uncontrolled client uses 30 % of the quota.
import { contestants } from '../contestants.mjs';
import { capacity, countLog, SERVER_KINDS, wholeWindows } from '../servers.mjs';
import { driveContestant, runTogether } from '../support/drive.mjs';
import { describeReasons, goodputTable, loopNote, phases, plan } from '../support/goodput.mjs';
import { mean, num, percent } from '../support/stats.mjs';

export const title = '3. Goodput: a second client takes 30 % of the quota';
export const goodput = true;

export async function run({ short }) {
  const { limit, windowMs, grainMs, serviceMs } = plan(short);
  const runMs = (short ? 7 : 9) * windowMs;
  const [phase] = phases(1, windowMs);
  const jobs = contestants.flatMap((contestant) =>
    SERVER_KINDS.map((kind) => async () => {
      const server = { kind, limit, windowMs, phase: kind === 'fixed' ? phase : 0, grainMs, serviceMs, seed: 300 };
      const during = (running, timers) => {
        timers.push(setInterval(() => void running.request('other'), windowMs / (0.3 * limit)));
      };
      const id = `shared ${contestant.name} ${kind}`;
      const { log, ...rest } = await driveContestant({ contestant, server, runMs, id, during });
      const { name, ours = false } = contestant;
      if (!log) return { name, ours, kind, ...rest };
      const windows = wholeWindows(server, windowMs, runMs);
      const span = [windows[0][0], windows.at(-1)[1]];
      const refusals = windows.map((window) => countLog(log, window, 'us').refused);
      return {
        name,
        ours,
        kind,
        ...rest,
        goodput: countLog(log, [0, runMs]).granted / capacity(server, runMs),
        refused: mean(refusals),
        mostRefused: Math.max(...refusals),
        others: countLog(log, span, 'other'),
      };
    }),
  );
  const { results, loop } = await runTogether(jobs);
  const rows = Object.fromEntries(SERVER_KINDS.map((kind) => [kind, results.filter((row) => row.kind === kind)]));
  return { limit, windowMs, runMs, rows, loop };
}

export function render({ limit, windowMs, runMs, rows, loop }) {
  const columns = [
    ['granted to both', (row) => percent(row.goodput)],
    ['ours refused per window', (row) => num(row.refused)],
    ['most in one', (row) => num(row.mostRefused)],
    ['failed calls', (row) => `${num(row.failed)}${row.failed ? ` (${describeReasons(row.reasons)})` : ''}`],
    ["other client's calls refused", (row) => percent(row.others.refused / (row.others.refused + row.others.granted))],
  ];
  const intro =
    `${limit} per ${windowMs / 1_000} s. Another client requests ${0.3 * limit} of these evenly. ${runMs / windowMs} windows; refusals ` +
    'count from the second window on.';
  const tables = SERVER_KINDS.map((kind) => `### Server: ${kind}\n\n${goodputTable(columns, rows[kind])}`);
  return [intro, ...tables, loopNote(loop)].join('\n\n');
}
