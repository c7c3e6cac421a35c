import { describe, expect, test } from 'vitest';
import { TestLine } from '../line.fixture.js';
import { monitor } from '../monitor.js';
import { alerts } from './alerts.js';
import { FakeLine } from './fake-line.fixture.js';
import { DEFAULT_RULES, type AlertRule } from './rules.js';

const A = 'credential:aaaaaaaak74t';
const B = 'credential:bbbbbbbbq9x2';
const OK = {};
const text = (line: FakeLine, rule: string): string | undefined =>
  line.watch.alerts().find((one) => one.rule === rule)?.text;

describe('a default rule raises and resolves at its second, once', () => {
  test('refusal, and refused for 5 minutes on end', async () => {
    const line = new FakeLine();
    await line.advance(10);
    for (let minute = 0; minute < 6; minute++) {
      line.refuse(A, 60_000);
      await line.advance(60);
    }
    line.open(A);
    await line.advance(300);
    // The gate closed at 10 s. The last refusal was at 310 s, and is out of the window of 60 s at 371 s.
    expect(line.of('refusal')).toEqual([`11 raised refusal: ${A}`, `371 resolved refusal: ${A}`]);
    expect(line.of('refused on end')).toEqual([`311 raised refused on end: ${A}`, `431 resolved refused on end: ${A}`]);
    expect(text(line, 'refused on end')).toBe(
      'The platform has refused the credential …k74t for 5 minutes without a break.',
    );
    expect(line.watch.alerts().find(({ rule }) => rule === 'refused on end')).toMatchObject({
      severity: 'critical',
      subject: A,
      raisedAt: Date.UTC(2026, 0, 1, 10, 5, 11),
      resolvedAt: Date.UTC(2026, 0, 1, 10, 7, 11),
      calls: { scope: A },
    });
  });

  test('a single Retry-After of 6 minutes is refused on end, too', async () => {
    const line = new FakeLine();
    line.refuse(A, 360_000);
    await line.advance(400);
    expect(line.of('refused on end')).toEqual([`301 raised refused on end: ${A}`]);
  });

  test('refusals with quiet minutes between them are not on end', async () => {
    const line = new FakeLine();
    for (let n = 0; n < 10; n++) {
      line.refuse(A, 1_000);
      await line.advance(1);
      line.open(A);
      await line.advance(69);
    }
    expect(line.of('refused on end')).toEqual([]);
    expect(line.of('refusal')).toHaveLength(20);
  });

  test('401 spike', async () => {
    const line = new FakeLine();
    await line.callFor(9, { status: 401 });
    expect(line.of('401')).toEqual([]);
    await line.callFor(1, { status: 401 });
    await line.advance(200);
    // The tenth 401 comes at 9 s. At 68 s two of them are left in the window.
    expect(line.of('401')).toEqual(['10 raised 401 spike', '128 resolved 401 spike']);
    expect(text(line, '401 spike')).toBe('10 attempts were answered 401 in 1 minute.');
    expect(line.watch.alerts()[0]?.calls).toMatchObject({ status: 401 });
  });

  test('503', async () => {
    const line = new FakeLine();
    await line.advance(5);
    line.call({ status: 503 });
    await line.advance(200);
    expect(line.of('503')).toEqual(['6 raised 503', '126 resolved 503']);
    expect(text(line, '503')).toBe('The platform is unavailable: 1 attempt was answered 503 in 1 minute.');
  });

  test('error rate above 10 %', async () => {
    const line = new FakeLine();
    // 20 calls are the minimum; 10 % is not above 10 %.
    for (let n = 0; n < 18; n++) line.call(OK);
    line.call({ status: 500 });
    await line.advance(1);
    line.call({ status: 'none' });
    await line.advance(1);
    expect(line.of('error rate')).toEqual([]);
    line.call({ error: 'HOLDLINE_CIRCUIT_OPEN', status: 'none' });
    await line.advance(1);
    expect(line.of('error rate')).toEqual(['3 raised error rate']);
    expect(text(line, 'error rate')).toBe('14 % of the calls failed in 5 minutes.');
    await line.callFor(90, OK);
    expect(line.of('error rate')).toHaveLength(1);
    await line.callFor(30, OK);
    // At 42 s, 3 of 60 calls are no more above 5 %. A minute later the alert is resolved.
    expect(line.of('error rate')).toEqual(['3 raised error rate', '102 resolved error rate']);
  });

  test('an answer such as 404 is no error, and a few calls have no rate', async () => {
    const line = new FakeLine();
    await line.callFor(100, { status: 404 });
    const few = new FakeLine();
    await few.callFor(19, { status: 500 });
    expect([...line.of('error'), ...few.of('error')]).toEqual([]);
  });

  test('p99 spike and latency rising, against the hour before', async () => {
    const line = new FakeLine();
    await line.callFor(1_200, { durationMs: 300 });
    expect(line.told).toEqual([]);
    await line.callFor(600, { durationMs: 2_000 });
    await line.callFor(1_200, { durationMs: 300 });
    const seconds = (rule: string): number[] => line.of(rule).map((one) => Number(one.split(' ')[0]));
    // Of 300 calls in the window, four slow ones are more than 1 %, and sixteen more than 5 %.
    const [spike, quiet, ...more] = seconds('p99 spike');
    expect(spike).toBe(1_204);
    expect(quiet).toBeGreaterThan(1_800 + 60);
    expect(quiet).toBeLessThan(1_800 + 400);
    expect(more).toEqual([]);
    const rising = seconds('latency rising');
    expect(rising[0]).toBe(1_216 + 120);
    expect(rising).toHaveLength(2);
    expect(text(line, 'p99 spike')).toMatch(
      /^The 99th percentile of the call durations in the last 5 minutes is 6\.\d times the earlier one\.$/,
    );
  });

  test('a fast line that gets slower within milliseconds is no alert', async () => {
    const line = new FakeLine();
    await line.callFor(1_000, { durationMs: 2 });
    await line.callFor(600, { durationMs: 90 });
    expect(line.told).toEqual([]);
  });

  test('error rate rising', async () => {
    const line = new FakeLine();
    await line.callFor(1_200, OK);
    await line.callFor(240, ...Array<object>(19).fill(OK), { status: 500 });
    const [raised, ...more] = line.of('error rate rising');
    expect(more).toEqual([]);
    const second = Number(raised?.split(' ')[0]);
    expect(second).toBeGreaterThanOrEqual(1_320);
    expect(second).toBeLessThan(1_440);
    expect(text(line, 'error rate rising')).toMatch(
      /^The share of calls that fail rose by [34]\.?\d* percentage points in the last 5 minutes\.$/,
    );
    await line.callFor(900, ...Array<object>(20).fill(OK));
    expect(line.of('error rate rising')).toHaveLength(2);
    expect(line.of('error rate 10')).toEqual([]);
  });

  test('quota nearly used, and few permits left', async () => {
    const line = new FakeLine();
    line.setQuota(A, 240, 300);
    await line.advance(30);
    expect(line.told).toEqual([]);
    line.setQuota(A, 295, 300);
    await line.advance(20);
    expect(line.told).toEqual([`41 raised quota nearly used: ${A}`, `41 raised few permits left: ${A}`]);
    expect(text(line, 'quota nearly used')).toBe('98 % of the quota of the credential …k74t is used.');
    expect(text(line, 'few permits left')).toBe('5 permits of the credential …k74t are left.');
    line.setQuota(A, 285, 300);
    await line.advance(100);
    line.setQuota(A, 100, 300);
    await line.advance(100);
    expect(line.told.slice(2)).toEqual([`211 resolved quota nearly used: ${A}`, `211 resolved few permits left: ${A}`]);
  });

  test('a small quota has never few permits left', async () => {
    const line = new FakeLine();
    line.setQuota(A, 3, 10);
    await line.advance(60);
    expect(line.told).toEqual([]);
  });

  test('refresh failing', async () => {
    const line = new FakeLine();
    const failed = { epoch: 1, retryAt: 0, message: 'invalid client' };
    line.emit('tokenRefreshFailed', { credential: 'sales', ...failed });
    line.emit('tokenRefreshFailed', { credential: 'sales', ...failed });
    line.emit('tokenRefreshFailed', { credential: undefined, ...failed });
    await line.advance(60);
    line.emit('tokenRefreshed', { credential: 'sales', epoch: 2, expiresInMs: 1, tookMs: 1 });
    await line.advance(60);
    expect(line.told).toEqual([
      '1 raised refresh failing: credential/sales',
      '1 raised refresh failing: credential',
      '61 resolved refresh failing: credential/sales',
    ]);
    expect(line.watch.alerts().map((one) => one.text)).toContain(
      'The token of the credential sales could not be refreshed: 2 attempts failed.',
    );
  });

  test('token near expiry, only without renewal and while calls are made', async () => {
    const line = new FakeLine();
    line.setToken({ expiresInMs: 30_000 });
    await line.advance(10);
    expect(line.told).toEqual([]);
    line.call(OK);
    line.setToken({ expiresInMs: 30_000, renewsInMs: 10_000 });
    await line.advance(5);
    line.setToken({ expiresInMs: 30_000, refreshing: true });
    await line.advance(5);
    expect(line.told).toEqual([]);
    line.setToken({ expiresInMs: 25_000, renewsInMs: 0 });
    await line.advance(5);
    line.setToken({ expiresInMs: 3_600_000, renewsInMs: 3_300_000 });
    await line.advance(5);
    expect(line.told).toEqual(['21 raised token near expiry: credential', '26 resolved token near expiry: credential']);
    expect(text(line, 'token near expiry')).toBe(
      'The token of the credential of the line expires in 25.0 s and is not renewed.',
    );
  });

  test('daily report at midnight UTC, with the trend', async () => {
    const line = new FakeLine();
    await line.callFor(10, OK, { route: 'POST /queues', status: 500 }, OK);
    await line.advance(14 * 3600);
    expect(line.of('daily report')).toEqual(['50400 raised daily report: 2026-01-02T00:00:00.000Z']);
    expect(text(line, 'daily report')).toBe(
      '30 calls in 14 hours, 33 % failed, 30 attempts, 0 retries, 0 refusals, 0 token refreshes; most used: GET /users 20, POST /queues 10.',
    );
    await line.callFor(24, OK);
    await line.advance(24 * 3600);
    expect(
      line.watch
        .alerts()
        .filter(({ rule }) => rule === 'daily report')
        .map((one) => one.text)[0],
    ).toMatch(/^24 calls in 1 day \(20 % fewer than before\), 0 % failed \(33 % before\), 24 attempts, /);
    expect(line.watch.alerts()[0]?.resolvedAt).toBe(line.watch.alerts()[0]?.raisedAt);
    line.clock.jumpWall(86_400_000);
    await line.advance(60);
    expect(line.of('daily report')).toHaveLength(2);
  });
});

