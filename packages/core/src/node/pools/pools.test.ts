import { createServer, get, globalAgent, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ConfigError } from '../../index.js';
import { pools, type PoolsOptions } from '../../node.js';

/** Waits for as long as a busy machine may need. */
const until = (holds: () => boolean): Promise<boolean> => vi.waitUntil(holds, { timeout: 45_000, interval: 10 });

interface TestServer {
  url: string;
  /** Connections opened so far. */
  readonly opened: number;
  /** Connections open now. */
  readonly open: number;
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<TestServer> {
  let opened = 0;
  let open = 0;
  const server = createServer(answer);
  server.on('connection', (socket) => {
    opened++;
    open++;
    socket.on('close', () => open--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get opened() {
      return opened;
    },
    get open() {
      return open;
    },
  };
}

function make(options: Partial<PoolsOptions> = {}): ReturnType<typeof pools> {
  const made = pools({ maxConcurrent: 2, maxRetries: 0, ...options });
  onTestFinished(() => made.close());
  return made;
}

type Sockets = ReturnType<typeof make>;

const fetchText = (url: string, agent: Sockets['httpAgent'], headers = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text)).on('error', reject);
    }).on('error', reject);
  });

describe('options', () => {
  test('each pool has maxConcurrent × (1 + maxRetries) sockets per origin', () => {
    const dispatcher = (options: object): object => options;
    const made = pools({ maxConcurrent: 10, maxRetries: 2, longPolls: 3, webhooks: 1, dispatcher });
    expect(made.httpAgent.maxSockets).toBe(30);
    expect(made.httpsAgent.maxSockets).toBe(30);
    expect(made.longPoll.httpsAgent.maxSockets).toBe(9);
    expect(made.webhooks.httpsAgent.maxSockets).toBe(3);
    expect(made.dispatcher).toEqual({
      connections: 30,
      pipelining: 1,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 4_000,
    });
    expect(new Set([made, made.longPoll, made.webhooks].map(({ httpsAgent }) => httpsAgent)).size).toBe(3);
  });

  test('the defaults are one retry, and as many long polls and webhooks as calls', () => {
    expect(pools({ maxConcurrent: 4 }).snapshot()).toEqual({
      calls: { maxSockets: 8, inUse: 0, free: 0, waiting: 0 },
      longPoll: { maxSockets: 8, inUse: 0, free: 0, waiting: 0 },
      webhooks: { maxSockets: 8, inUse: 0, free: 0, waiting: 0 },
    });
    expect(pools({ maxConcurrent: 4 }).dispatcher).toBeUndefined();
  });

  test.each([
    [{}, 'pools.maxConcurrent is missing'],
    [{ maxConcurrent: 0 }, 'pools.maxConcurrent must be an integer of at least 1, got 0'],
    [{ maxConcurrent: 1, maxRetries: -1 }, 'pools.maxRetries must be an integer of at least 0, got -1'],
    [{ maxConcurrent: 1, maxRetries: 0.5 }, 'pools.maxRetries must be an integer of at least 0, got 0.5'],
    [{ maxConcurrent: 1, keepAliveMs: 0 }, 'pools.keepAliveMs must be a number above 0, got 0'],
    [{ maxConcurrent: 1, dispatcher: {} }, 'pools.dispatcher must be a function, got an object'],
    [{ maxConcurrent: 1, sockets: 1 }, 'pools.sockets is not known'],
    [undefined, 'pools must be an object'],
  ])('%j: %s', (options, message) => {
    expect(() => pools(options as never)).toThrow(ConfigError);
    expect(() => pools(options as never)).toThrow(message);
  });

  test('an agent of the user gets the number of sockets, and has its free sockets closed too', async () => {
    const server = await serve((_, response) => response.end());
    const { Agent } = await import('node:http');
    class ProxyAgent extends Agent {}
    const made = make({ keepAliveMs: 30, httpAgent: (options) => new ProxyAgent(options) });
    expect(made.httpAgent).toBeInstanceOf(ProxyAgent);
    expect(made.httpAgent.maxSockets).toBe(2);
    await fetchText(server.url, made.httpAgent);
    await until(() => server.open === 0);
  });

  // With NODE_USE_ENV_PROXY=1, only the global agent knows the proxy.
  test('the agents use the proxy that Node takes from the environment', () => {
    const { options } = globalAgent as unknown as { options: { proxyEnv?: object } };
    const before = options.proxyEnv;
    onTestFinished(() => void (options.proxyEnv = before as object));
    options.proxyEnv = { HTTP_PROXY: 'http://127.0.0.1:1' };
    const made = make().httpAgent as unknown as { options: { proxyEnv?: object } };
    expect(made.options.proxyEnv).toEqual({ HTTP_PROXY: 'http://127.0.0.1:1' });
  });
});

