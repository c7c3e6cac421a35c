// Row 8: n calls are queued and drained. It measures time, memory and the delay of the event loop.
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { runInChild } from '../support/child.mjs';
import { QUEUES } from '../support/queued.mjs';
import { table } from '../support/report.mjs';
import { num, spread, times, withSpread } from '../support/stats.mjs';

export const title = '8. Long queues';
export const alone = true;

/** Calls between two turns of the event loop while they are queued. */
const SLICE = 500;

const waitForTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Measures a function. CPU time is that of all threads, because other processes may keep the machine busy. */
async function measureCost(fn) {
  const pauses = [];
  const collector = new PerformanceObserver((list) => pauses.push(...list.getEntries()));
  collector.observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const from = performance.now();
  const cpuFrom = process.cpuUsage();
  await fn();
  const { user, system } = process.cpuUsage(cpuFrom);
  const ms = performance.now() - from;
  // One more tick of the monitor, so that it sees a delay at the end.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  collector.disconnect();
  const gcMax = Math.max(0, ...pauses.filter(({ startTime }) => startTime >= from).map(({ duration }) => duration));
  const cpuMs = (user + system) / 1_000;
  return { ms, cpuMs, gcMax, loopMax: delay.max / 1e6, loopP999: delay.percentile(99.9) / 1e6 };
}

/** Queues `n` calls, then drains them, in a separate process. */
export async function measure({ who, n }) {
  // The first run compiles the code, and the collector removes its garbage.
  await fillAndDrain(await QUEUES[who](), Math.min(n, who === 'bottleneck' ? 50 : 30_000));
  const queue = await QUEUES[who]();
  return fillAndDrain(queue, n);
}

async function fillAndDrain(queue, n) {
  let left = n;
  let failed = 0;
  let done;
  const drained = new Promise((resolve) => (done = resolve));
  const ended = () => {
    if (--left === 0) done();
  };
  const lost = () => {
    failed++;
    ended();
  };
  await waitForTurn();
  globalThis.gc();
  const heapBefore = process.memoryUsage().heapUsed;
  const enqueue = await measureCost(async () => {
    for (let i = 0; i < n; i++) {
      queue.add(i).then(ended, lost);
      if (i % SLICE === SLICE - 1) await waitForTurn();
    }
  });
  globalThis.gc();
  const waiting = queue.waiting();
  const heap = (process.memoryUsage().heapUsed - heapBefore) / Math.max(1, waiting);
  let openMs;
  const drain = await measureCost(async () => {
    const from = performance.now();
    queue.open();
    openMs = performance.now() - from;
    await drained;
  });
  const cpuMs = enqueue.cpuMs + drain.cpuMs;
  return { waiting, heap, enqueue, drain, openMs, cpuMs, totalMs: enqueue.ms + drain.ms, sent: queue.sent(), failed };
}

const plan = (short) =>
  short
    ? [
        ['Holdline', [10_000, 100_000, 300_000], 1],
        ['p-queue, 10 priorities', [10_000, 100_000], 1],
        ['p-queue, 1 priority', [10_000, 100_000], 1],
        ['bottleneck', [1_000], 1],
      ]
    : [
        ['Holdline', [10_000, 100_000, 300_000, 1_000_000], 5],
        ['p-queue, 10 priorities', [10_000, 100_000], 5],
        ['p-queue, 1 priority', [10_000, 100_000, 300_000], 5],
        ['bottleneck', [1_000, 10_000], 1],
      ];

