import {
  callInfo,
  createHoldline,
  definePolicy,
  type CallRequest,
  type Holdline,
  type HoldlineConfig,
} from '@holdline/core';
import { Agent, fetch as undiciFetch, Request as UndiciRequest } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardFetch } from './guard.js';
import { captureRejection, FETCH_FUNCTIONS, startServer, until, type TestServer } from './server.fixture.js';

/** Makes a line that closes after the test. */
function makeLine(config: HoldlineConfig): Holdline {
  const line = createHoldline(config);
  onTestFinished(() => line.close({ timeoutMs: 0 }));
  return line;
}

/** Notes the requests that reach a line, and lets them pass. */
function watchRequests(line: Holdline): CallRequest[] {
  const seen: CallRequest[] = [];
  const watch = definePolicy<undefined>({
    name: 'watch',
    phase: 'answer',
    create: () => (call, next) => {
      seen.push(call.request);
      return next(call);
    },
  });
  line.use(watch(undefined));
  return seen;
}

const startOrders = (): Promise<TestServer> =>
  startServer((response, before, { url }) =>
    response.writeHead(url.startsWith('/missing') ? 404 : 200, { 'x-number': String(before) }).end('{"name":"ä"}'),
  );

describe.each(FETCH_FUNCTIONS)('reads of the line with $name', ({ name, fetch: native, Request: NativeRequest }) => {
  const isNodeFetch = name.startsWith('node-fetch');

  it.each(['Cookie', 'X-Api-Key', 'x-team-session', 'Authorization'])(
    'share nothing between two values of %s',
    async (header) => {
      const server = await startServer((response, _, { headers }) => response.end(headers[header.toLowerCase()]));
      const line = makeLine({ endpoints: { 'GET /**': { coalesce: true, cache: { ttlMs: 60_000 } } } });
      const api = guardFetch(native, { line });
      const read = async (value: string): Promise<string> =>
        (await api(server.url, { headers: { [header]: value } })).text();
      expect(await Promise.all(['one', 'two'].map(read))).toEqual(['one', 'two']);
      await until(() => isNodeFetch || line.snapshot().answers?.cache.entries === 2);
      expect(await Promise.all(['one', 'two'].map(read))).toEqual(['one', 'two']);
      expect(server.seen).toHaveLength(isNodeFetch ? 4 : 2);
    },
  );

  it('share nothing between two native functions, each with a credential of its own', async () => {
    const server = await startServer((response, _, { headers }) => response.end(headers.authorization));
    const line = makeLine({ coalesce: true });
    const apis = ['one', 'two'].map((token) =>
      guardFetch(((url: string) => native(url, { headers: { authorization: token } })) as typeof native, { line }),
    );
    const texts = await Promise.all(apis.map(async (api) => (await api(server.url)).text()));
    expect(texts).toEqual(['one', 'two']);
  });

  it.each(['a URL', 'a Request'])('have the parts of the caller with %s, and not its signal', async (kind) => {
    const server = await startOrders();
    const line = makeLine({});
    const seen = watchRequests(line);
    const api = guardFetch(native, { line });
    const controller = new AbortController();
    const options = { headers: { 'X-Team': 'one' }, signal: controller.signal };
    const url = `${server.url}/orders/1?page=2`;
    await (await (kind === 'a URL' ? api(url, options) : api(new NativeRequest(url, options)))).text();
    const [request] = seen;
    const variants = [
      request?.variant?.({}),
      request?.variant?.({ url: `${server.url}/orders?ids=1,2`, headers: { 'if-none-match': '"1"' } }),
    ] as CallRequest[];
    controller.abort();
    for (const variant of variants) {
      expect(variant.signal?.aborted).not.toBe(true);
      const response = (await line.run(variant)) as Response;
      expect(await response.text()).toBe('{"name":"ä"}');
    }
    expect(server.seen.map(({ url: target }) => target)).toEqual([
      '/orders/1?page=2',
      '/orders/1?page=2',
      '/orders?ids=1,2',
    ]);
    expect(server.seen.map(({ headers }) => headers['x-team'])).toEqual(['one', 'one', 'one']);
    expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, '"1"']);
    expect(request?.headers.get('if-none-match')).toBeUndefined();
  });

  it('has the body of a read that is a POST', async () => {
    const server = await startOrders();
    const line = makeLine({});
    const seen = watchRequests(line);
    const api = guardFetch(native, { line });
    const headers = { 'content-type': 'application/json' };
    await (await api(`${server.url}/search`, { method: 'POST', body: '{"text":"ä"}', headers })).text();
    const response = (await line.run(seen[0]?.variant?.({}) as CallRequest)) as Response;
    await response.text();
    expect(server.seen.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"text":"ä"}'],
      ['POST', '{"text":"ä"}'],
    ]);
  });

  it('gives each of two callers its own response', async () => {
    const server = await startOrders();
    const line = makeLine({ endpoints: { 'GET /**': { coalesce: true } } });
    const api = guardFetch(native, { line });
    const read = async (): Promise<string> => (await api(`${server.url}/orders/1`)).text();
    expect(await Promise.all([read(), read(), read()])).toEqual(Array(3).fill('{"name":"ä"}'));
    // The clones of node-fetch wait for each other, so its responses are not shared.
    expect(server.seen.length).toBe(isNodeFetch ? 3 : 1);
    const missing = await Promise.all([api(`${server.url}/missing/1`), api(`${server.url}/missing/1`)]);
    expect(missing.map(({ status }) => status)).toEqual([404, 404]);
    expect(missing[0] === missing[1]).toBe(false);
    for (const response of missing) await response.text();
  });
});

