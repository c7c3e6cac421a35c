import { guardAxios } from '@holdline/axios';
import { createHoldline, type Holdline } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import axios, { type AxiosResponse } from 'axios';
import * as cockatiel from 'cockatiel';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { catchFailure, sleep, times, until } from '../support.js';
import { runBoth, statusOf, type Both, type Run } from './both.js';
import { membersOf, MigrationPage, versionOf } from './page.js';
import { startScripted, startServer, type Answer } from './server.js';

const {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  handleAll,
  retry,
  SamplingBreaker,
  timeout,
  TimeoutStrategy,
  wrap,
} = cockatiel;

const page = new MigrationPage('cockatiel');

interface Side {
  getUser(id: string): Promise<AxiosResponse>;
  createOrder(order: object): Promise<AxiosResponse>;
  line: Holdline;
}

const run = (answers: Answer[], call: (side: Side) => Promise<unknown>): Promise<Both<Run>> =>
  runBoth<Side>(page, answers, call);

describe('the page about cockatiel', () => {
  test('names the tested version', () => {
    expect(page.intro()).toContain(`cockatiel ${versionOf('cockatiel')}`);
  });

  test('has every option and export of the library', () => {
    const types = "import('cockatiel')";
    // Not exported, so their members come from the parameters of exported functions and constructors.
    page.expectOptions(membersOf(`ConstructorParameters<typeof ${types}.RetryPolicy>[0]`), 'Retry');
    page.expectOptions(
      membersOf(`NonNullable<ConstructorParameters<typeof ${types}.ExponentialBackoff>[0]>`),
      'Exponential backoff',
    );
    page.expectOptions(membersOf(`Parameters<typeof ${types}.circuitBreaker>[1]`), 'Circuit breaker');
    page.expectOptions(membersOf(`ConstructorParameters<typeof ${types}.SamplingBreaker>[0]`), 'Sampling breaker');
    page.expectOptions(membersOf(`ConstructorParameters<typeof ${types}.CountBreaker>[0]`), 'Count breaker');
    page.expectOptions(membersOf(`ConstructorParameters<typeof ${types}.TimeoutPolicy>[1]`), 'Timeout');
    const exports = Object.keys(cockatiel).filter((name) => !['default', 'module.exports'].includes(name));
    page.expectOptions(exports, 'Functions and classes');
  });

  test('names what Holdline has', () => page.expectAnswers());
});

describe('before and after', () => {
  test.each<{ name: string; answers: Answer[] }>([
    { name: '503', answers: [503] },
    { name: 'a lost connection', answers: ['reset'] },
  ])('a GET after $name: the same number of requests', async ({ answers }) => {
    const { before, after } = await run(answers, ({ getUser }) => getUser('7'));
    expect({ before: before.requests, after: after.requests }).toEqual({ before: 4, after: 4 });
  });

  test('a success after two failures is the same response', async () => {
    const { before, after } = await run([503, 'reset', 200], ({ getUser }) => getUser('7'));
    for (const side of [before, after])
      expect(side).toMatchObject({ requests: 3, result: { status: 200, data: { name: 'Ada' } } });
  });

  test('no more than ten requests at once', async () => {
    const most = { before: 0, after: 0 };
    for (const side of ['before', 'after'] as const) {
      let open = 0;
      const server = await startServer(async () => {
        most[side] = Math.max(most[side], ++open);
        await sleep(50);
        open--;
        return 200;
      });
      const { getUser } = await page.importSnippet<Side>(side === 'before' ? 'Before' : 'After', {
        'https://api.example.com': server.url,
      });
      await Promise.all(times(25, (i) => getUser(String(i))));
    }
    expect(most).toEqual({ before: 10, after: 10 });
  });

  test('twenty failures open the circuit', async () => {
    const server = await startScripted(503);
    const breaker = circuitBreaker(handleAll, {
      halfOpenAfter: 5_000,
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 2 }),
    });
    for (let i = 0; i < 21; i++) await catchFailure(breaker.execute(() => axios.get(server.url)));
    expect([server.requests.length, breaker.state]).toEqual([20, CircuitState.Open]);
    const line = createHoldline({ breaker: { failureRatio: 0.5, windowMs: 10_000, minAttempts: 20 }, retry: false });
    const api = guardAxios(axios.create(), line);
    for (let i = 0; i < 21; i++) await catchFailure(api.get(server.url));
    expect([server.requests.length, line.snapshot().breakers[0]?.state]).toEqual([40, 'open']);
  });
});

