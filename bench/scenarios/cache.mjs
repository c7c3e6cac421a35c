// Row 17: the cost of an answer from the cache, over a transport that does nothing, and the memory of many answers.
import { answered, createHoldline } from '@holdline/core';
import { runInChild } from '../support/child.mjs';
import { table } from '../support/report.mjs';
import { num, spread, times, withSpread } from '../support/stats.mjs';

export const title = '17. Answers from the cache';
export const alone = true;

const ORIGIN = 'https://api.example.com';
const CALLS = 100_000;
/** Number of answers whose memory is measured. */
const KEYS = 1_000_000;
const BODY = JSON.stringify({ id: 'a1b2c3d4', name: 'A name', state: 'active' });
const header = () => undefined;
const headers = { get: () => undefined, set: () => undefined };

const requestOf = (url) => ({
  method: 'GET',
  url,
  headers,
  replayable: true,
  ownOrigin: ORIGIN,
  send: async () => answered({ status: 200, statusText: 'OK', headers: {}, data: BODY }, { status: 200, header }),
  answerBody: ({ data }) => data,
  restoreAnswer: ({ status, statusText, headers: kept, body: data }) => ({ status, statusText, headers: kept, data }),
});

const lineOf = (cache, others) =>
  createHoldline({ endpoints: { 'GET /api/v2/users/:id': { ...(cache && { cache }), ...others } } });

const KINDS = {
  'sent, nothing declared': [],
  'sent, with coalescing': [undefined, { coalesce: true }],
  'answered from the cache': [{ ttlMs: 3_600_000 }],
};

/** Runs in a child process. Microseconds per call. */
export async function measure(kind) {
  const line = lineOf(...KINDS[kind]);
  const request = requestOf(`${ORIGIN}/api/v2/users/1`);
  for (let i = 0; i < CALLS; i++) await line.run(request);
  const start = performance.now();
  for (let i = 0; i < CALLS; i++) await line.run(request);
  return ((performance.now() - start) * 1_000) / CALLS;
}

/** Runs in a child process. Memory of many answers, and its growth after the limit is reached. */
export async function memory({ keys }) {
  const line = lineOf({ ttlMs: 3_600_000, maxEntries: keys, maxBytes: 2 ** 31 });
  const fill = async (from, to) => {
    for (let i = from; i < to; i++) await line.run(requestOf(`${ORIGIN}/api/v2/users/${i}`));
  };
  const used = () => {
    globalThis.gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const first = keys / 100;
  await fill(0, first);
  const before = used();
  await fill(first, keys);
  const full = used();
  const { bytes, entries } = line.snapshot().answers.cache;
  await fill(keys, keys + keys / 10);
  return {
    perEntry: (full - before) / (keys - first),
    counted: bytes / entries,
    grownBy: used() - full,
    entries: line.snapshot().answers.cache.entries,
  };
}

export async function run({ short }) {
  const rows = [];
  for (const kind of Object.keys(KINDS)) {
    const values = [];
    for (let i = 0; i < (short ? 1 : 5); i++) values.push(await runInChild('cache', 'measure', kind));
    rows.push({ kind, us: spread(values) });
    console.log(`  ${kind}: ${num(rows.at(-1).us.median)} µs`);
  }
  return { rows, memory: await runInChild('cache', 'memory', { keys: short ? 100_000 : KEYS }) };
}

export function render({ rows, memory: { entries, perEntry, counted, grownBy } }) {
  const [sent] = rows;
  const calls = table(
    ['', 'µs per call, median of 5 (min–max)', ': nothing declared'],
    rows.map(({ kind, us }) => [kind, withSpread(us), times(us.median / sent.us.median)]),
  );
  const answers = table(
    ['answers', 'bytes of memory each', 'bytes counted each', 'MB of growth after a tenth more answers'],
    [[num(entries), num(perEntry), num(counted), num(grownBy / 1_000_000)]],
  );
  return `${calls}\n\n### Memory\n\n${answers}`;
}
