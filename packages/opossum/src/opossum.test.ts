import {
  answered,
  CircuitOpenError,
  ConfigError,
  createHoldline,
  failed,
  type BreakerOptions,
  type CallRequest,
  type Holdline,
  type HoldlineConfig,
} from '@holdline/core';
import CircuitBreaker from 'opossum';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { attempt, AttemptFailure } from './attempt.js';
import { opossum } from './opossum.js';

// opossum has no clock option, so the fake timers apply to the whole process.
beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

type Options = NonNullable<ConstructorParameters<typeof CircuitBreaker>[1]>;
type Breaker = CircuitBreaker<[() => Promise<void>], void>;
/** A status, a network failure, or a delayed response. */
type Step = number | 'reset' | { status: number; afterMs: number };

const createBreaker = (options: Options = {}): Breaker => new CircuitBreaker(attempt, { timeout: false, ...options });
const wait = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Creates a line with one breaker, and a platform that answers each call as the test says. */
function createTestLine(breaker: Breaker, more: BreakerOptions = {}, config: HoldlineConfig = {}) {
  const engine = opossum(breaker);
  const line = createHoldline({ governor: false, retry: false, breaker: { engine, ...more }, ...config });
  let sent = 0;
  const call = (step: Step, url = 'https://api.test/a', signal?: AbortSignal): Promise<unknown> => {
    const { status, afterMs } = typeof step === 'object' ? step : { status: step, afterMs: 0 };
    const request: CallRequest = {
      method: 'GET',
      url,
      headers: { get: () => undefined, set: () => undefined },
      replayable: true,
      signal,
      async send(made) {
        sent++;
        if (afterMs > 0)
          await new Promise<void>((resolve) => {
            setTimeout(resolve, afterMs);
            made.cancellation?.onCancel(() => resolve());
          });
        if (made.cancellation?.cancelled) return failed(made.cancellation.reason, 'cancelled');
        if (typeof status === 'string') return failed(new Error('socket hang up'), 'unknown');
        return answered({ status }, { status, header: () => undefined });
      },
    };
    return line.run(request).catch((error: unknown) => error);
  };
  const many = async (n: number, step: Step): Promise<void> => {
    for (let i = 0; i < n; i++) {
      void call(step);
      await wait(0);
    }
  };
  return { line, call, many, sent: () => sent };
}

const readState = (line: Holdline): string | undefined => line.snapshot().breakers[0]?.state;