describe('differences', () => {
  test('maxAttempts counts the retries before, all attempts after', async () => {
    const server = await startScripted(503);
    await catchFailure(retry(handleAll, { maxAttempts: 2 }).execute(() => axios.get(server.url)));
    expect(server.requests).toHaveLength(3);
    await catchFailure(guardAxios(axios.create(), { retry: { maxAttempts: 2, baseDelayMs: 1 } }).get(server.url));
    expect(server.requests).toHaveLength(5);
  });

  test('a POST whose connection was lost is sent twice before, once after', async () => {
    const { before, after } = await run(['reset', 201], ({ createOrder }) => createOrder({ article: 7 }));
    expect(before).toMatchObject({ requests: 2, result: { status: 201 } });
    expect(after).toMatchObject({ requests: 1, result: { code: 'HOLDLINE_OUTCOME_UNKNOWN' } });
  });

  test('404 is retried before, not after', async () => {
    const { before, after } = await run([404], ({ getUser }) => getUser('7'));
    expect([before.requests, statusOf(before.result)]).toEqual([4, 404]);
    expect([after.requests, statusOf(after.result)]).toEqual([1, 404]);
  });

  test('Retry-After is ignored before, obeyed after', async () => {
    const gap = async (get: (url: string) => Promise<unknown>): Promise<number> => {
      const server = await startScripted([429, { 'retry-after': '2' }], 200);
      await get(server.url);
      return server.times()[1] as number;
    };
    const policy = retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(10) });
    const api = guardAxios(axios.create(), { retry: { backoff: [10] } });
    const [before, after] = await Promise.all([
      gap((url) => policy.execute(() => axios.get(url))),
      gap((url) => api.get(url)),
    ]);
    expect(before).toBeLessThan(1_900);
    expect(after).toBeGreaterThanOrEqual(1_995);
  });

  test('an abort in a retry delay ends the call when the delay ends before, at once after', async () => {
    const msToEnd = async (get: (url: string, signal: AbortSignal) => Promise<unknown>): Promise<number> => {
      const server = await startScripted(503);
      const abort = new AbortController();
      const call = catchFailure(get(server.url, abort.signal));
      await until(() => server.requests.length > 0);
      await sleep(100);
      const aborted = performance.now();
      abort.abort();
      await call;
      expect(server.requests).toHaveLength(1);
      return performance.now() - aborted;
    };
    const policy = retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(2_000) });
    const api = guardAxios(axios.create(), { retry: { backoff: [2_000] } });
    const [before, after] = await Promise.all([
      msToEnd((url, signal) => policy.execute((context) => axios.get(url, { signal: context.signal }), signal)),
      msToEnd((url, signal) => api.get(url, { signal })),
    ]);
    expect(before).toBeGreaterThan(1_000);
    expect(after).toBeLessThan(1_000);
  });

  test('an abort while the bulkhead is full ends the call with the next slot before, at once after', async () => {
    const msToEnd = async (get: (url: string, signal?: AbortSignal) => Promise<unknown>): Promise<number> => {
      const server = await startServer(async () => {
        await sleep(2_000);
        return 200;
      });
      const first = get(server.url);
      await until(() => server.requests.length > 0);
      const abort = new AbortController();
      const call = catchFailure(get(server.url, abort.signal));
      await sleep(50);
      const aborted = performance.now();
      abort.abort();
      await call;
      const ms = performance.now() - aborted;
      await first;
      return ms;
    };
    const policy = bulkhead(1, 10);
    const api = guardAxios(axios.create(), { bulkhead: { maxConcurrent: 1 } });
    const [before, after] = await Promise.all([
      msToEnd((url, signal) => policy.execute((context) => axios.get(url, { signal: context.signal }), signal)),
      msToEnd((url, signal) => api.get(url, { ...(signal && { signal }) })),
    ]);
    expect(before).toBeGreaterThan(1_000);
    expect(after).toBeLessThan(1_000);
  });

  test('a bulkhead around the retry keeps its slot in the delay before, not after', async () => {
    const order = async (get: (url: string) => Promise<unknown>): Promise<string[]> => {
      const server = await startServer((_, before) => (before === 0 ? 503 : 200));
      const first = get(`${server.url}/1`);
      await until(() => server.requests.length > 0);
      await Promise.all([first, get(`${server.url}/2`)]);
      return server.requests.map(({ url }) => url);
    };
    const policy = wrap(bulkhead(1, 10), retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(500) }));
    const api = guardAxios(axios.create(), { bulkhead: { maxConcurrent: 1 }, retry: { backoff: [500] } });
    expect(await order((url) => policy.execute(() => axios.get(url)))).toEqual(['/1', '/1', '/2']);
    expect(await order((url) => api.get(url))).toEqual(['/1', '/2', '/1']);
  });

  test('calls during a probe wait for it before, and are refused after', async () => {
    const outcomes = async (get: (url: string) => Promise<unknown>): Promise<string[]> => {
      const server = await startServer(async (_, before) => {
        if (before === 0) return 503;
        await sleep(200);
        return 200;
      });
      await catchFailure(get(server.url));
      await sleep(150);
      const results = await Promise.allSettled(times(3, () => get(server.url)));
      return results.map(({ status }) => status).sort();
    };
    const policy = circuitBreaker(handleAll, { halfOpenAfter: 100, breaker: new ConsecutiveBreaker(1) });
    const api = guardAxios(axios.create(), { breaker: { minAttempts: 1, openMs: 100, probes: 1 }, retry: false });
    expect(await outcomes((url) => policy.execute(() => axios.get(url)))).toEqual(times(3, () => 'fulfilled'));
    expect(await outcomes((url) => api.get(url))).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  test('failures of five minutes ago count before, not after', async () => {
    const QUIET_MS = 300_000;
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const policy = circuitBreaker(handleAll, {
      halfOpenAfter: 5_000,
      breaker: new SamplingBreaker({ threshold: 0.2, duration: 5_000, minimumRps: 1 }),
    });
    const fail = (): Promise<unknown> => catchFailure(policy.execute(() => Promise.reject(new Error('down'))));
    for (let i = 0; i < 4; i++) await fail();
    vi.setSystemTime(Date.now() + QUIET_MS);
    expect(policy.state).toBe(CircuitState.Closed);
    await fail();
    expect(policy.state).toBe(CircuitState.Open);

    const server = await startScripted(503);
    const clock = new VirtualClock();
    const line = createHoldline({
      clock,
      retry: false,
      breaker: { failureRatio: 0.2, windowMs: 5_000, minAttempts: 5 },
    });
    const api = guardAxios(axios.create(), line);
    for (let i = 0; i < 4; i++) await catchFailure(api.get(server.url));
    await clock.advance(QUIET_MS);
    await catchFailure(api.get(server.url));
    expect(line.snapshot().breakers).toMatchObject([{ state: 'closed', failed: 1 }]);
  });
});

test('during the move, the requests multiply, and an abandoned call is not sent if it has the signal', async () => {
  const server = await startScripted(503);
  const inner = guardAxios(axios.create(), { retry: { maxAttempts: 4, baseDelayMs: 1 }, breaker: false });
  await catchFailure(retry(handleAll, { maxAttempts: 3 }).execute(() => inner.get(server.url)));
  expect(server.requests).toHaveLength(16);

  const paced = await startScripted(200);
  const api = guardAxios(axios.create(), {
    governor: { quotas: [{ limit: 1, windowMs: 1_000, enforcement: 'sliding' }] },
  });
  const limit = timeout(300, TimeoutStrategy.Aggressive);
  const get = (): Promise<unknown> => limit.execute(({ signal }) => api.get(paced.url, { signal }));
  await get();
  expect(await catchFailure(get())).toMatchObject({ message: expect.stringContaining('timed out') as string });
  await sleep(1_200);
  expect(paced.requests).toHaveLength(1);
});

test('explain shows the policies that the page names', async () => {
  const { line } = await page.importSnippet<Side>('After', {});
  const { policies } = line.explain({ method: 'GET', url: 'https://api.example.com/users/7' });
  expect(policies.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['deadline', 'retry', 'breaker', 'governor']),
  );
});
