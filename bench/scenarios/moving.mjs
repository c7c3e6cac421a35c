// Row 4: the platform halves the limit and later restores it.
import { contestants } from '../contestants.mjs';
import { countLog, SERVER_KINDS, wholeWindows } from '../servers.mjs';
import { driveContestant, runTogether } from '../support/drive.mjs';
import { goodputTable, loopNote, phases, plan } from '../support/goodput.mjs';
import { num, percent } from '../support/stats.mjs';

export const title = '4. The limit is cut to half, and raised back';
export const goodput = true;

/** The first window, counted from 1, with 90 % of the limit and at most two refusals. The next window must match too, if it exists. */
function findConvergence(log, windows, limit) {
  const good = windows.map((window) => {
    const { granted, refused } = countLog(log, window);
    return granted >= 0.9 * limit && refused <= 2;
  });
  const at = good.findIndex((one, i) => one && (good[i + 1] ?? true));
  return at < 0 ? undefined : at + 1;
}

export async function run({ short }) {
  const { limit, windowMs, grainMs, serviceMs } = plan(short);
  const third = (short ? 4 : 6) * windowMs;
  const runMs = 3 * third;
  const half = limit / 2;
  const [phase] = phases(1, windowMs);
  const jobs = contestants.flatMap((contestant) =>
    SERVER_KINDS.map((kind) => async () => {
      const server = { kind, limit, windowMs, phase: kind === 'fixed' ? phase : 0, grainMs, serviceMs, seed: 400 };
      const during = (running, timers) => {
        timers.push(setTimeout(() => running.setLimit(half), third));
        timers.push(setTimeout(() => running.setLimit(limit), 2 * third));
      };
      const id = `moving ${contestant.name} ${kind}`;
      const { log, ...rest } = await driveContestant({ contestant, server, runMs, id, during });
      const { name, ours = false } = contestant;
      if (!log) return { name, ours, kind, ...rest };
      const parts = [
        [wholeWindows(server, 0, third), limit],
        [wholeWindows(server, third, 2 * third), half],
        [wholeWindows(server, 2 * third, runMs), limit],
      ];
      // A bucket is full at the start and also grants these tokens.
      const burst = kind === 'bucket' ? limit : 0;
      const sum = (what) =>
        parts.reduce((all, [windows, n]) => all + windows.reduce((s, one) => s + what(one, n), 0), 0);
      return {
        name,
        ours,
        kind,
        ...rest,
        start: findConvergence(log, ...parts[0]),
        cut: findConvergence(log, ...parts[1]),
        raised: findConvergence(log, ...parts[2]),
        of: parts.map(([windows]) => windows.length),
        goodput: sum((one) => countLog(log, one).granted) / (sum((_, n) => n) + burst),
        refused: sum((one) => countLog(log, one).refused),
      };
    }),
  );
  const { results, loop } = await runTogether(jobs);
  const rows = Object.fromEntries(SERVER_KINDS.map((kind) => [kind, results.filter((row) => row.kind === kind)]));
  return { limit, windowMs, runMs, rows, loop };
}

export function render({ limit, windowMs, runMs, rows, loop }) {
  const when = (value, of) => (value === undefined ? `not in ${of}` : String(value));
  const columns = [
    ['at the start', (row) => when(row.start, row.of[0])],
    ['after the cut', (row) => when(row.cut, row.of[1])],
    ['after the raise', (row) => when(row.raised, row.of[2])],
    ['granted in all', (row) => percent(row.goodput)],
    ['refused in all', (row) => num(row.refused)],
    ['failed calls', (row) => num(row.failed)],
  ];
  const intro =
    `${limit} per ${windowMs / 1_000} s; ${limit / 2} after ${runMs / 3_000} s, and ${limit} again after ${runMs / 1_500} s. The first three columns ` +
    'have the first window with the right rate (1: the first whole window). The rate is right with at least 90 % of the limit and at most ' +
    'two refusals, in this window and the next one. In all: the whole windows of the three parts.';
  const tables = SERVER_KINDS.map((kind) => `### Server: ${kind}\n\n${goodputTable(columns, rows[kind])}`);
  return [intro, ...tables, loopNote(loop)].join('\n\n');
}
