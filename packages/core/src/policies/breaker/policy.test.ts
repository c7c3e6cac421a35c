import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CircuitOpenError,
  ConfigError,
  failed,
  type BreakerOptions,
  type HoldlineConfig,
  type LineState,
} from '../../index.js';
import { setup, type Step } from '../../line/transport.fixture.js';
import { RollingCounts } from './rolling-counts.js';

const bare = (breaker: BreakerOptions = {}, more: HoldlineConfig = {}): HoldlineConfig => ({
  governor: false,
  retry: false,
  breaker,
  ...more,
});
const few: BreakerOptions = { minAttempts: 4, probes: 1, openMs: 5_000 };
const state = (it: ReturnType<typeof setup>): string | undefined => it.line.snapshot().breakers[0]?.state;
/** Makes calls that end at once. */
async function many(it: ReturnType<typeof setup>, steps: Step[]): Promise<void> {
  for (const step of steps) {
    it.wire.script = [step];
    it.start();
    await it.clock.advance(0);
  }
}
const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('when a circuit opens', () => {
  it.each<[string, BreakerOptions, Step[], string]>([
    ['opossum#217: not on the first failure', {}, [500], 'closed'],
    ['not below the minimum volume', {}, times(19, 500), 'closed'],
    ['at the minimum volume', {}, times(20, 500), 'open'],
    ['not below the ratio', {}, [...times(11, 200), ...times(10, 500)], 'closed'],
    ['at the ratio', {}, [...times(10, 200), ...times(10, 500)], 'open'],
    ['5xx, timeouts and network errors are failures', few, [500, 503, 'reset', 'refused'], 'open'],
    ['408 and 504 too', few, [408, 504, 408, 504], 'open'],
    ['4xx are answers of a healthy platform', few, [400, 401, 403, 404, 409, 422, 404, 404], 'closed'],
    ['library-lab §5: 59 throttled of 100 stay below the trip for 429s', {}, times(19, 429), 'closed'],
    ['429s have a trip of their own: above 60 % of 20', {}, times(20, 429), 'open'],
    ['exactly 60 % is not above', {}, [...times(8, 200), ...times(12, 429)], 'closed'],
    ['13 of 21 is', {}, [...times(8, 200), ...times(13, 429)], 'open'],
    ['429s dilute no failures', { throttled: false }, [...times(30, 429), ...times(20, 500)], 'open'],
    ['nor are they failures', { throttled: false }, times(100, 429), 'closed'],
    [
      '503 with Retry-After is a failure, not a 429',
      few,
      times(4, { status: 503, headers: { 'retry-after': '1' } }),
      'open',
    ],
  ])('%s', async (_, options, steps, expected) => {
    const it = setup(bare(options));
    await many(it, steps);
    expect(state(it)).toBe(expected);
  });

  it('library-lab §5: calls in flight dilute nothing, completed attempts alone count', async () => {
    const it = setup(bare());
    it.wire.script = ['deaf'];
    for (let i = 0; i < 50; i++) it.start();
    await many(it, times(20, 500));
    expect(state(it)).toBe('open');
  });

  it('calls that were given up count as nothing', async () => {
    const it = setup(bare(few), ['hang']);
    for (let i = 0; i < 10; i++) {
      const abort = new AbortController();
      it.start({ signal: abort.signal });
      abort.abort();
      await it.clock.advance(0);
    }
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'closed', succeeded: 0, failed: 0, throttled: 0 });
  });

  it('what the client itself could not send counts as nothing either', async () => {
    const it = setup(bare(few));
    await many(
      it,
      times(10, () => failed(new Error('invalid URL'), it.wire.sent.length % 2 ? 'rejected' : 'local')),
    );
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'closed', succeeded: 0, failed: 0 });
    expect(it.wire.sent).toHaveLength(10);
  });

  it('cockatiel#64: after an idle gap the failures of before are forgotten', async () => {
    const it = setup(bare());
    await many(it, times(19, 500));
    await it.clock.advance(10_000);
    await many(it, times(19, 500));
    expect(state(it)).toBe('closed');
    await it.clock.advance(5_000);
    await many(it, [500]);
    expect(state(it)).toBe('open');
  });

  it('what it refuses counts for nothing (library-lab §5: 1000 rejections while open)', async () => {
    const it = setup(bare(few));
    await many(it, times(4, 500));
    await many(it, times(1_000, 200));
    expect(it.line.snapshot().breakers[0]).toMatchObject({ succeeded: 0, failed: 4 });
    expect(it.wire.sent).toHaveLength(4);
  });

  it('each host and each route has its own', async () => {
    const it = setup(bare(few), [500]);
    for (let i = 0; i < 4; i++) await it.run({ url: '/users/1' });
    await it.run({ url: '/users/2' });
    await it.run({ url: '/groups/1' });
    await it.run({ url: 'https://other.test/users/1' });
    expect(it.line.snapshot().breakers.map(({ scope, state }) => [scope, state])).toEqual([
      ['https://api.test GET /users/:id', 'open'],
      ['https://api.test GET /groups/:id', 'closed'],
      ['https://other.test GET /users/:id', 'closed'],
    ]);
    expect(it.wire.sent).toHaveLength(6);
  });
});

