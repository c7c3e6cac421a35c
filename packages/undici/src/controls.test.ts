import type { ServerResponse } from 'node:http';
import { Agent, interceptors, request, RetryAgent } from 'undici';
import { expect, describe, it } from 'vitest';
import { captureRejection, closeLater, COPIES, startServer, until } from './server.fixture.js';

// What undici does without a guard. If one of these tests fails, a version of undici behaves differently, and a page has to be changed.
describe.each(COPIES)('bare $name', ({ Agent: AgentOfCopy, request: send, fetch }) => {
  it('does not repeat a 429, whatever Retry-After says', async () => {
    const server = await startServer((response) => response.writeHead(429, { 'retry-after': '0' }).end('no'));
    const dispatcher = closeLater(new AgentOfCopy());
    const { statusCode, body } = await send(server.url, { dispatcher });
    expect([statusCode, await body.text(), server.seen.length]).toEqual([429, 'no', 1]);
    expect((await fetch(server.url, { dispatcher })).status).toBe(429);
    expect(server.seen).toHaveLength(2);
  });

  it('holds the connection while nobody reads a body', async () => {
    const server = await startServer((response) => response.end('x'.repeat(500_000)));
    const dispatcher = closeLater(new AgentOfCopy({ connections: 1 }));
    const { body } = await send(server.url, { dispatcher });
    let isAnswered = false;
    const second = send(server.url, { dispatcher }).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isAnswered, server.seen.length]).toEqual([false, 1]);
    await body.text();
    await (await second).body.text();
    expect(server.opened).toBe(1);
  });

  it('rejects a request in the queue of a dispatcher only when it gets a connection', async () => {
    const server = await startServer((response, before) => void (before > 0 && response.end()));
    const dispatcher = closeLater(new AgentOfCopy({ connections: 1 }));
    const first = captureRejection(send(server.url, { dispatcher, headersTimeout: 0 }));
    const controller = new AbortController();
    let isSettled = false;
    const second = captureRejection(send(server.url, { dispatcher, signal: controller.signal })).finally(
      () => (isSettled = true),
    );
    await until(() => server.seen.length === 1);
    controller.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    await dispatcher.destroy();
    await first;
    expect(await second).toBeDefined();
  });
});

describe('bare RetryAgent of undici 7', () => {
  it('repeats a GET after a 429, and ends a POST with an error', async () => {
    const [reads, writes] = [await startServer(refuseOnce), await startServer(refuseOnce)];
    const dispatcher = closeLater(new RetryAgent(new Agent(), { minTimeout: 1, throwOnError: false }));
    expect(await (await request(reads.url, { dispatcher })).body.text()).toBe('answer 1');
    const { statusCode, body } = await request(writes.url, { dispatcher, method: 'POST', body: 'x' });
    await body.dump();
    expect([statusCode, reads.seen.length, writes.seen.length]).toEqual([429, 2, 1]);
  });

  it('is invisible to an interceptor above it', async () => {
    const server = await startServer(refuseOnce);
    let dispatches = 0;
    const dispatcher = closeLater(new Agent()).compose(
      interceptors.retry({ minTimeout: 1 }),
      (dispatch) => (options, handler) => {
        dispatches++;
        return dispatch(options, handler);
      },
    );
    const { body } = await request(server.url, { dispatcher });
    expect([await body.text(), dispatches, server.seen.length]).toEqual(['answer 1', 1, 2]);
  });
});

function refuseOnce(response: ServerResponse, before: number): void {
  response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0' }).end(`answer ${before}`);
}
