// Row 14: the file store as a journal, beside two embedded databases that run on Node 20 without a build.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from '@holdline/core/node';
import { ClassicLevel } from 'classic-level';
import sqlite from 'node-sqlite3-wasm';
import { runInChild } from '../support/child.mjs';
import { table } from '../support/report.mjs';
import { num, spread, times, withSpread } from '../support/stats.mjs';

export const title = '14. A journal on disk';
export const alone = true;

/** Number of writes that arrive together. */
const TOGETHER = 1_000;

const OURS = 'Holdline fileStore';
const stepOf = (i) => (i * 2_654_435_761).toString(16).padStart(64, '5');
const entryOf = (i) => ({
  key: '1f0c2e6a-7d7e-8a4b-a1c3-0d5c7be0a9f1',
  payloadDigest: stepOf(i + 7),
  payloadBytes: 512,
  issuedAt: 1_764_400_000_000 + i,
  generation: 0,
  attempts: 1,
  state: 'answered',
});

/**
 * Opens a journal in a directory. `put` settles when the entry is durable. `putAll` writes entries that arrived together.
 */
const JOURNALS = {
  async [OURS](dir) {
    const store = fileStore({ dir, maxEntries: 2_000_000 });
    await store.ready();
    return {
      put: (step, entry) => store.journal.put(step, entry),
      putAll: (entries) => Promise.all(entries.map(([step, entry]) => store.journal.put(step, entry))),
      get: (step) => store.journal.get(step),
      close: () => store.close(),
    };
  },
  async 'classic-level, sync'(dir) {
    const { db, ...journal } = await level(dir);
    return { ...journal, putAll: (entries) => Promise.all(entries.map(([step, entry]) => db.put(step, entry, SYNC))) };
  },
  async 'classic-level, sync, one batch'(dir) {
    const { db, ...journal } = await level(dir);
    const toPut = ([key, value]) => ({ type: 'put', key, value });
    return { ...journal, putAll: (entries) => db.batch(entries.map(toPut), SYNC) };
  },
  async 'node-sqlite3-wasm, one transaction'(dir) {
    const db = new sqlite.Database(join(dir, 'journal.db'));
    db.exec(
      'PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS journal (step TEXT PRIMARY KEY, entry TEXT) WITHOUT ROWID',
    );
    const insert = db.prepare('INSERT OR REPLACE INTO journal VALUES (?, ?)');
    const put = (step, entry) => void insert.run([step, JSON.stringify(entry)]);
    return {
      put: async (step, entry) => put(step, entry),
      async putAll(entries) {
        db.exec('BEGIN');
        for (const [step, entry] of entries) put(step, entry);
        db.exec('COMMIT');
      },
      get: async (step) => db.get('SELECT entry FROM journal WHERE step = ?', [step]),
      async close() {
        insert.finalize();
        db.close();
      },
    };
  },
};
const SYNC = { sync: true };

async function level(dir) {
  const db = new ClassicLevel(dir, { valueEncoding: 'json' });
  await db.open();
  return {
    db,
    put: (step, entry) => db.put(step, entry, SYNC),
    get: (step) => db.get(step),
    close: () => db.close(),
  };
}

const sizeOf = (dir) => readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);

/** Fills a journal. Measures writes that arrive together, and writes one after the other. */
export async function write({ who, dir, n, single }) {
  const journal = await JOURNALS[who](dir);
  // The entries exist before, so that only the journal is measured.
  let putMs = 0;
  for (let from = 0; from < n; from += TOGETHER) {
    const entries = Array.from({ length: TOGETHER }, (_, i) => [stepOf(from + i), entryOf(from + i)]);
    const start = performance.now();
    await journal.putAll(entries);
    putMs += performance.now() - start;
  }
  const singles = [];
  for (let i = 0; i < single; i++) {
    const start = performance.now();
    await journal.put(stepOf(i), entryOf(i));
    singles.push(performance.now() - start);
  }
  await journal.close();
  return { usPerPut: (putMs * 1_000) / n, singleUs: spread(singles).median * 1_000, bytes: sizeOf(dir) };
}

/** Opens a full journal and reads one entry. */
export async function start({ who, dir, n }) {
  const from = performance.now();
  const journal = await JOURNALS[who](dir);
  const found = await journal.get(stepOf(n - 1));
  const ms = performance.now() - from;
  if (found === undefined) throw new Error('the last entry is missing');
  const rss = process.memoryUsage().rss;
  await journal.close();
  return { ms, rss };
}

export async function run({ short }) {
  const n = short ? 50_000 : 1_000_000;
  const rows = [];
  for (const who of Object.keys(JOURNALS)) {
    const dir = mkdtempSync(join(tmpdir(), 'holdline-bench-'));
    try {
      const written = await runInChild(
        'journal',
        'write',
        { who, dir, n, single: short ? 100 : 1_000 },
        { timeoutMs: 600_000 },
      );
      const starts = [];
      for (let i = 0; i < (short ? 1 : 5); i++) starts.push(await runInChild('journal', 'start', { who, dir, n }));
      rows.push({
        who,
        ...written,
        startMs: spread(starts.map(({ ms }) => ms)),
        rss: spread(starts.map(({ rss }) => rss)),
      });
    } catch (error) {
      rows.push({ who, broken: String(error.message).split('\n')[0] });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
    console.log(`  ${who}: ${rows.at(-1).broken ?? `${num(rows.at(-1).usPerPut)} µs per write`}`);
  }
  return { n, rows };
}

export function render({ n, rows }) {
  const peers = rows.filter(({ who, broken }) => who !== OURS && !broken);
  const best = (key) => Math.min(...peers.map(key));
  const bestPut = best(({ usPerPut }) => usPerPut);
  const bestSingle = best(({ singleUs }) => singleUs);
  const head = ['', 'µs per write, 1,000 together', ': best peer', 'µs per single write', ': best peer'];
  head.push('ms to start', 'MB on disk', 'MB in memory after the start');
  const body = rows.map(({ who, broken, usPerPut, singleUs, startMs, bytes, rss }) =>
    broken
      ? [who, `failed: ${broken}`, ...Array(6).fill('–')]
      : [
          who,
          num(usPerPut),
          times(usPerPut / bestPut),
          num(singleUs),
          times(singleUs / bestSingle),
          withSpread(startMs),
          num(bytes / 1_000_000),
          num(rss.median / 1_000_000),
        ],
  );
  const note =
    `${num(n)} entries of a journal, each a key of 64 characters and some 230 bytes of JSON. Every write is on the disk when it settles. ` +
    'The file store and "classic-level, sync" get 1,000 separate writes at the same time. The two others get them as one batch or ' +
    'transaction of their user, which a journal of single calls cannot make. A start opens the full journal and reads one entry. ' +
    'The file store reads all entries into memory. The others read pages when they are asked for.';
  return `${table(head, body)}\n\n${note}`;
}
