import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { settle } from '@holdline/core/testing';
import { Webhook as Verifier } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { alerts } from './alerts.js';
import { FakeLine } from './fake-line.fixture.js';
import type { WebhookOptions } from './options.js';
import type { AlertRule } from './rules.js';

const SECRET = `whsec_${btoa('a secret of this test, thirty-two bytes')}`;
const RULES: AlertRule[] = [
  {
    name: 'busy',
    severity: 'critical',
    when: { metric: 'queued', above: 0 },
    resolve: { forMs: 0 },
    text: 'Busy: {value} <calls> & more.',
  },
  { name: 'idle', severity: 'info', when: { metric: 'queued', below: 1 }, resolve: { forMs: 0 }, text: 'Idle.' },
];

interface Sent {
  second: number;
  url: string;
  headers: Record<string, string>;
  body: any;
  text: string;
}

type Reply = (n: number) => Response | Promise<Response>;

/** A line with one webhook, whose receiver answers the n-th request. */
function setUp(reply: Reply, webhook: Partial<WebhookOptions> = {}, rules = RULES.slice(0, 1)) {
  const sent: Sent[] = [];
  const line: FakeLine = new FakeLine({ rules: [] });
  const fetch = ((url: string, { headers, body, signal, redirect, method }: RequestInit) => {
    expect({ redirect, method }).toEqual({ redirect: 'manual', method: 'POST' });
    const text = body as string;
    sent.push({
      second: line.clock.now() / 1000,
      url,
      headers: headers as Record<string, string>,
      body: JSON.parse(text),
      text,
    });
    const answer = Promise.resolve(reply(sent.length));
    const aborted = new Promise<never>((_, reject) =>
      signal!.addEventListener('abort', () => reject(new Error('aborted'))),
    );
    return Promise.race([answer, aborted]);
  }) as typeof globalThis.fetch;
  const watch = alerts(line.watch, {
    rules,
    fetch,
    webhooks: [{ url: 'https://hooks.test/T0/B0/of-the-url', ...webhook }],
  });
  const failures: unknown[] = [];
  watch.on('deliveryFailed', (failure) => failures.push(failure));
  return { line, sent, watch, failures };
}

/** Moves the virtual clock on until a condition holds. Signatures come from another thread and take real time. */
async function advanceUntil(line: FakeLine, holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds() && turn < 20_000; turn++) {
    await line.clock.advance(50);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const status = (code: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: code, headers });