describe('by credential', () => {
  const A = { headers: { Authorization: 'Bearer a' } };
  const B = { headers: { Authorization: 'Bearer b' } };

  it.each<[NonNullable<BreakerOptions['scope']>, string]>([
    ['host', 'CircuitOpenError'],
    ['credential', 'sent'],
  ])('scope %s: what one tenant runs into, the other finds: %s', async (scope, expected) => {
    const it = setup(bare({ ...few, scope }));
    it.wire.script = ({ headers }) => (headers['authorization'] === 'Bearer a' ? 500 : 200);
    for (let i = 0; i < 4; i++) await it.run(A);
    expect((await it.run(A)).error).toBeInstanceOf(CircuitOpenError);
    const { error } = await it.run(B);
    expect((error as Error | undefined)?.name ?? 'sent').toBe(expected);
  });

  it('fails the calls of the tenant alone that wait for a permit', async () => {
    const it = setup({
      retry: false,
      breaker: { ...few, scope: 'credential' },
      governor: { quotas: [{ limit: 4, windowMs: 60_000, enforcement: 'sliding' }] },
    });
    it.wire.script = ({ headers }) =>
      headers['authorization'] === 'Bearer a' ? { status: 500, afterMs: 10 } : { status: 200, afterMs: 10 };
    const calls = [A, A, A, A, A, B, B, B, B, B].map((asked) => it.start(asked));
    await it.clock.advance(1_000);
    expect(calls[4]?.error).toBeInstanceOf(CircuitOpenError);
    expect(calls[9]?.at).toBeUndefined();
    await it.clock.run();
    expect(calls[9]?.value).toEqual({ status: 200 });
  });

  it('shows and isolates the circuits of all credentials', async () => {
    const it = setup(bare({ scope: 'credential' }));
    await it.run(A);
    await it.run(B);
    const scopes = it.line.snapshot().breakers.map(({ scope }) => scope);
    expect(new Set(scopes).size).toBe(2);
    for (const scope of scopes) expect(scope).toMatch(/^https:\/\/api\.test credential:\w+ GET \/a$/);
    it.line.isolate('GET /a');
    for (const asked of [A, B]) expect((await it.run(asked)).error).toBeInstanceOf(CircuitOpenError);
  });
});

describe('an open circuit', () => {
  it('refuses with CircuitOpenError and the time of the first probe, and sends nothing', async () => {
    const it = setup(bare(few), [500]);
    const refused = it.told('refused');
    const changes = it.told('breaker');
    await many(it, times(4, 500));
    await it.clock.advance(1_000);
    const { error, at } = await it.run();
    const retryAt = it.clock.wall() + 4_000;
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ code: 'HOLDLINE_CIRCUIT_OPEN', route: 'GET /a', retryAt, attempts: 0 });
    expect(at).toBe(1_000);
    expect(refused).toEqual([{ route: 'GET /a', code: 'HOLDLINE_CIRCUIT_OPEN', retryAt }]);
    expect(changes).toEqual([
      { scope: 'https://api.test GET /a', from: 'closed', to: 'open', reason: '4 of 4 attempts failed' },
    ]);
  });

  it('library-lab §5: a late success of a call begun before it opened closes nothing', async () => {
    const it = setup(bare(few));
    it.wire.script = [{ status: 200, afterMs: 6_000 }];
    for (let i = 0; i < 10; i++) it.start();
    await many(it, times(4, 500));
    await it.clock.advance(6_000);
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'open' });
    it.wire.script = ['deaf'];
    it.start();
    it.start();
    await it.clock.advance(0);
    expect(it.wire.sent).toHaveLength(15);
  });

  it('late failures of calls begun before it closed again open nothing', async () => {
    const it = setup(bare({ ...few, openMs: 1_000 }));
    it.wire.script = [{ status: 500, afterMs: 3_000 }];
    for (let i = 0; i < 10; i++) it.start();
    await many(it, times(4, 500));
    await it.clock.advance(1_000);
    await many(it, [200]);
    expect(state(it)).toBe('closed');
    await it.clock.advance(3_000);
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'closed', failed: 0 });
  });
});

