import { describe, expect, test } from 'vitest';
import type { Finding } from '../finding.js';
import { checkRecording } from './check-recording.js';
import { regularInterval } from './polling.js';
import { RunReader } from './recorded-run.js';
import { runOf, type TestCall } from './run.fixture.js';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const PRESENCE = 'GET /api/v2/users/:userId/presences/purecloud';
const USER = 'GET /api/v2/users/:id';

function find(check: string, calls: readonly TestCall[]): Finding | undefined {
  return checkRecording(runOf(calls)).find((found) => found.check === check);
}

describe('regular intervals', () => {
  test.each<[string, number[], number | undefined]>([
    ['equal gaps', [0, 1_000, 2_000, 3_000, 4_000], 1_000],
    ['gaps with jitter below a quarter', [0, 1_100, 2_000, 3_150, 4_000], 1_100],
    ['one long pause among regular gaps', [0, 1_000, 2_000, 3_000, 60_000, 61_000], 1_000],
    ['too few reads', [0, 1_000, 2_000, 3_000], undefined],
    ['a burst', [0, 10, 20, 30, 40, 50], undefined],
    ['irregular gaps', [0, 700, 5_000, 5_900, 20_000, 21_000], undefined],
    ['more than a quarter of an hour', times(6, (i) => i * 1_000_000), undefined],
  ])('%s', (_, at, expected) => {
    expect(regularInterval(at)).toBe(expected);
  });
});

describe('polling', () => {
  const polled = times(10, (i): TestCall => ({ at: i * 2_000, route: PRESENCE, resource: 'u1' }));

  test('names the route, the interval, the topic and the saving', () => {
    const found = find('polling', [...polled, ...polled.map((call) => ({ ...call, resource: 'u2' }))]);
    expect(found).toMatchObject({ severity: 'warning', where: [PRESENCE], saving: { requests: 18, share: 0.9 } });
    expect(found?.what).toBe(`${PRESENCE} is polled: 2 resources, about every 2 s.`);
    expect(found?.fix).toContain('v2.users.{id}.presence');
    expect(found?.fix).toContain('GET /api/v2/users/presences/purecloud/bulk?id=a,b, at most 50 ids');
  });

  test('names the vendor’s own list of topics for other routes of Genesys Cloud, and nothing of it elsewhere', () => {
    const on = (route: string): string | undefined =>
      find(
        'polling',
        polled.map((call) => ({ ...call, route })),
      )?.fix;
    expect(on('GET /api/v2/routing/queues/:id')).toContain('notifications/availabletopics');
    expect(on('GET /orders/:id')).not.toContain('api/v2');
  });

  test('tells the share of the quota that the recording shows', () => {
    const reader = new RunReader();
    const quota = { name: undefined, given: 300, limit: 300, windowMs: 60_000, used: 0, counts: undefined };
    const evidence = { refusals: 0, trials: 0, trialsPassed: 0 } as never;
    reader.readSnapshot({ scopes: [{ kind: 'credential', quotas: [{ ...quota, evidence }] } as never] });
    const found = checkRecording({ ...runOf(polled), quotaPerMinute: reader.finish().quotaPerMinute });
    expect(found[0]?.why).toContain('and 10 % of the quota');
  });

  test('is not found in writes and in irregular reads', () => {
    expect(
      find(
        'polling',
        polled.map((call) => ({ ...call, route: 'POST /a' })),
      ),
    ).toBeUndefined();
    expect(
      find(
        'polling',
        polled.map((call, i) => ({ ...call, at: i * i * 3_000 })),
      ),
    ).toBeUndefined();
  });
});

describe('single reads', () => {
  test('counts the lists that would have read the same', () => {
    const found = find(
      'single-reads',
      times(120, (i) => ({ at: i * 5, route: USER, resource: `u${i}` })),
    );
    expect(found).toMatchObject({ severity: 'warning', saving: { requests: 117 } });
    expect(found?.fix).toContain('GET /api/v2/users?id=a,b');
    expect(found?.fix).toContain('No maximum is documented');
  });

  test('keeps to the documented maximum of a list', () => {
    const route = 'GET /api/v2/speechandtextanalytics/categories/:id';
    const found = find(
      'single-reads',
      times(60, (i) => ({ at: i, route, resource: `c${i}` })),
    );
    expect(found).toMatchObject({ saving: { requests: 57 } });
  });

  test.each<[string, TestCall[]]>([
    ['reads far from each other', times(20, (i) => ({ at: i * 5_000, route: USER, resource: `u${i}` }))],
    ['the same thing again and again', times(20, (i) => ({ at: i * 20, route: USER, resource: 'u' }))],
    ['a route without a list', times(20, (i) => ({ at: i, route: 'GET /api/v2/scripts/:id', resource: `s${i}` }))],
    ['answers that cost no request', times(20, (i) => ({ at: i, route: USER, resource: `u${i}`, attempts: 0 }))],
  ])('finds nothing for %s', (_, calls) => {
    expect(find('single-reads', calls)).toBeUndefined();
  });
});

