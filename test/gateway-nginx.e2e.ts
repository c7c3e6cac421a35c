import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { HoldlineConfig, Quota } from '@holdline/core';
import type { NginxOptions } from '@holdline/gateway';
import { startNginx, type NginxProcess } from '@holdline/test-servers';
import { WebSocket } from 'ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CERTIFICATE, KEY } from './gateway-nginx-certificate.js';
import { countStatuses, gatewayFiles, logLines, send, startGateway, tokenOf } from './gateway-nginx-support.js';
import { mostInWindow, serve, simulate, times, until } from './support.js';

const ME = '/api/v2/users/me';

/** Options that let the whole limit leave at once. Of 60 s, one request comes back in 62 s. */
const AT_ONCE = { burstShare: 1, maxWaitMs: 0 };
const quotaOf = (limit: number, more: Partial<Quota> = {}): Quota => ({ limit, windowMs: 60_000, ...more });
const lineOf = (...quotas: Quota[]): HoldlineConfig => ({ governor: { quotas }, paths: { anchor: '/api/v2/' } });

/** A platform that answers with what it received. */
const echo = (): ReturnType<typeof serve> =>
  serve((request, response) => {
    response.end(JSON.stringify({ url: request.url, headers: request.headers, raw: request.rawHeaders }));
  });

interface Echoed {
  url: string;
  headers: Record<string, string>;
  raw: string[];
}