describe('free sockets', () => {
  test('requests reuse a socket, and a free socket closes after keepAliveMs', async () => {
    const server = await serve((_, response) => response.end('a'));
    const made = make({ keepAliveMs: 300 });
    for (let i = 0; i < 5; i++) expect(await fetchText(server.url, made.httpAgent)).toBe('a');
    expect(server.opened).toBe(1);
    expect(made.snapshot().calls).toMatchObject({ inUse: 0, free: 1 });
    await until(() => server.open === 0);
    expect(made.snapshot().calls).toMatchObject({ inUse: 0, free: 0 });
  });

  test('a socket closes before the time that the server names', async () => {
    const server = await serve((_, response) => response.setHeader('keep-alive', 'timeout=2').end());
    const made = make({ keepAliveMs: 60_000 });
    const start = performance.now();
    await fetchText(server.url, made.httpAgent);
    await until(() => made.snapshot().calls.free === 1);
    // The server closes idle sockets after 5 s.
    await until(() => made.snapshot().calls.free === 0);
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  test('keepAliveMs does not end a request, not even on a reused socket', async () => {
    const server = await serve((_, response) => setTimeout(() => response.end('late'), 200));
    const made = make({ keepAliveMs: 20 });
    let timeouts = 0;
    const slow = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const sent = get(server.url, { agent: made.httpAgent }, (response) => response.resume().on('end', resolve));
        sent.on('error', reject).on('timeout', () => timeouts++);
      });
    await slow();
    await slow();
    expect(server.opened).toBe(1);
    expect(timeouts).toBe(0);
  });
});

describe('snapshot', () => {
  test('counts sockets in use, free sockets and requests that wait', async () => {
    const held: ServerResponse[] = [];
    const server = await serve((_, response) => void held.push(response));
    const made = make();
    const answers = Array.from({ length: 5 }, () => fetchText(server.url, made.httpAgent));
    const poll = fetchText(server.url, made.longPoll.httpAgent);
    await until(() => held.length === 3);
    expect(made.snapshot()).toEqual({
      calls: { maxSockets: 2, inUse: 2, free: 0, waiting: 3 },
      longPoll: { maxSockets: 2, inUse: 1, free: 0, waiting: 0 },
      webhooks: { maxSockets: 2, inUse: 0, free: 0, waiting: 0 },
    });
    let ended = 0;
    await until(() => {
      for (; ended < held.length; ended++) held[ended]?.end();
      return ended === 6;
    });
    await Promise.all([...answers, poll]);
    expect(made.snapshot().calls).toMatchObject({ inUse: 0, free: 2, waiting: 0 });
  });

  // Node keeps an aborted request in the queue of its agent until a socket is free.
  test('does not count a request that was aborted in the queue', async () => {
    let heads = 0;
    const server = await serve(() => heads++);
    const made = make();
    const requests = Array.from({ length: 3 }, () =>
      request(server.url, { agent: made.httpAgent })
        .on('error', () => undefined)
        .end(),
    );
    await until(() => heads === 2);
    expect(made.snapshot().calls.waiting).toBe(1);
    requests[2]?.destroy();
    expect(Object.values(made.httpAgent.requests).flat()).toHaveLength(1);
    expect(made.snapshot().calls.waiting).toBe(0);
  });

  test('a printed pool shows no header of a request', async () => {
    let heads = 0;
    const server = await serve(() => heads++);
    const made = make();
    fetchText(server.url, made.httpAgent, { authorization: 'Bearer s3cret' }).catch(() => undefined);
    await until(() => heads === 1);
    expect(inspect(made.httpAgent, { depth: Infinity })).toContain('s3cret');
    for (const value of [made, made.longPoll, made.webhooks, { pools: made }]) {
      expect(inspect(value, { depth: Infinity, showHidden: true })).not.toContain('s3cret');
      expect(JSON.stringify(value)).not.toContain('s3cret');
    }
    expect(JSON.parse(JSON.stringify(made))).toMatchObject({ calls: { inUse: 1 } });
  });
});

describe('close', () => {
  test('closes sockets in use and free sockets, and leaves no handle', async () => {
    const held: ServerResponse[] = [];
    const server = await serve((incoming, response) =>
      incoming.url === '/held' ? void held.push(response) : response.end(),
    );
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const made = make({ keepAliveMs: 60_000 });
    await fetchText(server.url, made.httpAgent);
    const lost = fetchText(`${server.url}held`, made.httpAgent).catch((error: unknown) => error);
    await fetchText(server.url, made.webhooks.httpAgent);
    await until(() => held.length === 1);
    expect(sockets()).toBeGreaterThan(0);
    await made.close();
    expect(await lost).toMatchObject({ code: 'ECONNRESET' });
    await until(() => server.open === 0 && sockets() === 0);
  });

  test('a request after close keeps no socket open', async () => {
    const server = await serve((_, response) => response.end('a'));
    const made = make({ keepAliveMs: 60_000 });
    await made.close();
    expect(await fetchText(server.url, made.httpAgent)).toBe('a');
    await until(() => server.open === 0);
    expect(made.snapshot().calls).toMatchObject({ inUse: 0, free: 0 });
  });

  test('destroys the dispatchers', async () => {
    let destroyed = 0;
    await pools({ maxConcurrent: 1, dispatcher: () => ({ destroy: async () => void destroyed++ }) }).close();
    expect(destroyed).toBe(3);
  });
});
