// Row 5: four tenants with shares 4:2:1:1, each with more calls waiting than it can send.
import { createHoldline } from '@holdline/core';
import Bottleneck from 'bottleneck';
import { holdlineRequest } from '../contestants.mjs';
import { createServer, SERVER_KINDS } from '../servers.mjs';
import { loopNote, phases, plan } from '../support/goodput.mjs';
import { runTogether } from '../support/drive.mjs';
import { table } from '../support/report.mjs';
import { num, percent, times } from '../support/stats.mjs';

export const title = '5. Shares of four tenants, 4:2:1:1, all saturated';
export const goodput = true;

const SHARES = { a: 4, b: 2, c: 1, d: 1 };
const TENANTS = Object.keys(SHARES);
const WORKERS = 60;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function withHoldline({ limit, windowMs, send }) {
  const line = createHoldline({ governor: { quotas: [{ limit, windowMs }], shares: SHARES } });
  const requests = Object.fromEntries(
    TENANTS.map((tenant) => [tenant, holdlineRequest(() => send(tenant), { context: { tenant } })]),
  );
  return { call: (tenant) => line.run(requests[tenant]), stop: () => void line.close().catch(() => undefined) };
}

/** Bottleneck has no shares. It serves calls in order of arrival, for comparison. */
function withBottleneck({ limit, windowMs, send }) {
  const limiter = new Bottleneck({
    reservoir: limit,
    reservoirRefreshAmount: limit,
    reservoirRefreshInterval: windowMs,
  });
  limiter.on('failed', (error) => error.retryAfterMs);
  const attempt = async (tenant) => {
    const { status, retryAfter } = await send(tenant);
    if (status === 429) throw Object.assign(new Error('429'), { retryAfterMs: Number(retryAfter) * 1_000 });
  };
  return {
    call: (tenant) => limiter.schedule(attempt, tenant),
    stop: () => void limiter.stop({ dropWaitingJobs: true }).catch(() => undefined),
  };
}

const CONTESTANTS = [
  { name: 'Holdline', ours: true, make: withHoldline },
  { name: 'bottleneck (order of arrival)', make: withBottleneck },
];

async function measure({ name, ours = false, make }, server, runMs) {
  const platform = createServer(server);
  const { limit, windowMs } = server;
  const { call, stop } = make({ limit, windowMs, send: (tenant) => platform.request(tenant) });
  let over = false;
  let failed = 0;
  const work = async (tenant) => {
    while (!over) {
      try {
        await call(tenant);
      } catch {
        failed += over ? 0 : 1;
        await pause(100);
      }
    }
  };
  platform.start();
  for (let i = 0; i < WORKERS; i++) for (const tenant of TENANTS) void work(tenant);
  await pause(runMs);
  over = true;
  platform.stop();
  stop();
  // The first window does not count, because no call waits yet and the first calls get the permits.
  const granted = platform.log.filter(([at, ok]) => ok && at >= server.windowMs && at < runMs);
  const all = Object.values(SHARES).reduce((sum, share) => sum + share, 0);
  const shares = TENANTS.map((tenant) => ({
    tenant,
    due: SHARES[tenant] / all,
    got: granted.filter(([, , who]) => who === tenant).length / granted.length,
  }));
  const deviation = Math.max(...shares.map(({ due, got }) => Math.abs(got / due - 1)));
  return { name, ours, kind: server.kind, granted: granted.length, failed, shares, deviation };
}

export async function run({ short }) {
  const { limit, windowMs, grainMs, serviceMs } = plan(short);
  const runMs = 6 * windowMs;
  const [phase] = phases(1, windowMs);
  const jobs = CONTESTANTS.flatMap((contestant) =>
    SERVER_KINDS.map((kind) => () => {
      const server = { kind, limit, windowMs, phase: kind === 'fixed' ? phase : 0, grainMs, serviceMs, seed: 500 };
      return measure(contestant, server, runMs);
    }),
  );
  const { results, loop } = await runTogether(jobs);
  return { limit, windowMs, runMs, rows: results, loop };
}

export function render({ limit, windowMs, runMs, rows, loop }) {
  const best = (kind) => Math.min(...rows.filter((row) => !row.ours && row.kind === kind).map((row) => row.deviation));
  const body = rows.map((row) => [
    `${row.name}, ${row.kind}`,
    ...row.shares.map(({ got, due }) => `${percent(got)} (${percent(got / due - 1)})`),
    percent(row.deviation),
    num(row.granted),
    num(row.failed),
    times(row.deviation / best(row.kind)),
  ]);
  const head = ['', ...rows[0].shares.map(({ tenant, due }) => `${tenant}: ${percent(due)} due`)];
  head.push('largest deviation', 'granted', 'failed calls', 'deviation : best peer');
  const intro =
    `${limit} per ${windowMs / 1_000} s, ${runMs / 1_000} s, ${WORKERS} workers per tenant. The table has the part of each tenant and its ` +
    'deviation from the due part. No peer has shares; the order of arrival is for comparison.';
  return [intro, table(head, body), loopNote(loop)].join('\n\n');
}
