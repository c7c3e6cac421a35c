import { memoryStore, type Snapshot } from '@holdline/core';
import { settle } from '@holdline/core/testing';
import { describe, expect, test } from 'vitest';
import { describeTrace } from './describe.js';
import { TestLine } from './line.fixture.js';
import { monitor } from './monitor.js';
import type { CallTrace, Watchable } from './types.js';

const QUOTA = { governor: { quotas: [{ limit: 2, windowMs: 10_000 }], gateJitterMs: 0 } };

describe('a trace', () => {
  test('has the wait for a permit and the attempt', async () => {
    const { line, clock, call } = bind(new TestLine(QUOTA));
    const watch = monitor(line, { clock });
    const calls = [1, 2, 3].map((id) => call(`/users/${id}`, { tenant: 'acme' }));
    await settle();
    expect(watch.calls({ outcome: 'active' })).toMatchObject([{ steps: [{ kind: 'queued', until: undefined }] }]);
    await clock.advance(4_000);
    expect(watch.calls({ outcome: 'active' })[0]).toMatchObject({ waitedMs: 4_000, queuedMs: 4_000 });
    await clock.advance(10_000);
    await Promise.all(calls);
    const [third] = watch.calls();
    expect(third).toMatchObject({ route: 'GET /users/:id', tenant: 'acme', outcome: 'ok', status: 200, attempts: 1 });
    expect(third?.steps.map(({ kind }) => kind)).toEqual(['queued', 'attempt']);
    expect(third?.waitedMs).toBeGreaterThan(9_000);
    expect(describeTrace(third!)[0]).toMatch(
      /^queued \d+\.\d s for a permit of the calls without|^queued \d+\.\d s for a permit of/,
    );
    expect(watch.call(third!.callId)).toBe(third);
    expect(watch.calls({ minWaitedMs: 1 })).toHaveLength(1);
    expect(watch.calls({ tenant: 'other' })).toEqual([]);
  });

  test('names the gate that held the call, and the refusal that closed it', async () => {
    const test = bind(
      new TestLine({
        governor: { gateJitterMs: 0, quotas: [{ limit: 100, windowMs: 10_000 }] },
        retry: { maxAttempts: 3 },
      }),
    );
    const { line, clock, call } = test;
    const watch = monitor(line, { clock });
    test.reply = () => (test.sent === 1 ? { status: 429, headers: { 'retry-after': '4' }, afterMs: 100 } : 200);
    const first = call('/flows', undefined, 'GET', 'Bearer of a test k74t');
    await clock.advance(200);
    expect(watch.gates()).toMatchObject([{ retryAt: clock.wall() + 3_900, by: { route: 'GET /flows', status: 429 } }]);
    await clock.advance(1_000);
    const second = call('/flows', undefined, 'GET', 'Bearer of a test k74t');
    await clock.advance(10_000);
    await Promise.all([first, second]);
    expect(watch.gates()).toEqual([]);
    const [later, refused] = watch.calls();
    const at = /^attempt \d at 00:00:\d\d, answered (429|200) after \S+ m?s$/;
    const held = /^waited (4\.0|2\.9) s for the gate of the route GET \/flows, closed by a 429 on GET \/flows$/;
    const lines = describeTrace(refused!);
    expect(lines[0]).toBe('attempt 1 at 00:00:00, answered 429 after 0.1 s');
    expect(lines.filter((one) => held.test(one))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(at);
    expect(describeTrace(later!)[0]).toMatch(held);
    expect(watch.calls({ status: 429 })).toEqual([refused]);
    expect(watch.calls({ retried: true })).toEqual([refused]);
    expect(watch.calls({ scope: (later!.steps[0] as { waitsFor: string }).waitsFor })).toEqual([later, refused]);
  });

  test('of a call that began before the monitor has its end', async () => {
    const test = bind(new TestLine(QUOTA));
    test.reply = () => ({ status: 200, afterMs: 500 });
    const call = test.call('/users');
    await test.clock.advance(200);
    const watch = monitor(test.line, { clock: test.clock });
    await test.clock.advance(400);
    await call;
    expect(watch.calls()).toMatchObject([
      { outcome: 'ok', durationMs: 500, startedAt: test.clock.wall() - 600, steps: [] },
    ]);
    expect(describeTrace(watch.calls()[0]!)).toEqual(['the monitor saw only the end: 1 attempt, waited 0 s']);
  });

  test('does not change when the wall clock jumps', async () => {
    const test = bind(new TestLine(QUOTA));
    test.reply = () => ({ status: 200, afterMs: 500 });
    const watch = monitor(test.line, { clock: test.clock });
    const call = test.call('/users');
    await test.clock.advance(200);
    test.clock.jumpWall(-3_600_000);
    await test.clock.advance(400);
    await call;
    const [attempt] = watch.calls()[0]!.steps;
    expect(attempt).toMatchObject({ kind: 'attempt' });
    expect((attempt as { until: number }).until - attempt!.at).toBe(500);
  });

  test('reports a call that the line refuses, and one that it gives up', async () => {
    const test = bind(new TestLine({ ...QUOTA, retry: { maxAttempts: 2, baseDelayMs: 10 } }));
    const watch = monitor(test.line, { clock: test.clock });
    test.reply = () => 'reset';
    const lost = test.call('/users');
    await test.clock.advance(1_000);
    await lost;
    await test.call('/flows', { totalTimeoutMs: 100 });
    const [refused, gaveUp] = watch.calls();
    expect(refused).toMatchObject({ outcome: 'failed', error: 'HOLDLINE_DEADLINE', steps: [{ kind: 'refused' }] });
    expect(describeTrace(refused!)[0]).toMatch(
      /^refused by the line with HOLDLINE_DEADLINE; possible again at 00:00:\d\d$/,
    );
    expect(describeTrace(gaveUp!)).toContain('no further attempt: attempts used up');
    expect(watch.totals()).toMatchObject({
      calls: 2,
      failed: 2,
      attempts: 2,
      retries: 1,
      retriesBy: { unknown: 1 },
      rejectedBy: { HOLDLINE_DEADLINE: 1 },
      gaveUpBy: { 'attempts used up': 1 },
    });
  });
});

describe('the monitor', () => {
  test('counts what the platform answered', async () => {
    const test = bind(new TestLine({ governor: false }));
    const watch = monitor(test.line, { clock: test.clock });
    test.reply = (path) => (path === '/broken' ? 500 : { status: 200, afterMs: 200 });
    const calls = [...Array(20).keys()].map((n) => test.call(n % 4 === 0 ? '/broken' : `/users/${n}`));
    await test.clock.advance(1_000);
    await Promise.all(calls);
    const { lastMinute, ...totals } = watch.totals();
    // A client that returns its 500 is not failed: the call is answered.
    expect(totals).toMatchObject({ calls: 20, attempts: 20, attemptsBy: { ok: 15, rejected: 5 } });
    expect(lastMinute).toMatchObject({ calls: 20, attempts: 20, refusals: 0 });
    expect(lastMinute.p99).toBeGreaterThan(190);
    expect(lastMinute.p99).toBeLessThan(210);
    expect(watch.routes()).toMatchObject([
      { route: 'GET /users/:id', calls: 15, attempts: 15 },
      { route: 'GET /broken', calls: 5 },
    ]);
    await test.clock.advance(60_000);
    expect(watch.totals().lastMinute).toMatchObject({ calls: 0, successRate: undefined });
  });

  test('ends with its line, keeps what it knows, and leaves no timer', async () => {
    const test = bind(new TestLine(QUOTA));
    const watch = monitor(test.line, { clock: test.clock, name: 'agents' });
    await test.call('/users');
    await test.line.close();
    expect(test.clock.pending).toBe(0);
    expect(watch.name).toBe('agents');
    expect(watch.totals().calls).toBe(1);
    expect(watch.calls()).toHaveLength(1);
    expect(watch.history('hour')).toHaveLength(1);
    expect(watch.snapshot().calls).toBe(0);
    watch.stop();
  });

  test('keeps a bounded number of calls and routes', async () => {
    const test = bind(new TestLine({ governor: false }));
    const watch = monitor(test.line, { clock: test.clock, keepCalls: 5 });
    for (let n = 0; n < 1_005; n++)
      await test.call(`/things/${'abcdefghij'[n % 10]}${String.fromCharCode(97 + (n % 26))}x${words(n)}`);
    expect(watch.calls({ limit: 100 })).toHaveLength(5);
    const routes = watch.routes();
    expect(routes.length).toBeLessThanOrEqual(1_001);
    expect(routes.reduce((sum, { calls }) => sum + calls, 0)).toBe(1_005);
  });

  test('counts dead letters between two snapshots, too', async () => {
    const test = bind(new TestLine({ store: memoryStore(), deadLetters: {}, ...QUOTA }));
    const watch = monitor(test.line, { clock: test.clock });
    test.reply = () => 'reset';
    await test.call('/users', undefined, 'POST');
    await settle();
    expect(watch.totals().deadLetters).toEqual(test.line.snapshot().deadLetters);
    expect(watch.totals().deadLetters.kept + watch.totals().deadLetters.lost).toBe(1);
    await test.clock.advance(1_000);
    expect(watch.totals().deadLetters).toEqual(test.line.snapshot().deadLetters);
  });

  test('shows what a line with dryRun would have done', async () => {
    const test = bind(
      new TestLine({ dryRun: true, governor: { quotas: [{ limit: 1, windowMs: 5_000 }] }, retry: 'interactive' }),
    );
    const watch = monitor(test.line, { clock: test.clock });
    await Promise.all([test.call('/users'), test.call('/users')]);
    const [second] = watch.calls();
    expect(second?.waitedMs).toBe(0);
    expect(describeTrace(second as CallTrace).join('\n')).toContain(
      'dry run: the policy governor would wait 5.0 s for calls without a credential to',
    );
  });

  test('counts a listener that throws, and calls the others', async () => {
    const test = bind(new TestLine({ governor: false }));
    const watch = monitor(test.line, { clock: test.clock });
    const seen: number[] = [];
    watch.on('call', () => {
      throw new Error('a listener of the user');
    });
    watch.on('call', ({ callId }) => seen.push(callId));
    await test.call('/users');
    expect(seen).toHaveLength(1);
    expect(watch.listenerFailures).toBe(1);
    expect(test.line.snapshot().listenerFailures).toBe(0);
  });

  test('takes snapshots of 10,000 scopes at most every 10 s', async () => {
    const test = bind(new TestLine());
    const [scope] = [
      {
        scope: 's',
        kind: 'tenant',
        key: 's',
        inFlight: 0,
        waiting: 0,
        gate: 'open',
        retryAt: undefined,
        quotas: [],
        learned: undefined,
      },
    ] as const;
    let snapshots = 0;
    const large: Watchable = {
      on: (event, listener) => test.line.on(event, listener),
      snapshot: (): Snapshot => {
        snapshots++;
        return { ...test.line.snapshot(), scopes: Array.from({ length: 10_000 }, () => ({ ...scope, quotas: [] })) };
      },
    };
    const watch = monitor(large, { clock: test.clock });
    await test.clock.advance(60_000);
    expect(snapshots).toBeLessThanOrEqual(7);
    // The process runs, so no interval is missing.
    expect(watch.history('hour')).toHaveLength(7);
  });

  test.each([
    [{ keepCalls: -1 }, 'options.keepCalls'],
    [{ nmae: 'x' }, 'options.nmae'],
    [{ clock: {} }, 'options.clock'],
    [{ history: 'x' }, 'options.history'],
    [{ history: { version: 2 } }, 'options.history'],
  ])('refuses the options %j', (options, key) => {
    const { line } = new TestLine();
    expect(() => monitor(line, options as any)).toThrow(key);
  });

  test('refuses a filter and a range that do not exist', () => {
    const { line, clock } = new TestLine();
    const watch = monitor(line, { clock });
    expect(() => watch.calls({ rout: 'x' } as any)).toThrow('filter.rout');
    expect(() => watch.history('year' as any)).toThrow('range');
    expect(() => monitor({} as any)).toThrow('watched');
  });
});

const words = (n: number): string => [...String(n)].map((digit) => 'qrstuvwxyz'[Number(digit)]).join('');

function bind(test: TestLine): TestLine {
  test.call = test.call.bind(test);
  return test;
}

test('a closed line is known as closed, with its time, and a stopped watch is not', async () => {
  const { line, clock } = bind(new TestLine());
  const watch = monitor(line, { clock });
  const stopped = monitor(line, { clock });
  const events: unknown[] = [];
  watch.on('closed', (event) => events.push([event, watch.closedAt]));
  stopped.stop();
  await clock.advance(5_000);
  expect(watch.closedAt).toBeUndefined();
  await line.close();
  const at = clock.wall();
  expect([watch.closedAt, stopped.closedAt, events]).toEqual([at, undefined, [[{ at }, at]]]);
});