describe('a webhook', () => {
  test('is sent when an alert is raised, and when it is resolved', async () => {
    const { line, sent } = setUp(() => status(204));
    line.state = { queued: 3 };
    await line.advance(5);
    line.state = {};
    await line.advance(5);
    expect(sent.map(({ second, body }) => [second, body.type, body.data.resolvedAt])).toEqual([
      [1, 'alert.raised', undefined],
      [6, 'alert.resolved', Date.UTC(2026, 0, 1, 10, 0, 6)],
    ]);
    expect(sent[0]!.body).toMatchObject({
      timestamp: '2026-01-01T10:00:01.000Z',
      data: { line: 'agents', id: 'busy', severity: 'critical', text: 'Busy: 3 <calls> & more.' },
    });
    expect(sent[0]!.url).toBe('https://hooks.test/T0/B0/of-the-url');
    expect(sent[0]!.headers).not.toHaveProperty('webhook-signature');
  });

  test('has a signature that the reference implementation accepts, and one id across its tries', async () => {
    const { line, sent } = setUp((n) => status(n < 3 ? 500 : 200), { secret: SECRET });
    // The reference implementation accepts only present times.
    line.clock.jumpWall(Date.now() - line.clock.wall());
    line.state = { queued: 1 };
    await advanceUntil(line, () => sent.length === 3);
    expect(sent).toHaveLength(3);
    const verifier = new Verifier(SECRET);
    for (const { text, headers } of sent)
      expect(verifier.verify(text, headers)).toMatchObject({ type: 'alert.raised' });
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const [first, second, third] = sent.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(second! - first!).toBeGreaterThanOrEqual(1);
    expect(third! - second!).toBeGreaterThanOrEqual(2);
    expect(() => verifier.verify(sent[0]!.text.replace('raised', 'resolved'), sent[0]!.headers)).toThrow();
  });

  test('in the format of Slack has text and blocks, with its markup escaped', async () => {
    const { line, sent } = setUp(() => status(200), { format: 'slack' });
    line.state = { queued: 3 };
    await line.advance(2);
    line.state = {};
    await line.advance(2);
    expect(sent[0]!.body).toEqual({
      text: 'Critical: Busy: 3 &lt;calls&gt; &amp; more.',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: '*Critical*: Busy: 3 &lt;calls&gt; &amp; more.' } },
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'agents · busy · raised 2026-01-01T10:00:01.000Z' }] },
      ],
    });
    expect(sent[1]!.body.text).toBe('Resolved: Busy: 3 &lt;calls&gt; &amp; more.');
  });

  test('in the format of Slack ends a long text without a part of an entity or of a character', async () => {
    // Slack takes 3,000 characters. The alert gets 2,900 of them.
    for (const [fill, tail] of [
      [2_898, '&'],
      [2_899, '😀'],
    ] as const) {
      const rules = [{ ...RULES[0]!, text: `${'x'.repeat(fill)}${tail} and more` }];
      const { line, sent } = setUp(() => status(200), { format: 'slack' }, rules);
      line.state = { queued: 3 };
      await line.advance(2);
      expect(sent[0]!.body.blocks[0].text.text).toBe(`*Critical*: ${'x'.repeat(fill)}`);
    }
  });

  test('is repeated after 1, 2, 4 … s, eight times, and then reported and listed', async () => {
    const { line, sent, watch, failures } = setUp(() => status(500));
    line.state = { queued: 1 };
    await line.advance(300);
    expect(sent.map(({ second }) => second)).toEqual([1, 2, 4, 8, 16, 32, 64, 124]);
    expect(failures).toMatchObject([
      { webhook: 'webhook 1', what: 'raised', tries: 8, reason: 'status 500', alert: { id: 'busy' } },
    ]);
    expect(watch.failedDeliveries()).toEqual(failures);
    await watch.drain();
  });

  test('waits as long as Retry-After says, and not longer than ten minutes in all', async () => {
    const { line, sent, failures } = setUp((n) => status(429, { 'retry-after': n === 1 ? '90' : '700' }));
    line.state = { queued: 1 };
    await line.advance(1_000);
    expect(sent.map(({ second }) => second)).toEqual([1, 91]);
    expect(failures).toMatchObject([{ tries: 2, reason: 'status 429' }]);
  });

  test.each([
    ['redirect', status(302, { location: 'https://elsewhere.test' })],
    ['status 400', status(400)],
    ['status 404', status(404)],
  ])('is not repeated after the answer %s', async (reason, answer) => {
    const { line, sent, failures } = setUp(() => answer);
    line.state = { queued: 1 };
    await line.advance(100);
    expect(sent).toHaveLength(1);
    expect(failures).toMatchObject([{ tries: 1, reason }]);
  });

  test('that hangs is given up after 10 s and repeated, also if fetch ignores its signal', async () => {
    const { line, sent } = setUp((n) => (n === 1 ? new Promise<Response>(() => undefined) : status(200)));
    line.state = { queued: 1 };
    await line.advance(60);
    expect(sent.map(({ second }) => second)).toEqual([1, 12]);
    let calls = 0;
    const deaf = new FakeLine({
      rules: RULES.slice(0, 1),
      webhooks: [{ url: 'https://hooks.test' }],
      fetch: () => (++calls > 1 ? Promise.resolve(status(200)) : new Promise(() => undefined)),
    });
    deaf.state = { queued: 1 };
    await deaf.advance(60);
    expect(calls).toBe(2);
  });

  test('of a network failure names its code and not its URL', async () => {
    const { line, failures } = setUp(() => {
      throw Object.assign(new TypeError('fetch failed for https://hooks.test/T0/B0/of-the-url'), {
        cause: Object.assign(new Error('of-the-url'), { code: 'ECONNREFUSED' }),
      });
    });
    line.state = { queued: 1 };
    await line.advance(300);
    expect(failures).toMatchObject([{ reason: 'no connection (ECONNREFUSED)' }]);
    expect(JSON.stringify(failures)).not.toContain('of-the-url');
  });

  test('keeps the order, and sends only its severities', async () => {
    const { line, sent } = setUp((n) => status(n === 1 ? 503 : 200), { severities: ['critical'] }, RULES);
    for (let n = 0; n < 3; n++) {
      line.state = { queued: 1 };
      await line.advance(1);
      line.state = {};
      await line.advance(1);
    }
    await line.advance(20);
    expect(sent.map(({ body }) => `${body.data.rule} ${body.type}`)).toEqual([
      'busy alert.raised',
      'busy alert.raised',
      'busy alert.resolved',
      'busy alert.raised',
      'busy alert.resolved',
      'busy alert.raised',
      'busy alert.resolved',
    ]);
  });

  test('of a dead receiver keeps at most 100 notices, and reports the others at once', async () => {
    const { line, failures, watch } = setUp(() => new Promise<Response>(() => undefined));
    for (let n = 0; n < 150; n++) {
      line.state = { queued: (n + 1) % 2 };
      await line.advance(0.001);
      await line.clock.advance(999);
    }
    await settle();
    expect(failures.length).toBeGreaterThan(40);
    expect(failures.at(-1)).toMatchObject({ tries: 0, reason: 'more than 100 notices wait' });
    expect(watch.failedDeliveries().length).toBeLessThanOrEqual(100);
  });

  test('is shown nowhere: neither its URL, nor its headers, nor its secret', async () => {
    const { line, watch, failures } = setUp(() => status(500), {
      secret: SECRET,
      headers: { authorization: 'Bearer of-the-header' },
    });
    line.state = { queued: 1 };
    await advanceUntil(line, () => failures.length > 0);
    expect(failures).toHaveLength(1);
    const shown = [watch, line.watch, failures]
      .map((one) => inspect(one, { depth: 12, showHidden: true }) + JSON.stringify(one))
      .join();
    for (const hidden of ['of-the-url', 'of-the-header', SECRET.slice(6)]) expect(shown).not.toContain(hidden);
  });

  test('carries the given headers', async () => {
    const { line, sent } = setUp(() => status(200), { headers: { authorization: 'Bearer of-the-header' } });
    line.state = { queued: 1 };
    await line.advance(2);
    expect(sent[0]!.headers).toMatchObject({
      authorization: 'Bearer of-the-header',
      'content-type': 'application/json',
    });
  });
});

