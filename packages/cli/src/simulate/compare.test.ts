import { expect, test } from 'vitest';
import { compareRuns } from './compare.js';
import type { GroupResult, RunResult } from './types.js';

interface Given extends Partial<Omit<GroupResult, 'waits'>> {
  p50?: number;
  p95?: number;
}

function result(groups: Given[], total: Partial<RunResult['total']> = {}): RunResult {
  const list = groups.map(({ p50 = 0, p95 = 0, ...more }): GroupResult => ({
    group: 'agents',
    priority: 'normal',
    calls: 1_600,
    ok: 1_600,
    failed: 0,
    refused: 0,
    unfinished: 0,
    lastEndedMs: 122_000,
    requests: 1_600,
    throttled: 0,
    saved: 0,
    share: 1,
    ...more,
    waits: { p50, p95, max: p95 },
  }));
  const first = list[0] as GroupResult;
  const empty = { startMs: 0, stepMs: 1, values: [] };
  return {
    name: 'run',
    groups: list,
    total: { ...first, ...total },
    agents: [{ group: 'agents', agents: 200, p50: first.lastEndedMs / 2, p95: 0, max: 0 }],
    refusedBy: {},
    sent: empty,
    waiting: empty,
    windowMs: 60_000,
    allowed: 300,
  };
}

test('an earlier end, and shorter waits', () => {
  const base = result([{ p50: 60_000, p95: 110_400 }]);
  const run = result([{ p50: 1_240, p95: 30_000, lastEndedMs: 64_000 }]);
  expect(compareRuns('A second credential', base, run)).toEqual([
    'A second credential ends the load 58 s earlier (64 s instead of 122 s).',
    'The median wait falls from 60 s to 1.2 s, the 95th percentile falls from 110 s to 30 s.',
    'Half of the agents have all answers after 32 s instead of 61 s.',
  ]);
});

test('several groups are named; small differences are left out', () => {
  const base = result([
    { group: 'agents', p50: 60_000, p95: 60_000 },
    { group: 'jobs', p50: 5_000, p95: 7_000 },
  ]);
  const run = result([
    { group: 'agents', priority: 'low', p50: 61_000, p95: 90_000, lastEndedMs: 122_100 },
    { group: 'jobs', p50: 5_020, p95: 7_030 },
  ]);
  expect(compareRuns('Priority low for agents', base, run)).toEqual([
    'Priority low for agents does not change when the load ends (122 s).',
    'The 95th percentile of agents rises from 60 s to 90 s.',
  ]);
});

test('saved requests, further requests, refused calls and 429s', () => {
  const base = result([{ requests: 1_601, refused: 0, throttled: 1 }]);
  const saving = compareRuns('A cache', base, result([{ requests: 1_001, throttled: 3 }]));
  expect(saving.slice(1)).toEqual(['It saves 600 of 1,601 requests.']);
  const more = compareRuns('A limit', base, result([{ requests: 1_701, refused: 40, failed: 40, throttled: 101 }]));
  expect(more.slice(1)).toEqual([
    'It sends 100 more requests (1,701 instead of 1,601).',
    '40 instead of 0 calls are refused by the line.',
    '101 instead of 1 requests are answered 429.',
  ]);
});

test('unfinished calls, and a load without calls', () => {
  const base = result([{}], { unfinished: 90 });
  expect(compareRuns('A limit', base, result([{}], { unfinished: 10 }))[0]).toBe(
    'A limit leaves 10 instead of 90 calls unfinished when the run stops.',
  );
  expect(compareRuns('A load without agents', result([{}]), result([{ calls: 0 }]))[0]).toBe(
    'A load without agents has no calls.',
  );
});

test('in a small load, each refused or failed call counts, and equal numbers are said to be equal', () => {
  const of = (total: Partial<GroupResult>): RunResult => result([{ calls: 5, lastEndedMs: 100, ...total }]);
  expect(
    compareRuns('A second credential', of({ refused: 4, failed: 4 }), of({ refused: 3, failed: 4 })).slice(1),
  ).toEqual(['3 instead of 4 calls are refused by the line.', '1 instead of 0 calls fail after the line sent them.']);
  expect(compareRuns('A second credential', of({ unfinished: 5 }), of({ unfinished: 5 }))).toEqual([
    'A second credential leaves as many calls unfinished when the run stops: 5.',
  ]);
});
