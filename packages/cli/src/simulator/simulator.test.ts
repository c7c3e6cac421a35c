import { request } from 'node:http';
import { VirtualClock } from '@holdline/core/testing';
import type { Stats, WireEntry } from '@holdline/simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WIRE_PAGE } from './page.js';
import { parseFault, parseLimit } from './parse-options.js';
import { LoadBuilder } from './report/load.fixture.js';
import { greeting } from './run-simulator.js';
import { showPath } from './show-path.js';
import { MAX_ROWS, WireFeed, type WireMessage } from './wire-feed.js';
import { serveWireLog } from './wire-server.js';

test.each([
  ['/api/v2/users', '/api/v2/users'],
  ['/api/v2/users?pageSize=25&expand=presence', '/api/v2/users?pageSize=25&expand=presence'],
  ['/api/v2/users?id=0f1e2d3c-0000-4000-8000-000000000001,0f1e2d3c-0000-4000-8000-000000000002', '/api/v2/users?id=…'],
  ['/api/v2/users?id=0f1e2d3c-0000-4000-8000-000000000001', '/api/v2/users?id=0f1e2d3c-0000-4000-8000-000000000001'],
  ['/a?access_token=x&q=1', '/a?access_token=…&q=1'],
  ['/a?code=4711&apiKey=k&client_secret=s', '/a?code=…&apiKey=…&client_secret=…'],
  ['/a?q=eyJhbGciOiJIUzI1NiJ9abc', '/a?q=…'],
  ['/a?eyJhbGciOiJIUzI1NiJ9abc', '/a?…'],
  ['/a?flag', '/a?flag'],
])('shows %s as %s', (path, shown) => {
  expect(showPath(path)).toBe(shown);
});

test.each([
  ['http://127.0.0.1', 80],
  ['http://127.0.0.1:8080', 8080],
])('the greeting names the port of %s', (url, port) => {
  expect(greeting('genesys', url, undefined)).toContain(`protocol: 'http', port: ${port} });`);
});

test.each([
  ['genesys', 'Genesys Cloud', 'setGateway'],
  ['cxone', 'CXone', '/authentication/v1/token/access-key'],
  ['aws-connect', 'Amazon Connect', "endpoint: 'http://127.0.0.1:8080'"],
  ['twilio', 'Twilio', "baseUrl = 'http://127.0.0.1:8080'"],
] as const)('the greeting of %s says how to reach %s', (platform, name, how) => {
  const text = greeting(platform, 'http://127.0.0.1:8080', 'http://127.0.0.1:8081');
  expect(text).toContain(`${name}: http://127.0.0.1:8080`);
  expect(text).toContain(how);
});

