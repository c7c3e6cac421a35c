import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { simulate } from './simulate.js';
import type { LoadCall, LoadGroup, Scenario } from './types.js';

const burst = (count: number, more: Partial<LoadGroup> = {}): LoadGroup => ({
  name: 'agents',
  count,
  calls: [{ route: 'GET /users/:id' }],
  ...more,
});

/** A limit of 10 in any second, which the line knows, and answers at once. The waits can be computed by hand. */
const EXACT: Scenario = {
  platform: { limits: [{ limit: 10, window: '1s', counts: 'sliding' }], service: 0 },
  holdline: { governor: { enforcement: 'sliding' } },
  load: [burst(30)],
  whatIf: [],
};

const LOGIN: LoadCall[] = [
  { route: 'GET /api/v2/users/:id', times: 5 },
  ...[1, 2, 3].map((n): LoadCall => ({ route: `GET /api/v2/shared-${n}`, asks: 'all' })),
];

describe('waits that can be computed by hand', () => {
  test('30 calls at 10 a second: ten at once, ten after one second, ten after two', async () => {
    const { base } = await simulate(EXACT);
    expect(base.total).toMatchObject({ calls: 30, ok: 30, requests: 30, throttled: 0, refused: 0, unfinished: 0 });
    expect(base.total.waits).toEqual({ p50: 1_000, p95: 2_000, max: 2_000 });
    expect(base.total.lastEndedMs).toBe(2_000);
    expect(base.sent.values).toEqual([10, 10, 10]);
    expect(base.allowed).toBe(10);
    expect(Math.max(...base.waiting.values)).toBe(20);
    expect(base.agents).toEqual([{ group: 'agents', agents: 30, p50: 1_000, p95: 2_000, max: 2_000 }]);
  });

  test('each change has its own run', async () => {
    const { whatIf } = await simulate({
      ...EXACT,
      whatIf: ['limit=15/1s', 'credentials=3', 'limit=10/2s', 'bulk=GET /users/:id:10', 'drop=agents'],
    });
    expect(whatIf.map(({ run }) => [run.total.lastEndedMs, run.total.requests, run.allowed])).toEqual([
      [1_000, 30, 15],
      [0, 30, 30],
      [4_000, 30, 10],
      [0, 3, 10],
      [0, 0, 10],
    ]);
    expect(whatIf[0]?.sentences[0]).toBe('A limit of 15 per 1 s ends the load 1.0 s earlier (1.0 s instead of 2.0 s).');
  });

  test('a higher priority goes first, and its change moves the waits', async () => {
    const load = [burst(10, { name: 'jobs' }), burst(10), burst(10, { name: 'people', priority: 'high', start: 10 })];
    // Without aging, no class but the highest gets a permit.
    const holdline = { governor: { enforcement: 'sliding' as const, agingMs: Infinity } };
    const { base, whatIf } = await simulate({ ...EXACT, holdline, load, whatIf: ['priority=low:people'] });
    const waits = (run = base) => Object.fromEntries(run.groups.map(({ group, waits }) => [group, waits.max]));
    expect(waits()).toEqual({ jobs: 0, agents: 2_000, people: 990 });
    expect(waits(whatIf[0]?.run)).toEqual({ jobs: 0, agents: 1_000, people: 1_990 });
    expect(whatIf[0]?.run.groups.map(({ priority }) => priority)).toEqual(['normal', 'normal', 'low']);
  });

  test('a cache and joined calls', async () => {
    const calls: LoadCall[] = [{ route: 'GET /queues', asks: 'all', times: 3, every: '2s' }];
    const scenario = { ...EXACT, load: [burst(10, { calls })] };
    const { base, whatIf } = await simulate({ ...scenario, whatIf: ['cache=GET /queues:3s', 'coalesce'] });
    expect(base.total.requests).toBe(30);
    // At 0 s one request, at 2 s the answer is known, at 4 s it is too old.
    expect(whatIf.map(({ run }) => [run.total.requests, run.total.saved])).toEqual([
      [2, 28],
      [3, 27],
    ]);
  });

  test('refusals of the platform, when the line does not know the limit', async () => {
    const { base } = await simulate({ ...EXACT, holdline: { governor: { quotas: [] } } });
    expect(base.total.throttled).toBeGreaterThan(0);
    expect(base.total.ok).toBe(30);
    const without = await simulate({ ...EXACT, holdline: { governor: false, retry: false } });
    expect(without.base.total).toMatchObject({ ok: 10, failed: 20, throttled: 20, refused: 0 });
    expect(without.notes[0]).toContain('governor');
  });
});