describe('a breaker of opossum behind a line', () => {
  it('decides by its own settings and counts each attempt', async () => {
    const breaker = createBreaker({ volumeThreshold: 5, errorThresholdPercentage: 50, resetTimeout: 1_000 });
    const events: string[] = [];
    for (const name of ['fire', 'success', 'failure', 'reject', 'open', 'halfOpen', 'close'] as const)
      breaker.on(name as 'open', () => void events.push(name));
    const { line, call, many, sent } = createTestLine(breaker);
    const changes: unknown[] = [];
    line.on('breaker', (change) => void changes.push(change));
    await many(2, 200);
    await many(3, 500);
    expect(readState(line)).toBe('open');
    expect(line.snapshot().breakers[0]).toMatchObject({ succeeded: 2, failed: 3 });
    await wait(400);
    const error = await call(200);
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ retryAt: Date.now() + 600, attempts: 0 });
    await wait(600);
    expect(readState(line)).toBe('half-open');
    expect(await call(200)).toEqual({ status: 200 });
    expect(readState(line)).toBe('closed');
    expect(sent()).toBe(6);
    const fired = (...more: string[]): string[] => ['fire', ...more];
    expect(events).toEqual([
      ...fired('success', 'fire', 'success', 'fire', 'failure', 'fire', 'failure', 'fire', 'failure', 'open'),
      ...fired('reject', 'halfOpen', 'fire', 'close', 'success'),
    ]);
    expect(changes).toEqual([
      { scope: 'https://api.test GET /a', from: 'closed', to: 'open', reason: 'opossum: 3 of 5 fires failed' },
      { scope: 'https://api.test GET /a', from: 'open', to: 'half-open', reason: 'opossum: time for a probe' },
      { scope: 'https://api.test GET /a', from: 'half-open', to: 'closed', reason: 'opossum: closed' },
    ]);
  });

  it('from a function: one breaker per scope; an open scope does not block others', async () => {
    const made = new Map<string, Breaker>();
    const engine = opossum((scope) => {
      made.set(scope, createBreaker({ name: scope, volumeThreshold: 2 }));
      return made.get(scope) as Breaker;
    });
    const { line, call, many } = createTestLine(createBreaker(), { engine });
    await many(2, 500);
    await wait(0);
    expect(await call(200)).toBeInstanceOf(CircuitOpenError);
    expect(await call(200, 'https://api.test/b')).toEqual({ status: 200 });
    expect([...made.keys()]).toEqual(['https://api.test GET /a', 'https://api.test GET /b']);
    expect(line.snapshot().breakers.map(({ state }) => state)).toEqual(['open', 'closed']);
    expect(line.explain({ method: 'GET', url: 'https://api.test/a' })).toMatchObject({
      engines: { governor: 'none', breaker: 'opossum' },
      now: { circuit: 'open' },
    });
  });

  it('shared by a whole line: opens for every scope, with one listener per event', async () => {
    const breaker = createBreaker({ volumeThreshold: 2 });
    const before = breaker.listenerCount('open');
    const { line, call, many } = createTestLine(breaker);
    const told: string[] = [];
    line.on('breaker', ({ scope, to }) => void told.push(`${scope} ${to}`));
    for (let i = 0; i < 20; i++) await call(200, `https://h${i}.test/a`);
    expect(breaker.listenerCount('open')).toBe(before + 1);
    await many(21, 500);
    await wait(0);
    expect(await call(200, 'https://h7.test/a')).toBeInstanceOf(CircuitOpenError);
    expect(told.filter((change) => change.endsWith('open'))).toHaveLength(21);
  });

  it('refuses after it was opened by hand or by its health check, and after shutdown', async () => {
    const breaker = createBreaker();
    const { call, sent } = createTestLine(breaker);
    breaker.open();
    expect(await call(200)).toBeInstanceOf(CircuitOpenError);
    breaker.close();
    expect(await call(200)).toEqual({ status: 200 });
    breaker.shutdown();
    expect(await call(200)).toBeInstanceOf(CircuitOpenError);
    expect(sent()).toBe(1);
  });

  it('admits everything while it is disabled', async () => {
    const breaker = createBreaker({ volumeThreshold: 1 });
    const { call, many, sent } = createTestLine(breaker);
    breaker.disable();
    await many(5, 500);
    expect(await call(200)).toEqual({ status: 200 });
    expect(sent()).toBe(6);
  });

  it('drops the result of its fallback: the caller gets the result of the platform', async () => {
    const breaker = createBreaker({ volumeThreshold: 1 });
    let fallbacks = 0;
    breaker.fallback(() => {
      if (++fallbacks > 1) throw new Error('of the fallback');
      return 'stale';
    });
    const { call } = createTestLine(breaker);
    expect(await call(500)).toEqual({ status: 500 });
    expect(await call(200)).toBeInstanceOf(CircuitOpenError);
    expect(fallbacks).toBe(2);
  });

  it('gets only the status of a failure: no header, body or token', async () => {
    const heard: unknown[] = [];
    const breaker = createBreaker({ volumeThreshold: 10 });
    breaker.on('failure', (error) => void heard.push(error));
    const { many } = createTestLine(breaker);
    await many(1, 503);
    await many(1, 'reset');
    expect(heard.every((error) => error instanceof AttemptFailure)).toBe(true);
    expect(heard).toMatchObject([
      { status: 503, response: { status: 503 }, message: 'the attempt failed' },
      { status: undefined, response: undefined },
    ]);
    expect(heard.map((error) => Object.keys(error as object).sort())).toEqual([
      ['name', 'response', 'status'],
      ['name', 'response', 'status'],
    ]);
  });

  it('fails the calls that wait for a permit when it opens', async () => {
    const breaker = createBreaker({ volumeThreshold: 2 });
    const quota = { limit: 2, windowMs: 60_000, enforcement: 'sliding' as const };
    const { call, sent } = createTestLine(breaker, {}, { governor: { quotas: [quota] } });
    const calls = [call({ status: 500, afterMs: 10 }), call({ status: 500, afterMs: 10 }), call(200)];
    // The third call has fired: opossum counts it although it only waits.
    expect(breaker.stats.fires).toBe(3);
    await wait(10);
    await wait(0);
    expect(await calls[2]).toBeInstanceOf(CircuitOpenError);
    expect(sent()).toBe(2);
  });
});

