// Row 9: half of the queued calls are aborted.
import { runInChild } from '../support/child.mjs';
import { NO_QUEUE, QUEUES } from '../support/queued.mjs';
import { table } from '../support/report.mjs';
import { num, spread, times, withSpread } from '../support/stats.mjs';

export const title = '9. Half of the queue gives up';
export const alone = true;

const waitForTurn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Queues `n` calls, aborts every second call and drains the others, in a separate process. Each call has its own signal, or all aborted
 * calls have one (`together`). The abort has a reason: without one, Node creates a DOMException with a stack for each signal, which
 * takes several times as long as the rest of the measurement.
 */
export async function measure({ who, n, by, together = false }) {
  const queue = await QUEUES[who]();
  const reason = new Error('no longer wanted');
  const controllers = Array.from({ length: together ? 2 : n }, () => new AbortController());
  let rejected = 0;
  let resolved = 0;
  let allRejected;
  let allSettled;
  const gone = new Promise((resolve) => (allRejected = resolve));
  const settled = new Promise((resolve) => (allSettled = resolve));
  const ended = () => {
    if (rejected === n / 2) allRejected();
    if (rejected + resolved === n) allSettled();
  };
  for (let i = 0; i < n; i++) {
    queue.addWith[by](i, controllers[i % controllers.length].signal).then(
      () => (resolved++, ended()),
      () => (rejected++, ended()),
    );
    if (i % 500 === 499) await waitForTurn();
  }
  globalThis.gc();
  const from = performance.now();
  for (let i = 0; i < controllers.length; i += 2) controllers[i].abort(reason);
  const abortMs = performance.now() - from;
  await gone;
  const goneMs = performance.now() - from;
  const waiting = queue.waiting();
  const opened = performance.now();
  queue.open();
  await settled;
  return { abortMs, goneMs, drainMs: performance.now() - opened, waiting, sent: queue.sent(), rejected, resolved };
}

const plan = (short) => [
  ['Holdline', 'context.signal', 100_000, short ? 1 : 5, true],
  ['Holdline', 'context.signal', 100_000, short ? 1 : 5],
  ['Holdline', 'request.signal', 100_000, short ? 1 : 5],
  [NO_QUEUE, 'signal', 100_000, short ? 1 : 5],
  ['p-queue, 10 priorities', 'signal', 10_000, short ? 1 : 5],
  ...(short ? [] : [['p-queue, 10 priorities', 'signal', 100_000, 1]]),
];

export async function run({ short }) {
  const rows = [];
  for (const [who, by, n, repeats, together = false] of plan(short)) {
    try {
      const runs = [];
      for (let i = 0; i < repeats; i++) {
        runs.push(
          await runInChild('abort', 'measure', { who, by, n, together }, { timeoutMs: short ? 30_000 : 240_000 }),
        );
      }
      const of = (key) => spread(runs.map((one) => one[key]));
      const wrong = runs.filter((one) => one.sent !== n / 2 || one.resolved !== n / 2).length;
      rows.push({ who, by, n, together, abortMs: of('abortMs'), goneMs: of('goneMs'), drainMs: of('drainMs'), wrong });
    } catch (error) {
      rows.push({ who, by, n, together, broken: String(error.message).split('\n')[0] });
    }
    console.log(`  ${who}, ${by}: ${rows.at(-1).broken ?? `${num(rows.at(-1).goneMs.median)} ms`}`);
  }
  return { rows };
}

export function render({ rows }) {
  const perCall = (row) => (row.goneMs.median * 2_000) / row.n;
  // Cost per aborted call. A peer without a measurement at this length uses its nearest length.
  const peers = rows.filter(({ who, goneMs }) => who !== 'Holdline' && who !== NO_QUEUE && goneMs);
  const best = peers.length > 0 ? Math.min(...peers.map(perCall)) : undefined;
  const alone = rows.find(({ who, goneMs }) => who === NO_QUEUE && goneMs);
  const body = rows.map((row) => {
    const { who, by, n, together, broken, wrong } = row;
    const name = `${who}, ${by}${together ? ', one for all aborted calls' : ''}`;
    if (broken) return [name, `${num(n / 2)} of ${num(n)}`, `failed: ${broken}`, ...Array(6).fill('–')];
    return [
      name,
      `${num(n / 2)} of ${num(n)}`,
      withSpread(row.abortMs),
      withSpread(row.goneMs),
      num(perCall(row)),
      withSpread(row.drainMs),
      wrong ? `**no, in ${wrong} runs**` : 'yes',
      best === undefined ? '–' : times(perCall(row) / best),
      alone && !together ? times(perCall(row) / perCall(alone)) : '–',
    ];
  });
  const head = ['', 'aborted', 'ms to abort', 'ms until all are rejected', 'µs per abort', 'ms to drain the rest'];
  head.push('none of them sent', 'µs per abort : best peer row', ': Node alone');
  const note =
    'Each call has a signal, and one loop aborts every second signal with a prepared reason. In the first row, all aborted calls ' +
    'share one signal. No other peer can remove a queued call by a signal. ' +
    `"${NO_QUEUE}" is the time of Node itself to abort this number of signals, each with one listener that rejects a promise.`;
  return `${table(head, body)}\n\n${note}`;
}
