import { seededRandom } from '@holdline/core/testing';
import { expect, test } from 'vitest';
import { PlatformModel, type ModelRequest } from './platform-model.js';
import { resolveScenario } from './scenario.js';
import type { Platform } from './types.js';

const model = (platform: Platform): PlatformModel =>
  new PlatformModel(resolveScenario({ platform, load: [] }).platform, seededRandom(1));

const request = (given: Partial<ModelRequest> = {}): ModelRequest => ({
  token: 'a',
  method: 'GET',
  path: '/users/1',
  route: 'GET /users/:id',
  ...given,
});

const statuses = (platform: PlatformModel, requests: ModelRequest[], at = 0): number[] =>
  requests.map((one) => platform.answer(one, at).status);

test('a limit per token counts each token, a limit per organization all of them', () => {
  const requests = [request(), request(), request({ token: 'b' })];
  const window = '1s';
  expect(statuses(model({ limits: [{ limit: 1, window }] }), requests)).toEqual([200, 429, 200]);
  expect(statuses(model({ limits: [{ limit: 1, window, per: 'org' }] }), requests)).toEqual([200, 429, 429]);
});

test('a limit per route counts each route; with a pattern it counts only requests that match', () => {
  const put = request({ method: 'PUT', route: 'PUT /users/:id' });
  const deep = request({ path: '/users/1/skills', route: 'GET /users/:id/skills' });
  const requests = [request(), request(), put, deep, deep];
  const limit = { limit: 1, window: '1s', per: 'route' } as const;
  expect(statuses(model({ limits: [limit] }), requests)).toEqual([200, 429, 200, 200, 429]);
  const one = model({ limits: [{ ...limit, match: 'GET /users/:id' }] });
  expect(statuses(one, requests)).toEqual([200, 429, 200, 200, 200]);
  const all = model({ limits: [{ ...limit, match: 'GET /users/**' }] });
  expect(statuses(all, requests)).toEqual([200, 429, 200, 429, 429]);
});

test('a refused request spends no permit of other limits, and Retry-After is the longest wait', () => {
  const platform = model({
    limits: [
      { limit: 2, window: '10s', name: 'all' },
      { limit: 1, window: '2500ms', match: 'GET /users/:id', name: 'users' },
    ],
  });
  const other = request({ path: '/queues', route: 'GET /queues' });
  expect(platform.answer(request(), 100)).toMatchObject({ status: 200, retryAfter: undefined });
  expect(platform.answer(request(), 100)).toMatchObject({ status: 429, retryAfter: '3', limitKey: 'users' });
  expect(platform.answer(other, 100).status).toBe(200);
  expect(platform.answer(request(), 200)).toMatchObject({ status: 429, retryAfter: '10', limitKey: 'all' });
});

test('Retry-After has whole seconds, decimals, or is left out', () => {
  const limits = [{ limit: 1, window: 1_400 }];
  const header = (retryAfter: Platform['retryAfter']) => {
    const platform = model({ limits, ...(retryAfter && { retryAfter }) });
    platform.answer(request(), 0);
    return platform.answer(request(), 0).retryAfter;
  };
  expect([header(undefined), header('exact'), header('none')]).toEqual(['2', '1.400', undefined]);
});

test('service times have the given median and 95th percentile, and errors the given rate', () => {
  const platform = model({ service: { p50: 80, p95: '400ms' }, errorRate: 0.1, errorStatus: 502 });
  const answers = Array.from({ length: 20_000 }, () => platform.answer(request(), 0));
  const times = answers.map(({ serviceMs }) => serviceMs).sort((a, b) => a - b);
  expect(times[10_000]).toBeGreaterThan(76);
  expect(times[10_000]).toBeLessThan(84);
  expect(times[19_000]).toBeGreaterThan(380);
  expect(times[19_000]).toBeLessThan(420);
  const failures = answers.filter(({ status }) => status === 502).length;
  expect(failures).toBeGreaterThan(1_800);
  expect(failures).toBeLessThan(2_200);
});

test('other clients spend the limit of the organization, and not that of a token', () => {
  const others = { count: 1, window: '1s' };
  const shared = model({ limits: [{ limit: 1, window: '1s', per: 'org' }], others });
  shared.answerOther(0);
  expect(shared.answer(request(), 0).status).toBe(429);
  const own = model({ limits: [{ limit: 1, window: '1s' }], others });
  own.answerOther(0);
  expect(own.answer(request(), 0).status).toBe(200);
});
