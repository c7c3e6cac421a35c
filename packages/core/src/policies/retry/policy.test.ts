import { describe, expect, it } from 'vitest';
import {
  answered,
  callInfo,
  type HoldlineEvents,
  isHoldlineError,
  OutcomeUnknownError,
  type UncertainWrite,
  type HoldlineConfig,
  type Outcome,
  type RetryOptions,
} from '../../index.js';
import { setup, type Step } from '../../line/transport.fixture.js';

const fixed = { jitter: 'none', baseDelayMs: 100 } as const;
const plain = (retry: RetryOptions | 'interactive' | 'batch' = fixed, more: HoldlineConfig = {}): HoldlineConfig => ({
  governor: false,
  breaker: false,
  retry,
  ...more,
});

describe('retries', () => {
  it.each<[string, HoldlineConfig, Parameters<ReturnType<typeof setup>['run']>[0], Step[], string[]]>([
    ['a refused POST is retried (axios-retry#146)', {}, { method: 'POST' }, [429, 200], ['0 POST /a', '100 POST /a']],
    [
      'a POST whose connection was refused is retried',
      {},
      { method: 'POST' },
      ['refused', 200],
      ['0 POST /a', '100 POST /a'],
    ],
    [
      'a POST with 503 and Retry-After is retried',
      {},
      { method: 'POST' },
      [{ status: 503, headers: { 'retry-after': '1' } }, 200],
      ['0 POST /a', '1000 POST /a'],
    ],
    ['a GET whose connection was reset is retried', {}, {}, ['reset', 200], ['0 GET /a', '100 GET /a']],
    [
      'a GET with 408, 502, 503 and 504 is retried',
      {},
      {},
      [408, 502, 503, 504, 200],
      ['0 GET /a', '100 GET /a', '300 GET /a', '700 GET /a', '1500 GET /a'],
    ],
    ['a DELETE is retried', {}, { method: 'DELETE' }, [504, 200], ['0 DELETE /a', '100 DELETE /a']],
    ['a method in lower case is retried', {}, { method: 'get' }, [504, 200], ['0 get /a', '100 get /a']],
    [
      'a POST of a read-only route is retried',
      { endpoints: { 'POST /a': { readOnly: true } } },
      { method: 'POST' },
      ['reset', 200],
      ['0 POST /a', '100 POST /a'],
    ],
    [
      'a POST with a key that the route honours is retried',
      { endpoints: { 'POST /a': { keyed: true } } },
      { method: 'POST' },
      ['reset', 200],
      ['0 POST /a', '100 POST /a'],
    ],
    [
      'library-lab §6: a POST whose connection was reset is sent once',
      {},
      { method: 'POST' },
      ['reset', 200],
      ['0 POST /a'],
    ],
    ['a PATCH with 504 is sent once', {}, { method: 'PATCH' }, [504, 200], ['0 PATCH /a']],
    [
      'a key on a route that honours no keys does not make a POST repeatable',
      { idempotency: { always: true } },
      { method: 'POST' },
      ['reset', 200],
      ['0 POST /a'],
    ],
    [
      'a keyed route without a key does not make a POST repeatable',
      { idempotency: false, endpoints: { 'POST /a': { keyed: true } } },
      { method: 'POST' },
      ['reset', 200],
      ['0 POST /a'],
    ],
    ['a GET with 500 is not retried', {}, {}, [500, 200], ['0 GET /a']],
    [
      'library-lab §6: a body that cannot be sent twice is not retried, and never sent empty',
      {},
      { method: 'PUT', replayable: false },
      [503, 200],
      ['0 PUT /a'],
    ],
    ['a call that another layer retries is sent once', {}, { retriedBy: 'axios-retry' }, [429, 200], ['0 GET /a']],
    ['no call is retried with retry: false', { retry: false }, {}, [429, 200], ['0 GET /a']],
  ])('%s', async (_, config, asked, script, table) => {
    const { run, wire } = setup({ ...plain(), ...config }, script);
    await run(asked);
    expect(wire.table).toEqual(table);
  });
});

