import { AsyncLocalStorage } from 'node:async_hooks';
import { ConfigError, DeadlineError, EngineError, QueueFullError } from '@holdline/core';
import Bottleneck from 'bottleneck';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bottleneck } from './bottleneck.js';
import { createTestLine } from './line.fixture.js';

const START = Date.UTC(2026, 0, 1);
// bottleneck has no clock option, so the fake timers apply to the whole process.
beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

const wait = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

describe('a limiter of bottleneck behind a line', () => {
  it('decides when an attempt may leave', async () => {
    const { call, sent } = createTestLine(bottleneck(new Bottleneck({ minTime: 100 })));
    const calls = times(4, () => call());
    await wait(1_000);
    expect(await Promise.all(calls)).toEqual(times(4, () => ({ status: 200 })));
    expect(sent.map(({ at }) => Math.round((at - START) / 100))).toEqual([0, 1, 2, 3]);
  });

  it('emits its own events; the result of a call is in the events of the line', async () => {
    const limiter = new Bottleneck({ maxConcurrent: 1 });
    const names = ['received', 'queued', 'scheduled', 'executing', 'done', 'failed', 'idle'] as const;
    const counts: Record<string, number> = {};
    for (const name of names) limiter.on(name as 'idle', () => void (counts[name] = (counts[name] ?? 0) + 1));
    const { line, call } = createTestLine(bottleneck(limiter), { retry: false });
    const outcomes: unknown[] = [];
    line.on('call', ({ outcome, status }) => void outcomes.push([outcome, status]));
    const calls = [call(), call({ answers: [{ status: 500 }] })];
    await wait(100);
    await Promise.all(calls);
    expect(counts).toEqual({ received: 2, queued: 2, scheduled: 2, executing: 2, done: 2, idle: 1 });
    expect(outcomes).toEqual([
      ['ok', 200],
      ['failed', 500],
    ]);
    expect(limiter.counts()).toMatchObject({ RECEIVED: 0, QUEUED: 0, RUNNING: 0, EXECUTING: 0 });
  });

  it('holds the slot until the attempt ends, next to jobs that the team schedules itself', async () => {
    const limiter = new Bottleneck({ maxConcurrent: 1 });
    const { call, sent } = createTestLine(bottleneck(limiter));
    void call({ answers: [{ status: 200, afterMs: 500 }] });
    await wait(10);
    let ranAt = 0;
    void limiter.schedule(async () => void (ranAt = Date.now()));
    await wait(400);
    expect([sent.length, ranAt]).toEqual([1, 0]);
    await wait(200);
    expect(ranAt).toBeGreaterThanOrEqual(START + 500);
  });

  it('serves priorities in order, among the jobs of the team', async () => {
    const limiter = new Bottleneck({ maxConcurrent: 1 });
    const { call } = createTestLine(bottleneck(limiter));
    const order: string[] = [];
    void call({ answers: [{ status: 200, afterMs: 100 }] });
    await wait(10);
    for (const priority of ['background', 'low', 'normal', 'high'] as const)
      void call({ context: { priority }, onSend: () => void order.push(priority) });
    void limiter.schedule({ priority: 4 }, async () => void order.push('a job of 4'));
    await wait(1_000);
    expect(order).toEqual(['high', 'a job of 4', 'normal', 'low', 'background']);
  });

  it('spends the weight of a call', async () => {
    const limiter = new Bottleneck({ reservoir: 5 });
    const { call, sent } = createTestLine(bottleneck(limiter));
    void call({ context: { weight: 3 } });
    await wait(50);
    const left = limiter.currentReservoir();
    await wait(50);
    expect(await left).toBe(2);
    expect(sent).toHaveLength(1);
  });

  it('keeps the async context of the caller', async () => {
    const { call } = createTestLine(bottleneck(new Bottleneck({ maxConcurrent: 1, minTime: 10 })));
    const context = new AsyncLocalStorage<number>();
    const seen: [number, number | undefined][] = [];
    for (let i = 0; i < 4; i++)
      void context.run(i, () => call({ onSend: () => void seen.push([i, context.getStore()]) }));
    await wait(500);
    expect(seen).toEqual(times(4, (i) => [i, i]));
  });

  it('from a group: each key has its own limiter', async () => {
    const group = new Bottleneck.Group({ minTime: 1_000 });
    const { call, sent } = createTestLine(bottleneck(group, { key: ({ tenant }) => tenant ?? 'none' }));
    for (const tenant of ['a', 'b', 'a']) void call({ url: `/${tenant}`, context: { tenant } });
    await wait(500);
    expect(sent.map(({ url }) => url)).toEqual(['/a', '/b']);
    expect(group.keys()).toEqual(['a', 'b']);
    await wait(1_000);
    expect(sent).toHaveLength(3);
  });

  it('appears in explain', () => {
    const { line } = createTestLine(bottleneck(new Bottleneck()));
    expect(line.explain({ method: 'GET', url: '/a' }).engines).toEqual({ governor: 'bottleneck', breaker: 'none' });
  });
});

