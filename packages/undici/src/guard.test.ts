import { createHash } from 'node:crypto';
import { callInfo, createHoldline, definePolicy, holdlineOf, isHoldlineError, release, withCall } from '@holdline/core';
import * as undici7 from 'undici';
import * as undici6 from 'undici-6';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { guardUndici, holdlineInterceptor } from './guard.js';
import { captureRejection, closeLater, COPIES, makeLine, startServer, type TestServer } from './server.fixture.js';

const { Agent, interceptors, ProxyAgent, RetryAgent, request } = undici7;

/** Refuses the first request. */
const startBusyServer = (): Promise<TestServer> =>
  startServer((response, before) => {
    response.writeHead(before < 1 ? 429 : 200, { 'retry-after': '0' }).end(`answer ${before}`);
  });
const token = { grant: () => Promise.resolve({ accessToken: 'undici-test-token' }) };

describe('guardUndici', () => {
  it('returns a new dispatcher, and leaves the given one as it is', async () => {
    const server = await startBusyServer();
    const agent = closeLater(new Agent());
    const line = makeLine();
    const guarded = guardUndici(agent, line);
    expect([guarded === agent, guarded instanceof Agent]).toEqual([false, true]);
    expect([holdlineOf(guarded), holdlineOf(agent)]).toEqual([line, undefined]);
    expect((await request(server.url, { dispatcher: agent })).statusCode).toBe(429);
    expect((await request(server.url, { dispatcher: guarded })).statusCode).toBe(200);
  });

  it('lets requests pass after release, and guards again', async () => {
    const server = await startServer((response) => response.writeHead(429).end());
    const guarded = guardUndici(closeLater(new Agent()), makeLine());
    const { dispatch } = guarded;
    release(guarded);
    expect([holdlineOf(guarded), guarded.dispatch]).toEqual([undefined, dispatch]);
    expect((await request(server.url, { dispatcher: guarded })).statusCode).toBe(429);
    expect(server.seen).toHaveLength(1);
    const line = makeLine();
    const again = guardUndici(guarded, line);
    await request(server.url, { dispatcher: again });
    expect([holdlineOf(again), server.seen.length]).toEqual([line, 4]);
  });

  it('returns a guarded dispatcher unchanged, and refuses another configuration for it', () => {
    const guarded = guardUndici(closeLater(new Agent()), { retry: false });
    expect(guardUndici(guarded)).toBe(guarded);
    expect(guardUndici(guarded, { retry: false })).toBe(guarded);
    expect(() => guardUndici(guarded, { retry: 'batch' })).toThrow('the client is guarded with another configuration');
  });

  it('checks its arguments', () => {
    const agent = closeLater(new Agent());
    expect(() => guardUndici({} as never)).toThrow('the first argument of guardUndici must be a dispatcher of undici');
    expect(() => guardUndici(agent, { origins: ['x'] })).toThrow('origins[0] must be an origin such as');
    expect(() => guardUndici(agent, { line: {} as never })).toThrow('line must be a line made by createHoldline');
    expect(() => guardUndici(agent, { line: makeLine(), retry: false })).toThrow('a line or a configuration');
    expect(() => guardUndici(agent, { retri: false } as never)).toThrow('retri');
    expect(() => holdlineInterceptor({ retri: false } as never)).toThrow('retri');
  });

  it('guards the given origins only', async () => {
    const [own, other] = [await startBusyServer(), await startBusyServer()];
    const dispatcher = guardUndici(closeLater(new Agent()), { origins: [own.url], line: makeLine() });
    expect((await request(own.url, { dispatcher })).statusCode).toBe(200);
    expect((await request(other.url, { dispatcher })).statusCode).toBe(429);
  });

  it('sends the token of the line to the given origins only, also along a redirect of the redirect interceptor', async () => {
    const other = await startServer((response) => response.end('elsewhere'));
    const own = await startServer((response) => response.writeHead(302, { location: `${other.url}/file` }).end());
    const redirect = interceptors.redirect({ maxRedirections: 2 });
    const inner = guardUndici(closeLater(new Agent()).compose(redirect), { origins: [own.url], token });
    const outer = closeLater(new Agent()).compose(holdlineInterceptor({ origins: [own.url], token }), redirect);
    for (const dispatcher of [inner, outer]) {
      const { body } = await request(own.url, { dispatcher });
      expect(await body.text()).toBe('elsewhere');
    }
    expect(own.seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Bearer undici-test-token'));
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  it('sends the token of the line to the origin of a Client and a Pool', async () => {
    const server = await startServer((response) => response.end());
    for (const { Client, Pool } of [undici7, undici6 as unknown as typeof undici7]) {
      for (const made of [new Client(server.url), new Pool(server.url)]) {
        const client = guardUndici(closeLater(made), { token });
        await (await client.request({ path: '/users/1', method: 'GET' })).body.dump();
      }
    }
    const composed = closeLater(new undici7.Client(server.url)).compose(
      holdlineInterceptor({ origins: [server.url], token }),
    );
    await (await composed.request({ path: '/users/1', method: 'GET' })).body.dump();
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(Array(5).fill('Bearer undici-test-token'));
  });

  it('reports that an Agent without origins carries no token', async () => {
    const server = await startServer((response) => response.end());
    const dispatcher = guardUndici(closeLater(new Agent()), { token });
    await request(server.url, { dispatcher });
    const defects: unknown[] = [];
    holdlineOf(dispatcher)?.on('defect', (defect) => void defects.push(defect));
    expect(defects).toMatchObject([{ client: 'undici' }]);
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('tells callInfo about the context of a result, and about an error', async () => {
    const server = await startBusyServer();
    const dispatcher = guardUndici(closeLater(new Agent()), makeLine());
    const { context } = await request(server.url, { dispatcher });
    expect(callInfo(context)).toMatchObject({ attempts: 2, status: 200, route: 'GET /' });
    const error = await captureRejection(request('http://127.0.0.1:9', { dispatcher }));
    expect(callInfo(error)).toMatchObject({ attempts: 3, status: undefined });
  });

  it('takes the context of a call from withCall and from its options', async () => {
    const server = await startServer((response) => response.end());
    const line = makeLine();
    const priorities: unknown[] = [];
    const watch = definePolicy<object>({
      name: 'watch',
      phase: 'observe',
      create: () => (call, next) => {
        priorities.push(call.context?.priority);
        return next(call);
      },
    });
    line.use(watch({}));
    const dispatcher = guardUndici(closeLater(new Agent()), line);
    await withCall({ priority: 'low' }, () => request(server.url, { dispatcher }));
    await request(server.url, { dispatcher, holdline: { priority: 'background' } } as never);
    const error = await captureRejection(
      request(server.url, { dispatcher, holdline: { priority: 'urgent' } } as never),
    );
    expect([error.name, priorities, server.seen.length]).toEqual(['ConfigError', ['low', 'background'], 2]);
  });

  it('keeps the rest of the dispatcher', async () => {
    const dispatcher = guardUndici(new Agent(), makeLine());
    const events: string[] = [];
    dispatcher.on('connect', () => events.push('connect'));
    const server = await startServer((response) => response.end());
    await (await request(server.url, { dispatcher })).body.dump();
    expect([events, dispatcher.closed]).toEqual([['connect'], false]);
    await dispatcher.close();
    expect(dispatcher.closed).toBe(true);
    const error = await captureRejection(request(server.url, { dispatcher }));
    expect(error.name).toBe('ClientDestroyedError');
  });

  it('closes a RetryAgent, whose methods have private fields', async () => {
    const dispatcher = guardUndici(new RetryAgent(new Agent()), makeLine());
    await dispatcher.close();
    const bare = new RetryAgent(new Agent()).compose([]);
    // The proxy of undici itself does not.
    await expect((async () => bare.close())()).rejects.toThrow(TypeError);
  });
});

describe('global dispatchers', () => {
  const [global7, global6] = [undici7.getGlobalDispatcher(), undici6.getGlobalDispatcher()];
  afterEach(() => {
    undici7.setGlobalDispatcher(global7);
    undici6.setGlobalDispatcher(global6);
  });

  it('may be guarded, also for the fetch of Node', async () => {
    const servers = [await startBusyServer(), await startBusyServer()] as const;
    undici7.setGlobalDispatcher(guardUndici(closeLater(new Agent()), makeLine()));
    expect((await undici7.fetch(servers[0].url)).status).toBe(200);
    expect((await fetch(servers[1].url)).status).toBe(200);
    const server = await startBusyServer();
    undici6.setGlobalDispatcher(guardUndici(closeLater(new undici6.Agent()), makeLine()));
    expect((await undici6.fetch(server.url)).status).toBe(200);
  });
});

describe.each(COPIES)('the functions of $name', ({ Agent: AgentOfCopy, request: requestOfCopy }) => {
  const undici = (AgentOfCopy === Agent ? undici7 : undici6) as unknown as typeof undici7;

  it('stream, pipeline and fetch get the last answer', async () => {
    const dispatcher = guardUndici(closeLater(new AgentOfCopy({ connections: 1 })), makeLine());
    const chunks: Buffer[] = [];
    const { Writable, Readable } = await import('node:stream');
    const [one, two, three] = [await startBusyServer(), await startBusyServer(), await startBusyServer()];
    const statuses: number[] = [];
    await undici.stream(one.url, { dispatcher, method: 'GET' }, ({ statusCode }) => {
      statuses.push(statusCode);
      return new Writable({ write: (chunk: Buffer, _, next) => (chunks.push(chunk), next()) });
    });
    expect([statuses, Buffer.concat(chunks).toString()]).toEqual([[200], 'answer 1']);
    const piped = Readable.from([]).pipe(
      undici.pipeline(two.url, { dispatcher, method: 'GET' }, ({ body }) => body as never),
    );
    // The request of a pipeline is a stream, which is not sent twice.
    expect(Buffer.concat((await piped.toArray()) as Buffer[]).toString()).toBe('answer 0');
    expect(await (await undici.fetch(three.url, { dispatcher })).text()).toBe('answer 1');
  });

  it('WebSocket connects through the line', async () => {
    const server = await startServer(
      () => undefined,
      ({ headers }, socket) => {
        const accept = createHash('sha1')
          .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64');
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
        );
        socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
      },
    );
    const line = makeLine();
    let attempts = 0;
    line.on('attempt', () => void attempts++);
    const dispatcher = guardUndici(closeLater(new AgentOfCopy()), line);
    const socket = new undici.WebSocket(server.url.replace('http', 'ws'), { dispatcher });
    const received = await new Promise((resolve, reject) => {
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => reject(new Error('the WebSocket failed'));
    });
    socket.close();
    expect([received, attempts]).toEqual(['hi', 1]);
  });

  it('connect opens a tunnel without the line', async () => {
    const { createServer } = await import('node:http');
    const proxy = createServer();
    proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const line = makeLine();
    let calls = 0;
    line.on('call', () => void calls++);
    const dispatcher = guardUndici(closeLater(new AgentOfCopy()), line);
    const { port } = proxy.address() as { port: number };
    const { socket } = await undici.connect(`http://127.0.0.1:${port}`, {
      dispatcher,
      path: 'example.com:80',
    } as never);
    expect([Buffer.concat((await socket.toArray()) as Buffer[]).toString(), calls]).toEqual(['hello', 0]);
    proxy.close();
  });

  it('throwOnError and responseError see only the last answer', async () => {
    const server = await startBusyServer();
    const responseError = (undici.interceptors as Partial<typeof interceptors>).responseError;
    const above = closeLater(new AgentOfCopy()).compose(
      holdlineInterceptor(makeLine()),
      ...(responseError ? [responseError()] : []),
    );
    expect((await requestOfCopy(server.url, { dispatcher: above })).statusCode).toBe(200);
  });
});

describe('other interceptors', () => {
  it('reads the answer in the error of responseError below the guard', async () => {
    const server = await startBusyServer();
    const dispatcher = closeLater(new Agent()).compose(interceptors.responseError(), holdlineInterceptor(makeLine()));
    const { statusCode } = await request(server.url, { dispatcher });
    expect([statusCode, server.seen.length]).toEqual([200, 2]);
    const refusing = await startServer((response) => response.writeHead(404).end());
    const error = await captureRejection(request(refusing.url, { dispatcher }));
    expect([error['code'], callInfo(error)?.status]).toEqual(['UND_ERR_RESPONSE', 404]);
  });

  it('works below cache and behind dns', async () => {
    const server = await startServer((response, before) => {
      if (before < 1) response.writeHead(429, { 'retry-after': '0' }).end();
      else response.writeHead(200, { 'cache-control': 'max-age=60' }).end('kept');
    });
    const dispatcher = closeLater(new Agent()).compose(
      interceptors.dns(),
      holdlineInterceptor(makeLine()),
      interceptors.cache(),
    );
    const url = server.url.replace('127.0.0.1', 'localhost');
    for (let calls = 0; calls < 2; calls++) {
      const { body } = await request(url, { dispatcher, origin: url, method: 'GET' } as never);
      expect(await body.text()).toBe('kept');
    }
    expect(server.seen).toHaveLength(2);
  });

  it('gives a handler of undici 6 the headers that decompress changed', async () => {
    const { gzipSync } = await import('node:zlib');
    const server = await startServer((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain'));
    });
    const dispatcher = guardUndici(closeLater(new Agent()).compose(interceptors.decompress()), makeLine());
    const { headers, body } = await request(server.url, { dispatcher });
    expect([headers['content-encoding'], await body.text()]).toEqual([undefined, 'plain']);
  });

  it('lets an interceptor above replace the raw headers', async () => {
    const server = await startServer((response) => response.end('plain'));
    const dispatcher = closeLater(new Agent()).compose(
      holdlineInterceptor(makeLine()),
      (dispatch) => (options, handler) =>
        dispatch(options, {
          ...handler,
          onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
          onResponseStart(controller, status, headers, text) {
            expect(controller.rawHeaders?.length).toBeGreaterThan(0);
            Object.assign(controller, { rawHeaders: [], rawTrailers: [] });
            expect([controller.rawHeaders, controller.rawTrailers]).toEqual([[], []]);
            handler.onResponseStart?.(controller, status, headers, text);
          },
          onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
          onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
          onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
        }),
    );
    const { body } = await request(server.url, { dispatcher });
    expect(await body.text()).toBe('plain');
  });

  it('gives a handler of undici 6 the raw headers as they arrived', async () => {
    const server = await startServer((response) => response.writeHead(200, { 'X-Kind': 'Käse' }).end());
    const dispatcher = guardUndici(closeLater(new Agent()), makeLine());
    const [bare, guarded] = [
      await request(server.url, { dispatcher: closeLater(new Agent()), responseHeaders: 'raw' }),
      await request(server.url, { dispatcher, responseHeaders: 'raw' }),
    ].map(({ headers }) => JSON.stringify(headers).replace(/"[A-Z][a-z]{2}, .* GMT"/, 'date'));
    expect(guarded).toBe(bare);
    expect(guarded).toContain('X-Kind');
  });

  it('makes one attempt for two guards of the same line', async () => {
    const server = await startServer((response) => response.end());
    const line = makeLine();
    let attempts = 0;
    line.on('attempt', () => void attempts++);
    const inner = closeLater(new Agent()).compose(holdlineInterceptor(line));
    await request(server.url, { dispatcher: guardUndici(inner, line) });
    expect([attempts, server.seen.length]).toEqual([1, 1]);
  });
});

describe('other dispatchers', () => {
  it('guards a MockAgent, which ignores pauses', async () => {
    for (const [copy, send] of [
      [undici7, undici7.request],
      [undici6 as unknown as typeof undici7, undici6.request as unknown as typeof undici7.request],
    ] as const) {
      const mock = new copy.MockAgent();
      onTestFinished(() => mock.close());
      mock.disableNetConnect();
      const pool = mock.get('https://api.example.com');
      pool.intercept({ path: '/users/1' }).reply(429, 'no', { headers: { 'retry-after': '0' } });
      pool.intercept({ path: '/users/1' }).reply(200, 'x'.repeat(300_000));
      const dispatcher = guardUndici(mock, makeLine());
      const { statusCode, body } = await send('https://api.example.com/users/1', { dispatcher });
      expect([statusCode, (await body.text()).length]).toEqual([200, 300_000]);
    }
  });

  it('guards a ProxyAgent', async () => {
    const server = await startBusyServer();
    const { createServer, request: send } = await import('node:http');
    const proxy = createServer((incoming, response) => {
      incoming.pipe(
        send(incoming.url as string, { method: incoming.method, headers: incoming.headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const agent = closeLater(new ProxyAgent({ uri: `http://127.0.0.1:${port}`, proxyTunnel: false }));
    const dispatcher = guardUndici(agent, makeLine());
    const { statusCode, body } = await request(server.url, { dispatcher });
    expect([statusCode, await body.text(), server.seen.length]).toEqual([200, 'answer 1', 2]);
    proxy.close();
    proxy.closeAllConnections();
  });

  it.each([
    ['undici 7', undici7],
    ['undici 6', undici6 as unknown as typeof undici7],
  ])('leaves the retries to a RetryAgent of %s above the guard', async (_, copy) => {
    const server = await startServer((response, before) => {
      response.writeHead(before < 2 ? 429 : 200, { 'retry-after': '0' }).end(`answer ${before}`);
    });
    const line = createHoldline({ governor: { defaultRetryAfterMs: 1 } });
    const calls: number[] = [];
    line.on('call', ({ attempts }) => void calls.push(attempts));
    const guarded = guardUndici(closeLater(new copy.Agent()), line);
    const dispatcher = new copy.RetryAgent(guarded, { minTimeout: 1, timeoutFactor: 1, throwOnError: false } as never);
    const { body } = await copy.request(server.url, { dispatcher });
    expect(await body.text()).toBe('answer 2');
    expect(calls).toEqual([1, 1, 1]);
  });

  it('takes the retries from a RetryAgent if the line replaces other layers', async () => {
    const server = await startServer((response, before) => {
      response.writeHead(before < 2 ? 429 : 200, { 'retry-after': '0' }).end(`answer ${before}`);
    });
    const line = makeLine({ retry: { otherLayer: 'replace', maxAttempts: 3, baseDelayMs: 1 } });
    const calls: number[] = [];
    line.on('call', ({ attempts }) => void calls.push(attempts));
    const dispatcher = new RetryAgent(guardUndici(closeLater(new Agent()), line), { minTimeout: 1 });
    const { body } = await request(server.url, { dispatcher });
    expect([await body.text(), calls]).toEqual(['answer 2', [3]]);
  });
});

describe('holdlineInterceptor', () => {
  it('is the client of its line, for holdlineOf and release', async () => {
    const server = await startServer((response) => response.writeHead(429, { 'retry-after': '0' }).end());
    const line = makeLine();
    const interceptor = holdlineInterceptor(line);
    const dispatchers = COPIES.map(({ Agent: AgentOfCopy }) => closeLater(new AgentOfCopy()).compose(interceptor));
    expect(holdlineOf(interceptor)).toBe(line);
    for (const dispatcher of dispatchers) await request(server.url, { dispatcher });
    expect(server.seen).toHaveLength(6);
    release(interceptor);
    for (const dispatcher of dispatchers) await request(server.url, { dispatcher });
    expect([server.seen.length, holdlineOf(interceptor)]).toEqual([8, undefined]);
  });

  it('keeps lines apart', async () => {
    const server = await startServer((response) => response.end());
    const made = [makeLine(), makeLine()];
    const attempts = [0, 0];
    made.forEach((line, at) => line.on('attempt', () => void attempts.splice(at, 1, (attempts[at] ?? 0) + 1)));
    const dispatchers = made.map((line) => closeLater(new Agent()).compose(holdlineInterceptor(line)));
    await request(server.url, { dispatcher: dispatchers[0] as never });
    expect(attempts).toEqual([1, 0]);
  });
});

it('leaves a query beside a query to undici, which refuses it', async () => {
  const line = makeLine();
  let calls = 0;
  line.on('call', () => void calls++);
  const dispatcher = guardUndici(closeLater(new Agent()), line);
  const options = { dispatcher, method: 'POST', query: { c: 'd' } } as const;
  const error = await captureRejection(request('http://127.0.0.1:9/orders?a=b', options));
  expect([error.message, calls]).toEqual(['Query params cannot be passed when url already contains "?" or "#".', 0]);
});

it('gives the refusals of the line to the caller', async () => {
  const server = await startServer((response) => response.end());
  const dispatcher = guardUndici(closeLater(new Agent()), makeLine());
  holdlineOf(dispatcher)?.isolate('GET /users/:id');
  const error = await captureRejection(request(`${server.url}/users/1`, { dispatcher }));
  expect([isHoldlineError(error), error['code']]).toEqual([true, 'HOLDLINE_CIRCUIT_OPEN']);
  const wrapped = await captureRejection(fetch(`${server.url}/users/1`, { dispatcher } as never));
  expect(isHoldlineError(wrapped.cause)).toBe(true);
  expect(server.seen).toHaveLength(0);
});

it('refuses an array, which is no configuration', () => {
  const agent = closeLater(new Agent());
  expect(() => guardUndici(agent, [] as never)).toThrow('must be a configuration or a line, got an array');
});
