import { createRequire } from 'node:module';
import type { AxiosStatic } from 'axios';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { guardAxios } from './guard.js';
import { findAxios } from './find-axios.js';
import { hideAxiosClass, AXIOS_COPIES, startServer, cleanUpAfterTests } from './server.fixture.js';
import type { AxiosLike } from './types.js';

cleanUpAfterTests();

const require = createRequire(import.meta.url);
const REQUIRED = ['axios', 'axios-1.7'].map((name) => {
  const axios = require(name) as AxiosStatic;
  return { version: `${axios.VERSION}, required`, axios };
});
const findFor = (instance: object): unknown => findAxios(instance as AxiosLike);

describe.each([...AXIOS_COPIES, ...REQUIRED])('axios $version', ({ axios }) => {
  afterEach(() => vi.unstubAllGlobals());

  it('is found from its instances, and no other copy is', () => {
    expect(findFor(axios.create())).toBe(axios);
    expect(findFor(axios.create({ adapter: 'fetch', transformRequest: [] }))).toBe(axios);
    expect(findFor(new axios.Axios({ headers: {} as never }))).toBe(axios);
    expect(findFor(axios)).toBe(axios);
  });

  it.each([
    ['no process', () => vi.stubGlobal('process', undefined)],
    ['a shim of process', () => vi.stubGlobal('process', { env: {} })],
    [
      'no stacks',
      () =>
        vi.stubGlobal(
          'Error',
          class extends Error {
            override stack = undefined as never;
          },
        ),
    ],
    [
      'stacks of another kind',
      () =>
        vi.stubGlobal(
          'Error',
          class extends Error {
            override stack = [] as never;
          },
        ),
    ],
  ])('is not found with %s', (_, stub) => {
    stub();
    expect(findFor(axios.create())).toBeUndefined();
  });

  it('is not found from a lookalike', () => {
    class Others {
      use(): void {}
      forEach(fn: () => void): void {
        const real = axios.create().interceptors.request as unknown as Others;
        real.use();
        real.forEach(fn);
      }
    }
    for (const request of [{}, new Others(), null, undefined]) {
      expect(findFor({ interceptors: { request } })).toBeUndefined();
    }
    expect(findFor({})).toBeUndefined();
    expect(findFor(hideAxiosClass(axios.create()))).toBeUndefined();
  });
});

it('rejects a copy that was loaded again later', () => {
  const path = require.resolve('axios');
  const known = require.cache[path];
  const before = require('axios') as AxiosStatic;
  delete require.cache[path];
  try {
    const after = require('axios') as AxiosStatic;
    expect(after).not.toBe(before);
    expect(findFor(before.create())).toBeUndefined();
    expect(findFor(after.create())).toBe(after);
  } finally {
    require.cache[path] = known;
  }
});

it('is not found from the axios build for bundlers, which still works', async () => {
  const axios = require('axios/dist/browser/axios.cjs') as AxiosStatic;
  const server = await startServer((_, response, before) => {
    response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0.1' }).end('{"a":1}');
  });
  const api = axios.create();
  expect(findFor(api)).toBeUndefined();
  expect((await guardAxios(api, {}).get(server.url)).data).toEqual({ a: 1 });
  expect(server.seen).toHaveLength(2);
});