describe('guarantees that the line adds to bottleneck', () => {
  it('an aborted call ends at once and never goes on the wire; its slot is spent (library-lab §4: the job still ran)', async () => {
    const limiter = new Bottleneck({ minTime: 1_000 });
    const { call, sent } = createTestLine(bottleneck(limiter));
    void call();
    const abort = new AbortController();
    const aborted = call({ signal: abort.signal, url: '/aborted' });
    const last = call({ url: '/last' });
    await wait(100);
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await aborted).toBe(reason);
    // The jobs of the aborted call and of the next call are still queued.
    const { QUEUED, RUNNING } = limiter.counts();
    expect(QUEUED + RUNNING).toBe(2);
    await wait(3_000);
    await last;
    expect(sent.map(({ url, at }) => [url, Math.round((at - START) / 1_000)])).toEqual([
      ['/a', 0],
      ['/last', 2],
    ]);
    expect(limiter.counts()).toMatchObject({ QUEUED: 0, RUNNING: 0, EXECUTING: 0 });
  });

  it('a deadline ends the wait', async () => {
    const { call, sent } = createTestLine(bottleneck(new Bottleneck({ reservoir: 0 })));
    const late = call({ context: { totalTimeoutMs: 300 } });
    await wait(300);
    expect(await late).toBeInstanceOf(DeadlineError);
    expect(sent).toHaveLength(0);
  });

  it('a 429 stops all calls that wait for a slot until retryAt (library-lab §3: bottleneck delays only one job)', async () => {
    const { call, sent } = createTestLine(bottleneck(new Bottleneck({ minTime: 100 })));
    void call({ answers: [{ status: 429, retryAfter: '2' }, { status: 200 }] });
    for (let i = 0; i < 5; i++) void call();
    await wait(10_000);
    expect(sent).toHaveLength(7);
    expect(sent.slice(1).every(({ at }) => at >= START + 2_000)).toBe(true);
  });

  it('a slot is released before a retry, so that maxConcurrent 1 does not deadlock (library-lab §6)', async () => {
    const { call, sent } = createTestLine(bottleneck(new Bottleneck({ maxConcurrent: 1 })), {
      retry: { backoff: [500] },
    });
    const answers = [{ status: 504 }, { status: 200 }];
    const calls = [call({ answers }), call({ answers })];
    await wait(5_000);
    expect(await Promise.all(calls)).toEqual([{ status: 200 }, { status: 200 }]);
    expect(sent).toHaveLength(4);
  });

  it('a `failed` listener that requests retries sends nothing twice', async () => {
    const limiter = new Bottleneck({ maxConcurrent: 1 });
    limiter.on('failed', () => 10);
    const { call, sent } = createTestLine(bottleneck(limiter), { retry: false });
    const ended = call({ answers: [{ status: 500 }] });
    await wait(100);
    expect(await ended).toEqual({ status: 500 });
    expect(sent).toHaveLength(1);
  });

  it('an expired job frees its slot during the attempt and is not sent again', async () => {
    const limiter = new Bottleneck({ maxConcurrent: 1 });
    limiter.on('failed', () => 10);
    const engine = bottleneck({
      schedule: (options, job) => limiter.schedule({ ...options, expiration: 100 }, job),
    });
    const { call, sent } = createTestLine(engine);
    const slow = call({ answers: [{ status: 200, afterMs: 1_000 }] });
    await wait(50);
    const next = call();
    await wait(2_000);
    expect(await Promise.all([slow, next])).toEqual([{ status: 200 }, { status: 200 }]);
    expect(sent).toHaveLength(2);
    expect(limiter.counts()).toMatchObject({ QUEUED: 0, RUNNING: 0, EXECUTING: 0 });
  });

  it.each<[string, Bottleneck.ConstructorOptions, number]>([
    ['a full queue', { maxConcurrent: 1, highWater: 0, strategy: Bottleneck.strategy.OVERFLOW }, 1],
    ['an impossible weight', { maxConcurrent: 2 }, 3],
  ])('%s is a QueueFullError', async (_, options, weight) => {
    const { line, call, sent } = createTestLine(bottleneck(new Bottleneck(options)));
    const started: unknown[] = [];
    line.on('callStarted', (event) => void started.push(event));
    const refused: unknown[] = [];
    line.on('refused', (event) => void refused.push(event));
    if (weight === 1) void call({ answers: [{ status: 200, afterMs: 1_000 }] });
    await wait(10);
    const before = sent.length;
    const error = call({ context: { weight } });
    await wait(10);
    expect(await error).toBeInstanceOf(QueueFullError);
    const { callId } = started.at(-1) as { callId: number };
    expect(refused).toEqual([{ callId, route: 'GET /a', code: 'HOLDLINE_QUEUE_FULL', retryAt: undefined }]);
    expect(sent).toHaveLength(before);
  });

  it('a stopped limiter fails waiting and later calls, without an unhandled rejection', async () => {
    const limiter = new Bottleneck({ maxConcurrent: 1 });
    const { call, sent } = createTestLine(bottleneck(limiter));
    void call({ answers: [{ status: 200, afterMs: 1_000 }] });
    const waiting = call();
    await wait(10);
    void limiter.stop();
    await wait(10);
    const late = call();
    await wait(2_000);
    for (const error of [await waiting, await late]) {
      expect(error).toBeInstanceOf(EngineError);
      expect((error as Error).message).toMatch(
        /bottleneck gave no slot \(governor\.engine\): This limiter has been stopped/,
      );
    }
    expect(sent).toHaveLength(1);
  });
});

