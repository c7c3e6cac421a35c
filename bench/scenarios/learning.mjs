// Row 13: one process of Holdline and one of Effect, for the features that Effect's rate limiter has.
import { capacity, countLog, SERVER_KINDS } from '../servers.mjs';
import { goodputTable, phases } from '../support/goodput.mjs';
import { nodeForEffect, runMembers } from '../support/members.mjs';
import { num, percent } from '../support/stats.mjs';
import { CONTESTANTS } from './fleet-learning.mjs';

export const title = '13. Goodput: one process beside Effect';
export const goodput = true;
export const alone = true;

const LIMIT = 50;
const WINDOW_MS = 10_000;

/** The measurements, over the whole run or in the first window only. */
const CASES = [
  { key: 'known', heading: 'limit known', kinds: SERVER_KINDS, workers: 20, serviceMs: 30, knowsLimit: true },
  {
    key: 'slow',
    heading: 'limit known, 400 ms service, 60 workers',
    kinds: ['bucket'],
    workers: 60,
    serviceMs: 400,
    knowsLimit: true,
  },
  {
    key: 'headers',
    heading: 'limit unknown, X-RateLimit headers, the first window',
    kinds: SERVER_KINDS,
    workers: 20,
    serviceMs: 30,
    knowsLimit: false,
    tells: true,
    firstWindow: true,
  },
];

function rowsOf(runMs, { name, algorithm, ours = false }) {
  const [phase] = phases(1, WINDOW_MS);
  return CASES.flatMap(({ kinds, serviceMs, tells, heading, firstWindow, ...rest }) =>
    kinds.map((kind) => ({
      id: `${algorithm ?? 'holdline'}-${rest.key}-${kind}`,
      name,
      ours,
      kind,
      algorithm,
      ...rest,
      processes: 1,
      limit: LIMIT,
      windowMs: WINDOW_MS,
      runMs,
      firstWindow,
      server: {
        kind,
        limit: LIMIT,
        windowMs: WINDOW_MS,
        phase: kind === 'fixed' ? phase : 0,
        serviceMs,
        tells,
        seed: 500,
      },
    })),
  );
}

async function measure(runMs, of) {
  const execPath = of.ours ? process.execPath : nodeForEffect();
  const rows = rowsOf(runMs, of);
  const about = ({ name, ours, kind, key }) => ({ name, ours, kind, key });
  const fail = (broken) => rows.map((row) => ({ ...about(row), broken }));
  if (!execPath) return fail('needs Node 22.19, and @effect/platform-node');
  try {
    const { rows: results } = await runMembers({ rows, contestant: of.contestant, execPath });
    return rows.map((row) => {
      const { log, ...rest } = results.find(({ id }) => id === row.id);
      const untilMs = row.firstWindow ? WINDOW_MS : runMs;
      const { granted, refused } = countLog(log, [0, untilMs]);
      return { ...about(row), ...rest, goodput: granted / capacity(row.server, untilMs), refused };
    });
  } catch (error) {
    return fail(String(error.message).split('\n')[0]);
  }
}

export async function run({ short }) {
  const runMs = short ? 20_000 : 40_000;
  const rows = (await Promise.all(CONTESTANTS.map((of) => measure(runMs, of)))).flat();
  return { runMs, phase: phases(1, WINDOW_MS)[0], rows };
}

export function render({ runMs, phase, rows }) {
  const columns = [
    ['granted', (row) => percent(row.goodput)],
    ['refused', (row) => num(row.refused)],
    ['failed calls', (row) => `${num(row.failed)}${row.failed ? ` (${row.reason})` : ''}`],
    ['waiting at the end', (row) => num(row.waiting)],
  ];
  const intro =
    `${LIMIT} per ${WINDOW_MS / 1_000} s, ${runMs / 1_000} s, one run per row, all rows at the same time. A fixed window is ${phase} ms old at ` +
    'the start. Where the limit is unknown, Effect has the limit 1,000,000 and Holdline has none.';
  const tables = CASES.flatMap(({ key, heading, kinds }) =>
    kinds.map((kind) => {
      const own = rows.filter((row) => row.key === key && row.kind === kind);
      return `### ${heading}, server: ${kind}\n\n${goodputTable(columns, own)}`;
    }),
  );
  return [intro, ...tables].join('\n\n');
}