describe('the load of the issue: 200 agents log in within a minute at 300 a minute, with 8 calls each', () => {
  const scenario: Scenario = {
    platform: { limits: [{ limit: 300, window: '60s' }] },
    load: [burst(200, { within: '60s', calls: LOGIN })],
  };

  test('base, a second credential, another limit and a cache', async () => {
    const { base, whatIf, notes } = await simulate(scenario);
    // 1,600 calls need six windows of 300. The sixth begins at 300 s.
    expect(base.sent.values).toEqual([301, 300, 300, 300, 300, 100]);
    expect(Math.round(base.total.lastEndedMs / 1_000)).toBe(305);
    expect(whatIf.map(({ change }) => change)).toEqual(['credentials=2', 'limit=600/60s', 'cache=*:60s', 'coalesce']);
    const ends = whatIf.map(({ run }) => Math.round(run.total.lastEndedMs / 60_000));
    expect(ends).toEqual([2, 2, 3, 3]);
    expect(whatIf[0]?.sentences[0]).toMatch(/^A second credential ends the load \d+ s earlier/);
    expect(whatIf[2]?.run.total.saved).toBeGreaterThan(590);
    expect(notes).toEqual([
      'The terms of a platform may forbid further credentials that only serve to get round a limit.',
    ]);
  });

  test('the same seed gives the same result, another seed another one', async () => {
    const once = JSON.stringify(await simulate({ ...scenario, seed: 7 }));
    expect(JSON.stringify(await simulate({ ...scenario, seed: 7 }))).toBe(once);
    expect(JSON.stringify(await simulate({ ...scenario, seed: 8 }))).not.toBe(once);
  });
});

describe('unusual loads', () => {
  test('no agents, no calls, no groups', async () => {
    for (const load of [[burst(0)], [burst(5, { calls: [] })], []]) {
      const { base, whatIf, notes } = await simulate({ ...EXACT, load });
      expect(base.total).toMatchObject({ calls: 0, requests: 0, lastEndedMs: 0, waits: { p50: 0, p95: 0, max: 0 } });
      expect([whatIf, notes]).toEqual([[], ['The load has no calls.']]);
    }
  });

  test('a limit of 1', async () => {
    const limits = [{ limit: 1, window: '1s', counts: 'sliding' as const }];
    const { base } = await simulate({ ...EXACT, platform: { limits, service: 0 }, load: [burst(20)] });
    expect(base.total).toMatchObject({ ok: 20, lastEndedMs: 19_000 });
    expect(base.total.waits.p50).toBe(9_000);
  });

  test('ten times the limit with a deadline: the calls that cannot be sent in time are refused, and do not count as short waits', async () => {
    const { base } = await simulate({
      ...EXACT,
      holdline: { ...EXACT.holdline, deadline: { totalTimeoutMs: 1_500 } },
      load: [burst(100)],
    });
    expect(base.total).toMatchObject({ calls: 100, ok: 20, refused: 80, failed: 80, requests: 20 });
    expect(base.refusedBy).toEqual({ HOLDLINE_DEADLINE: 80 });
    expect(base.total.waits).toEqual({ p50: 0, p95: 1_000, max: 1_000 });
  });

  test('a queue that is too short refuses, and an end in time leaves calls unfinished', async () => {
    const short = { governor: { enforcement: 'sliding' as const, maxQueued: 5 } };
    const full = await simulate({ ...EXACT, holdline: short });
    expect(full.base.refusedBy).toEqual({ HOLDLINE_QUEUE_FULL: 15 });
    const early = await simulate({ ...EXACT, until: '1500ms' });
    expect(early.base.total).toMatchObject({ ok: 20, unfinished: 10 });
  });

  test('errors of the platform are retried', async () => {
    const { base } = await simulate({ ...EXACT, platform: { service: 10, errorRate: 0.2 }, load: [burst(200)] });
    expect(base.total.requests).toBeGreaterThan(220);
    expect(base.total.ok).toBeGreaterThan(190);
  });
});

test('a limit of one route is a quota of this endpoint, and other routes do not wait', async () => {
  const calls = [{ route: 'PUT /ivrs/:id' }, { route: 'GET /users/:id' }];
  const limits = [
    { limit: 5, window: '1s', per: 'route' as const, match: 'PUT /ivrs/:id', counts: 'sliding' as const },
  ];
  const { base } = await simulate({ ...EXACT, platform: { limits, service: 0 }, load: [burst(10, { calls })] });
  expect(base.total).toMatchObject({ requests: 20, throttled: 0, lastEndedMs: 1_000 });
  expect(base.total.waits.p50).toBe(0);
});

