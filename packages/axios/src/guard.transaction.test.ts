import type { Readable } from 'node:stream';
import type { AxiosResponse } from 'axios';
import { callInfo, memoryStore, OutcomeUnknownError, StepDoneError, withTransaction, type Store } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { guardAxios } from './guard.js';
import {
  AXIOS_COPIES,
  captureRejection,
  cleanUpAfterTests,
  hideAxiosClass,
  startServer,
  type TestServer,
} from './server.fixture.js';

cleanUpAfterTests();

const startOrders = (body: string | Buffer = '{"id":7}', status = 201): Promise<TestServer> =>
  startServer((_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', etag: '"1"', 'set-cookie': 's=1' }).end(body),
  );

describe.each(AXIOS_COPIES)('axios $version', ({ axios }) => {
  /** An instance of a process. Two of them on one store are the process before and after a restart. */
  const start = (store: Store, more: object = {}, hide = false) =>
    guardAxios(hide ? hideAxiosClass(axios.create(more)) : axios.create(more), { store, retry: { baseDelayMs: 1 } });

  it.each([false, true])('gives the kept answer to transforms and interceptors; bundled: %s', async (hide) => {
    const server = await startOrders();
    const store = memoryStore();
    const run = async (): Promise<AxiosResponse & { seen?: unknown }> => {
      const api = start(
        store,
        { transformResponse: [(text: string) => ({ parsed: JSON.parse(text) as object })] },
        hide,
      );
      api.interceptors.response.use((response) => Object.assign(response, { seen: response.status }));
      return withTransaction('t', () => api.post(server.url, { n: 1 }, { params: { q: 1 } }));
    };
    const [first, second] = [await run(), await run()];
    expect(server.seen).toHaveLength(1);
    for (const response of [first, second]) {
      expect(response).toMatchObject({ status: 201, statusText: 'Created', seen: 201, data: { parsed: { id: 7 } } });
      expect(response.headers['content-type']).toBe('application/json');
      expect(response.config).toMatchObject({ method: 'post', params: { q: 1 }, data: '{"n":1}' });
    }
    expect(second.headers['set-cookie']).toBeUndefined();
    expect([first, second].map((response) => callInfo(response))).toMatchObject([
      { attempts: 1, fromJournal: false },
      { attempts: 0, fromJournal: true, status: 201 },
    ]);
  });

  it.each(['arraybuffer', 'text', 'json'] as const)('restores the response type %s', async (responseType) => {
    const server = await startOrders(Buffer.from('{"a":"ä"}'));
    const store = memoryStore();
    const run = (): Promise<AxiosResponse<unknown>> =>
      withTransaction('t', () => start(store).post(server.url, '', { responseType }));
    const [first, second] = [await run(), await run()];
    expect(second.data).toEqual(first.data);
    expect((second.data as object).constructor).toBe((first.data as object).constructor);
    expect(server.seen).toHaveLength(1);
  });

  it('restores an answer without a body', async () => {
    const server = await startOrders('', 204);
    const store = memoryStore();
    for (const run of [1, 2]) {
      const { status, data } = await withTransaction('t', () => start(store).delete<unknown>(server.url));
      expect([run, status, data]).toEqual([run, 204, '']);
    }
    expect(server.seen).toHaveLength(1);
  });

  it('keeps no stream: the step is done, and is not sent again', async () => {
    const server = await startOrders();
    const store = memoryStore();
    const run = (): Promise<AxiosResponse<Readable>> =>
      withTransaction('t', () => start(store).post(server.url, '', { responseType: 'stream' }));
    const { data } = await run();
    expect(String((await data.toArray()).join(''))).toBe('{"id":7}');
    const error = await captureRejection(run());
    expect(error).toBeInstanceOf(StepDoneError);
    expect(error).toMatchObject({ status: 201 });
    expect(server.seen).toHaveLength(1);
  });

  it('a 400 about the version of a PUT after a lost answer: was probably executed, with the answer', async () => {
    const text = '{"message":"The version [1] does not match the current version [2]"}';
    const server = await startServer((_, response, before, raw) => {
      if (before === 0) raw.socket.resetAndDestroy();
      else response.writeHead(400, { 'content-type': 'application/json' }).end(text);
    });
    const error = await captureRejection(start(memoryStore()).put(server.url, { version: 1 }));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error.message).toContain('probably executed');
    expect(error['response']).toMatchObject({ status: 400, data: JSON.parse(text) as unknown });
    expect(server.seen).toHaveLength(2);
  });
});