test('a real receiver that redirects, fails, and answers 429 gets each notice once it accepts', async () => {
  const requests: { url: string; id: string }[] = [];
  let elsewhere = 0;
  const listener: RequestListener = (request: IncomingMessage, response) => {
    request.resume();
    if (request.url === '/elsewhere') elsewhere++;
    requests.push({ url: request.url!, id: String(request.headers['webhook-id']) });
    const n = requests.length;
    if (request.url === '/moved') response.writeHead(307, { location: '/elsewhere' }).end();
    else if (n === 1) response.destroy();
    else if (n === 2) response.writeHead(429, { 'retry-after': '2' }).end('slow down');
    else response.writeHead(200).end('ok');
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;

  const line = new FakeLine({ rules: RULES.slice(0, 1), webhooks: [{ url: `http://127.0.0.1:${port}/hook` }] });
  line.state = { queued: 1 };
  // The virtual clock goes on only when the real receiver has answered.
  await advanceUntil(line, () => requests.length === 3);
  expect(requests.map(({ url }) => url)).toEqual(['/hook', '/hook', '/hook']);
  expect(new Set(requests.map(({ id }) => id)).size).toBe(1);

  const moved = new FakeLine({ rules: RULES.slice(0, 1), webhooks: [{ url: `http://127.0.0.1:${port}/moved` }] });
  const failed = new Promise((resolve) => moved.watch.on('deliveryFailed', resolve));
  moved.state = { queued: 1 };
  await moved.clock.advance(1_000);
  expect(await failed).toMatchObject({ reason: 'redirect', tries: 1 });
  expect(elsewhere).toBe(0);
});
