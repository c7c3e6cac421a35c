import { guardAxios } from '@holdline/axios';
import type { HoldlineConfig } from '@holdline/core';
import axios, { type AxiosInstance } from 'axios';
import * as rax from 'retry-axios';
import { describe, expect, test } from 'vitest';
import { catchFailure, sleep, until } from '../support.js';
import {
  countInterceptorRuns,
  countRefusals,
  muteWarnings,
  putStream,
  runBoth,
  statusOf,
  type Both,
  type Run,
} from './both.js';
import { membersOf, MigrationPage, versionOf } from './page.js';
import { startScripted, type Answer } from './server.js';

const page = new MigrationPage('retry-axios');

interface Side {
  api: AxiosInstance;
}

const run = (answers: Answer[], call: (api: AxiosInstance) => Promise<unknown>): Promise<Both<Run>> =>
  runBoth<Side>(page, answers, ({ api }) => call(api));

function attach(config?: rax.RetryConfig): AxiosInstance {
  const api = axios.create();
  if (config) api.defaults.raxConfig = config;
  rax.attach(api);
  return api;
}

muteWarnings();

describe('the page about retry-axios', () => {
  test('names the tested version', () => {
    expect(page.intro()).toContain(`retry-axios ${versionOf('retry-axios')} and axios ${versionOf('axios')}`);
  });

  test('has every option and every function of the library', () => {
    page.expectOptions(membersOf("import('retry-axios').RetryConfig"));
    for (const name of Object.keys(rax)) expect(page.section('Options')).toContain(`\`${name}\``);
  });

  test('names what Holdline has', () => page.expectAnswers());
});

describe('before and after', () => {
  test.each<{ name: string; answers: Answer[] }>([
    { name: '503', answers: [503] },
    { name: '500', answers: [500] },
    { name: 'a lost connection', answers: ['reset'] },
  ])('a GET after $name: the same number of requests', async ({ answers }) => {
    const { before, after } = await run(answers, (api) => api.get('/users/7'));
    expect({ before: before.requests, after: after.requests }).toEqual({ before: 4, after: 4 });
  });

  test('a GET after a timeout: the same number of requests', async () => {
    const { before, after } = await run(['silence'], (api) => api.get('/users/7', { timeout: 150 }));
    expect({ before: before.requests, after: after.requests }).toEqual({ before: 4, after: 4 });
  });

  test('a success after two failures is the same response', async () => {
    const { before, after } = await run([503, 'reset', 200], (api) => api.get('/users/7'));
    for (const { requests, result } of [before, after]) {
      expect(requests).toBe(3);
      expect(result).toMatchObject({ status: 200, data: { name: 'Ada' } });
    }
  });

  test('both wait as long as Retry-After', async () => {
    const gap = async (api: AxiosInstance): Promise<number> => {
      const server = await startScripted([429, { 'retry-after': '1' }], 200);
      await api.get(server.url);
      return server.times()[1] as number;
    };
    for (const ms of await Promise.all([gap(attach()), gap(guardAxios(axios.create(), {}))]))
      expect(ms).toBeGreaterThanOrEqual(990);
  });
});

describe('differences', () => {
  test('a 429 stops only its own call before, all calls after', async () => {
    expect(await countRefusals<Side>(page, ({ api }, id) => api.get(`/users/${id}`))).toEqual({ before: 6, after: 1 });
  });

  test('a POST after 429 fails before, and is sent again after', async () => {
    const { before, after } = await run([[429, { 'retry-after': '1' }], 201], (api) => api.post('/orders', { a: 7 }));
    expect(before.requests).toBe(1);
    expect(statusOf(before.result)).toBe(429);
    expect(after).toMatchObject({ requests: 2, result: { status: 201 } });
  });

  test('a POST in httpMethodsToRetry is executed twice before, once after', async () => {
    const { before, after } = await run(['reset', 201], (api) =>
      api.post('/orders', { a: 7 }, { raxConfig: { httpMethodsToRetry: ['POST'] } }),
    );
    expect(before).toMatchObject({ requests: 2, result: { status: 201 } });
    expect(after).toMatchObject({ requests: 1, result: { code: 'HOLDLINE_OUTCOME_UNKNOWN' } });
  });

  test.each(['0', new Date(Date.now() - 60_000).toUTCString()])(
    'Retry-After: %s fails before, not after',
    async (wait) => {
      const { before, after } = await run([[429, { 'retry-after': wait }], 200], (api) => api.get('/users/7'));
      expect(before.requests).toBe(1);
      expect(statusOf(before.result)).toBe(429);
      expect(after).toMatchObject({ requests: 2, result: { status: 200 } });
    },
  );

  test('an abort in the delay ends the call when the delay ends before, at once after', async () => {
    const msToEnd = async (make: () => AxiosInstance): Promise<number> => {
      const server = await startScripted([429, { 'retry-after': '2' }]);
      const abort = new AbortController();
      const call = catchFailure(make().get(server.url, { signal: abort.signal }));
      await until(() => server.requests.length > 0);
      await sleep(100);
      const aborted = performance.now();
      abort.abort();
      expect(await call).toMatchObject({ code: 'ERR_CANCELED' });
      return performance.now() - aborted;
    };
    const [before, after] = await Promise.all([msToEnd(() => attach()), msToEnd(() => guardAxios(axios.create(), {}))]);
    expect(before).toBeGreaterThan(1_000);
    expect(after).toBeLessThan(1_000);
  });

  test('500 is retried by default only before, 408 only after', async () => {
    const requests = async (status: number, api: AxiosInstance): Promise<number> => {
      const server = await startScripted(status);
      await catchFailure(api.get(server.url));
      return server.requests.length;
    };
    const after = (): AxiosInstance => guardAxios(axios.create(), { retry: { maxAttempts: 2, baseDelayMs: 1 } });
    expect([await requests(500, attach()), await requests(500, after())]).toEqual([4, 1]);
    expect([await requests(408, attach()), await requests(408, after())]).toEqual([1, 2]);
  });

  test('a stream is sent again empty before, and only once after', async () => {
    expect(await putStream(attach())).toEqual({ bodies: ['bytes', ''], status: 200 });
    expect(await putStream(guardAxios(axios.create(), {}))).toEqual({ bodies: ['bytes'], status: 503 });
  });

  test('interceptors run for each attempt before, once after', async () => {
    const { before, after } = await run([503, 503, 200], countInterceptorRuns);
    expect({ before: before.result, after: after.result }).toEqual({ before: 3, after: 1 });
  });
});

describe('both on one instance', () => {
  const requestsWith = async (config: HoldlineConfig): Promise<number> => {
    const server = await startScripted(503);
    const api = guardAxios(attach({ retry: 2, retryDelay: 1 }), config);
    await catchFailure(api.get(server.url));
    return server.requests.length;
  };

  test('the attempts multiply, and `retry: false` prevents it', async () => {
    expect(await requestsWith({ retry: { maxAttempts: 2, baseDelayMs: 1 } })).toBe(6);
    expect(await requestsWith({ retry: false })).toBe(3);
  });

  test('retry-axios does not repeat a refusal of Holdline', async () => {
    const server = await startScripted(503);
    const api = guardAxios(attach({ retry: 2, retryDelay: 1 }), {
      retry: false,
      breaker: { minAttempts: 3, failureRatio: 0.5 },
    });
    await catchFailure(api.get(server.url));
    expect(await catchFailure(api.get(server.url))).toMatchObject({ name: 'CircuitOpenError' });
    expect(server.requests).toHaveLength(3);
  });
});