describe('quotas', () => {
  test('a burst: the platform gets the quota and no more, and the refusals are those of the platform', async () => {
    const simulator = await simulate({
      limits: [{ name: 'token', per: 'token', limit: 20, windowMs: 60_000, enforcement: 'sliding' }],
    });
    const gateway = await startGateway(lineOf(quotaOf(20)), simulator, { ...AT_ONCE, refusals: 'genesys' });
    const token = await tokenOf(simulator);
    const answers = await Promise.all(times(50, () => send(gateway, ME, { token })));
    expect(countStatuses(answers)).toEqual({ 200: 20, 429: 30 });
    expect(simulator.stats()).toMatchObject({ refused: 0, byStatus: { 200: 20 } });

    const ours = answers.find(({ status }) => status === 429);
    const theirs = await send(simulator, ME, { token });
    expect(theirs.status).toBe(429);
    const form = (answer: typeof theirs | undefined): unknown => {
      const { contextId, message, ...rest } = JSON.parse(answer?.text ?? '') as Record<string, string>;
      const seconds = String(answer?.headers['retry-after']);
      expect(message).toContain(`[${seconds}] seconds`);
      expect(answer?.headers['inin-correlation-id']).toBe(contextId);
      return { ...rest, type: String(answer?.headers['content-type']).split(';')[0] };
    };
    expect(form(ours)).toEqual(form(theirs));
    expect(Number(ours?.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('CXone: an error with a description, as the simulator sends', async () => {
    const simulator = await simulate({ platform: 'cxone' });
    const gateway = await startGateway(lineOf(quotaOf(1)), simulator, { ...AT_ONCE, refusals: 'cxone' });
    const answers = await Promise.all(times(2, () => send(gateway, '/x', { token: 'a' })));
    const refused = answers.find(({ status }) => status === 429);
    expect(JSON.parse(refused?.text ?? '')).toEqual({
      error: 'too_many_requests',
      error_description: 'Rate limit exceeded',
    });
    expect(refused?.headers).toMatchObject({ icstatusdescription: 'Rate limit exceeded' });
    expect(refused?.headers).toHaveProperty('retry-after');
  });

  test('each token has the quota for itself', async () => {
    const simulator = await simulate();
    const gateway = await startGateway(lineOf(quotaOf(10)), simulator, AT_ONCE);
    const tokens = await Promise.all(times(2, () => tokenOf(simulator)));
    const answers = await Promise.all(
      tokens.map((token) => Promise.all(times(15, () => send(gateway, ME, { token })))),
    );
    for (const each of answers) expect(countStatuses(each)).toEqual({ 200: 10, 429: 5 });
    // Another spelling of the scheme is the same token.
    const other = await send(gateway, ME, { headers: { authorization: `bearer ${tokens[0] as string}` } });
    expect(other.status).toBe(429);
  });

  test('requests above the rate wait, and those that would wait too long are refused', async () => {
    const simulator = await simulate();
    // 20 per second, a tenth at once: NGINX keeps 2 at once and 17 per second. 8 more wait for half a second.
    const gateway = await startGateway(lineOf({ limit: 20, windowMs: 1_000 }), simulator, { maxWaitMs: 500 });
    const token = await tokenOf(simulator);
    simulator.resetStats();
    const answers = await Promise.all(times(30, () => send(gateway, ME, { token })));
    // On a busy machine the requests come one after the other, and more of them pass.
    const { 200: passed = 0, 429: refused = 0 } = countStatuses(answers);
    expect(passed + refused).toBe(30);
    expect(passed).toBeGreaterThanOrEqual(10);
    expect(refused).toBeGreaterThan(0);
    await until(() => logLines(gateway).length === 30);
    const count = (status: string): number => logLines(gateway).filter(({ limit }) => limit === status).length;
    expect([count('PASSED') + count('DELAYED'), count('REJECTED')]).toEqual([passed, refused]);
    expect(count('DELAYED')).toBeGreaterThan(0);
    const wire = simulator.wire();
    expect(mostInWindow(wire, 1_000)).toBeLessThanOrEqual(20);
    expect((wire.at(-1)?.at as number) - (wire[0]?.at as number)).toBeGreaterThan(400);
  });

  test('quotas by route and by parameter, several on one route, and routes that count for nothing', async () => {
    const platform = await echo();
    const gateway = await startGateway(
      {
        ...lineOf(quotaOf(30, { name: 'line' })),
        endpoints: {
          'PUT /api/v2/ivrs/:ivrId': { governor: { quotas: [quotaOf(5)] } },
          '* /api/v2/contacts/:contactId/**': { governor: { quotas: [quotaOf(3, { key: 'contactId' })] } },
          'GET /api/v2/polls/:id': { governor: { apart: true } },
          'GET /api/v2/free': { governor: false },
        },
      },
      platform,
      AT_ONCE,
    );
    const statuses = async (n: number, method: string, path: string, token = 'a'): Promise<object> =>
      countStatuses(await Promise.all(times(n, (i) => send(gateway, path.replace('#', String(i)), { method, token }))));
    expect(await statuses(8, 'PUT', '/api/v2/ivrs/#')).toEqual({ 200: 5, 429: 3 });
    expect(await statuses(5, 'GET', '/api/v2/contacts/c1/notes')).toEqual({ 200: 3, 429: 2 });
    // A parameter counts for all credentials and all routes of its pattern.
    expect(await statuses(2, 'POST', '/api/v2/contacts/c1', 'b')).toEqual({ 429: 2 });
    expect(await statuses(4, 'GET', '/api/v2/contacts/c2/notes')).toEqual({ 200: 3, 429: 1 });
    // A refusal by one quota spends no permit of another: 5 + 3 + 3 of 30 are spent.
    expect(await statuses(25, 'GET', ME)).toEqual({ 200: 19, 429: 6 });
    expect(await statuses(5, 'GET', '/api/v2/polls/#')).toEqual({ 200: 5 });
    expect(await statuses(5, 'GET', '/api/v2/free')).toEqual({ 200: 5 });
  });

  test('a quota below one a minute', async () => {
    const platform = await echo();
    const gateway = await startGateway(lineOf({ limit: 1, windowMs: 86_400_000 }), platform);
    const slot = 86_460_101;
    const isOpen = Date.now() % slot < 60_000;
    const [first, second] = [await send(gateway, ME, { token: 'a' }), await send(gateway, ME, { token: 'a' })];
    expect(first.status).toBe(isOpen ? 200 : 429);
    expect(second.status).toBe(429);
    if (!isOpen) {
      const left = (slot - (Date.now() % slot)) / 1000;
      expect(Math.abs(Number(second.headers['retry-after']) - left)).toBeLessThan(5);
    }
  });
});

describe('credentials', () => {
  test('a request without a token gets the 401 of the platform, or shares one quota', async () => {
    const simulator = await simulate();
    const refusing = await startGateway(lineOf(quotaOf(10)), simulator, { ...AT_ONCE, refusals: 'genesys' });
    const ours = await send(refusing, ME);
    const theirs = await send(simulator, ME);
    const form = ({ status, text }: typeof ours): unknown => ({ status, ...JSON.parse(text), contextId: undefined });
    expect(form(ours)).toEqual(form(theirs));
    simulator.resetStats();
    await send(refusing, ME, { headers: { authorization: ' ' } });
    expect(simulator.stats().requests).toBe(0);

    const platform = await echo();
    const sharing = await startGateway(lineOf(quotaOf(10)), platform, { ...AT_ONCE, withoutCredential: 'share' });
    expect(countStatuses(await Promise.all(times(15, () => send(sharing, ME))))).toEqual({ 200: 10, 429: 5 });
    expect(countStatuses(await Promise.all(times(3, () => send(sharing, ME, { token: 'a' }))))).toEqual({ 200: 3 });
  });

  test('a CORS preflight passes', async () => {
    const platform = await echo();
    const gateway = await startGateway(lineOf(quotaOf(1)), platform, AT_ONCE);
    const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' };
    const answers = await Promise.all(times(5, () => send(gateway, ME, { method: 'OPTIONS', headers })));
    expect(countStatuses(answers)).toEqual({ 200: 5 });
    const { origin } = headers;
    const refused = await Promise.all(times(3, () => send(gateway, ME, { token: 'a', headers: { origin } })));
    expect(refused.find(({ status }) => status === 429)?.headers).toMatchObject({ 'access-control-allow-origin': '*' });
  });

  test('forged tokens have quotas of their own, which the quota of the address bounds', async () => {
    const platform = await echo();
    const unbounded = await startGateway(lineOf(quotaOf(1)), platform, AT_ONCE);
    const forge = (gateway: NginxProcess): Promise<{ status: number }[]> =>
      Promise.all(times(60, (i) => send(gateway, ME, { token: `forged-${i}` })));
    expect(countStatuses(await forge(unbounded))).toEqual({ 200: 60 });
    const bounded = await startGateway(lineOf(quotaOf(1)), platform, {
      ...AT_ONCE,
      addresses: { limit: 25, windowMs: 60_000 },
    });
    expect(countStatuses(await forge(bounded))).toEqual({ 200: 25, 429: 35 });
  });

  test('of two Authorization headers, the platform gets the one that was counted', async () => {
    const platform = await echo();
    const gateway = await startGateway(lineOf(quotaOf(9)), platform, AT_ONCE);
    const socket = connect(gateway.port, '127.0.0.1');
    socket.end(
      `GET ${ME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\nConnection: close\r\n\r\n`,
    );
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += chunk as string;
    // Newer versions of NGINX refuse such a request.
    expect(text).toMatch(/^HTTP\/1\.1 (200|400)/);
    expect(text).not.toContain('Bearer b');
  });

  test('the tenant header counts where it is trusted, and is removed elsewhere', async () => {
    const platform = await echo();
    const config = lineOf(quotaOf(5, { scope: 'tenant' }));
    const make = (network: string): Promise<NginxProcess> =>
      startGateway(config, platform, { ...AT_ONCE, tenant: { header: 'X-Tenant', trustedFrom: [network] } });
    const ask = (gateway: NginxProcess, n: number, tenant: string): Promise<Awaited<ReturnType<typeof send>>[]> =>
      Promise.all(times(n, (i) => send(gateway, ME, { token: `t${i}`, headers: { 'x-tenant': tenant } })));

    const trusting = await make('127.0.0.0/8');
    expect(countStatuses(await ask(trusting, 8, 'acme'))).toEqual({ 200: 5, 429: 3 });
    expect(countStatuses(await ask(trusting, 5, 'other'))).toEqual({ 200: 5 });

    const strict = await make('10.0.0.0/8');
    expect(countStatuses([...(await ask(strict, 4, 'acme')), ...(await ask(strict, 4, 'other'))])).toEqual({
      200: 5,
      429: 3,
    });
    const echoed = JSON.parse((await ask(await make('10.0.0.0/8'), 1, 'acme'))[0]?.text ?? '') as Echoed;
    expect(echoed.headers).not.toHaveProperty('x-tenant');
  });
});

describe('paths', () => {
  const TRICKS = [
    '/api/v2/ivrs/12/',
    '/api/v2//ivrs/12',
    '/api/v2/x/../ivrs/12',
    '/api/v2/x/%2e%2e/ivrs/12',
    '/api/v2/%69vrs/12',
    '/api/v2/%2569vrs/12',
    '/api/v2/ivrs%2F12',
    '/api/v2/ivrs;v=1/12',
    '/api/v2\\ivrs\\12',
    '/API/V2/IVRS/12',
    '/prefix/api/v2/ivrs/12',
    '/api/v2/ivrs/12?next=/api/v2/other',
  ];

  test.each<[string, Partial<NginxOptions>]>([
    ['connections that stay open', {}],
    ['a platform that is looked up for each request', { resolver: ['127.0.0.1'] }],
  ])('no spelling gets out of the quota, and the platform gets the path as it was sent: %s', async (_, options) => {
    const seen: string[] = [];
    const platform = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.end();
    });
    const gateway = await startGateway(
      { ...lineOf(), endpoints: { 'PUT /api/v2/ivrs/:id': { governor: { quotas: [quotaOf(TRICKS.length)] } } } },
      platform,
      { ...AT_ONCE, ...options },
    );
    const put = (path: string): Promise<{ status: number }> => send(gateway, path, { method: 'PUT', token: 'a' });
    for (const path of TRICKS) expect([path, (await put(path)).status]).toEqual([path, 200]);
    expect(seen).toEqual(TRICKS);
    for (const path of TRICKS) expect([path, (await put(path)).status]).toEqual([path, 429]);
    expect((await put(`${'/x/..'.repeat(500)}/api/v2/ivrs/12`)).status).toBe(414);
  });
});

describe('WebSockets', () => {
  const SOCKETS = { paths: ['/sockets/echo', '/channels/:id'], upgrades: { limit: 100, windowMs: 60_000 }, maxOpen: 3 };

  /** Opens a socket. Returns the socket, or the status of the refusal. */
  async function open(gateway: NginxProcess, path = '/sockets/echo', token?: string): Promise<WebSocket | number> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers });
    socket.on('error', () => undefined);
    return new Promise((resolve) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });
  }

  test('open sockets are limited, a slot is free when one closes, and upgrades have a zone of their own', async () => {
    const simulator = await simulate();
    const gateway = await startGateway(lineOf(quotaOf(5)), simulator, { ...AT_ONCE, sockets: SOCKETS });
    const token = await tokenOf(simulator);
    const first = (await open(gateway, '/sockets/echo', token)) as WebSocket;
    for (let i = 0; i < 2; i++) expect(await open(gateway, '/sockets/echo', token)).toBeInstanceOf(WebSocket);
    expect(await open(gateway, '/sockets/echo', token)).toBe(429);
    // Upgrades spend no quota of requests, and requests none of upgrades.
    expect(countStatuses(await Promise.all(times(7, () => send(gateway, ME, { token }))))).toEqual({ 200: 5, 429: 2 });
    first.close();
    await once(first, 'close');
    // NGINX sees the end of the socket a little later.
    await until(async () => typeof (await open(gateway, '/sockets/echo', token)) !== 'number');
    simulator.closeSockets(1000);
  });

  test('upgrades above their quota get 429 with Retry-After, and sockets without a token count together', async () => {
    const simulator = await simulate();
    const gateway = await startGateway(lineOf(quotaOf(50)), simulator, {
      ...AT_ONCE,
      sockets: { paths: ['/sockets/echo'], upgrades: { limit: 4, windowMs: 60_000 } },
    });
    const opened = await Promise.all(times(7, () => open(gateway)));
    expect(opened.filter((each) => each === 429)).toHaveLength(3);
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const refused = await send(gateway, '/sockets/echo', { headers: upgrade });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    simulator.closeSockets(1000);
  });

  test('frames are not counted', async () => {
    const simulator = await simulate();
    const sockets = { paths: ['/sockets/echo'], upgrades: { limit: 5, windowMs: 1_000 } };
    const gateway = await startGateway(lineOf(quotaOf(5)), simulator, { ...AT_ONCE, sockets });
    const socket = (await open(gateway)) as WebSocket;
    let echoed = 0;
    const all = new Promise<void>((resolve) => socket.on('message', () => ++echoed === 2_000 && resolve()));
    for (let i = 0; i < 2_000; i++) socket.send(`${i}`);
    await all;
    socket.close();
    await once(socket, 'close');
  });

  test('the header Upgrade gets no other path out of its quota, and does not reach the platform', async () => {
    const platform = await echo();
    const gateway = await startGateway(lineOf(quotaOf(3)), platform, { ...AT_ONCE, sockets: SOCKETS });
    const headers = { connection: 'Upgrade', upgrade: 'websocket' };
    const answers = await Promise.all(times(5, () => send(gateway, ME, { token: 'a', headers })));
    expect(countStatuses(answers)).toEqual({ 200: 3, 429: 2 });
    const { headers: received } = JSON.parse(answers.find(({ status }) => status === 200)?.text ?? '') as Echoed;
    expect(received).not.toHaveProperty('upgrade');
  });
});

