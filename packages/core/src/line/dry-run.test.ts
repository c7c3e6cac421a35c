import { describe, expect, it } from 'vitest';
import { ConfigError, createHoldline, type HoldlineConfig, memoryStore } from '../index.js';
import { VirtualClock } from '../testing.js';
import { ORIGIN, setup } from './transport.fixture.js';

const dry = (config: HoldlineConfig): HoldlineConfig => ({ dryRun: true, retry: false, ...config });
const perSecond = (limit: number, more = {}): HoldlineConfig => ({
  governor: { quotas: [{ limit, windowMs: 1_000 }], gateJitterMs: 0, ...more },
});
const ROOT = `credential:none@${ORIGIN}`;

describe('the governor of a dry run', () => {
  it('reports a wait, and delays nothing', async () => {
    const { clock, line, start, told, wire } = setup(dry(perSecond(1)));
    for (const name of ['callStarted', 'dryRun', 'queued', 'permitted', 'call'] as const) told(name);
    const calls = [start(), start(), start()];
    expect(line.snapshot()).toMatchObject({ calls: 3, queued: 2 });
    await clock.run();
    expect(wire.table).toEqual(['0 GET /a', '0 GET /a', '0 GET /a']);
    expect(calls.map(({ at, value }) => [at, value])).toEqual(calls.map(() => [0, { status: 200 }]));
    const [, second, third] = told('callStarted').map(({ callId }) => callId);
    const wait = { route: 'GET /a', policy: 'governor', action: 'wait', error: undefined, reason: ROOT };
    expect(told('dryRun')).toEqual([
      { callId: second, forMs: 1_000, ...wait },
      { callId: third, forMs: 2_000, ...wait },
    ]);
    expect([told('queued'), told('permitted')]).toEqual([[], []]);
    for (const call of told('call')) expect(call).toMatchObject({ waitedMs: 0, queuedMs: 0, durationMs: 0 });
    expect(line.snapshot()).toMatchObject({ queued: 0, inFlight: 0 });
  });

  it('counts the shadows, so that later calls see the queue of a line with the policy on', async () => {
    const { clock, start, told } = setup(dry(perSecond(1)));
    told('dryRun');
    for (let i = 0; i < 3; i++) start();
    await clock.advance(1_500);
    start({ context: { priority: 'high' } });
    await clock.run();
    expect(told('dryRun').map(({ forMs }) => forMs)).toEqual([1_000, 2_000, 500]);
  });

  it('holds the permit of a shadow for as long as its attempt took', async () => {
    const config = dry({ bulkhead: { maxConcurrent: 1 } });
    const { clock, line, start, told, wire } = setup(config, [{ status: 200, afterMs: 100 }]);
    told('dryRun');
    start();
    start();
    await clock.advance(100);
    expect([wire.table, line.snapshot().inFlight]).toEqual([['0 GET /a', '0 GET /a'], 1]);
    start();
    expect(told('dryRun')).toHaveLength(2);
    await clock.advance(100);
    expect(line.snapshot()).toMatchObject({ queued: 0, inFlight: 1 });
    await clock.run();
    expect(line.snapshot()).toMatchObject({ queued: 0, inFlight: 0 });
  });

  it('reports a refusal by a full queue, and keeps no more shadows than maxQueued', async () => {
    const { clock, line, start, told, wire } = setup(dry(perSecond(1, { maxQueued: 2 })));
    told('dryRun');
    told('refused');
    const calls = Array.from({ length: 10 }, () => start());
    expect(line.snapshot().queued).toBe(2);
    await clock.run();
    expect(wire.sent).toHaveLength(10);
    expect(calls.every(({ error }) => error === undefined)).toBe(true);
    expect(told('dryRun').map(({ action }) => action)).toEqual([
      'wait',
      'wait',
      ...Array.from({ length: 7 }, () => 'refuse'),
    ]);
    expect(told('dryRun')[2]).toMatchObject({ policy: 'governor', error: 'HOLDLINE_QUEUE_FULL' });
    expect(told('refused')).toEqual([]);
    expect(line.snapshot().dryRun).toEqual({ wait: 2, refuse: 7 });
  });

  it('closes a gate after a 429; calls behind it are sent and reported', async () => {
    const { clock, start, told, wire } = setup(dry({ governor: { gateJitterMs: 0 } }), [
      { status: 429, headers: { 'retry-after': '2' } },
      200,
    ]);
    told('gateClosed');
    told('dryRun');
    start();
    await clock.advance(500);
    start();
    await clock.run();
    expect(wire.table).toEqual(['0 GET /a', '500 GET /a']);
    expect(told('gateClosed')).toMatchObject([{ forMs: 2_000 }]);
    expect(told('dryRun')).toMatchObject([{ action: 'wait', forMs: 1_500, reason: `route:${ROOT}:GET /a` }]);
  });

  it('drops the shadow of a call whose caller gives up', async () => {
    const { clock, line, start } = setup(dry(perSecond(1)), [200, 'hang']);
    start();
    const abort = new AbortController();
    const call = start({ signal: abort.signal });
    expect(line.snapshot().queued).toBe(1);
    abort.abort(new Error('enough'));
    expect(line.snapshot().queued).toBe(0);
    await clock.run();
    expect((call.error as Error).message).toBe('enough');
  });

  it('lets drain and close end before the shadows', async () => {
    const { clock, line, start } = setup(dry(perSecond(1)));
    for (let i = 0; i < 100; i++) start();
    await line.drain();
    expect([clock.now(), line.snapshot().queued]).toEqual([0, 99]);
    await line.close();
    expect([clock.now(), line.snapshot().queued, clock.pending]).toEqual([0, 0, 0]);
  });

  it('keeps no process alive for a shadow', async () => {
    const clock = new VirtualClock();
    let held = 0;
    const background = Object.assign(clock, { setBackgroundTimer: clock.setTimer.bind(clock) });
    const setTimer = clock.setTimer.bind(clock);
    clock.setTimer = (ms, fn) => (held++, setTimer(ms, fn));
    background.setBackgroundTimer = setTimer;
    const { start } = setup(dry({ ...perSecond(1), clock }));
    for (let i = 0; i < 5; i++) start();
    await clock.run();
    expect(held).toBe(0);
  });

  it('grants every permit of an adapter at once', async () => {
    const { clock, line } = setup(dry(perSecond(1)));
    const permits = [1, 2, 3].map(() => line.permit({ method: 'SEND', url: `${ORIGIN}/s` }));
    expect(permits.map(({ isGranted }) => isGranted)).toEqual([true, true, true]);
    expect(line.snapshot().queued).toBe(2);
    await Promise.all(permits.map(({ granted }) => granted));
    permits[0]?.sent();
    permits[1]?.sent();
    permits[2]?.giveBack();
    expect(permits.map(({ isGranted }) => isGranted)).toEqual([false, false, false]);
    await clock.run();
    expect(line.snapshot()).toMatchObject({ queued: 0, inFlight: 0, dryRun: { wait: 2 } });
  });
});

