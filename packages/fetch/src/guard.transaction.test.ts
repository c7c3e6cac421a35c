import { callInfo, memoryStore, OutcomeUnknownError, StepDoneError, withTransaction, type Store } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { guardFetch } from './guard.js';
import { captureRejection, FETCH_FUNCTIONS, startServer } from './server.fixture.js';

describe.each(FETCH_FUNCTIONS)('$name', ({ name, fetch }) => {
  const ofNodeFetch = name.startsWith('node-fetch');
  /** A function of a process. Two of them on one store are the process before and after a restart. */
  const start = (store: Store): typeof globalThis.fetch => guardFetch(fetch, { store, retry: { baseDelayMs: 1 } });
  const write = (store: Store, url: string, method = 'POST'): Promise<Response> =>
    withTransaction('t', () => start(store)(url, { method, body: '{"n":1}' }));

  it('restores an answer without a body, or ends with a StepDoneError', async () => {
    const server = await startServer((response) => response.writeHead(204).end());
    const store = memoryStore();
    expect((await write(store, server.url)).status).toBe(204);
    const again = await write(store, server.url).catch((error: unknown) => error);
    if (again instanceof Response) expect([again.status, again.body]).toEqual([204, null]);
    else expect(again).toBeInstanceOf(StepDoneError);
    expect([again instanceof Response, server.seen.length]).toEqual([!ofNodeFetch, 1]);
  });

  it('does not keep a long body, and gives it to the caller whole', async () => {
    const body = 'x'.repeat(200_000);
    const server = await startServer((response) => response.end(body));
    const store = memoryStore();
    expect(await (await write(store, server.url)).text()).toBe(body);
    expect(await captureRejection(write(store, server.url))).toBeInstanceOf(StepDoneError);
    expect(server.seen).toHaveLength(1);
  });

  it('gives the answer to the caller although its body never ends', async () => {
    const server = await startServer((response) => void response.writeHead(200).write('begin'));
    const store = memoryStore();
    const controller = new AbortController();
    const first = await withTransaction('t', () =>
      start(store)(server.url, { method: 'POST', body: '', signal: controller.signal }),
    );
    expect(first.status).toBe(200);
    controller.abort();
    const error = await captureRejection(
      withTransaction('t', () => start(store)(server.url, { method: 'POST', body: '' })),
    );
    expect(error).toBeInstanceOf(StepDoneError);
  });

  if (ofNodeFetch) {
    // A clone of a node-fetch response waits until the original is read, so its body is not read.
    it('keeps no answer with a body: the second run ends with a StepDoneError', async () => {
      const server = await startServer((response) => response.writeHead(201).end('{"id":"a"}'));
      const store = memoryStore();
      expect(await (await write(store, server.url)).text()).toBe('{"id":"a"}');
      expect(await captureRejection(write(store, server.url))).toBeInstanceOf(StepDoneError);
      expect(server.seen).toHaveLength(1);
    });

    it('gives a 400 about the version to the caller, because its text is not read', async () => {
      const text = '{"message":"The version [1] does not match the current version [2]"}';
      const server = await startServer((response, before) =>
        before === 0 ? void response.destroy() : void response.writeHead(400).end(text),
      );
      const response = await start(memoryStore())(server.url, { method: 'PUT', body: '{"version":1}' });
      expect([response.status, await response.text()]).toEqual([400, text]);
    });
    return;
  }

  it('gives the kept answer as a native response', async () => {
    const server = await startServer((response) =>
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 's=1' }).end('{"id":"ä"}'),
    );
    const store = memoryStore();
    const url = `${server.url}/orders?x=1`;
    const first = await write(store, url);
    expect([first.bodyUsed, await first.json()]).toEqual([false, { id: 'ä' }]);
    const second = await write(store, url);
    expect(second).toBeInstanceOf(Response);
    expect([second.status, second.ok, second.url, second.headers.get('content-type')]).toEqual([
      201,
      true,
      url,
      'application/json',
    ]);
    expect([second.headers.get('set-cookie'), await second.clone().text(), await second.json()]).toEqual([
      null,
      '{"id":"ä"}',
      { id: 'ä' },
    ]);
    expect(callInfo(second)).toMatchObject({ attempts: 0, fromJournal: true, status: 201 });
    expect(server.seen).toHaveLength(1);
  });

  it('a 400 about the version of a PUT after a lost answer: was probably executed', async () => {
    const text = '{"message":"The version [1] does not match the current version [2]"}';
    const server = await startServer((response, before) =>
      before === 0 ? void response.destroy() : void response.writeHead(400).end(text),
    );
    const error = await captureRejection(start(memoryStore())(server.url, { method: 'PUT', body: '{"version":1}' }));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error.message).toContain('probably executed');
    expect(await (error['response'] as Response).text()).toBe(text);
  });
});