describe('identical reads', () => {
  test('counts reads that start while an equal one is in flight', () => {
    const found = find('identical-reads', [
      { at: 0, ms: 100, resource: 'a' },
      { at: 10, ms: 20, resource: 'a' },
      { at: 50, ms: 20, resource: 'a' },
      { at: 60, ms: 20, resource: 'b' },
      { at: 100, ms: 20, resource: 'a' },
    ]);
    expect(found).toMatchObject({ saving: { requests: 2, share: 0.4 } });
  });
});

describe('retries of another layer', () => {
  const failing = (gap: number, more: Partial<TestCall> = {}): TestCall[] =>
    times(4, (i) => ({ at: i * gap, route: 'POST /orders', resource: 'o', status: 503, attempts: 5, ...more }));

  test('counts calls that repeat a failed one, with all their requests', () => {
    const found = find('outer-retries', failing(1_000));
    expect(found).toMatchObject({ severity: 'warning', saving: { requests: 15, share: 0.75 } });
  });

  test.each<[string, TestCall[]]>([
    ['calls that come much later', failing(60_000)],
    ['a decision of the platform', failing(1_000, { status: 404, outcome: 'rejected' })],
    ['failures of the caller itself', failing(1_000, { outcome: 'local' })],
    ['answered calls', failing(1_000, { status: 200 })],
    [
      'polling of a failing route',
      failing(1_000, { route: 'GET /orders' }).concat(
        times(6, (i) => ({ at: 4_000 + i * 1_000, route: 'GET /orders', resource: 'o', status: 503 })),
      ),
    ],
  ])('finds nothing for %s', (_, calls) => {
    expect(find('outer-retries', calls)).toBeUndefined();
  });
});

test('refused calls are an error above 1 %, with their routes', () => {
  const refused: TestCall = { at: 5, route: 'GET /b', resource: 'b', error: 'HOLDLINE_QUEUE_FULL', attempts: 0 };
  const answered = times(98, (i): TestCall => ({ at: i * 10_000, resource: `x${i}` }));
  expect(find('refused-calls', [...answered, refused, { ...refused, at: 6 }])).toMatchObject({
    severity: 'error',
    where: ['GET /b: 2'],
  });
  expect(
    find('refused-calls', [...answered, ...times(20, (i): TestCall => ({ at: i, resource: `y${i}` })), refused]),
  ).toMatchObject({
    severity: 'warning',
  });
});

test('refusals of the platform are counted by route', () => {
  const calls = times(10, (i): TestCall => ({ at: i * 100_000, resource: `x${i}`, status: i < 2 ? 429 : 200 }));
  expect(find('throttled', calls)).toMatchObject({
    severity: 'warning',
    where: ['GET /a/:id: 2'],
    saving: { requests: 2, share: 0.2 },
  });
});

test('waits are listed by scope in words, the largest first', () => {
  const found = find('waits', [
    { at: 0, resource: 'a', waits: ['route:credential:GET /a/:id', 1_000] },
    { at: 10, resource: 'b', waits: ['credential', 9_000] },
    { at: 20, resource: 'c', waits: ['credential', 2_000] },
  ]);
  expect(found?.severity).toBe('warning');
  expect(found?.where).toEqual([
    'credential of the line: 2 waits, 11 s in all, longest 9 s',
    'route GET /a/:id: 1 waits, 1 s in all, longest 1 s',
  ]);
});

test('calls without an end, and events of unknown calls, are skipped', () => {
  const reader = new RunReader();
  const call = {
    callId: 1,
    route: 'GET /a',
    method: 'GET',
    origin: '',
    resource: 'r',
    priority: 'normal',
    tenant: undefined,
  } as const;
  reader.read('1', 'callStarted', call, 0);
  reader.read('2', 'attempt', { ...call, attempt: 1, outcome: 'ok', status: 200, durationMs: 1 }, 5);
  const run = reader.finish();
  expect(run).toMatchObject({ calls: [], requests: 1, skipped: 1, from: 0, until: 5 });
  expect(checkRecording(run)).toEqual([]);
});

test('a long recording is analysed', () => {
  const run = runOf([{ at: 0, resource: 'r', waits: ['credential', 5], status: 503 }]);
  const calls = times(150_000, (i) => ({
    ...run.calls[0]!,
    resource: `r${i % 7}`,
    startedAt: i * 10,
    endedAt: i * 10 + 1 + (i % 50),
  }));
  const found = checkRecording({ ...run, calls, requests: calls.length });
  expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(['outer-retries', 'waits']));
});