describe('alerts', () => {
  const busy: AlertRule = {
    name: 'busy',
    severity: 'info',
    when: { metric: 'calls', windowMs: 10_000, above: 5 },
    resolve: { threshold: 2, forMs: 5_000 },
    text: '{value} calls in {window}, more than {threshold}. {unknown}',
  };

  test('do not flap at the threshold', async () => {
    const line = new FakeLine({ rules: [busy] });
    for (let n = 0; n < 30; n++) {
      await line.callFor(6, OK);
      await line.advance(n % 3);
    }
    expect(line.told).toEqual(['6 raised busy']);
    await line.advance(60);
    expect(line.told).toHaveLength(2);
    expect(text(line, 'busy')).toBe('6 calls in 10.0 s, more than 5. {unknown}');
  });

  test('of two scopes are raised and resolved separately', async () => {
    const line = new FakeLine();
    line.refuse(A, 1_000);
    await line.advance(30);
    line.open(A);
    line.refuse(B, 1_000);
    await line.advance(45);
    line.open(B);
    await line.advance(120);
    expect(line.of('refusal')).toEqual([
      `1 raised refusal: ${A}`,
      `31 raised refusal: ${B}`,
      `61 resolved refusal: ${A}`,
      `91 resolved refusal: ${B}`,
    ]);
  });

  test('are not raised by a jump of the wall clock', async () => {
    const line = new FakeLine();
    line.setToken({ expiresInMs: 3_600_000, renewsInMs: 3_000_000 });
    await line.callFor(60, OK);
    for (const ms of [86_400_000, -7 * 86_400_000, 3_600_000]) {
      line.clock.jumpWall(ms);
      await line.callFor(60, OK);
    }
    expect(line.told).toEqual([]);
  });

  test('do not count the time for which the process did not run', async () => {
    const line = new FakeLine({
      rules: [{ ...busy, when: { metric: 'queued', above: 0 }, forMs: 300_000, resolve: {} }],
    });
    line.state = { queued: 1 };
    await line.advance(100);
    // The clock moves on, and no timer fires.
    const { clock } = line;
    const now = clock.now.bind(clock);
    clock.now = () => now() + 3_600_000;
    await line.advance(150);
    expect(line.told).toEqual([]);
    await line.advance(100);
    expect(line.told).toHaveLength(1);
  });

  test('resolve when the scope is gone', async () => {
    const line = new FakeLine();
    line.setQuota(A, 300, 300);
    await line.advance(20);
    line.state = {};
    await line.advance(90);
    expect(line.watch.alerts().map(({ resolvedAt }) => resolvedAt !== undefined)).toEqual([true, true]);
  });

  test('are bounded: 100 of a rule are active, and 200 resolved ones are kept', async () => {
    const line = new FakeLine();
    for (let round = 0; round < 4; round++) {
      for (let n = 0; n < 150; n++) line.refuse(`tenant:${n}`, 500);
      await line.advance(2);
      expect(line.watch.alerts().filter(({ resolvedAt }) => resolvedAt === undefined)).toHaveLength(100);
      for (let n = 0; n < 150; n++) line.open(`tenant:${n}`);
      await line.advance(70);
    }
    expect(line.watch.alerts()).toHaveLength(200);
  });

  test('of a real line name the scope that was refused, and lead to the refused call', async () => {
    const test1 = new TestLine({ governor: { quotas: [{ limit: 5, windowMs: 10_000 }] } });
    const watch = alerts(monitor(test1.line, { clock: test1.clock }));
    test1.reply = () => ({ status: 429, headers: { 'retry-after': '3' } });
    await test1.call('/users', undefined, 'GET', 'Bearer of a test k74t');
    await test1.clock.advance(2_000);
    expect(watch.list()).toMatchObject([{ rule: 'refusal', text: 'The platform refused the route GET /users.' }]);
    expect(watch.list()).toEqual(watch.monitor.alerts());
    // The refused call did not wait, because it was not retried.
    expect(watch.monitor.calls(watch.list()[0]!.calls)).toMatchObject([{ status: 429, attempts: 1 }]);
    test1.reply = () => 200;
    const after = test1.call('/users', undefined, 'GET', 'Bearer of a test k74t');
    await test1.clock.advance(90_000);
    await after;
    expect(watch.list()[0]?.resolvedAt).toBeTypeOf('number');
  });

  test('can be switched off, and replaced by another set', async () => {
    const line = new FakeLine();
    const watch = alerts(line.watch, { rules: [busy] });
    line.refuse(A, 1_000);
    await line.callFor(6, OK);
    expect(line.told).toEqual(['6 raised busy']);
    expect(watch.list()).toHaveLength(1);
    const silent = new TestLine();
    expect(monitor(silent.line, { clock: silent.clock, alerts: false }).alerts()).toEqual([]);
  });

  test('of a listener that throws stay raised', async () => {
    const line = new FakeLine({ rules: [busy] });
    line.watch.on('alertRaised', () => {
      throw new Error('a listener of the user');
    });
    await line.callFor(6, OK);
    expect(line.watch.alerts()).toHaveLength(1);
    expect(line.watch.listenerFailures).toBe(1);
  });

  test('are given as copies', async () => {
    const line = new FakeLine({ rules: [busy] });
    await line.callFor(6, OK);
    line.watch.alerts()[0]!.text = 'changed';
    expect(line.watch.alerts()[0]!.text).not.toBe('changed');
  });
});