describe('half-open', () => {
  const opened = async (options: BreakerOptions = {}): Promise<ReturnType<typeof setup>> => {
    const it = setup(bare({ ...few, probes: 3, ...options }));
    await many(it, times(4, 500));
    await it.clock.advance(5_000);
    return it;
  };

  it('lets as many probes through as named, no more at the same time', async () => {
    const it = await opened();
    it.wire.script = [{ status: 200, afterMs: 100 }];
    const calls = Array.from({ length: 10 }, () => it.start());
    await it.clock.advance(0);
    expect(it.wire.sent).toHaveLength(7);
    expect(calls.filter(({ error }) => error instanceof CircuitOpenError)).toHaveLength(7);
    await it.clock.advance(100);
    expect(state(it)).toBe('closed');
  });

  it('closes when all probes have succeeded, not with the first (cockatiel#73)', async () => {
    const it = await opened();
    await many(it, [200, 200]);
    expect(state(it)).toBe('half-open');
    await many(it, [200]);
    expect(state(it)).toBe('closed');
    expect(it.line.snapshot().breakers[0]).toMatchObject({ succeeded: 0, failed: 0 });
  });

  it('opens again with the first probe that fails, for another openMs', async () => {
    const it = await opened();
    await many(it, [200, 500, 200]);
    expect(state(it)).toBe('open');
    expect(it.wire.sent).toHaveLength(6);
    await it.clock.advance(4_999);
    await many(it, [200]);
    expect(it.wire.sent).toHaveLength(6);
    await it.clock.advance(1);
    await many(it, [200]);
    expect(it.wire.sent).toHaveLength(7);
  });

  it('library-lab §5: a hung probe makes room for another after its deadline, and its late answer counts no more', async () => {
    const it = await opened({ probes: 1, probeTimeoutMs: 2_000 });
    it.wire.script = [{ status: 500, afterMs: 10_000 }];
    it.start();
    await it.clock.advance(1_999);
    await many(it, [200]);
    expect(it.wire.sent).toHaveLength(5);
    await it.clock.advance(1);
    await many(it, [200]);
    expect([it.wire.sent.length, state(it)]).toEqual([6, 'closed']);
    await it.clock.advance(20_000);
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'closed', failed: 0 });
  });

  it('a success that comes after the deadline of its probe closes nothing', async () => {
    const it = await opened({ probes: 1, probeTimeoutMs: 2_000 });
    it.wire.script = [{ status: 200, afterMs: 3_000 }];
    it.start();
    await it.clock.advance(3_000);
    expect(state(it)).toBe('half-open');
  });

  it('a 429 is neither success nor failure: its place is free again', async () => {
    const it = await opened({ probes: 1 });
    await many(it, [429, 429, 429]);
    expect([state(it), it.wire.sent.length]).toEqual(['half-open', 7]);
    await many(it, [200]);
    expect(state(it)).toBe('closed');
  });

  it('a probe that was given up frees its place', async () => {
    const it = await opened({ probes: 1 });
    it.wire.script = ['hang'];
    const abort = new AbortController();
    it.start({ signal: abort.signal });
    await it.clock.advance(0);
    abort.abort();
    await it.clock.advance(0);
    await many(it, [200]);
    expect(state(it)).toBe('closed');
  });

  it('a policy further in that throws frees its place too', async () => {
    const it = setup(bare({ ...few, probes: 1 }));
    await many(it, times(4, 500));
    await it.clock.advance(5_000);
    let faulty = true;
    it.line.use({
      name: 'faulty',
      phase: 'send',
      create: () => (call, next) => {
        if (faulty) throw new Error('bug');
        return next(call);
      },
    });
    const call = await it.run();
    expect((call.error as Error).message).toBe('bug');
    faulty = false;
    await many(it, [200]);
    expect(state(it)).toBe('closed');
  });
});

