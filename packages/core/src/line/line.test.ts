import { describe, expect, it } from 'vitest';
import { callInfo, ClosedError, definePolicy, type HoldlineConfig } from '../index.js';
import { settle } from '../testing.js';
import { setup, type Setup } from './transport.fixture.js';
import type { ActiveCall } from '../call/call.js';

describe('run', () => {
  it('never throws, and treats an error of an adapter as a network error of the attempt', async () => {
    const it = setup({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] }, retry: false });
    const send = [
      () => {
        throw Object.assign(new Error('no route'), { code: 'ECONNREFUSED' });
      },
      () => Promise.reject(Object.assign(new Error('hang up'), { code: 'ECONNRESET' })),
    ];
    for (const broken of send)
      await expect(it.line.run({ ...it.wire.request(), send: broken })).rejects.toThrow(/no route|hang up/);
    // The refused connection released its permit, the reset did not.
    expect(it.line.snapshot()).toMatchObject({ calls: 0, inFlight: 0, scopes: [{ quotas: [{ used: 1 }] }, {}] });
  });

  it('passes a native error of the client to the caller unchanged', async () => {
    const native = new Error('native');
    const it = setup({ governor: false, retry: false });
    await expect(it.line.run({ ...it.wire.request(), send: () => Promise.reject(native) })).rejects.toBe(native);
  });
});

describe('an attempt that outlives its call', () => {
  it('counts, whatever its outcome, if a custom policy sent two attempts', async () => {
    const it = setup({ governor: { quotas: [{ limit: 2, windowMs: 60_000 }] }, retry: false }, [
      { status: 200, afterMs: 1_000 },
      { status: 200, afterMs: 10 },
    ]);
    const hedge = definePolicy({
      name: 'hedge',
      phase: 'retry',
      create: () => (call, next) => {
        const attempts = [next(call), next(call)];
        attempts[0]?.catch(() => undefined);
        return Promise.race(attempts);
      },
    });
    const strict = definePolicy({
      name: 'strict',
      phase: 'sign',
      create:
        (_, { clock }) =>
        async (call, next) => {
          const outcome = await next(call);
          if (clock.now() >= 1_000) throw new Error('too late');
          return outcome;
        },
    });
    it.line.use(hedge()).use(strict());
    const call = it.start();
    await it.clock.advance(2_000);
    expect([call.at, call.value]).toEqual([10, { status: 200 }]);
    expect(it.line.snapshot()).toMatchObject({ calls: 0, inFlight: 0, scopes: [{ quotas: [{ used: 2 }] }, {}] });
  });
});

describe('drain', () => {
  it('settles when all calls have ended, at once without calls, and the line still accepts new calls', async () => {
    const it = setup({ governor: false }, [{ status: 200, afterMs: 1_000 }]);
    await it.line.drain();
    it.start();
    let drained: number | undefined;
    void it.line.drain().then(() => (drained = it.clock.now()));
    await it.clock.advance(500);
    const late = it.start();
    await it.clock.advance(999);
    expect(drained).toBeUndefined();
    await it.clock.advance(1);
    expect([drained, late.value]).toEqual([1_500, { status: 200 }]);
  });
});

describe('close', () => {
  const waits: [string, HoldlineConfig, (it: Setup) => Promise<void>][] = [
    [
      'for a permit',
      { governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } },
      async (it) => void (await it.run({ url: '/first' })),
    ],
    [
      'at a gate',
      { governor: { gateJitterMs: 0 } },
      async (it) => {
        it.wire.script = [{ status: 429, headers: { 'retry-after': '100' } }];
      },
    ],
    [
      'between two attempts',
      { governor: false, retry: { backoff: [100_000] } },
      async (it) => {
        it.wire.script = [504];
      },
    ],
    ['for a token', { governor: false, token: { grant: () => new Promise(() => undefined) } }, async () => undefined],
    [
      'for the journal',
      {
        governor: false,
        store: {
          journal: {
            get: () => new Promise(() => undefined),
            put: () => Promise.resolve(),
            delete: () => Promise.resolve(),
          },
        },
      },
      async () => undefined,
    ],
  ];
  it.each(waits)(
    'fails a call that waits %s in the same tick, and the call sends nothing afterwards',
    async (_, config, before) => {
      const it = setup(config);
      await before(it);
      const call = it.start({ method: 'PUT', context: { transaction: 't' } });
      await it.clock.advance(10);
      expect(call.at).toBeUndefined();
      const sent = it.wire.sent.length;
      let closed = false;
      void it.line.close().then(() => (closed = true));
      await it.clock.advance(0);
      expect(call.error).toBeInstanceOf(ClosedError);
      expect(call.error).toMatchObject({ code: 'HOLDLINE_CLOSED', route: 'PUT /a' });
      expect(closed).toBe(true);
      await it.clock.run();
      expect(it.wire.sent).toHaveLength(sent);
    },
  );

  it('refuses all new calls, also without a governor, and sends nothing', async () => {
    for (const governor of [false, {}] as const) {
      const it = setup({ governor, token: { grant: () => Promise.reject(new Error('never asked')) } });
      await it.line.close();
      const { error } = await it.run();
      expect(error).toBeInstanceOf(ClosedError);
      expect(callInfo(error)).toMatchObject({ attempts: 0, route: 'GET /a' });
      expect(it.wire.sent).toEqual([]);
      await it.line.close();
    }
  });

  it('lets attempts on the wire end, but repeats none, not even after a 401', async () => {
    for (const status of [200, 504, 401]) {
      const it = setup(
        { governor: false, retry: { baseDelayMs: 0 }, token: { grant: () => Promise.resolve({ accessToken: 'x' }) } },
        [{ status, afterMs: 1_000 }],
      );
      const call = it.start();
      await it.clock.advance(500);
      let closed: number | undefined;
      void it.line.close().then(() => (closed = it.clock.now()));
      await it.clock.advance(499);
      expect(closed).toBeUndefined();
      await it.clock.run();
      expect([closed, it.wire.sent.length]).toEqual([1_000, 1]);
      if (status === 200) expect(call.value).toEqual({ status: 200 });
      else expect(call.error).toBeInstanceOf(ClosedError);
    }
  });

  it('does not wait for an endless native call whose caller has cancelled', async () => {
    const it = setup({ governor: {}, deadline: { totalTimeoutMs: 1_000 } }, ['deaf']);
    it.start();
    let closed = false;
    void it.line.close().then(() => (closed = true));
    await it.clock.advance(999);
    expect(closed).toBe(false);
    await it.clock.advance(1);
    expect(closed).toBe(true);
  });
});