test('the default rules are plain data and pass the checks', () => {
  const rules = JSON.parse(JSON.stringify(DEFAULT_RULES));
  expect(rules).toEqual(DEFAULT_RULES);
  const { line, clock } = new TestLine();
  monitor(line, { clock, alerts: { rules } });
});

test.each([
  [{ rules: [{ ...DEFAULT_RULES[0], when: { metric: 'cals', above: 1 } }] }, 'options.rules[0].when.metric'],
  [
    { rules: [{ ...DEFAULT_RULES[0], when: { metric: 'calls' } }] },
    'options.rules[0].when needs either above or below',
  ],
  [
    { rules: [{ ...DEFAULT_RULES[0], when: { metric: 'calls', per: 'scope', above: 1 } }] },
    "must be 'line' or 'route' for calls",
  ],
  [
    { rules: [{ ...DEFAULT_RULES[0], when: { metric: 'answers', above: 1 } }] },
    'options.rules[0].when.status is missing',
  ],
  [
    { rules: [{ ...DEFAULT_RULES[0], resolve: { threshold: 3 } }] },
    'options.rules[0].resolve.threshold must be at most above (0)',
  ],
  [{ rules: [DEFAULT_RULES[0], DEFAULT_RULES[0]] }, "options.rules has the name 'refused on end' twice"],
  [{ rules: [{ name: 'x', severity: 'info', report: { everyMs: 5 } }] }, 'options.rules[0].report.everyMs'],
  [
    { rules: [{ name: 'x', severity: 'info', when: { metric: 'calls', above: 1 } }] },
    'options.rules[0].text is missing',
  ],
  [{ webhooks: [{}] }, 'options.webhooks[0].url is missing'],
  [{ webhooks: [{ url: 'ftp://hooks.test/T0/B0/x' }] }, 'options.webhooks[0].url must be an absolute URL'],
  [{ webhooks: [{ url: 'https://user:pass@hooks.test' }] }, 'options.webhooks[0].url must be an absolute URL'],
  [{ webhooks: [{ url: 'https://hooks.test', secret: 'not base64!' }] }, 'options.webhooks[0].secret must be base64'],
  [{ webhooks: [{ url: 'https://hooks.test', headers: { 'a b': 'x' } }] }, 'must be the name of a header'],
  [{ webhooks: [{ url: 'https://hooks.test', headers: { a: 'x\r\ny' } }] }, 'must be the value of a header'],
  [{ webhooks: [{ url: 'https://hooks.test', headers: { a: 'key €' } }] }, 'must be the value of a header'],
  [{ webhook: [] }, 'options.webhook is not known'],
])('refuses the options %j', (options, message) => {
  const { line } = new TestLine();
  let error: Error | undefined;
  try {
    alerts(line, options as any);
  } catch (thrown) {
    error = thrown as Error;
  }
  expect(error?.message).toContain(message);
  expect(error?.message).not.toMatch(/hooks\.test|not base64!|T0\/B0/);
});
