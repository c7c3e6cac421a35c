import { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import { adapterContract, recordContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { describe, expect, it } from 'vitest';
import { guardAxios } from './index.js';
import { AXIOS_COPIES, cleanUpAfterTests } from './server.fixture.js';

cleanUpAfterTests();

/** The contract with one copy of axios. Its second copy has another version. */
function axiosUnderTest(version: string, responseType: 'text' | 'stream'): AdapterUnderTest<AxiosInstance> {
  return {
    name: `guardAxios with axios ${version} and the response type ${responseType}`,
    guard: guardAxios,
    connect({ url }, { maxSockets, copy, authorization }) {
      const { axios } = AXIOS_COPIES.find((one) => (one.version === version) !== copy)!;
      const agent = new Agent({ keepAlive: true, ...(maxSockets !== undefined && { maxSockets }) });
      const client = axios.create({
        baseURL: url,
        httpAgent: agent,
        proxy: false,
        responseType,
        // The text as it arrived.
        transformResponse: (data: unknown) => data,
        headers: authorization === undefined ? {} : { Authorization: authorization },
      });
      return {
        client,
        call: (guarded, { method, baseUrl, path, headers, body, signal }) =>
          guarded.request({
            method,
            url: baseUrl === url ? path : baseUrl + path,
            headers: { 'Content-Type': 'application/json', ...headers },
            data: body,
            ...(signal && { signal }),
          }),
        async read(result) {
          const { status, data } = result as AxiosResponse<string | Readable>;
          const text = typeof data === 'string' ? data : Buffer.concat((await data.toArray()) as Buffer[]).toString();
          return { status, text };
        },
        onRequest(listener) {
          client.interceptors.request.use((config) => {
            listener();
            return config;
          });
        },
        refuse: (guarded) => guarded.post('/', 'too long', { maxBodyLength: 1 }),
        close: () => agent.destroy(),
      };
    },
    lacks:
      responseType === 'stream'
        ? {
            copyAnswer: 'a Node stream can be read once',
            keptAnswers: 'a Node stream can be read once',
          }
        : { streamAnswer: 'with this response type, axios reads the whole answer' },
  };
}

const ADAPTERS = AXIOS_COPIES.flatMap(({ version }) =>
  (['text', 'stream'] as const).map((responseType) => axiosUnderTest(version, responseType)),
);
for (const adapter of ADAPTERS) adapterContract({ describe, it, expect }, adapter);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), ADAPTERS));