describe('a call that a custom policy delays', () => {
  const slow = async (ends: (it: Setup, abort: AbortController) => void): Promise<Setup> => {
    const it = setup({ governor: false, token: { grant: () => Promise.resolve({ accessToken: 'x' }) } });
    it.line.use({
      name: 'slow',
      phase: 'sign',
      create:
        ({ clock }) =>
        async (call, next) => {
          await new Promise<void>((resolve) => void clock.setTimer(1_000, resolve));
          return next(call);
        },
    });
    const abort = new AbortController();
    it.start({ signal: abort.signal });
    await it.clock.advance(500);
    ends(it, abort);
    await it.clock.run();
    return it;
  };

  it.each<[string, (it: Setup, abort: AbortController) => void]>([
    ['the caller cancels it', (_, abort) => abort.abort()],
    ['the line is closed', (it) => void it.line.close()],
    ['its route is isolated', (it) => void it.line.isolate('GET /a')],
  ])('sends nothing after %s', async (_, ends) => {
    expect((await slow(ends)).wire.sent).toEqual([]);
    expect((await slow(() => undefined)).wire.sent).toHaveLength(1);
  });
});

describe('a line keeps no ended call alive', () => {
  it('by its cancellations for close()', async () => {
    let listening = 0;
    const it = setup(
      {
        governor: { quotas: [{ limit: 5, windowMs: 1_000 }] },
        retry: { backoff: [10] },
        token: { grant: () => Promise.resolve({ accessToken: 'x', expiresInMs: 100 }) },
        endpoints: { '* /a': { keyed: true } },
      },
      (sent) => (sent.at % 3 ? 504 : 200),
    );
    const watched = new WeakSet();
    it.line.use({
      name: 'look',
      phase: 'observe',
      create: () => (call, next) => {
        const { closing } = call as ActiveCall;
        if (closing && !watched.has(closing)) {
          watched.add(closing);
          const listen = closing.onCancel.bind(closing);
          closing.onCancel = (listener) => {
            listening++;
            const undo = listen(listener);
            let done = false;
            return () => {
              if (!done) listening--;
              done = true;
              undo();
            };
          };
        }
        return next(call);
      },
    });
    for (let i = 0; i < 50; i++)
      it.start({ method: 'PUT', context: { transaction: `t${i}`, totalTimeoutMs: i < 40 ? 60_000 : 3_000 } });
    await it.clock.run();
    expect(it.line.snapshot().calls).toBe(0);
    expect(listening).toBe(0);
  });
});

describe.each(['observe', 'answer'] as const)('the wait of a policy in phase %s', (phase) => {
  it.each(['of the request', 'of the context'])('ends in the tick of an abort by the signal %s', async (owner) => {
    const { line, clock, wire, start } = setup({});
    line.use({ name: 'pause', phase, create: () => (call, next) => call.wait(clock, 60_000).then(() => next(call)) });
    const controller = new AbortController();
    const { signal } = controller;
    const call = start(owner === 'of the request' ? { signal } : { context: { signal } });
    await clock.advance(1_000);
    const reason = new Error('stop');
    controller.abort(reason);
    await settle();
    expect(call.error).toBe(reason);
    expect(call.at).toBe(1_000);
    expect([clock.pending, wire.sent.length, line.snapshot().calls]).toEqual([0, 0, 0]);
  });

  it('does not begin if the signal has aborted already', async () => {
    const { line, clock, start } = setup({});
    line.use({ name: 'pause', phase, create: () => (call, next) => call.wait(clock, 60_000).then(() => next(call)) });
    const call = start({ signal: AbortSignal.abort(new Error('stop')) });
    await settle();
    expect(call.error).toEqual(new Error('stop'));
    expect(clock.pending).toBe(0);
  });
});

describe('snapshot', () => {
  it('is plain data that structuredClone and JSON accept', async () => {
    const it = setup({
      governor: { quotas: [{ limit: 1, windowMs: 1_000 }] },
      token: { grant: () => Promise.resolve({ accessToken: 'x' }) },
    });
    it.start();
    it.start();
    await it.clock.advance(0);
    const snapshot = it.line.snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(JSON.parse(JSON.stringify(structuredClone(snapshot))));
    expect(snapshot).toMatchObject({ calls: 1, queued: 1, inFlight: 0, token: { epoch: 1, state: 'valid' } });
    await it.clock.run();
  });
});
