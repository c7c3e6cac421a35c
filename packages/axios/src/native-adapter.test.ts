import { createRequire } from 'node:module';
import type { AxiosStatic, InternalAxiosRequestConfig } from 'axios';
import { describe, expect, it } from 'vitest';
import { guardAxios } from './guard.js';
import { resolveNativeAdapter } from './native-adapter.js';
import { hideAxiosClass, AXIOS_COPIES, captureRejection, startServer, cleanUpAfterTests } from './server.fixture.js';
import type { AxiosLike, NativeConfig } from './types.js';

cleanUpAfterTests();

const require = createRequire(import.meta.url);
const REQUIRED = ['axios', 'axios-1.7'].map((name) => {
  const axios = require(name) as AxiosStatic;
  return { version: `${axios.VERSION}, required`, axios };
});

describe.each([...AXIOS_COPIES, ...REQUIRED])('axios $version', ({ axios }) => {
  it.each([
    { adapter: undefined, name: 'http' },
    { adapter: 'http', name: 'http' },
    { adapter: ['xhr', 'http', 'fetch'], name: 'http' },
    { adapter: ['fetch', 'http'], name: 'fetch' },
  ])('resolves $adapter as axios does, even if axios is not found', async ({ adapter, name }) => {
    const server = await startServer((_, response) => void response.end('{}'));
    let config: unknown;
    const spy = axios.create({ adapter: (given) => Promise.reject(new Error(`kept ${typeof (config = given)}`)) });
    await captureRejection(spy.get(server.url));
    for (const instance of [axios.create(), hideAxiosClass(axios.create()), axios]) {
      const native = resolveNativeAdapter(instance as AxiosLike, adapter);
      const { request, data } = (await native(config as NativeConfig)) as { request?: unknown; data?: unknown };
      // Only the fetch adapter makes a Request.
      expect(request instanceof Request ? 'fetch' : 'http').toBe(name);
      expect(data).toBe('{}');
    }
  });

  it('uses a function among adapter names', async () => {
    const own = (config: InternalAxiosRequestConfig) =>
      Promise.resolve({ data: 'own', status: 200, statusText: '', headers: {}, config });
    for (const instance of [axios.create(), hideAxiosClass(axios.create())]) {
      instance.defaults.adapter = ['xhr', own as never, 'http'];
      expect((await guardAxios(instance, {}).get('http://nowhere.invalid/a')).data).toBe('own');
    }
  });
});
