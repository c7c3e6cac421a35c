// Row 12: several processes with one quota, on Redis. The limit is known, its enforcement is unknown.
import Redis from 'ioredis';
import { startRedis } from '../../scripts/redis.mjs';
import { capacity, countLog, SERVER_KINDS } from '../servers.mjs';
import { goodputTable, phases } from '../support/goodput.mjs';
import { nodeForEffect, runMembers } from '../support/members.mjs';
import { num, percent } from '../support/stats.mjs';

export const title = '12. Goodput: a fleet that knows the limit, and not how it is enforced';
export const goodput = true;
export const alone = true;

const SIZES = [
  { limit: 50, windowMs: 10_000 },
  { limit: 300, windowMs: 3_000 },
];
const PROCESSES = [2, 4];
const WORKERS = 20;

/** Each contestant has its own processes, because Effect needs a newer Node. */
export const CONTESTANTS = [
  { name: "Effect 4.1 'token-bucket'", contestant: './member-effect.mjs', algorithm: 'token-bucket' },
  { name: "Effect 4.1 'fixed-window'", contestant: './member-effect.mjs', algorithm: 'fixed-window' },
  { name: 'Holdline', contestant: './member-holdline.mjs', ours: true },
];

async function countScripts(redis) {
  const text = await redis.info('commandstats');
  return [...text.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

function rowsOf({ limit, windowMs }, runMs, { name, algorithm, ours = false }) {
  const [phase] = phases(1, windowMs);
  return PROCESSES.flatMap((processes) =>
    SERVER_KINDS.map((kind) => ({
      id: `${algorithm ?? 'holdline'}-${limit}-${processes}-${kind}`,
      name,
      ours,
      kind,
      processes,
      algorithm,
      workers: WORKERS,
      knowsLimit: true,
      limit,
      windowMs,
      runMs,
      server: { kind, limit, windowMs, phase: kind === 'fixed' ? phase : 0, serviceMs: 30, seed: 400 },
    })),
  );
}

async function measure(size, runMs, of) {
  const execPath = of.ours ? process.execPath : nodeForEffect();
  const rows = rowsOf(size, runMs, of);
  const fail = (broken) => rows.map(({ name, ours, kind, processes }) => ({ name, ours, kind, processes, broken }));
  if (!execPath) return fail('needs Node 22.19 and @effect/platform-node');
  const server = await startRedis();
  const redis = new Redis(server.url);
  try {
    const { rows: results, cpuMs } = await runMembers({ rows, contestant: of.contestant, execPath, url: server.url });
    const calls = results.reduce((sum, { log }) => sum + log.length, 0);
    const perCall = { scripts: (await countScripts(redis)) / calls, cpuUs: (cpuMs * 1_000) / calls };
    return rows.map(({ id, name, ours, kind, processes, server: served }) => {
      const { log, ...rest } = results.find((one) => one.id === id);
      const { granted, refused } = countLog(log, [0, runMs]);
      return { name, ours, kind, processes, ...rest, ...perCall, goodput: granted / capacity(served, runMs), refused };
    });
  } catch (error) {
    return fail(String(error.message).split('\n')[0]);
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

export async function run({ short }) {
  const runMs = short ? 20_000 : 60_000;
  const sizes = [];
  for (const size of SIZES) {
    // The processes are mostly idle, so all rows of one size run at the same time.
    const rows = await Promise.all(CONTESTANTS.map((of) => measure(size, runMs, of)));
    sizes.push({ ...size, phase: phases(1, size.windowMs)[0], rows: rows.flat() });
  }
  return { runMs, sizes };
}

export function render({ runMs, sizes }) {
  const columns = [
    ['granted', (row) => percent(row.goodput)],
    ['refused', (row) => num(row.refused)],
    ['failed calls', (row) => `${num(row.failed)}${row.failed ? ` (${row.reason})` : ''}`],
    ['waiting at the end', (row) => num(row.waiting)],
    ['scripts / call', (row) => num(row.scripts)],
    ['CPU µs / call', (row) => num(row.cpuUs)],
  ];
  const intro =
    `${WORKERS} workers in each process, ${runMs / 1_000} s, 30 ms service. One run per row, all rows of one size at the same time. ` +
    'Granted: percent of the requests that the server would grant in the run. Scripts and CPU: sum of all rows of a contestant.';
  const tables = sizes.flatMap(({ limit, windowMs, phase, rows }) =>
    PROCESSES.flatMap((processes) =>
      SERVER_KINDS.map((kind) => {
        const at = kind === 'fixed' ? `, ${phase} ms into the window at the start` : '';
        const heading = `### ${processes} processes, ${limit} per ${windowMs / 1_000} s, server: ${kind}${at}`;
        const own = rows.filter((row) => row.kind === kind && row.processes === processes);
        return `${heading}\n\n${goodputTable(columns, own)}`;
      }),
    ),
  );
  return [intro, ...tables].join('\n\n');
}