describe('guarantees that the line adds to opossum (library-lab §5)', () => {
  it('a success of a call that began before the opening closes nothing', async () => {
    const breaker = createBreaker({ volumeThreshold: 3, resetTimeout: 100 });
    const { line, call, many } = createTestLine(breaker);
    void call({ status: 200, afterMs: 500 });
    await many(3, 500);
    await wait(450);
    expect(readState(line)).toBe('half-open');
    await wait(100);
    expect(readState(line)).toBe('half-open');
    expect(breaker.stats.successes).toBe(0);
  });

  it('control: bare opossum closes', async () => {
    const breaker = createBreaker({ volumeThreshold: 3, resetTimeout: 100 });
    void breaker.fire(() => new Promise((resolve) => void setTimeout(resolve, 500)));
    for (let i = 0; i < 3; i++) breaker.fire(() => Promise.reject(new Error('x'))).catch(() => undefined);
    await wait(450);
    expect(breaker.halfOpen).toBe(true);
    await wait(100);
    expect(breaker.closed).toBe(true);
  });

  it('a probe without a result ends after probeTimeoutMs, and the next probe goes after resetTimeout', async () => {
    const breaker = createBreaker({ volumeThreshold: 1, resetTimeout: 100 });
    const { line, call, many, sent } = createTestLine(breaker, { probeTimeoutMs: 2_000 });
    await many(1, 500);
    await wait(100);
    void call({ status: 200, afterMs: 60_000 });
    await wait(1_999);
    expect(await call(200)).toBeInstanceOf(CircuitOpenError);
    expect(readState(line)).toBe('half-open');
    await wait(1);
    expect(await call(200)).toBeInstanceOf(CircuitOpenError);
    await wait(0);
    expect(readState(line)).toBe('open');
    await wait(100);
    expect(await call(200)).toEqual({ status: 200 });
    await wait(0);
    expect(readState(line)).toBe('closed');
    expect(sent()).toBe(3);
  });

  it('control: with bare opossum a hung probe keeps the circuit half-open forever', async () => {
    const breaker = createBreaker({ volumeThreshold: 1, resetTimeout: 100 });
    breaker.fire(() => Promise.reject(new Error('x'))).catch(() => undefined);
    await wait(100);
    void breaker.fire(() => new Promise(() => undefined));
    await wait(3_600_000);
    await expect(breaker.fire(() => Promise.resolve())).rejects.toMatchObject({ code: 'EOPENBREAKER' });
  });

  it('an abandoned probe closes nothing and does not block the next probe', async () => {
    const breaker = createBreaker({ volumeThreshold: 1, resetTimeout: 100 });
    const { line, call, many } = createTestLine(breaker);
    await many(1, 500);
    await wait(100);
    const abort = new AbortController();
    void call({ status: 200, afterMs: 1_000 }, undefined, abort.signal);
    await wait(10);
    abort.abort();
    await wait(0);
    expect(readState(line)).toBe('open');
    await wait(100);
    expect(await call(200)).toEqual({ status: 200 });
    await wait(0);
    expect(readState(line)).toBe('closed');
  });

  it('a restored open state lasts until its end time', async () => {
    const breaker = createBreaker({ volumeThreshold: 1, resetTimeout: 1_000 });
    const first = createTestLine(breaker);
    await first.many(1, 500);
    await wait(300);
    const saved = JSON.parse(JSON.stringify(first.line.exportState())) as HoldlineConfig['state'] & object;
    const next = createTestLine(createBreaker({ resetTimeout: 1_000 }), {}, { state: saved });
    await wait(699);
    expect(await next.call(200)).toBeInstanceOf(CircuitOpenError);
    await wait(1);
    expect(await next.call(200)).toEqual({ status: 200 });
  });
});

