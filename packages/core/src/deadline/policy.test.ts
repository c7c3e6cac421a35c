import { describe, expect, it, vi } from 'vitest';
import { callInfo, DeadlineError } from '../index.js';
import { setup, type Step } from '../test-transport.js';

describe('the budget of a call', () => {
  it.each<[string, Step[], number, string[]]>([
    ['on the wire', ['deaf'], 0, ['0 GET /a']],
    ['in a retry delay that would have ended in time', [504, 'deaf'], 400, ['0 GET /a', '400 GET /a']],
  ])('ends it %s, at that very moment', async (_, script, waitedMs, table) => {
    const { run, wire, clock } = setup(
      { governor: false, retry: { backoff: [400] }, deadline: { totalTimeoutMs: 1_000 } },
      script,
    );
    const { error, at } = await run();
    expect(error).toBeInstanceOf(DeadlineError);
    expect(error).toMatchObject({ code: 'HOLDLINE_DEADLINE', route: 'GET /a', attempts: table.length, waitedMs });
    expect([at, clock.pending, wire.table]).toEqual([1_000, 0, table]);
    expect(callInfo(error)).toMatchObject({ attempts: table.length });
  });

  it('that ends in the queue says how long the call waited, and nothing of it is sent', async () => {
    const { start, wire, clock } = setup({ governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } }, ['deaf']);
    start();
    // The permit comes back at an unknown time, so the call may hope.
    const call = start({ context: { totalTimeoutMs: 15_000 } });
    await clock.run();
    expect(call.error).toMatchObject({ name: 'DeadlineError', attempts: 0, waitedMs: 15_000 });
    expect(wire.table).toEqual(['0 GET /a']);
  });

  it('counts over all attempts and refreshes (axios-retry#84)', async () => {
    const { start, clock } = setup(
      {
        governor: false,
        retry: { backoff: [300] },
        deadline: { totalTimeoutMs: 1_000 },
        token: { grant: () => new Promise((resolve) => void clock.setTimer(300, () => resolve({ accessToken: 'x' }))) },
      },
      [{ status: 504, afterMs: 300 }, 'deaf'],
    );
    const call = start();
    await clock.run();
    expect([call.at, (call.error as DeadlineError).name]).toEqual([1_000, 'DeadlineError']);
  });

  it('is disarmed by an answer', async () => {
    const { start, clock } = setup({ governor: false, deadline: { totalTimeoutMs: 1_000 } });
    start();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });
});

describe('abort', () => {
  it('before the call: nothing happens at all', async () => {
    for (const where of ['signal', 'context'] as const) {
      const { run, wire } = setup();
      const signal = AbortSignal.abort(new Error('enough'));
      const { error } = await run(where === 'signal' ? { signal } : { context: { signal } });
      expect([(error as Error).message, wire.sent.length]).toEqual(['enough', 0]);
    }
  });

  it('hands the reason to the caller in the same tick, and to the native transport', async () => {
    const reasons: unknown[] = [];
    const { line, wire, clock } = setup({ governor: false });
    const abort = new AbortController();
    const call = line.run({
      ...wire.request({ signal: abort.signal }),
      send: (running) => {
        running.cancellation?.signal.addEventListener('abort', () => reasons.push(running.cancellation?.signal.reason));
        return new Promise(() => undefined);
      },
    });
    const reason = new Error('enough');
    await clock.advance(5);
    abort.abort(reason);
    expect(reasons).toEqual([reason]);
    await expect(call).rejects.toBe(reason);
  });

  it('a native signal asked for after the abort is aborted already', async () => {
    const { line, wire, clock } = setup({ governor: false });
    const abort = new AbortController();
    let late: boolean | undefined;
    const call = line.run({
      ...wire.request({ signal: abort.signal }),
      send: async (running) => {
        abort.abort(new Error('enough'));
        late = running.cancellation?.signal.aborted;
        return new Promise(() => undefined);
      },
    });
    await expect(call).rejects.toThrow('enough');
    await clock.run();
    expect(late).toBe(true);
  });

  it.each<[string, Parameters<typeof setup>[0]]>([
    [
      'for a token, with no governor behind it',
      { governor: false, token: { grant: () => Promise.resolve({ accessToken: 'x' }) } },
    ],
    ['for the journal', { governor: false, endpoints: { '* /a': { keyed: true } } }],
    ['for a permit', { governor: { quotas: [{ limit: 1, windowMs: 1_000 }] } }],
  ])('during the wait %s: nothing goes on the wire afterwards', async (_, config) => {
    const { start, wire, clock } = setup(config);
    if (config?.governor) {
      start({ url: '/first' });
      await clock.advance(0);
    }
    const before = wire.sent.length;
    const abort = new AbortController();
    const call = start({ method: 'PUT', context: { transaction: 't', signal: abort.signal } });
    abort.abort(new Error('enough'));
    await clock.run();
    expect([(call.error as Error).message, wire.sent.length - before]).toEqual(['enough', 0]);
  });

  it('leaves no listener behind, however the call ends', async () => {
    const { start, clock } = setup(
      { governor: { quotas: [{ limit: 3, windowMs: 1_000 }], gateJitterMs: 0 }, retry: { backoff: [10] } },
      [200, 504, 404, 'reset', 200],
    );
    const abort = new AbortController();
    const { signal } = abort;
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    for (let i = 0; i < 20; i++) start({ signal, context: { signal } });
    await clock.run();
    // One for all of them: Node warns of a leak from the eleventh on.
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
    start({ signal });
    await clock.run();
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([2, 2]);
  });

  it('of a signal that many share ends each of them once, and leaves nothing on it', async () => {
    const { line, wire, clock } = setup({ governor: { quotas: [{ limit: 1, windowMs: 1_000 }] } }, ['deaf']);
    const abort = new AbortController();
    const { signal } = abort;
    const added = vi.spyOn(signal, 'addEventListener');
    const reasons: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      const context = i % 2 ? { signal } : { signal, totalTimeoutMs: 60_000 };
      line
        .run(wire.request(i === 4 ? { signal, context } : { context }))
        .catch((error: unknown) => reasons.push(error));
    }
    await clock.advance(0);
    const reason = new Error('enough');
    abort.abort(reason);
    await clock.advance(0);
    expect(reasons).toEqual([reason, reason, reason, reason, reason]);
    expect([added.mock.calls.length, clock.pending, line.snapshot().queued, wire.sent.length]).toEqual([1, 0, 0, 1]);
  });

  it('after the end changes nothing', async () => {
    const { run } = setup({ governor: false });
    const abort = new AbortController();
    const call = await run({ signal: abort.signal });
    abort.abort();
    expect([call.value, call.error]).toEqual([{ status: 200 }, undefined]);
  });

  it('a late native answer, or failure, of a call that was given up is nobody’s unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listener);
    let fail: (error: Error) => void = () => undefined;
    const { line, wire, clock } = setup({ governor: {}, retry: false, deadline: { totalTimeoutMs: 100 } });
    const call = line.run({ ...wire.request(), send: () => new Promise((_, reject) => (fail = reject)) });
    void call.catch(() => undefined);
    await clock.advance(200);
    fail(new Error('late'));
    await clock.advance(200);
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
    expect(line.snapshot()).toMatchObject({ calls: 0, inFlight: 0 });
  });
});