describe('calls that wait for a permit when the circuit opens', () => {
  const waiting = (queued: 'fail' | 'keep') => {
    const it = setup(
      bare({ ...few, queued }, { governor: { quotas: [{ limit: 4, windowMs: 10_000 }], gateJitterMs: 0 } }),
      [{ status: 500, afterMs: 1_000 }],
    );
    return { it, calls: Array.from({ length: 8 }, () => it.start()) };
  };

  it("fail at once with 'fail', and nothing of them is sent", async () => {
    const { it, calls } = waiting('fail');
    const refused = it.told('refused');
    await it.clock.advance(1_000);
    for (const { error, at } of calls.slice(4)) {
      expect(error).toMatchObject({ name: 'CircuitOpenError', waitedMs: 1_000, retryAt: it.clock.wall() + 5_000 });
      expect(at).toBe(1_000);
    }
    expect(refused).toHaveLength(4);
    await it.clock.run();
    expect(it.wire.sent).toHaveLength(4);
    expect(it.line.snapshot()).toMatchObject({ queued: 0, inFlight: 0, calls: 0 });
  });

  it("stay with 'keep'", async () => {
    const { it, calls } = waiting('keep');
    await it.clock.run();
    expect(calls.map(({ error }) => error)).toEqual(times(8, undefined));
    expect(it.wire.sent).toHaveLength(8);
  });
});

describe('isolation by hand', () => {
  it('holds back a route on every host, known or new, until undone', async () => {
    const it = setup(bare());
    await it.run({ url: '/users/1' });
    const undo = it.line.isolate('GET /users/:id');
    for (const url of ['/users/2', 'https://other.test/users/1']) {
      expect((await it.run({ url })).error).toMatchObject({ name: 'CircuitOpenError', retryAt: undefined });
    }
    await it.clock.advance(3_600_000);
    expect((await it.run({ url: '/users/3' })).error).toBeInstanceOf(CircuitOpenError);
    expect((await it.run({ url: '/groups/1' })).value).toEqual({ status: 200 });
    undo();
    expect((await it.run({ url: '/users/4' })).value).toEqual({ status: 200 });
    expect((await it.run({ url: 'https://other.test/users/1' })).value).toEqual({ status: 200 });
  });

  it('by two hands is undone by both, and no hand undoes twice', async () => {
    const it = setup(bare());
    const undo = [it.line.isolate('GET /a'), it.line.isolate('GET /a')];
    undo[0]?.();
    undo[0]?.();
    expect((await it.run()).error).toBeInstanceOf(CircuitOpenError);
    undo[1]?.();
    expect((await it.run()).value).toEqual({ status: 200 });
  });

  it('holds back routes without a breaker too, retries of calls under way included', async () => {
    const it = setup({ governor: false, breaker: false, retry: { jitter: 'none', baseDelayMs: 1_000 } }, [504]);
    const call = it.start();
    await it.clock.advance(500);
    it.line.isolate('GET /a');
    await it.clock.run();
    expect(call.error).toBeInstanceOf(CircuitOpenError);
    expect(it.wire.sent).toHaveLength(1);
  });

  it('takes back the permit of what it holds back', async () => {
    const it = setup({ retry: false, breaker: false, governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } });
    const undo = it.line.isolate('GET /a');
    it.start();
    await it.clock.advance(0);
    undo();
    it.start();
    await it.clock.advance(0);
    expect(it.wire.table).toEqual(['0 GET /a']);
  });

  it('of something that is no route is a ConfigError', () => {
    expect(() => setup().line.isolate('users')).toThrow(ConfigError);
  });
});