describe('guarantees that opossum cannot give (library-lab §5)', () => {
  it('calls in flight dilute its rate: with 50 slow calls, 20 failures of 20 do not open it, 51 do', async () => {
    const breaker = createBreaker({ volumeThreshold: 20, errorThresholdPercentage: 50 });
    const { line, call, many } = createTestLine(breaker);
    for (let i = 0; i < 50; i++) void call({ status: 200, afterMs: 60_000 });
    await many(20, 500);
    expect(readState(line)).toBe('closed');
    await many(31, 500);
    expect(readState(line)).toBe('open');
  });

  it('refused attempts dilute its rate and stay in its window', async () => {
    const breaker = createBreaker({ volumeThreshold: 4, resetTimeout: 1_000 });
    const { line, call, many } = createTestLine(breaker);
    await many(4, 500);
    await many(100, 200);
    await wait(1_000);
    await call(200);
    await many(20, 500);
    expect(readState(line)).toBe('closed');
  });

  it('429s count as failures; with an errorFilter they are successes and close the circuit', async () => {
    const plain = createTestLine(createBreaker({ volumeThreshold: 2 }));
    await plain.many(2, 429);
    expect(readState(plain.line)).toBe('open');
    const errorFilter = (error: AttemptFailure): boolean => error.status === 429;
    const breaker = createBreaker({ volumeThreshold: 2, resetTimeout: 100, errorFilter });
    const { line, many } = createTestLine(breaker);
    await many(10, 429);
    expect(line.snapshot().breakers[0]).toMatchObject({ state: 'closed', succeeded: 10, failed: 0 });
    await many(11, 500);
    expect(readState(line)).toBe('open');
    await wait(100);
    await many(1, 429);
    expect(readState(line)).toBe('closed');
  });
});

describe('opossum() refuses', () => {
  it.each<[string, unknown, RegExp]>([
    ['an object that is not a breaker', {}, /needs a CircuitBreaker/],
    ['nothing', undefined, /needs a CircuitBreaker/],
    ['another action', new CircuitBreaker(() => Promise.resolve(), { timeout: false }), /action .* must be attempt/],
    ['the default timeout', new CircuitBreaker(attempt), /timeout of the breaker must be false, got 10000/],
    ['a cache', createBreaker({ cache: true }), /cache of the breaker must be false/],
    ['coalescing', createBreaker({ coalesce: true } as Options), /coalesce of the breaker must be false/],
    ['a capacity', createBreaker({ capacity: 3 }), /capacity of the breaker must be left out, got 3/],
  ])('%s', (_, given, message) => {
    expect(() => opossum(given as never)).toThrow(ConfigError);
    expect(() => opossum(given as never)).toThrow(message);
  });

  it('an invalid breaker from a function, in the call of its scope, and sends nothing', async () => {
    const { call, sent } = createTestLine(createBreaker(), { engine: opossum(() => new CircuitBreaker(attempt)) });
    expect(await call(200)).toBeInstanceOf(ConfigError);
    expect(sent()).toBe(0);
  });
});
