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
/** Makes calls that end immediately. */
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
    ['opossum#217: one failure does not open it', {}, [500], 'closed'],
    ['19 failures are below the minimum number of attempts', {}, times(19, 500), 'closed'],
    ['20 failures reach the minimum number of attempts', {}, times(20, 500), 'open'],
    ['10 failures of 21 are below the ratio', {}, [...times(11, 200), ...times(10, 500)], 'closed'],
    ['10 failures of 20 reach the ratio', {}, [...times(10, 200), ...times(10, 500)], 'open'],
    ['5xx, timeouts and network errors are failures', few, [500, 503, 'reset', 'refused'], 'open'],
    ['408 and 504 are failures', few, [408, 504, 408, 504], 'open'],
    ['other 4xx are not failures', few, [400, 401, 403, 404, 409, 422, 404, 404], 'closed'],
    ['library-lab §5: 19 throttled attempts are below the minimum of the throttle trip', {}, times(19, 429), 'closed'],
    ['20 throttled of 20 exceed the throttle ratio of 60 %', {}, times(20, 429), 'open'],
    ['exactly 60 % throttled does not exceed the ratio', {}, [...times(8, 200), ...times(12, 429)], 'closed'],
    ['13 throttled of 21 exceed the ratio', {}, [...times(8, 200), ...times(13, 429)], 'open'],
    ['429s do not lower the failure ratio', { throttled: false }, [...times(30, 429), ...times(20, 500)], 'open'],
    ['429s are not failures', { throttled: false }, times(100, 429), 'closed'],
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

  it('library-lab §5: only completed attempts count, not calls in flight', async () => {
    const it = setup(bare());
    it.wire.script = ['deaf'];
    for (let i = 0; i < 50; i++) it.start();
    await many(it, times(20, 500));
    expect(state(it)).toBe('open');
  });

  it('aborted calls do not count', async () => {
    const it = setup(bare(few), ['hang']);
    for (let i = 0; i < 10; i++) {
      const abort = new AbortController();
      it.start({ signal: abort.signal });
      abort.abort();
      await it.clock.advance(0);
    }
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'closed', succeeded: 0, failed: 0, throttled: 0 });
  });

  it('requests that the client could not send do not count', async () => {
    const it = setup(bare(few));
    await many(
      it,
      times(10, () => failed(new Error('invalid URL'), it.wire.sent.length % 2 ? 'rejected' : 'local')),
    );
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'closed', succeeded: 0, failed: 0 });
    expect(it.wire.sent).toHaveLength(10);
  });

  it('cockatiel#64: failures from before an idle gap do not count', async () => {
    const it = setup(bare());
    await many(it, times(19, 500));
    await it.clock.advance(10_000);
    await many(it, times(19, 500));
    expect(state(it)).toBe('closed');
    await it.clock.advance(5_000);
    await many(it, [500]);
    expect(state(it)).toBe('open');
  });

  it('calls that the open circuit refuses do not count (library-lab §5: 1000 rejections while open)', async () => {
    const it = setup(bare(few));
    await many(it, times(4, 500));
    await many(it, times(1_000, 200));
    expect(it.line.snapshot().breakers[0]).toMatchObject({ succeeded: 0, failed: 4 });
    expect(it.wire.sent).toHaveLength(4);
  });

  it('each host and each route has its own circuit', async () => {
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

describe('the option scope', () => {
  const A = { headers: { Authorization: 'Bearer a' } };
  const B = { headers: { Authorization: 'Bearer b' } };

  it.each<[NonNullable<BreakerOptions['scope']>, string]>([
    ['host', 'CircuitOpenError'],
    ['credential', 'sent'],
  ])('scope %s: after failures of one tenant, a call of the other: %s', async (scope, expected) => {
    const it = setup(bare({ ...few, scope }));
    it.wire.script = ({ headers }) => (headers['authorization'] === 'Bearer a' ? 500 : 200);
    for (let i = 0; i < 4; i++) await it.run(A);
    expect((await it.run(A)).error).toBeInstanceOf(CircuitOpenError);
    const { error } = await it.run(B);
    expect((error as Error | undefined)?.name ?? 'sent').toBe(expected);
  });

  it('fails waiting calls only of the tenant whose circuit opens', async () => {
    const it = setup({
      retry: false,
      breaker: { ...few, scope: 'credential' },
      governor: { quotas: [{ limit: 4, windowMs: 60_000, enforcement: 'sliding' }] },
    });
    it.wire.script = ({ headers }) =>
      headers['authorization'] === 'Bearer a' ? { status: 500, afterMs: 10 } : { status: 200, afterMs: 10 };
    const calls = [A, A, A, A, A, B, B, B, B, B].map((request) => it.start(request));
    await it.clock.advance(1_000);
    expect(calls[4]?.error).toBeInstanceOf(CircuitOpenError);
    expect(calls[9]?.at).toBeUndefined();
    await it.clock.run();
    expect(calls[9]?.value).toEqual({ status: 200 });
  });

  it('the snapshot and isolation cover the circuits of all credentials', async () => {
    const it = setup(bare({ scope: 'credential' }));
    await it.run(A);
    await it.run(B);
    const scopes = it.line.snapshot().breakers.map(({ scope }) => scope);
    expect(new Set(scopes).size).toBe(2);
    for (const scope of scopes) expect(scope).toMatch(/^https:\/\/api\.test credential:\w+ GET \/a$/);
    it.line.isolate('GET /a');
    for (const request of [A, B]) expect((await it.run(request)).error).toBeInstanceOf(CircuitOpenError);
  });
});

describe('an open circuit', () => {
  it('refuses with CircuitOpenError and the time of the first probe, and sends nothing', async () => {
    const it = setup(bare(few), [500]);
    const started = it.told('callStarted');
    const refused = it.told('refused');
    const changes = it.told('breaker');
    await many(it, times(4, 500));
    await it.clock.advance(1_000);
    const { error, at } = await it.run();
    const retryAt = it.clock.wall() + 4_000;
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ code: 'HOLDLINE_CIRCUIT_OPEN', route: 'GET /a', retryAt, attempts: 0 });
    expect(at).toBe(1_000);
    const callId = started.at(-1)?.callId;
    expect(refused).toEqual([{ callId, route: 'GET /a', code: 'HOLDLINE_CIRCUIT_OPEN', retryAt }]);
    expect(changes).toEqual([
      { scope: 'https://api.test GET /a', from: 'closed', to: 'open', reason: '4 of 4 attempts failed' },
    ]);
  });

  it('library-lab §5: a late success of a call from before the circuit opened does not close it', async () => {
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

  it('late failures of calls from before the circuit closed again do not open it', async () => {
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

  it('admits the number of probes in `probes` at the same time', async () => {
    const it = await opened();
    it.wire.script = [{ status: 200, afterMs: 100 }];
    const calls = Array.from({ length: 10 }, () => it.start());
    await it.clock.advance(0);
    expect(it.wire.sent).toHaveLength(7);
    expect(calls.filter(({ error }) => error instanceof CircuitOpenError)).toHaveLength(7);
    await it.clock.advance(100);
    expect(state(it)).toBe('closed');
  });

  it('closes when all probes have succeeded, not after the first (cockatiel#73)', async () => {
    const it = await opened();
    await many(it, [200, 200]);
    expect(state(it)).toBe('half-open');
    await many(it, [200]);
    expect(state(it)).toBe('closed');
    expect(it.line.snapshot().breakers[0]).toMatchObject({ succeeded: 0, failed: 0 });
  });

  it('opens again for openMs when a probe fails', async () => {
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

  it('library-lab §5: a hung probe makes room for another one after its time limit, and its late answer does not count', async () => {
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

  it('a success after the time limit of its probe does not close the circuit', async () => {
    const it = await opened({ probes: 1, probeTimeoutMs: 2_000 });
    it.wire.script = [{ status: 200, afterMs: 3_000 }];
    it.start();
    await it.clock.advance(3_000);
    expect(state(it)).toBe('half-open');
  });

  it('a 429 is neither success nor failure, and frees the place of its probe', async () => {
    const it = await opened({ probes: 1 });
    await many(it, [429, 429, 429]);
    expect([state(it), it.wire.sent.length]).toEqual(['half-open', 7]);
    await many(it, [200]);
    expect(state(it)).toBe('closed');
  });

  it('an aborted probe frees its place', async () => {
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

  it('an error of an inner policy frees the place of the probe', async () => {
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

  it("fail immediately with 'fail', and none is sent", async () => {
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

  it("keep waiting with 'keep'", async () => {
    const { it, calls } = waiting('keep');
    await it.clock.run();
    expect(calls.map(({ error }) => error)).toEqual(times(8, undefined));
    expect(it.wire.sent).toHaveLength(8);
  });
});

describe('isolation', () => {
  it('refuses calls of a route on every host, known or new, until undone', async () => {
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

  it('twice ends when both are undone, and each undo counts once', async () => {
    const it = setup(bare());
    const undo = [it.line.isolate('GET /a'), it.line.isolate('GET /a')];
    undo[0]?.();
    undo[0]?.();
    expect((await it.run()).error).toBeInstanceOf(CircuitOpenError);
    undo[1]?.();
    expect((await it.run()).value).toEqual({ status: 200 });
  });

  it('refuses calls of routes without a breaker too, including retries of calls in flight', async () => {
    const it = setup({ governor: false, breaker: false, retry: { jitter: 'none', baseDelayMs: 1_000 } }, [504]);
    const call = it.start();
    await it.clock.advance(500);
    it.line.isolate('GET /a');
    await it.clock.run();
    expect(call.error).toBeInstanceOf(CircuitOpenError);
    expect(it.wire.sent).toHaveLength(1);
  });

  it('returns the permits of refused calls', async () => {
    const it = setup({ retry: false, breaker: false, governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } });
    const undo = it.line.isolate('GET /a');
    it.start();
    await it.clock.advance(0);
    undo();
    it.start();
    await it.clock.advance(0);
    expect(it.wire.table).toEqual(['0 GET /a']);
  });

  it('of an invalid route pattern throws a ConfigError', () => {
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

  it('library-lab §5: an exported circuit stays open for its remaining wall time', async () => {
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

  it('an exported circuit whose open time has passed admits probes immediately', async () => {
    const exported = await later(2_000);
    const { clock } = setup();
    await clock.advance(60_000);
    const it = setup(bare(few, { state: exported, clock }), ['deaf']);
    it.start();
    it.start();
    await clock.advance(0);
    expect(it.wire.sent).toHaveLength(1);
  });

  it('a saved circuit without a call since is exported again; closed circuits are not exported', async () => {
    const it = setup(bare(few, { state: await later(0) }));
    await it.run({ url: '/b' });
    expect(it.line.exportState().breakers).toEqual([
      { scope: 'https://api.test GET /a', state: 'open', retryAt: Date.UTC(2026, 0, 1) + 5_000 },
    ]);
  });

  it('a circuit named by a fingerprint is not exported, because the next process has other fingerprints', async () => {
    const it = setup(bare({ ...few, scope: 'credential' }), [500]);
    const own = { headers: { Authorization: 'Bearer a' } };
    for (let i = 0; i < 4; i++) await it.run(own);
    await many(it, times(4, 500));
    expect((await it.run(own)).error).toBeInstanceOf(CircuitOpenError);
    expect(it.line.exportState().breakers?.map(({ scope }) => scope)).toEqual([
      'https://api.test credential:none@https://api.test GET /a',
    ]);
  });

  it('an isolation is exported too, and the next line can undo it', async () => {
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
  it('takes a new length from an update, and restarts its counts', async () => {
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

  it('counts no result older than the window, and every result younger than nine tenths of it', () => {
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
