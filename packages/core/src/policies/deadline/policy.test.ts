import { describe, expect, it, vi } from 'vitest';
import { answered, callInfo, DeadlineError, type HoldlineConfig, withCall } from '../../index.js';
import { setup, type Step } from '../../line/transport.fixture.js';

describe('totalTimeoutMs', () => {
  it.each<[string, Step[], number, string[]]>([
    ['on the wire', ['deaf'], 0, ['0 GET /a']],
    ['in a retry delay that would have ended in time', [504, 'deaf'], 400, ['0 GET /a', '400 GET /a']],
  ])('ends a call %s exactly after the budget', async (_, script, waitedMs, table) => {
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

  it('that ends in the queue gives an error with the wait of the call, and the call is not sent', async () => {
    const { start, wire, clock } = setup({ governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } }, ['deaf']);
    start();
    // The return of the permit has no known time, so the queue accepts the call.
    const call = start({ context: { totalTimeoutMs: 15_000 } });
    await clock.run();
    expect(call.error).toMatchObject({ name: 'DeadlineError', attempts: 0, waitedMs: 15_000 });
    expect(wire.table).toEqual(['0 GET /a']);
  });

  it('covers all attempts and refreshes (axios-retry#84)', async () => {
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

  // The fault matrix of issue 16 found a DeadlineError here, as for a write that was never sent.
  it.each<[string, string, HoldlineConfig, string]>([
    ['a read', 'GET', {}, 'DeadlineError'],
    ['a write', 'POST', {}, 'OutcomeUnknownError'],
    ['a write without retries', 'POST', { retry: false }, 'OutcomeUnknownError'],
    ['an idempotent write', 'PUT', {}, 'DeadlineError'],
    ['a write with a key', 'POST', { endpoints: { 'POST /a': { keyed: true } } }, 'DeadlineError'],
    ['a POST that only reads', 'POST', { endpoints: { 'POST /a': { readOnly: true } } }, 'DeadlineError'],
  ])('that ends on the wire: %s ends with the right error', async (_, method, config, name) => {
    const { run } = setup({ governor: false, deadline: { totalTimeoutMs: 1_000 }, ...config }, ['deaf']);
    const { error, at } = await run({ method });
    expect([(error as Error).name, at]).toEqual([name, 1_000]);
    const { message, cause } = error as Error;
    expect(message).toContain('got no answer within totalTimeoutMs (1 s)');
    expect((cause as Error | undefined)?.name).toBe(name === 'OutcomeUnknownError' ? 'DeadlineError' : undefined);
    expect(callInfo(error)).toMatchObject({ attempts: 1 });
  });

  it('that ends during a token refresh: the refused write was certainly not executed', async () => {
    let grants = 0;
    const grant = (): Promise<{ accessToken: string }> =>
      grants++ === 0 ? Promise.resolve({ accessToken: 'x' }) : new Promise(() => undefined);
    const { run } = setup({ governor: false, deadline: { totalTimeoutMs: 1_000 }, token: { grant } }, [401]);
    const { error, at } = await run({ method: 'POST' });
    expect([(error as Error).name, at]).toEqual(['DeadlineError', 1_000]);
  });

  it('stops its timer with the answer', async () => {
    const { start, clock } = setup({ governor: false, deadline: { totalTimeoutMs: 1_000 } });
    start();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });
});

describe('abort', () => {
  it('before the call sends nothing', async () => {
    for (const where of ['signal', 'context'] as const) {
      const { run, wire } = setup();
      const signal = AbortSignal.abort(new Error('enough'));
      const { error } = await run(where === 'signal' ? { signal } : { context: { signal } });
      expect([(error as Error).message, wire.sent.length]).toEqual(['enough', 0]);
    }
  });

  it('rejects with the reason in the same tick, and passes it to the native transport', async () => {
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

  it('also aborts a native signal that is read after the abort', async () => {
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
  ])('during the wait %s: no attempt is sent afterwards', async (_, config) => {
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

  it('leaves no listener on the signal after any end of the call', async () => {
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
    // All calls share one listener: Node warns of a leak from the eleventh on.
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
    start({ signal });
    await clock.run();
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([2, 2]);
  });

  it('of a shared signal ends each call once, and leaves no listener on it', async () => {
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

  it('after the end of the call changes nothing', async () => {
    const { run } = setup({ governor: false });
    const abort = new AbortController();
    const call = await run({ signal: abort.signal });
    abort.abort();
    expect([call.value, call.error]).toEqual([{ status: 200 }, undefined]);
  });

  it('causes no unhandled rejection when the native transport fails later', async () => {
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

/** A signal as in `abort-controller`, React Native and platforms before 2022: without `reason` and `any`. */
class OldSignal extends EventTarget {
  aborted = false;

  abort(): void {
    this.aborted = true;
    this.dispatchEvent(new Event('abort'));
  }
}

// Issue 13, a10.
describe('a signal without a reason', () => {
  it.each(['signal', 'context'] as const)('rejects with an AbortError, as the %s', async (where) => {
    for (const isBefore of [true, false]) {
      const { start, clock, wire } = setup({ governor: false, deadline: { totalTimeoutMs: 60_000 } }, ['deaf']);
      const old = new OldSignal();
      const signal = old as unknown as AbortSignal;
      if (isBefore) old.abort();
      const call = start(where === 'signal' ? { signal } : { context: { signal } });
      await clock.advance(5);
      if (!isBefore) old.abort();
      await clock.advance(0);
      expect(call.error).toMatchObject({ name: 'AbortError', code: 20, message: 'This operation was aborted' });
      expect([wire.sent.length, clock.pending]).toEqual([isBefore ? 0 : 1, 0]);
    }
  });

  it('rejects with an AbortError also without DOMException, as in React Native', async () => {
    vi.stubGlobal('DOMException', undefined);
    try {
      const { start, clock } = setup({ governor: false }, ['deaf']);
      const old = new OldSignal();
      const call = start({ signal: old as unknown as AbortSignal });
      await clock.advance(0);
      old.abort();
      await clock.advance(0);
      expect(call.error).toMatchObject({ name: 'AbortError' });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('is refused if it has no addEventListener', () => {
    for (const signal of [{ aborted: false }, { addEventListener: () => undefined }, 'x'])
      expect(() => withCall({ signal: signal as never }, () => 1)).toThrow(
        expect.objectContaining({ name: 'ConfigError' }) as Error,
      );
  });
});

// Issue 13, a07: budget and signals of a call ended with the head of its answer.
describe('an answer whose body is still open', () => {
  /** A call with an immediate answer whose body stays open until `done`. */
  async function answerOf(asked: Parameters<ReturnType<typeof setup>['start']>[0], attemptTimeoutMs = Infinity) {
    const { start, clock, line } = setup({ governor: false, deadline: { attemptTimeoutMs } }, [
      (call) => {
        const { cancellation } = call;
        if (cancellation) cancellation.openAnswer = { onDone: (fn) => (done = fn) };
        signal = call.attemptSignal;
        return answered('head', { status: 200, header: () => undefined });
      },
    ]);
    let done: () => void = () => undefined;
    let signal: AbortSignal | undefined;
    const call = start(asked);
    await clock.advance(10);
    expect([call.value, call.at]).toEqual(['head', 0]);
    return { clock, line, done: () => done(), signal: signal as unknown as AbortSignal };
  }

  it('ends with the budget of its call, with a DeadlineError', async () => {
    const { clock, signal, line } = await answerOf({ context: { totalTimeoutMs: 1_000 } });
    expect(line.snapshot().calls).toBe(0);
    await clock.advance(989);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.reason).toMatchObject({
      name: 'DeadlineError',
      message: 'the body of the answer to GET /a did not end within totalTimeoutMs (1 s)',
      route: 'GET /a',
      attempts: 1,
    });
    expect(callInfo(signal.reason)).toMatchObject({ status: 200, attempts: 1 });
    expect(clock.pending).toBe(0);
  });

  it.each(['signal', 'context'] as const)('ends with the %s, also if attempts have a time limit', async (where) => {
    const abort = new AbortController();
    const asked = where === 'signal' ? { signal: abort.signal } : { context: { signal: abort.signal } };
    const { clock, signal } = await answerOf(asked, 5_000);
    await clock.advance(20_000);
    expect(signal.aborted).toBe(false);
    const reason = new Error('enough');
    abort.abort(reason);
    expect(signal.reason).toBe(reason);
  });

  it('leaves no timer and no listener once it is read', async () => {
    const abort = new AbortController();
    const added = vi.spyOn(abort.signal, 'addEventListener');
    const removed = vi.spyOn(abort.signal, 'removeEventListener');
    const { clock, signal, done } = await answerOf({ context: { signal: abort.signal, totalTimeoutMs: 1_000 } });
    expect([clock.pending, added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1, 0]);
    done();
    expect([clock.pending, removed.mock.calls.length]).toEqual([0, 1]);
    abort.abort();
    expect(signal.aborted).toBe(false);
  });
});