describe('state over a restart', () => {
  const later = async (ms: number): Promise<LineState> => {
    const it = setup(bare(few));
    await many(it, times(4, 500));
    await it.clock.advance(ms);
    return JSON.parse(JSON.stringify(it.line.exportState())) as LineState;
  };

  it('library-lab §5: an exported circuit stays open for the time it had left, by the calendar', async () => {
    const exported = await later(2_000);
    const { clock } = setup();
    await clock.advance(3_000);
    const it = setup(bare(few, { state: exported, clock }));
    expect((await it.run()).error).toMatchObject({ retryAt: Date.UTC(2026, 0, 1) + 5_000 });
    await it.clock.advance(1_999);
    expect((await it.run()).error).toBeInstanceOf(CircuitOpenError);
    await it.clock.advance(1);
    expect((await it.run()).value).toEqual({ status: 200 });
    expect(state(it)).toBe('closed');
  });

  it('time is up: probes at once', async () => {
    const exported = await later(2_000);
    const { clock } = setup();
    await clock.advance(60_000);
    const it = setup(bare(few, { state: exported, clock }), ['deaf']);
    it.start();
    it.start();
    await clock.advance(0);
    expect(it.wire.sent).toHaveLength(1);
  });

  it('what was saved and not called since is saved again; closed circuits are not saved', async () => {
    const it = setup(bare(few, { state: await later(0) }));
    await it.run({ url: '/b' });
    expect(it.line.exportState().breakers).toEqual([
      { scope: 'https://api.test GET /a', state: 'open', retryAt: Date.UTC(2026, 0, 1) + 5_000 },
    ]);
  });

  it('a circuit of a fingerprint is not saved: the next process gives the credential another one', async () => {
    const it = setup(bare({ ...few, scope: 'credential' }), [500]);
    const own = { headers: { Authorization: 'Bearer a' } };
    for (let i = 0; i < 4; i++) await it.run(own);
    await many(it, times(4, 500));
    expect((await it.run(own)).error).toBeInstanceOf(CircuitOpenError);
    expect(it.line.exportState().breakers?.map(({ scope }) => scope)).toEqual([
      'https://api.test credential:none@https://api.test GET /a',
    ]);
  });

  it('an isolation is saved too, and the next line can undo it', async () => {
    const first = setup(bare());
    await first.run();
    first.line.isolate('GET /a');
    const second = setup(bare({}, { state: first.line.exportState() }));
    second.line.isolate('GET /a')();
    expect((await second.run()).value).toEqual({ status: 200 });
    const third = setup(bare({}, { state: first.line.exportState() }));
    expect((await third.run()).error).toBeInstanceOf(CircuitOpenError);
    third.line.isolate('GET /a')();
    expect((await third.run()).value).toEqual({ status: 200 });
  });
});

describe('the rolling window', () => {
  it('takes a new length from an update, and counts from then on', async () => {
    const it = setup(bare(few));
    await many(it, [500, 500, 500]);
    it.line.update({ breaker: { windowMs: 1_000 } });
    for (let i = 0; i < 6; i++) {
      await many(it, [500]);
      await it.clock.advance(2_000);
    }
    expect(state(it)).toBe('closed');
    await many(it, times(4, 500));
    expect(state(it)).toBe('open');
  });

  it('never counts what is older than the window, and never misses what is younger than nine tenths of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 100_000 }),
        fc.array(fc.record({ gap: fc.integer({ min: 0, max: 50_000 }), kind: fc.constantFrom(0, 1, 2) }), {
          maxLength: 60,
        }),
        (windowMs, arrivals) => {
          const counts = new RollingCounts(windowMs);
          const seen: { at: number; kind: number }[] = [];
          let now = 0;
          for (const { gap, kind } of arrivals) {
            now += gap;
            counts.add(now, kind as 0 | 1 | 2);
            seen.push({ at: now, kind });
            const { succeeded, failed, throttled } = counts.totals(now);
            for (const [k, total] of [succeeded, failed, throttled].entries()) {
              const within = (ms: number): number => seen.filter((one) => one.kind === k && one.at > now - ms).length;
              expect(total).toBeLessThanOrEqual(within(windowMs));
              expect(total).toBeGreaterThanOrEqual(within(windowMs * 0.9 - 1e-6));
            }
          }
        },
      ),
    );
  });
});