describe('--limit', () => {
  test.each([
    ['300/60s', { name: 'limit-1', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' }],
    [
      '10/1s,per=org,enforcement=sliding',
      { name: 'limit-1', per: 'org', limit: 10, windowMs: 1_000, enforcement: 'sliding' },
    ],
    [
      'limit=17,window=1min,per=entity,match=PUT /dfo/3.0/contacts/:id,enforcement=bucket,burst=250,entity=id,name=contact',
      {
        name: 'contact',
        per: 'entity',
        match: 'PUT /dfo/3.0/contacts/:id',
        limit: 17,
        windowMs: 60_000,
        enforcement: 'bucket',
        burst: 250,
        entity: 'id',
      },
    ],
  ])('%s', (text, limit) => {
    expect(parseLimit(text, 0)).toEqual(limit);
  });

  test.each(['300', 'limit=x,window=60s', 'limit=3', '300/60 seconds', '300/60s,pre=token'])(
    '%s is refused',
    (text) => {
      expect(() => parseLimit(text, 0)).toThrow(/--limit/);
    },
  );
});

describe('--fault', () => {
  test.each([
    ['drop-after', { kind: 'drop-after' }],
    [
      'kind=status,status=503,match=GET /api/v2/users/**,rate=0.1,times=3',
      { kind: 'status', status: 503, match: 'GET /api/v2/users/**', rate: 0.1, times: 3 },
    ],
    ['kind=delay,delay=2s,every=5,after=1', { kind: 'delay', delayMs: 2_000, every: 5, after: 1 }],
  ])('%s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  test.each(['status=503', 'kind=delay,delay=soon', 'kind=status,code=503'])('%s is refused', (text) => {
    expect(() => parseFault(text)).toThrow(/--fault/);
  });
});

const TOTALS = {
  requests: 1,
  answered: 1,
  refused: 0,
  unauthorized: 0,
  dropped: 0,
  executedWrites: 0,
  duplicateWrites: 0,
};

/** A feed without a simulator. `send` is a request that has ended. */
function makeFeed(): { feed: WireFeed; clock: VirtualClock; send: (entry: Partial<WireEntry>) => void } {
  const listeners = new Set<(entry: WireEntry) => void>();
  const clock = new VirtualClock();
  const source = {
    onRequest: (listener: (entry: WireEntry) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stats: () => TOTALS as unknown as Stats,
    report: () => new LoadBuilder().report,
  };
  const feed = new WireFeed(source, clock, 1_000);
  onTestFinished(() => feed.stop());
  const entry: WireEntry = {
    at: 5,
    finishedAt: 7.25,
    id: 1,
    method: 'GET',
    path: '/a',
    route: 'GET /a',
    status: 200,
    outcome: 'answered',
    executed: true,
    bodyHash: '',
  };
  return { feed, clock, send: (more) => listeners.forEach((listener) => listener({ ...entry, ...more })) };
}

describe('the feed of the page', () => {
  test('publishes requests together, without secrets, and marks writes', async () => {
    const { feed, clock, send } = makeFeed();
    const messages: WireMessage[] = [];
    feed.onMessage((message) => messages.push(message));
    send({ id: 1, path: '/a?token=x' });
    send({ id: 2, method: 'POST', route: 'POST /a', duplicate: true });
    send({ id: 3, method: 'POST', route: 'POST /a/query' });
    send({ id: 4, method: 'POST', route: 'POST /oauth/token', outcome: 'token' });
    send({ id: 5, status: 429, outcome: 'refused', executed: false, refusedBy: 'l' });
    await clock.advance(200);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ skipped: 0, totals: TOTALS });
    expect(
      messages[0]?.rows.map(({ id, path, executedWrite, duplicate, refusedBy }) => [
        id,
        path,
        executedWrite,
        duplicate,
        refusedBy,
      ]),
    ).toEqual([
      [1, '/a?token=…', false, false, ''],
      [2, '/a', true, true, ''],
      [3, '/a', false, false, ''],
      [4, '/a', false, false, ''],
      [5, '/a', false, false, 'l'],
    ]);
    expect(messages[0]?.rows[0]).toMatchObject({ at: 1_005, tookMs: 2.3 });
  });

  test('is bounded: a message counts what it leaves out, and a new page gets the last requests', async () => {
    const { feed, clock, send } = makeFeed();
    const messages: WireMessage[] = [];
    feed.onMessage((message) => messages.push(message));
    for (let id = 1; id <= 2_000; id++) send({ id });
    await clock.advance(200);
    expect([messages[0]?.rows.length, messages[0]?.skipped]).toEqual([200, 1_800]);
    const whole = feed.whole();
    expect([whole.rows.length, whole.rows[0]?.id, whole.rows.at(-1)?.id]).toEqual([MAX_ROWS, 1_501, 2_000]);
  });

  test('tells the load about once a second, also without requests, and only if a page is open', async () => {
    const { feed, clock } = makeFeed();
    const loads: WireMessage[] = [];
    await clock.advance(5_000);
    feed.onMessage((message) => loads.push(message));
    await clock.advance(5_000);
    expect(loads).toHaveLength(5);
    expect(loads.every(({ rows, load }) => rows.length === 0 && load?.enforced === true)).toBe(true);
    expect(feed.whole().load?.requests).toBe(0);
  });

  test('a page that opens between two messages gets each request once', async () => {
    const { feed, clock, send } = makeFeed();
    send({ id: 1 });
    const ids = feed.whole().rows.map(({ id }) => id);
    feed.onMessage(({ rows }) => ids.push(...rows.map(({ id }) => id)));
    send({ id: 2 });
    await clock.advance(1_000);
    expect(ids).toEqual([1, 2]);
  });
});

describe('the server of the page', () => {
  /** Requests a path, with these headers. Streams end after their first message. */
  function get(
    url: string,
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<{ status: number; body: string; policy: string }> {
    return new Promise((resolve, reject) => {
      const { port } = new URL(url);
      request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        let body = '';
        const done = (): void =>
          resolve({
            status: response.statusCode ?? 0,
            body,
            policy: String(response.headers['content-security-policy']),
          });
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
          if (body.startsWith('data:') && body.endsWith('\n\n')) {
            done();
            response.destroy();
          }
        });
        response.on('end', done);
      })
        .on('error', reject)
        .end();
    });
  }

  test('serves one page with its own scripts only, and the stream of the feed', async () => {
    const { feed, send } = makeFeed();
    const server = await serveWireLog(feed, 0, () => ({ version: 1 }));
    onTestFinished(() => server.close());
    send({ id: 9 });
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await get(server.url, '/');
    expect([page.status, page.body]).toEqual([200, WIRE_PAGE]);
    expect(page.policy).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/);
    const stream = await get(server.url, '/stream');
    expect(JSON.parse(stream.body.slice('data: '.length))).toMatchObject({ rows: [{ id: 9 }], totals: TOTALS });
    expect(JSON.parse((await get(server.url, '/report')).body)).toEqual({ version: 1 });
  });

  test.each<[string, string, Record<string, string>, string, number]>([
    ['another path', '/x', {}, 'GET', 404],
    ['another method', '/', {}, 'POST', 405],
    ['the name of another host', '/', { host: 'evil.test' }, 'GET', 421],
    ['the report to a page of another origin', '/report', { 'sec-fetch-site': 'cross-site' }, 'GET', 403],
    ['a page of another origin', '/stream', { 'sec-fetch-site': 'cross-site' }, 'GET', 403],
  ])('refuses %s', async (_, path, headers, method, status) => {
    const { feed } = makeFeed();
    const server = await serveWireLog(feed, 0, () => ({ version: 1 }));
    onTestFinished(() => server.close());
    expect((await get(server.url, path, headers, method)).status).toBe(status);
  });

  test('the page has no address of another origin', () => {
    expect(WIRE_PAGE).not.toMatch(/https?:/);
  });
});