describe('operation', () => {
  test('a dry run lets everything pass, and says what it would have refused', async () => {
    const platform = await echo();
    const gateway = await startGateway(lineOf(quotaOf(10)), platform, { ...AT_ONCE, dryRun: true });
    expect(countStatuses(await Promise.all(times(25, () => send(gateway, ME, { token: 'a' }))))).toEqual({ 200: 25 });
    expect((await send(gateway, ME)).status).toBe(200);
    await until(() => logLines(gateway).length === 26);
    expect(logLines(gateway).filter(({ limit }) => limit === 'REJECTED_DRY_RUN')).toHaveLength(15);
  });

  test('the token and the path are in no log, and the token in no shared memory', async () => {
    const platform = await echo();
    const gateway = await startGateway(
      {
        ...lineOf(quotaOf(5)),
        endpoints: { 'GET /api/v2/sessions/:id/**': { governor: { quotas: [quotaOf(9, { key: 'id' })] } } },
      },
      platform,
      { ...AT_ONCE, zoneMegabytes: 1 },
    );
    const token = `gateway-${'secret'.repeat(3)}-token`;
    const session = 'session-that-nobody-may-see';
    await Promise.all(times(8, () => send(gateway, `/api/v2/sessions/${session}/x?key=hidden-query`, { token })));
    await until(() => logLines(gateway).length === 8);
    const digest = createHash('sha256').update(`bearer ${token}`).digest('hex').slice(0, 16);
    expect(logLines(gateway)[0]).toEqual({
      at: expect.any(Number),
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      credential: digest,
      route: 'GET /api/v2/sessions/:id/x',
      status: expect.any(Number),
      platformStatus: expect.any(String),
      seconds: expect.any(Number),
      platformSeconds: expect.any(String),
      limit: expect.stringMatching(/^(PASSED|REJECTED)$/),
      sockets: '',
      bytesSent: expect.any(Number),
      address: '127.0.0.1',
    });
    for (const file of ['access.log', 'error.log']) {
      expect(gateway.read(file)).not.toContain(token);
      expect(gateway.read(file)).not.toContain(session);
      expect(gateway.read(file)).not.toContain('hidden-query');
    }
    const shared = sharedMemoryOf(gateway.workers()[0] as number);
    expect(shared.includes(digest)).toBe(true);
    expect(shared.includes(token)).toBe(false);
    expect(shared.includes(session)).toBe(false);
  });

  test('a reload under load drops no request, and keeps the counts', async () => {
    const platform = await echo();
    const config = (limit: number): HoldlineConfig =>
      lineOf(quotaOf(limit, { name: 'q' }), { name: 'other', limit: 100_000, windowMs: 1_000, scope: 'host' });
    let place = { directory: '', port: 0, modules: '' };
    const gateway = await startNginx((given) => {
      place = given;
      return gatewayFiles(config(4), { platform: platform.url, ...AT_ONCE }, given);
    });
    expect(countStatuses(await Promise.all(times(6, () => send(gateway, ME, { token: 'full' }))))).toEqual({
      200: 4,
      429: 2,
    });
    let isOver = false;
    let sent = 0;
    const failures: unknown[] = [];
    const load = times(8, async (i) => {
      for (let n = 0; !isOver; n++) {
        const answer = await send(gateway, ME, { token: `load-${i}-${n}` }).catch((error: unknown) => ({
          status: String(error),
        }));
        sent++;
        if (answer.status !== 200) failures.push(answer.status);
      }
    });
    for (let round = 0; round < 3; round++) {
      const before = sent;
      gateway.write(gatewayFiles(config(4), { platform: platform.url, ...AT_ONCE, maxWaitMs: round }, place));
      await gateway.reload();
      await until(() => sent > before + 100);
    }
    isOver = true;
    await Promise.all(load);
    expect(failures).toEqual([]);
    expect((await send(gateway, ME, { token: 'full' })).status).toBe(429);
  });

  test('TLS on both sides: the certificate of the platform is verified', async () => {
    const platform = createServer({ key: KEY, cert: CERTIFICATE }, (_, response) => void response.end('{}'));
    await once(platform.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      platform.closeAllConnections();
      platform.close();
    });
    const { port } = platform.address() as AddressInfo;
    const make = (trusted: string): Promise<NginxProcess> =>
      startNginx((place) => {
        const path = (name: string): string => `${place.directory}/${name}`;
        const options: NginxOptions = {
          ...AT_ONCE,
          platform: `https://127.0.0.1:${port}`,
          trustedCertificates: path(trusted),
          certificate: { certificate: path('own.crt'), key: path('own.key') },
        };
        const certificates = { 'own.crt': CERTIFICATE, 'own.key': KEY, 'other.crt': rootCertificates[0] as string };
        return { ...gatewayFiles(lineOf(quotaOf(9)), options, place), ...certificates };
      });
    const ask = async (gateway: NginxProcess): Promise<number> => {
      const url = `https://127.0.0.1:${gateway.port}`;
      return (await send({ url }, ME, { token: 'a', ca: CERTIFICATE })).status;
    };
    expect(await ask(await make('own.crt'))).toBe(200);
    expect(await ask(await make('other.crt'))).toBe(502);
  });

  test('a write is sent to the platform once, also if the platform closes the connection', async () => {
    let writes = 0;
    const platform = await serve((request, response) => {
      if (request.method === 'POST') writes++;
      if (writes > 0) request.socket.destroy();
      else response.end();
    });
    const gateway = await startGateway(lineOf(quotaOf(50)), platform, AT_ONCE);
    // The platform has connections that NGINX keeps open.
    await Promise.all(times(5, () => send(gateway, ME, { token: 'a' })));
    expect((await send(gateway, '/api/v2/x', { method: 'POST', token: 'a' })).status).toBe(502);
    expect(writes).toBe(1);
  });
});

/** What the processes of an NGINX share: the zones. */
function sharedMemoryOf(pid: number): Buffer {
  const file = openSync(`/proc/${pid}/mem`, 'r');
  try {
    const parts = readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw-s/.exec(line) ?? [];
        if (from === '') return [];
        const start = Number.parseInt(from, 16);
        const part = Buffer.alloc(Number.parseInt(to, 16) - start);
        readSync(file, part, 0, part.length, start);
        return [part];
      });
    return Buffer.concat(parts);
  } finally {
    closeSync(file);
  }
}