describe('the other policies of a dry run', () => {
  it('retry: reports the first decision, and repeats nothing', async () => {
    const retry = { jitter: 'none', baseDelayMs: 100 } as const;
    const cases: [script: number | 'reset' | 'refused', method: string, expected: object[]][] = [
      [504, 'GET', [{ policy: 'retry', action: 'retry', forMs: 100, reason: 'unknown' }]],
      ['refused', 'POST', [{ action: 'retry', forMs: 100, reason: 'not-sent' }]],
      ['reset', 'POST', [{ action: 'fail', error: 'HOLDLINE_OUTCOME_UNKNOWN', reason: 'not repeatable' }]],
      [429, 'GET', [{ action: 'retry', forMs: 3_000, reason: 'refused' }]],
      [404, 'GET', []],
    ];
    for (const [script, method, expected] of cases) {
      const it = setup(dry({ retry, governor: { gateJitterMs: 0 } }), [script, 200]);
      it.told('dryRun');
      it.told('retry');
      const call = await it.run({ method });
      expect(it.wire.sent).toHaveLength(1);
      expect(it.told('dryRun')).toMatchObject(expected);
      expect(it.told('dryRun')).toHaveLength(expected.length);
      expect(it.told('retry')).toEqual([]);
      if (typeof script === 'number') expect(call.value).toEqual({ status: script });
      else expect((call.error as { code: string }).code).toBe(script === 'reset' ? 'ECONNRESET' : 'ECONNREFUSED');
    }
  });

  it('retry: spends the budget, asks no verify hook, and reports that it gives up', async () => {
    let asked = 0;
    const budget = { capacity: 1, perSuccess: 0, perSec: 0 };
    const retry = { budget, verify: () => (asked++, Promise.resolve(true)) };
    const { run, told } = setup(dry({ retry, governor: false }), ['reset']);
    told('dryRun');
    told('giveUp');
    await run();
    await run();
    await run({ method: 'POST' });
    expect(asked).toBe(0);
    expect(told('dryRun').map(({ action, reason }) => [action, reason])).toEqual([
      ['retry', 'unknown'],
      ['fail', 'retry.verify decides'],
    ]);
    expect(told('giveUp')).toMatchObject([{ reason: 'retry budget used up', attempts: 1 }]);
  });

  it('breaker: opens, reports refusals with the time of the probe, and sends every call', async () => {
    const breaker = { minAttempts: 2, openMs: 1_000 };
    const { run, told, wire, clock, line } = setup(dry({ breaker, governor: false }), [500, 500, 500, 200]);
    told('dryRun');
    told('breaker');
    for (let i = 0; i < 3; i++) await run();
    expect(told('dryRun')).toMatchObject([{ policy: 'breaker', action: 'refuse', error: 'HOLDLINE_CIRCUIT_OPEN' }]);
    await clock.advance(1_000);
    await run();
    expect(wire.sent).toHaveLength(4);
    expect(told('breaker').map(({ to }) => to)).toEqual(['open', 'half-open']);
    expect(line.snapshot().breakers).toMatchObject([{ state: 'half-open' }]);
  });

  it('breaker: reports the shadows that an open circuit would refuse', async () => {
    const breaker = { minAttempts: 1 };
    const { start, told, wire, clock, line } = setup(dry({ breaker, ...perSecond(1) }), [{ status: 500, afterMs: 10 }]);
    told('dryRun');
    for (let i = 0; i < 3; i++) start();
    await clock.advance(10);
    expect(line.snapshot().queued).toBe(0);
    expect(wire.sent).toHaveLength(3);
    expect(told('dryRun').map(({ policy, action }) => `${policy} ${action}`)).toEqual([
      'governor wait',
      'governor wait',
      'breaker refuse',
      'breaker refuse',
    ]);
  });

  it('a route that is isolated by hand is reported too', async () => {
    const { run, told, wire, line } = setup(dry({ breaker: false, governor: false }));
    told('dryRun');
    line.isolate('GET /a');
    await run();
    expect(wire.sent).toHaveLength(1);
    expect(told('dryRun')).toMatchObject([{ policy: 'breaker', action: 'refuse', error: 'HOLDLINE_CIRCUIT_OPEN' }]);
  });

  it('deadline: reports the end of the budget or of an attempt once, and ends nothing', async () => {
    for (const [deadline, error, forMs] of [
      [{ totalTimeoutMs: 500 }, 'HOLDLINE_DEADLINE', 500],
      [{ attemptTimeoutMs: 300 }, 'HOLDLINE_ATTEMPT_TIMEOUT', 300],
      [{ totalTimeoutMs: 500, attemptTimeoutMs: 300 }, 'HOLDLINE_ATTEMPT_TIMEOUT', 300],
    ] as const) {
      const { run, told, clock } = setup(dry({ deadline, governor: false }), [{ status: 200, afterMs: 700 }]);
      told('dryRun');
      const call = await run();
      expect([call.at, call.value]).toEqual([700, { status: 200 }]);
      expect(told('dryRun')).toMatchObject([{ policy: 'deadline', action: 'time out', error, forMs }]);
      expect(clock.pending).toBe(0);
    }
  });

  it('deadline: a wait past the budget is a refusal', async () => {
    const { start, told, wire, clock } = setup(dry({ deadline: { totalTimeoutMs: 500 }, ...perSecond(1) }));
    told('dryRun');
    start();
    start();
    await clock.run();
    expect(wire.sent).toHaveLength(2);
    expect(told('dryRun')).toMatchObject([{ policy: 'governor', action: 'refuse', error: 'HOLDLINE_DEADLINE' }]);
  });

  it('idempotency and dead letters: no key, no join, no journal, no letter', async () => {
    const store = memoryStore();
    const journal: string[] = [];
    const watched = new Proxy(store.journal, {
      get: (target, name) => (journal.push(String(name)), Reflect.get(target, name) as unknown),
    });
    const config = dry({ store: { ...store, journal: watched }, idempotency: { always: true }, governor: false });
    const it = setup(config, ['reset']);
    journal.length = 0;
    it.told('deadLetter');
    const context = { transaction: 't', step: 's' };
    it.start({ method: 'POST', payload: '{}', context });
    it.start({ method: 'POST', payload: '{}', context });
    await it.clock.run();
    expect(it.wire.header('idempotency-key')).toEqual([undefined, undefined]);
    expect(journal).toEqual([]);
    expect(it.told('deadLetter')).toEqual([]);
    expect(it.line.explain({ method: 'POST', url: '/a' }).policies.map(({ name }) => name)).not.toContain(
      'idempotency',
    );
  });

  it('token: calls are signed, a 401 is reported and renews the token, and nothing is sent twice', async () => {
    let grants = 0;
    const token = { grant: () => Promise.resolve({ accessToken: `t${++grants}`, expiresInMs: 3_600_000 }) };
    for (const config of [
      { token },
      {
        token: {
          pool: [
            { name: 'a', grant: token.grant },
            { name: 'b', grant: token.grant },
          ],
        },
      },
    ]) {
      grants = 0;
      const { run, told, wire } = setup(dry({ ...config, governor: false }), [401, 200]);
      told('dryRun');
      expect((await run()).value).toEqual({ status: 401 });
      expect(wire.header('authorization')).toEqual(['Bearer t1']);
      expect(told('dryRun')).toMatchObject([{ policy: 'authorize', action: 'replay', reason: 'unauthorized' }]);
      expect(grants).toBe(2);
      expect((await run()).value).toEqual({ status: 200 });
      expect(wire.sent).toHaveLength(2);
    }
  });

  it('token: a call without a token is sent as the client made it', async () => {
    const grant = () => Promise.reject(new Error('down'));
    for (const token of [{ grant }, { pool: [{ name: 'a', grant }] }]) {
      const { run, told, wire } = setup(dry({ token, governor: false }));
      told('dryRun');
      expect((await run({ headers: { Authorization: 'Bearer own' } })).value).toEqual({ status: 200 });
      expect(wire.header('authorization')).toEqual(['Bearer own']);
      expect(told('dryRun')).toMatchObject([
        { policy: 'authorize', action: 'refuse', error: 'HOLDLINE_TOKEN_REFRESH' },
      ]);
    }
  });

  it('reports nothing more about a call after a decision that ends it', async () => {
    const breaker = { minAttempts: 1 };
    const { run, told, line } = setup(dry({ breaker, ...perSecond(1), retry: 'batch' }), [500, 503]);
    told('dryRun');
    await run();
    await run();
    expect(told('dryRun').filter(({ callId }) => callId === told('dryRun').at(-1)?.callId)).toHaveLength(1);
    expect(line.snapshot().queued).toBe(0);
  });
});

describe('the option', () => {
  it('leaves the retries to another layer', () => {
    const retry = { otherLayer: 'replace' } as const;
    expect(createHoldline({ retry }).replacesOtherRetries).toBe(true);
    expect(createHoldline({ retry, dryRun: true }).replacesOtherRetries).toBe(false);
  });

  it('shows in explain and snapshot, and cannot be changed by update', () => {
    const line = createHoldline({ dryRun: true });
    expect([line.explain({ method: 'GET', url: '/a' }).dryRun, line.snapshot().dryRun]).toEqual([true, {}]);
    expect(() => line.update({ dryRun: false })).toThrow(/^dryRun cannot be changed by update\(\)/);
    const active = createHoldline({ dryRun: false });
    expect([active.explain({ method: 'GET', url: '/a' }).dryRun, active.snapshot().dryRun]).toEqual([false, undefined]);
    expect(() => createHoldline({ dryRun: 'yes' as never })).toThrow(ConfigError);
  });
});