export async function run({ short }) {
  const rows = [];
  for (const [who, sizes, repeats] of plan(short)) {
    for (const n of sizes) {
      try {
        const runs = [];
        for (let i = 0; i < repeats; i++) {
          runs.push(await runInChild('queue', 'measure', { who, n }, { timeoutMs: short ? 60_000 : 300_000 }));
        }
        const of = (pick) => spread(runs.map(pick));
        rows.push({
          who,
          n,
          waiting: runs[0].waiting,
          totalMs: of((one) => one.totalMs),
          cpuMs: of((one) => one.cpuMs),
          cpuParts: [of((one) => one.enqueue.cpuMs), of((one) => one.drain.cpuMs)],
          openMs: of((one) => one.openMs),
          heap: of((one) => one.heap),
          loopMax: [of((one) => one.enqueue.loopMax), of((one) => one.drain.loopMax)],
          gcMax: [of((one) => one.enqueue.gcMax), of((one) => one.drain.gcMax)],
          loopP999: [of((one) => one.enqueue.loopP999), of((one) => one.drain.loopP999)],
          lost: runs.reduce((sum, one) => sum + one.failed + n - one.sent, 0),
        });
      } catch (error) {
        rows.push({ who, n, broken: String(error.message).split('\n')[0] });
      }
      console.log(`  ${who}, ${num(n)}: ${rows.at(-1).broken ?? `${num(rows.at(-1).totalMs.median)} ms`}`);
    }
  }
  // One run took 236 s for 100,000 calls (research/library-lab.md). The time is linear, so longer queues are extrapolated.
  const known = rows.filter(({ who, broken }) => who === 'bottleneck' && !broken).at(-1);
  if (known) {
    for (const n of [10_000, 100_000, 300_000].filter((size) => size > known.n)) {
      const [totalMs, cpuMs] = [known.totalMs, known.cpuMs].map(({ median }) => spread([(median * n) / known.n]));
      rows.push({ who: 'bottleneck', n, extrapolatedFrom: known.n, totalMs, cpuMs });
    }
  }
  return { rows };
}

export function render({ rows }) {
  const bestAt = (n) =>
    Math.min(
      ...rows.filter((row) => row.who !== 'Holdline' && row.n === n && row.heap).map((row) => row.totalMs.median),
    );
  const firstOf = (who) => rows.find((row) => row.who === who && row.totalMs);
  const perCall = (row) => (row.cpuMs.median * 1_000) / row.n;
  const body = rows.map((row) => {
    const { who, n, broken, extrapolatedFrom, totalMs } = row;
    if (broken) return [who, num(n), `failed: ${broken}`, ...Array(7).fill('–')];
    const best = bestAt(n);
    const ratios = [
      times(perCall(row) / perCall(firstOf(who))),
      Number.isFinite(best) ? times(totalMs.median / best) : '–',
    ];
    if (extrapolatedFrom) {
      return [
        who,
        num(n),
        `${num(totalMs.median)} (extrapolated from ${num(extrapolatedFrom)})`,
        num(perCall(row)),
        '–',
        '–',
        '–',
        '–',
        ...ratios,
      ];
    }
    const parts = row.cpuParts.map(({ median }) => num(median)).join(' + ');
    const pair = ([a, b]) => `${num(a.median)} / ${num(b.median)}`;
    const late = `${pair(row.loopMax)}; ${pair(row.loopP999)}`;
    return [
      who,
      num(n),
      withSpread(totalMs),
      num(perCall(row)),
      parts,
      withSpread(row.heap),
      late,
      pair(row.gcMax),
      ...ratios,
    ];
  });
  const head = ['', 'calls', 'total ms', 'CPU µs per call', 'CPU ms, enqueue + drain', 'heap bytes per queued call'];
  head.push('loop delay ms, max; p99.9 (enqueue / drain)', 'longest pause of the collector ms');
  head.push('CPU per call : its smallest n', 'total : best peer');
  const opened = rows.filter(({ who, openMs }) => who === 'Holdline' && openMs);
  const lost = rows.filter((row) => row.lost > 0).map(({ who, n, lost: calls }) => `${who} ${num(n)}: ${num(calls)}`);
  const notes = [
    `Calls are queued in slices of ${SLICE} per turn of the event loop, behind a used-up quota (p-queue: paused; bottleneck ` +
      'starts at once, so its heap is that of the calls still waiting). Holdline: 10 tenants, 4 priorities. The loop delay ' +
      'includes the 1 ms of its own timer and the pauses of the collector. CPU time is that of all ' +
      'threads. Each measurement has its own process.',
    `Holdline's drain begins with \`update()\` while all calls wait: ${opened
      .map(({ n, openMs }) => `${num(openMs.median)} ms at ${num(n)}`)
      .join(', ')}.`,
    lost.length > 0 ? `Calls lost: ${lost.join('; ')}.` : 'No call was lost.',
    '![Cost against queue length](charts/queue.svg)',
  ];
  return [table(head, body), ...notes].join('\n\n');
}