describe('the caller gets', () => {
  it('the native answer of the last attempt, and the facts of the call from callInfo', async () => {
    const { run, told } = setup(plain({ ...fixed, maxAttempts: 3 }), [503, 503, 504]);
    told('giveUp');
    told('call');
    const call = await run();
    expect(call.value).toEqual({ status: 504 });
    expect(callInfo(call.value)).toMatchObject({ attempts: 3, waitedMs: 300, status: 504, retryAt: undefined });
    const { callId } = told('call')[0] as HoldlineEvents['call'];
    expect(told('giveUp')).toEqual([
      { callId, route: 'GET /a', attempts: 3, reason: 'attempts used up', retryAt: undefined },
    ]);
  });

  it('OutcomeUnknownError for a write that may have been executed, with the native error as its cause', async () => {
    const { run } = setup(plain(), ['reset']);
    const { error } = await run({ method: 'POST' });
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({
      code: 'HOLDLINE_OUTCOME_UNKNOWN',
      attempts: 1,
      cause: { message: 'socket hang up', code: 'ECONNRESET' },
    });
    expect((error as Error).message).toContain('may or may not have been executed');
    expect(callInfo(error)).toMatchObject({ attempts: 1, status: undefined });
  });

  // Issue 13, d-post-503.
  it.each<[string, Step, unknown]>([
    ['a result', 503, { status: 503 }],
    ['an error', { status: 504, threw: true }, undefined],
    ['an error with its answer', () => failedWith({ status: 502, data: 'why' }), { status: 502, data: 'why' }],
    ['no answer at all', 'reset', undefined],
  ])('OutcomeUnknownError with the answer of the platform: %s', async (_, step, response) => {
    const { run } = setup(plain(), [step]);
    const { error } = await run({ method: 'POST' });
    expect((error as OutcomeUnknownError).response).toEqual(response);
  });

  it('OutcomeUnknownError with the answer in the form that the adapter gives it', async () => {
    const { run } = setup(plain(), [503]);
    const { error } = await run({ method: 'POST', answer: (value) => ({ made: value }) });
    expect((error as OutcomeUnknownError).response).toEqual({ made: { status: 503 } });
  });

  it('OutcomeUnknownError also after a safe retry, and for 504', async () => {
    const { run } = setup(plain(), [429, 504]);
    const { error } = await run({ method: 'POST' });
    expect(error).toMatchObject({
      code: 'HOLDLINE_OUTCOME_UNKNOWN',
      attempts: 2,
      cause: { message: 'status 504', status: 504 },
    });
  });

  it.each<[string, RetryOptions['verify'], string[], string | undefined]>([
    ['false: sent again', () => Promise.resolve(false), ['0 POST /a', '100 POST /a'], undefined],
    ['true: executed, but its answer is lost', () => Promise.resolve(true), ['0 POST /a'], 'was executed'],
    ['undefined: the outcome stays unknown', () => Promise.resolve(undefined), ['0 POST /a'], 'may or may not'],
    [
      'a rejection: the outcome stays unknown',
      () => Promise.reject(new Error('database down')),
      ['0 POST /a'],
      'may or may not',
    ],
    [
      'a throw: the outcome stays unknown',
      () => {
        throw new Error('bug');
      },
      ['0 POST /a'],
      'may or may not',
    ],
  ])('after verify returns %s', async (_, verify, table, message) => {
    const { run, wire } = setup(plain({ ...fixed, ...(verify ? { verify } : {}) }), ['reset', 200]);
    const { error, value } = await run({ method: 'POST' });
    expect(wire.table).toEqual(table);
    if (message === undefined) expect(value).toEqual({ status: 200 });
    else expect((error as Error).message).toContain(message);
  });

  it('verify receives method, URL, context, payload and call info of the write', async () => {
    const writes: unknown[] = [];
    const verify = ({ info, ...write }: UncertainWrite): Promise<boolean> => {
      writes.push({ ...write, attempts: info.attempts });
      return Promise.resolve(false);
    };
    const { run } = setup(plain({ ...fixed, verify }), ['reset', 200]);
    await run({ method: 'POST', payload: '{"n":1}', context: { transaction: 't-1' } });
    expect(writes).toMatchObject([
      { method: 'POST', payload: '{"n":1}', context: { transaction: 't-1' }, attempts: 1 },
    ]);
  });

  it.each<[string, RetryOptions, number]>([
    ['30 s', {}, 30_000],
    ['verifyTimeoutMs', { verifyTimeoutMs: 2_000 }, 2_000],
  ])('after %s without a result of verify the outcome is unknown', async (_, options, at) => {
    const { run, wire, clock } = setup(plain({ ...fixed, ...options, verify: () => new Promise(() => undefined) }), [
      'reset',
    ]);
    const call = await run({ method: 'POST' });
    expect([call.at, wire.sent.length, clock.pending]).toEqual([at, 1, 0]);
    expect(call.error).toBeInstanceOf(OutcomeUnknownError);
  });

  it('the time of verify counts towards maxElapsedMs', async () => {
    const { run, wire, clock } = setup(
      plain({
        ...fixed,
        maxElapsedMs: 1_000,
        verify: () => new Promise((resolve) => void clock.setTimer(950, () => resolve(false))),
      }),
      ['reset', 200],
    );
    const { error } = await run({ method: 'POST' });
    expect(wire.table).toEqual(['0 POST /a']);
    expect(isHoldlineError(error)).toBe(false);
  });
});

