import { describe, expect, it } from 'vitest';
import { answered, callInfo, createHoldline, isHoldlineError, type Clock, type Undo } from '../../index.js';
import { setup, type Step } from '../../line/transport.fixture.js';

const config = {
  governor: false,
  retry: { backoff: [100], maxAttempts: 3 },
  deadline: { attemptTimeoutMs: 2_000 },
} as const;

// Issue 13: a thawed Lambda sends into a socket whose other end was closed long ago.
describe('the time limit of an attempt', () => {
  it.each<[string, Step]>([
    ['a transport that can be aborted', 'hang'],
    ['a transport that ignores an abort', 'deaf'],
  ])('repeats a read, on %s', async (_, silent) => {
    const { run, wire, clock, told } = setup(config, [silent, 200]);
    const attempts = told('attempt');
    const { value, at } = await run();
    expect(value).toEqual({ status: 200 });
    expect(wire.table).toEqual(['0 GET /a', '2100 GET /a']);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'ok']);
    expect([at, clock.pending]).toEqual([2_100, 0]);
  });

  it('does not repeat a write', async () => {
    const { run, wire } = setup(config, ['deaf']);
    const { error, at } = await run({ method: 'POST' });
    expect(error).toMatchObject({
      name: 'OutcomeUnknownError',
      cause: { name: 'AttemptTimeoutError', code: 'HOLDLINE_ATTEMPT_TIMEOUT' },
    });
    expect([at, wire.table]).toEqual([2_000, ['0 POST /a']]);
  });

  it('gives an AttemptTimeoutError if no attempt gets an answer', async () => {
    const { run, wire } = setup(config, ['deaf']);
    const { error, at } = await run();
    expect(isHoldlineError(error) && error.code).toBe('HOLDLINE_ATTEMPT_TIMEOUT');
    expect(error).toMatchObject({
      name: 'AttemptTimeoutError',
      route: 'GET /a',
      attempts: 3,
      message: 'attempt 3 of GET /a got no answer within deadline.attemptTimeoutMs (2 s)',
    });
    expect(callInfo(error)).toMatchObject({ attempts: 3, waitedMs: 200 });
    expect([at, wire.sent.length]).toEqual([6_200, 3]);
  });

  it('does not include the wait for a permit, and returns the slot', async () => {
    const { start, line, wire, clock } = setup(
      { ...config, governor: { quotas: [{ limit: 1, windowMs: 10_000, enforcement: 'sliding' }] }, retry: false },
      [200, 200, 'deaf'],
    );
    start();
    const second = start();
    await clock.advance(15_000);
    expect([second.value, second.at]).toEqual([{ status: 200 }, 10_000]);
    start();
    await clock.run();
    expect(wire.sent).toHaveLength(3);
    expect(line.snapshot()).toMatchObject({ inFlight: 0, calls: 0 });
  });

  it('counts as a failure for the breaker', async () => {
    const { start, clock, line } = setup({ ...config, retry: false, breaker: { minAttempts: 2 } }, ['deaf']);
    start();
    start();
    await clock.advance(2_000);
    expect(line.snapshot().breakers).toMatchObject([{ state: 'open' }]);
  });

  it('of an endpoint replaces the one of the line', async () => {
    const { run } = setup(
      {
        ...config,
        retry: false,
        endpoints: { 'GET /slow': { deadline: { attemptTimeoutMs: 5_000 } } },
      },
      [{ status: 200, afterMs: 4_000 }],
    );
    expect((await run({ url: '/slow' })).value).toEqual({ status: 200 });
    expect((await run({ url: '/a' })).error).toMatchObject({ name: 'AttemptTimeoutError' });
  });

  it('does not replace totalTimeoutMs, which ends the call during the attempt and aborts the transport', async () => {
    const reasons: unknown[] = [];
    const { line, wire, clock } = setup({ ...config, deadline: { attemptTimeoutMs: 2_000, totalTimeoutMs: 1_000 } });
    const call = line.run({
      ...wire.request(),
      send: (running) => {
        const signal = running.attemptSignal;
        signal?.addEventListener('abort', () => reasons.push((signal.reason as Error).name));
        return new Promise(() => undefined);
      },
    });
    call.catch(() => undefined);
    await clock.advance(1_000);
    await expect(call).rejects.toMatchObject({ name: 'DeadlineError' });
    expect([reasons, clock.pending]).toEqual([['DeadlineError'], 0]);
  });

  it('aborts the transport of its own attempt, not of the next one', async () => {
    const signals: AbortSignal[] = [];
    const { line, wire, clock } = setup(config);
    const call = line.run({
      ...wire.request(),
      send: (running) => {
        signals.push(running.attemptSignal as AbortSignal);
        if (signals.length === 1) return new Promise(() => undefined);
        return Promise.resolve(answered('late', { status: 200, header: () => undefined }));
      },
    });
    await clock.advance(2_100);
    expect(await call).toBe('late');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});

describe('a process that was frozen', () => {
  /** The clock of a frozen process: its time continues, and its timers fire only by `fire`. */
  function thawed(): { clock: Clock; freeze(ms: number): void; fire(): void; pending(): number } {
    let now = 0;
    const timers = new Map<object, { at: number; fn: () => void }>();
    return {
      clock: {
        now: () => now,
        wall: () => now,
        setTimer(ms, fn): Undo {
          const key = {};
          timers.set(key, { at: now + ms, fn });
          return () => void timers.delete(key);
        },
      },
      freeze: (ms) => void (now += ms),
      fire() {
        for (const [key, { at, fn }] of [...timers]) {
          if (at > now) continue;
          timers.delete(key);
          fn();
        }
      },
      pending: () => timers.size,
    };
  }

  it('reads an answer that came during the freeze: timers fire before sockets are read', async () => {
    const { clock, freeze, fire, pending } = thawed();
    const { wire } = setup();
    const line = createHoldline({ ...config, retry: false, clock });
    let answer: () => void = () => undefined;
    const call = line.run({
      ...wire.request({ method: 'POST' }),
      send: () =>
        new Promise((resolve) => {
          answer = () => resolve(answered('there', { status: 200, header: () => undefined }));
        }),
    });
    freeze(600_000);
    fire();
    answer();
    expect(await call).toBe('there');
    expect(pending()).toBe(0);
  });

  it('waits one more second for an answer, and no longer', async () => {
    const { clock, freeze, fire } = thawed();
    const { wire } = setup();
    const line = createHoldline({ ...config, retry: false, clock });
    const call = line.run({ ...wire.request(), send: () => new Promise(() => undefined) });
    call.catch(() => undefined);
    freeze(600_000);
    fire();
    freeze(1_000);
    fire();
    await expect(call).rejects.toMatchObject({ name: 'AttemptTimeoutError' });
  });
});
