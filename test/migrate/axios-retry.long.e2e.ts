import { guardAxios } from '@holdline/axios';
import { callInfo, createHoldline, type HoldlineConfig } from '@holdline/core';
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import axiosRetry, * as library from 'axios-retry';
import { describe, expect, test } from 'vitest';
import { catchFailure } from '../support.js';
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

const page = new MigrationPage('axios-retry');

interface Side {
  api: AxiosInstance;
}

const run = (
  answers: Answer[],
  call: (api: AxiosInstance) => Promise<unknown>,
  replaced?: Record<string, string>,
): Promise<Both<Run>> => runBoth<Side>(page, answers, ({ api }) => call(api), replaced);

muteWarnings();

describe('the page about axios-retry', () => {
  test('names the tested version', () => {
    expect(page.intro()).toContain(`axios-retry ${versionOf('axios-retry')} and axios ${versionOf('axios')}`);
  });

  test('has every option and every function of the library', () => {
    const options = [
      ...membersOf("import('axios-retry').IAxiosRetryConfigExtended"),
      ...Object.keys(library.DEFAULT_OPTIONS),
    ];
    const functions = [
      ...[...membersOf("import('axios-retry').AxiosRetry")].filter((name) => name.startsWith('is')),
      ...Object.keys(library).filter(
        (name) => !['default', 'namespace', 'DEFAULT_OPTIONS', 'module.exports'].includes(name),
      ),
    ];
    page.expectOptions([...options, ...functions]);
  });

  test('names what Holdline has', () => page.expectAnswers());
});

describe('before and after', () => {
  test.each<{ name: string; answers: Answer[] }>([
    { name: '503', answers: [503] },
    { name: '500', answers: [500] },
    { name: 'a lost connection', answers: ['reset'] },
    { name: '502 and 504', answers: [502, 504] },
  ])('a GET after $name: the same number of requests', async ({ answers }) => {
    const { before, after } = await run(answers, (api) => api.get('/users/7'));
    expect({ before: before.requests, after: after.requests }).toEqual({ before: 4, after: 4 });
  });

  test('a success after two failures is the same response', async () => {
    const { before, after } = await run([503, 'reset', 200], (api) => api.get('/users/7'));
    for (const { requests, result } of [before, after]) {
      expect(requests).toBe(3);
      expect(result).toMatchObject({ status: 200, data: { name: 'Ada' } });
    }
    expect(callInfo(after.result)?.attempts).toBe(3);
  });
});

describe('differences', () => {
  test('a POST whose connection was lost is sent twice before, once after', async () => {
    const { before, after } = await run(['reset', 201], (api) => api.post('/orders', { article: 7 }));
    expect(before).toMatchObject({ requests: 2, result: { status: 201 } });
    expect(after).toMatchObject({ requests: 1, result: { code: 'HOLDLINE_OUTCOME_UNKNOWN' } });
  });

  test('a POST after 429 fails before, and is sent again after', async () => {
    const { before, after } = await run([[429, { 'retry-after': '1' }], 201], (api) => api.post('/orders', { a: 7 }));
    expect(before.requests).toBe(1);
    expect(statusOf(before.result)).toBe(429);
    expect(after).toMatchObject({ requests: 2, result: { status: 201 } });
  });

  test('a 429 stops only its own call before, all calls after', async () => {
    expect(await countRefusals<Side>(page, ({ api }, id) => api.get(`/users/${id}`))).toEqual({ before: 6, after: 1 });
  });

  test('500 is retried by default only before', async () => {
    const requests = async (make: () => AxiosInstance): Promise<number> => {
      const { url, requests } = await startScripted(500);
      await catchFailure(make().get(url));
      return requests.length;
    };
    expect(await requests(() => attach(axios.create()))).toBe(4);
    expect(await requests(() => guardAxios(axios.create(), {}))).toBe(1);
  });

  test('a timeout is retried only after', async () => {
    const { before, after } = await run(['silence'], (api) => api.get('/users/7'), { '10_000': '200' });
    expect({ before: before.requests, after: after.requests }).toEqual({ before: 1, after: 4 });
  });

  test('an own retryDelay ignores Retry-After before; a backoff obeys it after', async () => {
    const gap = async (make: (options: { url: string }) => AxiosInstance): Promise<number> => {
      const server = await startScripted([429, { 'retry-after': '2' }], 200);
      await make(server).get(server.url);
      return server.times()[1] as number;
    };
    expect(await gap(() => attach(axios.create(), { retryDelay: () => 10 }))).toBeLessThan(1_900);
    expect(await gap(() => guardAxios(axios.create(), { retry: { backoff: [10] } }))).toBeGreaterThanOrEqual(1_995);
  });

  test('a Retry-After of 35 days overflows the timer before, and ends the call after', async () => {
    const { before, after } = await run([[429, { 'retry-after': '3024000' }]], (api) => api.get('/users/7'));
    expect(before.requests).toBe(4);
    expect(after.requests).toBe(1);
    expect(callInfo(after.result)?.retryAt).toBeGreaterThan(Date.now() + 34 * 86_400_000);
  });

  test('a stream is sent again empty before, and only once after', async () => {
    expect(await putStream(attach(axios.create()))).toEqual({ bodies: ['bytes', ''], status: 200 });
    expect(await putStream(guardAxios(axios.create(), {}))).toEqual({ bodies: ['bytes'], status: 503 });
  });

  test('interceptors run for each attempt before, once after', async () => {
    const { before, after } = await run([503, 503, 200], countInterceptorRuns);
    expect({ before: before.result, after: after.result }).toEqual({ before: 3, after: 1 });
  });
});

describe('both on one instance', () => {
  const requestsWith = async (config: HoldlineConfig, request: AxiosRequestConfig = {}): Promise<number> => {
    const server = await startScripted(503);
    const api = guardAxios(attach(axios.create(), { retries: 2 }), config);
    await catchFailure(api.request({ url: server.url, ...request }));
    return server.requests.length;
  };

  test('Holdline leaves the retries to axios-retry', async () => {
    expect(await requestsWith({})).toBe(3);
  });

  test('`replace` makes Holdline the only retry layer', async () => {
    expect(await requestsWith({ retry: { otherLayer: 'replace', maxAttempts: 4, baseDelayMs: 1 } })).toBe(4);
  });

  test('a loop around the call multiplies the attempts, and `retry: false` prevents it', async () => {
    const requests = async (config: HoldlineConfig): Promise<number> => {
      const server = await startScripted(503);
      const api = guardAxios(axios.create(), config);
      for (let i = 0; i < 3; i++) await catchFailure(api.get(server.url));
      return server.requests.length;
    };
    expect(await requests({ retry: { maxAttempts: 2, baseDelayMs: 1 } })).toBe(6);
    expect(await requests({ retry: false })).toBe(3);
  });
});

test('explain shows what the page says', () => {
  const line = createHoldline({ retry: { maxAttempts: 4, baseDelayMs: 200, statuses: [500] } });
  const { policies, repeatable } = line.explain({ method: 'POST', url: 'https://api.example.com/orders' });
  expect(repeatable).toEqual({ safe: false, because: 'POST may be executed twice' });
  expect(policies.find(({ name }) => name === 'retry')?.options).toMatchObject({ maxAttempts: 4, baseDelayMs: 200 });
});

function attach(api: AxiosInstance, options: library.IAxiosRetryConfig = {}): AxiosInstance {
  axiosRetry(api as never, options);
  return api;
}