describe('waiting', () => {
  it('without a governor the retry waits for Retry-After, in seconds and as a date', async () => {
    const date = new Date(Date.UTC(2026, 0, 1) + 9_000).toUTCString();
    const { run, wire } = setup(plain(), [
      { status: 429, headers: { 'retry-after': '3' } },
      { status: 429, headers: { 'retry-after': date } },
      { status: 504, headers: { 'retry-after': '5' } },
      { status: 429, retryAfterMs: 2_000 },
      200,
    ]);
    await run();
    expect(wire.table).toEqual(['0 GET /a', '3000 GET /a', '9000 GET /a', '14000 GET /a', '16000 GET /a']);
  });

  it('library-lab §6: Retry-After 3e6 s does not fire after 1 ms: the call fails immediately with retryAt', async () => {
    for (const governor of [false, { gateJitterMs: 0 }] as const) {
      const { run, wire } = setup({ ...plain(), governor }, [{ status: 429, headers: { 'retry-after': '3000000' } }]);
      const call = await run();
      expect([wire.table, call.at]).toEqual([['0 GET /a'], 0]);
      expect(callInfo(call.value)?.retryAt).toBe(Date.UTC(2026, 0, 1) + 3e9);
    }
  });

  it('batch waits for exactly 3e6 s', async () => {
    for (const governor of [false, { gateJitterMs: 0 }] as const) {
      const { run, wire } = setup({ ...plain('batch'), governor, retry: { ...fixed, maxRetryAfterMs: Infinity } }, [
        { status: 429, headers: { 'retry-after': '3000000' } },
        200,
      ]);
      await run();
      expect(wire.table).toEqual(['0 GET /a', '3000000000 GET /a']);
    }
  });

  it.each<['interactive' | 'batch', number, number]>([
    ['interactive', 5, 30_000],
    ['batch', 20, 12 * 3_600_000],
  ])('the profile %s makes %i attempts within %i ms', async (profile, attempts, within) => {
    const { run, wire, clock } = setup(plain(profile), [504]);
    await run();
    expect(wire.sent).toHaveLength(attempts);
    expect(clock.now()).toBeLessThanOrEqual(within);
    const throttled = setup(plain(profile), [{ status: 429, headers: { 'retry-after': '29' } }]);
    await throttled.run();
    expect(throttled.wire.sent.at(-1)?.at).toBeLessThanOrEqual(within);
  });

  it('a backoff list gives the delays, and its last entry repeats', async () => {
    const { run, wire } = setup(plain({ backoff: [3_000, 9_000, 27_000] }), [504]);
    await run();
    expect(wire.sent.map(({ at }) => at)).toEqual([0, 3_000, 12_000, 39_000, 66_000]);
  });

  it('an abort during the backoff ends the call in the same tick, and no attempt follows (vercel/ai#7656)', async () => {
    const { start, wire, clock } = setup(plain({ backoff: [10_000] }), [504, 200]);
    const abort = new AbortController();
    const call = start({ signal: abort.signal });
    await clock.advance(4_000);
    abort.abort(new Error('enough'));
    await Promise.resolve();
    await clock.advance(0);
    expect([call.at, (call.error as Error).message]).toEqual([4_000, 'enough']);
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);
    expect(wire.table).toEqual(['0 GET /a']);
    expect(callInfo(call.error)?.waitedMs).toBe(4_000);
  });

  it('a signal with a TimeoutError ends the call without a retry (smithy-typescript#2268)', async () => {
    const { start, wire, clock } = setup(plain(), ['hang']);
    const abort = new AbortController();
    const call = start({ signal: abort.signal });
    await clock.advance(100);
    abort.abort(new DOMException('timed out', 'TimeoutError'));
    await clock.run();
    expect((call.error as Error).name).toBe('TimeoutError');
    expect(wire.table).toEqual(['0 GET /a']);
  });

  it('a delay that ends after the deadline does not start: the native answer comes immediately', async () => {
    const { run, wire } = setup(plain({ backoff: [10_000] }, { deadline: { totalTimeoutMs: 5_000 } }), [504]);
    const call = await run();
    expect([call.at, call.value, wire.sent.length]).toEqual([0, { status: 504 }, 1]);
  });
});