test('a bulk load stays within its own memory: 30,000 calls have series of at most 600 intervals', async () => {
  const { base } = await simulate({
    ...EXACT,
    platform: { limits: [{ limit: 1_000, window: '1s', counts: 'sliding' }] },
    holdline: { governor: { enforcement: 'sliding', maxQueued: 100_000 } },
    load: [burst(3_000, { within: '20s', calls: [{ route: 'GET /users/:id', times: 10 }] })],
  });
  expect(base.total.ok).toBe(30_000);
  expect(base.waiting.values.length).toBeLessThanOrEqual(600);
});

test('progress is reported for each run', async () => {
  const runs = new Set<string>();
  await simulate(
    { ...EXACT, whatIf: ['coalesce'] },
    { onProgress: ({ run, runs: n, of }) => runs.add(`${run} ${n}/${of}`) },
  );
  expect([...runs]).toEqual(['base 0/2', 'coalesce 1/2']);
});

describe('wrong scenarios', () => {
  const load = [burst(1)];
  test.each<[unknown, string]>([
    [{}, 'load must be a list of groups, or { recording }, got undefined'],
    [{ load, speed: 1 }, 'speed is not known; allowed here: platform, holdline, credentials, load'],
    [{ load, seed: -1 }, 'seed must be an integer of at least 0 and at most 4294967295, got -1'],
    [{ load, platform: { limits: [{ limit: 5 }] } }, 'platform.limits[0].window must be a duration such as 60s'],
    [{ load, platform: { limits: [{ window: 5 }] } }, 'platform.limits[0].limit must be an integer of at least 1'],
    [
      { load, platform: { limits: [{ limit: 5, window: 'soon' }] } },
      'platform.limits[0].window must be a duration such as 250ms, 60s, 5m or 2h, above 0, at most a year, got "soon"',
    ],
    [
      { load, platform: { limits: [{ limit: 5, window: 1, burst: 9 }] } },
      "platform.limits[0].burst needs platform.limits[0].counts 'bucket', got 'fixed'",
    ],
    [{ load, platform: { service: { p50: 5, p95: 4 } } }, 'platform.service.p95 must be at least platform.service.p50'],
    [{ load, platform: { errorStatus: 418 } }, 'platform.errorStatus must be 500, 502, 503 or 504, got 418'],
    [{ load, holdline: { store: {} } }, 'holdline.store must be left out: a simulation stores nothing'],
    [{ load, holdline: { governor: { maxQueue: 1 } } }, 'governor.maxQueue is not known'],
    [{ load: [...load, ...load] }, 'load[1].name must be a name that no other group has, got "agents"'],
    [
      { load: [burst(1, { calls: [{ route: 'users' }] })] },
      'load[0].calls[0].route must be a method and a path such as \'GET /api/v2/users/:id\', got "users"',
    ],
    [{ load: [burst(1_000_000, { repeat: 2 })] }, 'load must be a load of at most 1000000 calls, got 2000000'],
    [{ load, whatIf: ['drop=others'] }, 'whatIf[0] must be a change of one of the groups agents'],
    [{ load: { recording: 5 } }, 'load.recording must be a string that is not empty, got 5'],
  ])('%j', async (scenario, message) => {
    await expect(simulate(scenario as Scenario)).rejects.toThrow(message);
  });
});

test('the calls of a recording, with its service times', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdline-simulate-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const about = { route: 'GET /users/:id', method: 'GET', origin: 'https://api.example', priority: 'normal' };
  const lines: unknown[] = [{ holdline: 'recording', version: 1, startedAt: 0, node: 'v20', clients: {} }];
  for (let callId = 1; callId <= 20; callId++) {
    lines.push([callId * 5, 1, 'callStarted', { ...about, callId, resource: `r${callId % 4}` }]);
    lines.push([callId * 5 + 200, 1, 'attempt', { ...about, callId, attempt: 1, outcome: 'ok', durationMs: 200 }]);
  }
  const recording = join(directory, 'run.jsonl');
  await writeFile(recording, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { base, whatIf, summary } = await simulate({ load: { recording }, whatIf: ['cache=GET /users/:id:5m'] });
  expect(base.total).toMatchObject({ calls: 20, requests: 20, lastEndedMs: 295 });
  expect(whatIf[0]?.run.total).toMatchObject({ requests: 4, saved: 16 });
  expect(summary).toContain('20 calls (recorded within 95 ms)');
});
