import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@holdline/core/testing';
import type { Bucket, HistoryRange, Monitor } from '@holdline/monitor';
import { expect, it, onTestFinished } from 'vitest';
import { fromRow, mergeBuckets, RANGES, toRow } from './buckets.js';
import { decodeHistory, MAX_LINES } from './file-format.js';
import { History, SAVE_MS } from './history.js';

const START = Date.UTC(2026, 10, 29, 10, 0, 0);

function bucketAt(at: number, attempts: number, more: Partial<Bucket> = {}): Bucket {
  const counts = {
    ok: attempts,
    failed: 0,
    attempts,
    refusals: 1,
    retries: 0,
    rejected: 0,
    saved: 0,
    tokenRefreshes: 0,
  };
  return { at, ...counts, waitedMs: 5, p50: 10, p95: 20, p99: 30, quotaUse: 0.5, queued: 2, ...more };
}

/** The part of a monitor that the history reads. */
const placeOf = (name: string, since: number, hour: Bucket[]): { name: string; monitor: Monitor } => ({
  name,
  monitor: {
    history: (range: HistoryRange) => (range === 'hour' ? hour : []),
    totals: () => ({ since }),
  } as unknown as Monitor,
});

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-history-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

it('a history continues in the next process, and the interval of the restart is counted once', async () => {
  const clock = new VirtualClock(START);
  const file = join(directory(), 'sub', 'history.json');
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const old = placeOf('line', 1, [bucketAt(START - 20_000, 7), bucketAt(START, 3, { p50: undefined })]);
  const first = new History(file, () => [old], clock, warn);
  await clock.advance(SAVE_MS);
  await first.close();
  expect(readdirSync(join(file, '..'))).toEqual(['history.json']);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const next = placeOf('line', 2, [bucketAt(START, 4, { queued: 9 })]);
  const second = new History(file, () => [next], clock, warn);
  const buckets = second.buckets(next, 'hour');
  expect(buckets.map(({ at, attempts, queued }) => [at, attempts, queued])).toEqual([
    [START - 20_000, 7, 2],
    [START, 7, 9],
  ]);
  await second.close();
  // The same monitor on another dashboard: nothing is added twice.
  const third = new History(file, () => [next], clock, warn);
  expect(third.buckets(next, 'hour').map(({ attempts }) => attempts)).toEqual([7, 4]);
  await third.close();
  expect([warnings, third.notices]).toEqual([[], []]);
});

it.each([
  ['garbage', 'not json'],
  ['an empty file', ''],
  ['a foreign file', '{"format":"something else"}'],
  ['another version', '{"format":"holdline-dashboard-history","version":99,"lines":[]}'],
  ['a cut file', '{"format":"holdline-dashboard-history","version":1,"lines":[{"name":"line","since":1,"hour":[[1'],
  [
    'wrong rows',
    '{"format":"holdline-dashboard-history","version":1,"lines":[{"name":"a","since":1,"hour":[[1]],"day":[],"week":[]}]}',
  ],
])('%s is set aside and stays as it is', async (_, text) => {
  const clock = new VirtualClock(START);
  const dir = directory();
  const file = join(dir, 'history.json');
  writeFileSync(file, text);
  const warnings: string[] = [];
  const place = placeOf('line', 1, [bucketAt(START, 1)]);
  const history = new History(
    file,
    () => [place],
    clock,
    (warning) => warnings.push(warning),
  );
  await history.close();
  const aside = readdirSync(dir).find((name) => name.includes('set-aside')) ?? '';
  expect(readFileSync(join(dir, aside), 'utf8')).toBe(text);
  expect(decodeHistory(readFileSync(file, 'utf8'))?.size).toBe(1);
  expect(warnings).toEqual([`The history file was not a history of this version. It is now ${join(dir, aside)}.`]);
  expect(history.notices).toEqual(warnings);
});

it('a file that cannot be read or written is a notice, and the history stays in memory', async () => {
  const clock = new VirtualClock(START);
  const dir = directory();
  const warnings: string[] = [];
  const place = placeOf('line', 1, [bucketAt(START, 1)]);
  const unreadable = new History(
    dir,
    () => [place],
    clock,
    (warning) => warnings.push(warning),
  );
  await unreadable.close();
  expect(warnings).toEqual(['The history file is not a regular file. The history stays in memory.']);
  // A device such as /dev/null must be neither renamed nor replaced.
  const device = join(dir, 'device');
  symlinkSync('/dev/null', device);
  const discarded = new History(
    device,
    () => [place],
    clock,
    (warning) => warnings.push(warning),
  );
  await discarded.close();
  expect(readlinkSync(device)).toBe('/dev/null');
  expect(readdirSync(dir)).toEqual(['device']);
  expect(warnings.splice(1)).toEqual(warnings);
  writeFileSync(join(dir, 'a-file'), 'x');
  const unwritable = new History(
    join(dir, 'a-file', 'history.json'),
    () => [place],
    clock,
    (warning) => warnings.push(warning),
  );
  await unwritable.close();
  expect(unwritable.buckets(place, 'hour')).toHaveLength(1);
  expect(warnings[1]).toMatch(/^The history file cannot be (read|written) \(ENOTDIR\)/);
});

it('the file is bounded: by the number of lines, and by the ranges', async () => {
  const clock = new VirtualClock(START);
  const file = join(directory(), 'history.json');
  const many = Array.from({ length: 400 }, (_, i) => bucketAt(START - i * 10_000, 123_456));
  const places = Array.from({ length: MAX_LINES + 20 }, (_, i) => placeOf(`line ${i}`, 1, many));
  const history = new History(
    file,
    () => places,
    clock,
    () => undefined,
  );
  await history.close();
  const lines = decodeHistory(readFileSync(file, 'utf8'));
  expect(lines?.size).toBe(MAX_LINES);
  expect(statSync(file).size).toBeLessThan(MAX_LINES * 40_000);
  for (const { ranges } of lines?.values() ?? []) expect(ranges.hour.length).toBeLessThanOrEqual(362);
});

it('buckets of any time survive the file and a merge, and old and future ones go', () => {
  const bucket = bucketAt(START, 5, { p99: undefined, quotaUse: undefined });
  expect(fromRow(JSON.parse(JSON.stringify(toRow(bucket))))).toEqual(bucket);
  for (const wrong of [null, {}, [], [1, 2], toRow(bucket).map(() => -1), toRow(bucket).map(() => null)])
    expect(fromRow(wrong)).toBeUndefined();
  const { rangeMs, bucketMs } = RANGES.day;
  const stored = [bucketAt(START - 2 * rangeMs, 1), bucketAt(START, 2), bucketAt(START + 10 * bucketMs, 3)];
  expect(mergeBuckets('day', stored, [], START, false).map(({ attempts }) => attempts)).toEqual([2]);
});