describe('the retry budget', () => {
  it('limits the retries to a host over all calls, so that an outage causes no retry storm', async () => {
    const { start, wire, clock, told } = setup(
      plain({ ...fixed, budget: { capacity: 3, perSec: 0, perSuccess: 0 } }),
      [504],
    );
    told('giveUp');
    for (let i = 0; i < 10; i++) start({ url: `/r${i}` });
    start({ url: 'https://other.test/x' });
    await clock.run();
    expect(wire.sent.filter(({ request }) => request.includes('api.test'))).toHaveLength(13);
    expect(wire.sent.filter(({ request }) => request.includes('other.test'))).toHaveLength(4);
    expect(told('giveUp').filter(({ reason }) => reason === 'retry budget used up')).toHaveLength(11);
  });

  it('refills with time and with success; retries after a 429 cost nothing', async () => {
    const { run, wire, clock } = setup(
      plain({ ...fixed, maxAttempts: 2, budget: { capacity: 1, perSec: 0.5, perSuccess: 0.2 } }),
      [504],
    );
    await run();
    await run();
    expect(wire.sent).toHaveLength(3);
    await clock.advance(2_000);
    await run();
    expect(wire.sent).toHaveLength(5);
    wire.script = [200];
    for (let i = 0; i < 5; i++) await run();
    wire.script = [429];
    for (let i = 0; i < 5; i++) await run();
    wire.script = [504];
    const before = wire.sent.length;
    await run();
    expect(wire.sent.length - before).toBe(2);
  });

  it('of a host in use survives a thousand other hosts', async () => {
    const { run, wire } = setup(
      plain({ ...fixed, maxAttempts: 2, budget: { capacity: 2, perSec: 0, perSuccess: 0 } }),
      [504],
    );
    await run();
    for (let i = 1; i < 1_000; i++) await run({ url: `https://h${i}.test/a` });
    await run();
    await run({ url: 'https://h1000.test/a' });
    const before = wire.sent.length;
    await run();
    expect(wire.sent.length - before).toBe(1);
  });
});

describe('retry events', () => {
  it('report every retry with its reason and delay', async () => {
    const { run, told } = setup(plain(), [429, 'reset', 'refused', 200]);
    told('retry');
    told('call');
    await run();
    const { callId } = told('call')[0] as HoldlineEvents['call'];
    expect(told('retry')).toEqual([
      { callId, route: 'GET /a', attempt: 2, reason: 'refused', afterMs: 100 },
      { callId, route: 'GET /a', attempt: 3, reason: 'unknown', afterMs: 200 },
      { callId, route: 'GET /a', attempt: 4, reason: 'not-sent', afterMs: 400 },
    ]);
  });
});

/** An error of the form of axios, with the answer in `response`. */
function failedWith(response: { status: number; data: string }): Outcome {
  const error = Object.assign(new Error('Request failed'), { response });
  return answered(error, { status: response.status, header: () => undefined, threw: true });
}
