import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callInfo,
  CircuitOpenError,
  ClosedError,
  ConfigError,
  createHoldline,
  DeadlineError,
  EngineError,
  QueueFullError,
  type GovernorEngine,
  type HoldlineConfig,
} from '../../index.js';
import { setup } from '../../line/transport.fixture.js';
import { VirtualClock } from '../../testing.js';
import { maxInWindow } from './platform.fixture.js';

/** An engine that allows `atOnce` attempts at a time, `everyMs` apart. It never drops a request. */
class Slots implements GovernorEngine {
  readonly name = 'slots';
  asked = 0;
  held = 0;
  /** Highest number of slots held at the same time. */
  most = 0;
  #free: number;
  #nextAt = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly clock: VirtualClock,
    readonly everyMs = 0,
    atOnce = Infinity,
  ) {
    this.#free = atOnce;
  }

  async acquire(): Promise<() => void> {
    this.asked++;
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free--;
    const at = Math.max(this.clock.now(), this.#nextAt);
    this.#nextAt = at + this.everyMs;
    if (at > this.clock.now())
      await new Promise<void>((resolve) => void this.clock.setTimer(at - this.clock.now(), resolve));
    this.most = Math.max(this.most, ++this.held);
    return () => {
      this.held--;
      this.#free++;
      this.#waiting.shift()?.();
    };
  }
}

const behind = (engine: GovernorEngine, clock: VirtualClock, more: HoldlineConfig = {}): HoldlineConfig => ({
  clock,
  breaker: false,
  ...more,
  governor: { engine, gateJitterMs: 0, ...more.governor },
});