describe('shared responses', () => {
  it('do not wait for a caller that does not read', async () => {
    const long = 'x'.repeat(2_000_000);
    const server = await startServer((response) => response.end(long));
    for (const { fetch: native } of FETCH_FUNCTIONS) {
      const line = makeLine({ endpoints: { 'GET /**': { coalesce: true } } });
      const api = guardFetch(native, { line });
      const [unread, second] = await Promise.all([api(server.url), api(server.url)]);
      expect((await second.text()).length).toBe(long.length);
      expect((await unread.text()).length).toBe(long.length);
    }
  });

  it('are not given across modes of redirects', async () => {
    const server = await startServer((response, _, { url }) =>
      url === '/to' ? response.end('there') : response.writeHead(302, { location: '/to' }).end(),
    );
    const line = makeLine({ endpoints: { 'GET /**': { coalesce: true, cache: { ttlMs: 1_000 } } } });
    const api = guardFetch(fetch, { line });
    const [followed, manual] = await Promise.all([
      api(`${server.url}/from`),
      api(`${server.url}/from`, { redirect: 'manual' }),
    ]);
    expect([followed.status, manual.status]).toEqual([200, 302]);
    expect(await followed.text()).toBe('there');
  });

  it('come from the cache as the function gives them', async () => {
    const server = await startServer((response, _, { url }) =>
      url === '/empty'
        ? response.writeHead(204).end()
        : response.writeHead(200, { 'x-one': '1' }).end(Buffer.from([0, 255, 1])),
    );
    const line = makeLine({ endpoints: { 'GET /**': { cache: { ttlMs: 60_000 } } } });
    const api = guardFetch(fetch, { line });
    for (const path of ['/bytes', '/empty']) {
      const first = await api(server.url + path);
      const bytes = await first.arrayBuffer();
      const second = await api(server.url + path);
      expect(callInfo(second)?.fromCache).toBe(true);
      expect([second.status, second.statusText, second.url]).toEqual([first.status, first.statusText, first.url]);
      expect(second.headers.get('x-one')).toBe(first.headers.get('x-one'));
      expect(second.body === null).toBe(path === '/empty');
      expect(await second.arrayBuffer()).toEqual(bytes);
    }
    expect(server.seen).toHaveLength(2);
  });

  it('go on when one of two callers aborts', async () => {
    const held: (() => void)[] = [];
    const server = await startServer((response) => void held.push(() => response.end('x')));
    const line = makeLine({ endpoints: { 'GET /**': { coalesce: true } } });
    const api = guardFetch(fetch, { line });
    const first = api(server.url);
    await until(() => held.length === 1);
    const controller = new AbortController();
    const second = captureRejection(api(server.url, { signal: controller.signal }));
    controller.abort();
    expect(await second).toBe(controller.signal.reason);
    for (const release of held) release();
    expect(await (await first).text()).toBe('x');
    expect(held).toHaveLength(1);
  });
});

it('reads share nothing between two dispatchers, whose certificates no header shows', async () => {
  const server = await startOrders();
  const api = guardFetch(undiciFetch as unknown as typeof fetch, { line: makeLine({ coalesce: true }) });
  const [one, other] = [new Agent(), new Agent()];
  onTestFinished(async () => void (await Promise.all([one.close(), other.close()])));
  const read = async (dispatcher: Agent): Promise<string> => (await api(server.url, { dispatcher } as object)).text();
  await Promise.all([one, other, one].map(read));
  expect(server.seen).toHaveLength(2);
});

it('a read of the line keeps the dispatcher of a Request', async () => {
  const server = await startOrders();
  const line = makeLine({});
  const seen = watchRequests(line);
  const dispatched: string[] = [];
  const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    dispatched.push(String(options.path));
    return dispatch(options, handler);
  });
  onTestFinished(() => dispatcher.close());
  const api = guardFetch(undiciFetch as unknown as typeof fetch, { line });
  const request = new UndiciRequest(`${server.url}/orders/1`, { dispatcher }) as unknown as Request;
  await (await api(request)).text();
  const response = (await line.run(seen[0]?.variant?.({}) as CallRequest)) as Response;
  await response.text();
  expect(dispatched).toEqual(['/orders/1', '/orders/1']);
});