describe('guarantees that bottleneck cannot give', () => {
  it('a permit at once: every job waits for timers, even without a limit (library-lab §1)', async () => {
    const { call, sent } = createTestLine(bottleneck(new Bottleneck()));
    void call();
    for (let i = 0; i < 100; i++) await Promise.resolve();
    expect(sent).toHaveLength(0);
    await wait(2);
    expect(sent).toHaveLength(1);
  });

  it('an early refusal by deadline: bottleneck does not tell the wait', async () => {
    const { line, call } = createTestLine(bottleneck(new Bottleneck({ reservoir: 0 })));
    let ended = false;
    void call({ context: { totalTimeoutMs: 300 } }).then(() => (ended = true));
    await wait(299);
    expect(ended).toBe(false);
    expect(line.explain({ method: 'GET', url: '/a' }).now.waitMs).toBe(0);
    await wait(1);
    expect(ended).toBe(true);
  });
});

describe('bottleneck() refuses', () => {
  it.each<[string, unknown[], RegExp]>([
    ['nothing', [], /must be a limiter or a group of bottleneck/],
    ['an object that is not a limiter', [{}], /must be a limiter or a group/],
    ['a limiter that drops jobs silently', [new Bottleneck({ rejectOnDrop: false })], /rejectOnDrop .* must be true/],
    ['a group without a key', [new Bottleneck.Group()], /needs options\.key/],
    [
      'a group that drops jobs silently',
      [new Bottleneck.Group({ rejectOnDrop: false }), { key: () => '' }],
      /rejectOnDrop/,
    ],
    ['a key that is not a function', [new Bottleneck(), { key: 'x' }], /options\.key must be a function, got "x"/],
    ['an unknown option', [new Bottleneck(), { keys: 1 }], /options\.keys is not known; allowed here: key/],
    ['options that are null', [new Bottleneck(), null], /options must be an object with key, got null/],
  ])('%s', (_, given, message) => {
    const make = (): unknown => (bottleneck as (...args: unknown[]) => unknown)(...given);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