describe('a governor with an engine', () => {
  it('sends when the engine gives a slot, and releases the slot at the end of the attempt', async () => {
    const clock = new VirtualClock();
    const engine = new Slots(clock, 0, 2);
    const it = setup(behind(engine, clock), [{ status: 200, afterMs: 30 }]);
    for (let i = 0; i < 5; i++) it.start();
    await clock.run();
    expect(it.wire.table).toEqual(['0 GET /a', '0 GET /a', '30 GET /a', '30 GET /a', '60 GET /a']);
    expect(engine).toMatchObject({ asked: 5, held: 0, most: 2 });
    expect(it.line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
  });

  it('counts waiting calls and attempts on the wire separately, and measures the wait', async () => {
    const clock = new VirtualClock();
    const it = setup(behind(new Slots(clock, 50), clock), [{ status: 200, afterMs: 20 }]);
    await clock.advance(1_000);
    const calls = Array.from({ length: 3 }, () => it.start());
    await clock.advance(0);
    expect(it.line.snapshot()).toMatchObject({ calls: 3, queued: 2, inFlight: 1 });
    await clock.run();
    const waited = calls.map(({ value }) => callInfo(value));
    expect(waited).toMatchObject([0, 50, 100].map((ms) => ({ waitedMs: ms, queuedMs: ms })));
  });

  it('releases the slot before a retry delay, and acquires one per attempt', async () => {
    const clock = new VirtualClock();
    const engine = new Slots(clock, 0, 1);
    const it = setup(behind(engine, clock, { retry: { backoff: [1_000] } }), ['reset', 200]);
    it.start();
    await clock.advance(500);
    expect(engine.held).toBe(0);
    await clock.run();
    expect(it.wire.table).toEqual(['0 GET /a', '1000 GET /a']);
    expect(engine).toMatchObject({ asked: 2, held: 0 });
  });

  it('does not ask the engine without a permit of the governor', async () => {
    const clock = new VirtualClock();
    const engine = new Slots(clock);
    const it = setup(behind(engine, clock, { governor: { quotas: [{ limit: 1, windowMs: 1_000 }] } }));
    it.start();
    const abort = new AbortController();
    const aborted = it.start({ signal: abort.signal });
    const last = it.start();
    await clock.advance(500);
    abort.abort(new Error('enough'));
    void it.line.close();
    await clock.run();
    expect(aborted.error).toEqual(new Error('enough'));
    expect(last.error).toBeInstanceOf(ClosedError);
    expect(engine.asked).toBe(1);
  });

  it('appears by name in explain; without an engine the governor appears', () => {
    const clock = new VirtualClock();
    const explained = createHoldline(behind(new Slots(clock), clock)).explain({ method: 'GET', url: '/a' });
    expect(explained.engines).toEqual({ governor: 'slots', breaker: 'none' });
    expect(explained.now.withoutEngine).toBe('slots');
    expect(explained.policies.find(({ name }) => name === 'governor')?.options).toMatchObject({ engine: 'slots' });
    expect(createHoldline().explain({ method: 'GET', url: '/a' }).engines).toEqual({
      governor: 'holdline',
      breaker: 'holdline',
    });
  });

  it.each([null, true, {}, { name: 'x' }, { name: 1, acquire: () => undefined }])(
    'refuses %j as an engine',
    (engine) => {
      expect(() => createHoldline({ governor: { engine: engine as never } })).toThrow(ConfigError);
      expect(() => createHoldline({ governor: { engine: engine as never } })).toThrow(
        /^governor\.engine must be false or an engine/,
      );
    },
  );

  it('update changes the engine, and removes it', async () => {
    const clock = new VirtualClock();
    const engine = new Slots(clock);
    const it = setup(behind(engine, clock));
    await it.run();
    it.line.update({ governor: { engine: false } });
    await it.run();
    expect(engine.asked).toBe(1);
    expect(it.wire.sent).toHaveLength(2);
  });
});

describe('a line with an engine', () => {
  it('an aborted call leaves in the same tick, and is not sent when its slot comes', async () => {
    const clock = new VirtualClock();
    const engine = new Slots(clock, 100);
    const it = setup(behind(engine, clock));
    it.start();
    const abort = new AbortController();
    const aborted = it.start({ signal: abort.signal });
    it.start();
    await clock.advance(10);
    abort.abort(new Error('enough'));
    await clock.advance(0);
    expect(aborted).toMatchObject({ at: 10, error: new Error('enough') });
    expect(it.line.snapshot()).toMatchObject({ calls: 1, queued: 1 });
    await clock.run();
    // The engine never drops a request: the slot of the aborted call at 100 is lost.
    expect(it.wire.table).toEqual(['0 GET /a', '200 GET /a']);
    expect(engine.held).toBe(0);
  });

  it('a deadline ends the wait', async () => {
    const clock = new VirtualClock();
    const it = setup(behind(new Slots(clock, 1_000), clock));
    it.start();
    const late = it.start({ context: { totalTimeoutMs: 300 } });
    await clock.run();
    expect(late.error).toBeInstanceOf(DeadlineError);
    expect(late.at).toBe(300);
    expect(it.wire.sent).toHaveLength(1);
  });

  it('closing the line ends the wait', async () => {
    const clock = new VirtualClock();
    const engine = new Slots(clock, 1_000);
    const it = setup(behind(engine, clock));
    it.start();
    const waiting = it.start();
    await clock.advance(0);
    void it.line.close();
    await clock.run();
    expect(waiting.error).toBeInstanceOf(ClosedError);
    expect(it.wire.sent).toHaveLength(1);
    expect(engine.held).toBe(0);
  });

  it("an open circuit fails calls that wait for the engine, unless `queued` is 'keep'", async () => {
    for (const queued of ['fail', 'keep'] as const) {
      const clock = new VirtualClock();
      const breaker = { minAttempts: 2, queued };
      const it = setup(behind(new Slots(clock, 100), clock, { retry: false, breaker }), [500, 500, 200]);
      const calls = [it.start(), it.start(), it.start()];
      await clock.run();
      if (queued === 'keep') expect(calls[2]?.value).toEqual({ status: 200 });
      else expect(calls[2]).toMatchObject({ at: 100, error: expect.any(CircuitOpenError) as unknown });
      expect(it.wire.sent).toHaveLength(queued === 'keep' ? 3 : 2);
    }
  });

  it('an open circuit of one route does not fail calls of another route that wait for the engine', async () => {
    const clock = new VirtualClock();
    const it = setup(behind(new Slots(clock, 100), clock, { retry: false, breaker: { minAttempts: 2 } }), [500, 500]);
    const calls = ['/a', '/a', '/b'].map((url) => it.start({ url }));
    await clock.run();
    expect(calls[2]).toMatchObject({ at: 200 });
    expect(it.wire.table).toEqual(['0 GET /a', '100 GET /a', '200 GET /b']);
  });

  it('a 429 closes the gate for calls that wait for the engine too; later one probe leaves first', async () => {
    const clock = new VirtualClock();
    const engine = new Slots(clock, 100);
    const it = setup(behind(engine, clock), [
      { status: 429, headers: { 'retry-after': '2' }, afterMs: 10 },
      { status: 200, afterMs: 50 },
    ]);
    for (let i = 0; i < 4; i++) it.start();
    await clock.run();
    const at = it.wire.sent.map((sent) => sent.at);
    expect(at[0]).toBe(0);
    // Their slots came at 100, 200 and 300, while the gate was closed, and were lost.
    expect(at.slice(1).every((sentAt) => sentAt >= 2_010)).toBe(true);
    expect(at[2]).toBeGreaterThanOrEqual((at[1] as number) + 50);
    expect(at).toHaveLength(5);
    expect(engine.held).toBe(0);
  });

  it('maxQueued bounds the calls that wait for the engine', async () => {
    const clock = new VirtualClock();
    const it = setup(behind(new Slots(clock, 100, 1), clock, { governor: { maxQueued: 2 } }));
    const started = it.told('callStarted');
    const refused = it.told('refused');
    const calls = [it.start(), it.start(), it.start()];
    await clock.run();
    expect(calls[2]?.error).toBeInstanceOf(QueueFullError);
    expect(calls[2]?.error).toMatchObject({ route: 'GET /a', attempts: 0, waitedMs: 0 });
    const callId = started[2]?.callId;
    expect(refused).toEqual([{ callId, route: 'GET /a', code: 'HOLDLINE_QUEUE_FULL', retryAt: undefined }]);
    expect(it.wire.sent).toHaveLength(2);
  });

  it('an engine that fails refuses the call with the reason but no secrets; nothing is sent', async () => {
    const clock = new VirtualClock();
    const reason = new Error('ERR SETTINGS_KEY_NOT_FOUND redis://:hunter2@cache');
    for (const acquire of [
      () => Promise.reject(reason),
      () => {
        throw reason;
      },
    ]) {
      const it = setup(behind({ name: 'broken', acquire }, clock));
      const failures = it.told('engineFailed');
      const { error } = await it.run();
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({ code: 'HOLDLINE_ENGINE', route: 'GET /a', attempts: 0 });
      expect((error as Error).message).toBe(
        'GET /a was not sent: broken gave no slot (governor.engine): ERR SETTINGS_KEY_NOT_FOUND redis://***@cache',
      );
      expect(failures).toEqual([{ engine: 'broken', message: 'ERR SETTINGS_KEY_NOT_FOUND redis://***@cache' }]);
      expect(it.wire.sent).toHaveLength(0);
      expect(it.line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
    }
  });

  it('a HoldlineError of an engine reaches the caller unchanged', async () => {
    const clock = new VirtualClock();
    const full = new QueueFullError('enough', { route: 'GET /a', attempts: 0, waitedMs: 0 });
    const it = setup(behind({ name: 'full', acquire: () => Promise.reject(full) }, clock));
    const [failures, refused] = [it.told('engineFailed'), it.told('refused')];
    expect((await it.run()).error).toBe(full);
    expect([failures, refused.map(({ code }) => code)]).toEqual([[], ['HOLDLINE_QUEUE_FULL']]);
  });

  it('an engine that fails to take a slot back does not lose the answer', async () => {
    const clock = new VirtualClock();
    const acquire = (): Promise<() => void> =>
      Promise.resolve(() => {
        throw new Error('gone');
      });
    const it = setup(behind({ name: 'broken', acquire }, clock));
    const failures = it.told('engineFailed');
    expect((await it.run()).value).toEqual({ status: 200 });
    expect(failures).toEqual([{ engine: 'broken', message: 'gone' }]);
  });

  it('quotas beside an engine hold in any window, with any delay of the engine', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 10, maxLength: 40 }),
        fc.integer({ min: 1, max: 150 }),
        fc.constantFrom('auto', 'fixed', 'sliding', 'bucket'),
        async (gaps, everyMs, enforcement) => {
          const clock = new VirtualClock();
          const governor = { quotas: [{ limit: 3, windowMs: 1_000, enforcement }], enforcement };
          const it = setup(behind(new Slots(clock, everyMs), clock, { governor }), [{ status: 200, afterMs: 5 }]);
          for (const gap of gaps) {
            it.start();
            await clock.advance(gap);
          }
          await clock.run();
          expect(it.wire.sent).toHaveLength(gaps.length);
          const sent = it.wire.sent.map(({ at }) => ({ at, weight: 1 }));
          expect(maxInWindow(sent as never, 1_000, ({ at }) => at)).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 30, seed: 6 },
    );
  });
});
