import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { haproxyConfig, type HaproxyOptions } from '@holdline/gateway';
import type { HoldlineConfig } from '@holdline/core';
import { genesysCloud } from '@holdline/genesys';
import { startSimulator, type Simulator, type SimulatorOptions } from '@holdline/simulator';
import { type HaproxyProcess, startHaproxy } from '@holdline/test-servers';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { until } from './support.js';

const LIMIT = 40;
const WINDOW_MS = 4_000;
const QUOTA = { name: 'token.rate', limit: LIMIT, windowMs: WINDOW_MS };

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  at: number;
}

interface Asked {
  path?: string;
  method?: string;
  headers?: Record<string, string | string[]>;
  agent?: Agent;
}

/** Sends a request whose path is not normalised, as `fetch` would. */
function ask(
  url: string,
  { path = '/api/v2/users/me', method = 'GET', headers = {}, agent }: Asked = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, ...(agent && { agent }) }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, at: performance.now() }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject).end();
  });
}

async function startPlatform(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const limit = { limit: LIMIT, windowMs: WINDOW_MS, per: 'token', enforcement: 'sliding', name: 'platform' } as const;
  const simulator = await startSimulator({ platform: 'genesys', limits: [limit], ...options } as SimulatorOptions);
  onTestFinished(() => simulator.stop());
  return simulator;
}

async function login(simulator: Simulator): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const headers = { authorization: `Basic ${btoa('id:secret')}` };
  const answer = await fetch(`${simulator.url}/oauth/token`, { method: 'POST', headers, body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

function startGateway(
  simulator: Simulator | string,
  config: HoldlineConfig = { governor: { quotas: [QUOTA] }, paths: { anchor: '/api/v2/' } },
  options: Partial<HaproxyOptions> = {},
): Promise<HaproxyProcess> {
  const platform = typeof simulator === 'string' ? simulator : simulator.url;
  return startHaproxy(({ port, directory }) => {
    const files = haproxyConfig(config, {
      platform,
      refusals: 'genesys',
      form: 'whole',
      listen: `127.0.0.1:${port}`,
      ...options,
      ...(options.peer !== undefined && { peer: `unix@${directory}/peer.sock` }),
    });
    return files['haproxy.cfg'] ?? '';
  });
}

const counted = (answers: readonly Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

test('a burst gets its share, and the rest gets the refusal of the platform with the time until there is room', async () => {
  const simulator = await startPlatform();
  const gateway = await startGateway(simulator);
  const token = await login(simulator);
  const other = await login(simulator);
  const before = performance.now();
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(gateway.url, { headers: bearer(token) })));
  // A tenth of the quota, and one more for each interval that passes on a slow machine.
  const most = 4 + Math.ceil((performance.now() - before) / 110);
  const passed = answers.filter(({ status }) => status === 200);
  expect(passed.length).toBeGreaterThanOrEqual(4);
  expect(passed.length).toBeLessThanOrEqual(most);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/json' });
  const body = JSON.parse(refused?.body ?? '') as { contextId: string };
  expect(body).toEqual({
    message: 'Rate limit exceeded the maximum. Retry the request in [1] seconds',
    code: 'too.many.requests.retry.after',
    status: 429,
    contextId: refused?.headers['inin-correlation-id'],
    details: [],
    errors: [],
  });
  // Another credential has a quota of its own.
  expect((await ask(gateway.url, { headers: bearer(other) })).status).toBe(200);
  expect(simulator.wire().filter(({ outcome }) => outcome === 'refused')).toEqual([]);
});

test('under constant pressure, the platform refuses nothing and gets nine tenths of its quota', async () => {
  const simulator = await startPlatform();
  const gateway = await startGateway(simulator);
  const headers = bearer(await login(simulator));
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  onTestFinished(() => agent.destroy());
  const end = performance.now() + 2.5 * WINDOW_MS;
  const send = async (): Promise<void> => {
    while (performance.now() < end) await ask(gateway.url, { headers, agent });
  };
  await Promise.all(Array.from({ length: 4 }, send));
  const arrivals = simulator
    .wire()
    .filter(({ outcome }) => outcome === 'answered')
    .map(({ at }) => at);
  expect(simulator.wire().filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  for (const [i, at] of arrivals.entries())
    expect(arrivals.slice(i).filter((later) => later < at + WINDOW_MS).length).toBeLessThanOrEqual(LIMIT);
  // Two and a half windows: the burst once, and 37 more in each window.
  expect(arrivals.length).toBeGreaterThan(0.8 * (4 + 2.5 * 37));
});

test('requests without a credential, and with forged or repeated ones', async () => {
  const simulator = await startPlatform();
  const gateway = await startGateway(simulator);
  const token = await login(simulator);
  const missing = await ask(gateway.url);
  expect([missing.status, missing.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  expect(JSON.parse(missing.body)).toMatchObject({ code: 'authentication.required', status: 401 });
  expect((await ask(gateway.url, { headers: { authorization: '  ' } })).status).toBe(401);
  // Two headers, of which another server may read the other one.
  const twice = { authorization: [`Bearer ${token}`, 'Bearer other'] };
  const { status } = await new Promise<{ status: number }>((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const sent = request({ hostname, port, path: '/api/v2/users/me' }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0 }));
    });
    sent.setHeader('authorization', twice.authorization as unknown as string);
    sent.on('error', reject).end();
  });
  expect(status).toBe(400);
  expect(simulator.wire().filter(({ path }) => path.startsWith('/api/'))).toEqual([]);
  // A forged token is the platform's to refuse. Spellings of one credential are one credential.
  expect((await ask(gateway.url, { headers: bearer('forged') })).status).toBe(401);
  const spellings = ['Bearer ', 'bearer ', 'BEARER  ', 'bEARER   ', 'Bearer\t', 'beaRER '];
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      ask(gateway.url, { headers: { authorization: `${spellings[i % spellings.length] ?? ''}${token}` } }),
    ),
  );
  expect(counted(answers)[429]).toBeGreaterThan(12);
  // Neither a table nor a log knows the token.
  const table = await gateway.command('@1 show table holdline_credentials');
  expect(table).toMatch(/key=[0-9a-f]{32} /);
  expect(table + gateway.output).not.toContain(token);
});

test('with `share`, requests without a credential count together; an empty key would not count at all', async () => {
  const simulator = await startPlatform();
  const gateway = await startGateway(simulator, undefined, { withoutCredential: 'share' });
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(gateway.url)));
  expect(counted(answers)[429]).toBeGreaterThan(15);
});

test('no spelling of a path gets out of the quota of its route', async () => {
  const simulator = await startPlatform({ limits: [] });
  const config = genesysCloud({
    governor: { quotas: [{ limit: 100_000, windowMs: 1_000 }] },
    endpoints: {
      'PUT /api/v2/architect/ivrs/:ivrId': { governor: { quotas: [{ limit: 2, windowMs: 600_000 }] } },
    },
  });
  const gateway = await startGateway(simulator, config);
  const headers = bearer('any');
  const put = (path: string): Promise<Answer> => ask(gateway.url, { path, method: 'PUT', headers });
  expect((await put('/api/v2/architect/ivrs/1')).status).not.toBe(429);
  const spellings = [
    '/api/v2/architect/ivrs/2',
    '/api/v2/architect/ivrs/2/',
    '//api//v2/architect///ivrs/2',
    '/api/v2/%61rchitect/%69vrs/%32',
    '/API/V2/Architect/IVRS/2',
    '/prefix/of/a/gateway/api/v2/architect/ivrs/2',
    '/api/v2/architect;v=1/ivrs;x/2;y=3?z=/other',
    '/api/v2/architect/ivrs/a%2Fb',
    '/api/v2/architect/ivrs/a%0Ab',
  ];
  for (const path of spellings) expect([path, (await put(path)).status]).toEqual([path, 429]);
  for (const path of [
    '/api/v2/x/../architect/ivrs/2',
    '/api/v2/x/%2e%2E/architect/ivrs/2',
    '/api/v2/./architect/ivrs/2',
  ])
    expect([path, (await put(path)).status]).toEqual([path, 400]);
  expect((await put('/api/v2/architect/ivrs/%zz')).status).toBe(400);
  // Decoded, this path does not fit into the buffer of HAProxy.
  expect((await put(`/api/v2/%61rchitect/ivrs/${'%2f'.repeat(4_000)}`)).status).toBe(400);
  expect((await put(`/api/v2/%61rchitect/ivrs/${'%2f'.repeat(2_600)}`)).status).toBe(429);
  expect((await put('/api/v2/architect/ivrs/2/identityresolution')).status).not.toBe(429);
  expect((await ask(gateway.url, { path: '/api/v2/architect/ivrs/2', headers })).status).not.toBe(429);
});

test('a tenant is believed from trusted networks only, and an address has a limit of its own', async () => {
  const simulator = await startPlatform({ limits: [] });
  const config: HoldlineConfig = { governor: { quotas: [{ limit: 2, windowMs: 600_000, scope: 'tenant' }] } };
  const ask2 = async (gateway: HaproxyProcess, tenant: string, token: string): Promise<number> =>
    (await ask(gateway.url, { headers: { ...bearer(token), 'x-tenant': tenant } })).status;
  const near = await startGateway(simulator, config, {
    tenant: { header: 'X-Tenant', trustedFrom: ['127.0.0.0/8'] },
    addresses: { limit: 40, windowMs: 600_000 },
    burstShare: 0.25,
  });
  expect(await ask2(near, 'acme', 'a')).toBe(401);
  expect(await ask2(near, 'acme', 'b')).toBe(429);
  expect(await ask2(near, 'other', 'c')).toBe(401);
  const forged = await Promise.all(Array.from({ length: 30 }, (_, i) => ask2(near, `tenant ${i}`, `token ${i}`)));
  expect(forged.filter((status) => status === 401)).toHaveLength(8);
  const far = await startGateway(simulator, config, { tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8'] } });
  expect(await ask2(far, 'acme', 'a')).toBe(401);
  expect(await ask2(far, 'other', 'b')).toBe(429);
});

test('upgrades and open sockets have limits of their own, and frames have none', async () => {
  const { createServer } = await import('node:http');
  const { WebSocketServer } = await import('ws');
  const server = createServer((_, response) => response.end('plain'));
  const sockets = new WebSocketServer({ server });
  let frames = 0;
  sockets.on('connection', (socket) => socket.on('message', () => frames++));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  const gateway = await startGateway(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined, {
    sockets: { paths: ['/channels/:id'], upgrades: { limit: 8, windowMs: 600_000 }, maxOpen: 3 },
    burstShare: 0.75,
  });
  const open = async (path = '/channels/1', token?: string): Promise<WebSocket | number> => {
    const socket = new WebSocket(
      gateway.url.replace('http', 'ws') + path,
      token === undefined ? {} : { headers: bearer(token) },
    );
    onTestFinished(() => socket.terminate());
    return new Promise((resolve) => {
      socket.on('open', () => resolve(socket));
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_, response) => {
        expect(Number(response.headers['retry-after'] ?? 1)).toBeGreaterThan(0);
        resolve(response.statusCode ?? 0);
      });
    });
  };
  const first = [await open('/channels/1', 'a'), await open('/channels/2', 'a'), await open('/channels/3', 'a')];
  expect(first.every((socket) => socket instanceof WebSocket)).toBe(true);
  expect(await open('/channels/4', 'a')).toBe(429);
  // Frames pass uncounted.
  const [socket] = first as [WebSocket];
  for (let i = 0; i < 500; i++) socket.send(String(i));
  await until(() => frames === 500);
  // A slot is free when a socket closes.
  socket.close();
  await once(socket, 'close');
  await until(async () => !/conn_cur=3/.test(await gateway.command('@1 show table holdline_sockets')));
  expect(await open('/channels/5', 'a')).toBeInstanceOf(WebSocket);
  // An upgrade elsewhere is a plain request, with the quota of one.
  expect(await open('/elsewhere', 'a')).toBe(200);
  expect(await open('/elsewhere')).toBe(401);
  // Six upgrades at once, of which the refused one spent none.
  for (const token of ['b', 'b', 'b']) expect(await open('/channels/6', token)).toBeInstanceOf(WebSocket);
  const anonymous = [];
  for (let i = 0; i < 7; i++) anonymous.push(await open('/channels/7'));
  expect(anonymous.filter((each) => each instanceof WebSocket)).toHaveLength(3);
});

test('a dry run refuses nothing, and logs what it would refuse', async () => {
  const simulator = await startPlatform({ limits: [] });
  const gateway = await startGateway(simulator, undefined, { dryRun: true });
  const token = await login(simulator);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(gateway.url, { headers: bearer(token) })));
  expect(counted(answers)).toEqual({ 200: 20 });
  expect((await ask(gateway.url, { path: '/api/v2/users/me?access_token=query-secret' })).status).toBe(401);
  await until(() => gateway.logs.length === 21);
  const lines = gateway.logs.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ limit }) => limit === 'REJECTED_DRY_RUN').length).toBeGreaterThan(10);
  expect(lines.find(({ limit }) => limit === 'REJECTED_DRY_RUN')).toMatchObject({
    status: 200,
    zone: 'token_rate',
    retryAfter: '1',
  });
  expect(lines.find(({ limit }) => limit === 'UNAUTHORIZED_DRY_RUN')).toMatchObject({
    status: 401,
    credential: 'none',
  });
  expect(gateway.output).not.toContain(token);
  expect(gateway.output).not.toContain('query-secret');
});

test('a reload under load drops no request, and the new process takes the counts over', async () => {
  const simulator = await startPlatform({ limits: [] });
  const config: HoldlineConfig = { governor: { quotas: [{ name: 'token.rate', limit: 100, windowMs: 600_000 }] } };
  const gateway = await startGateway(simulator, config, { peer: 'unix@/replaced.sock', burstShare: 0.2 });
  const token = await login(simulator);
  const headers = bearer(token);
  const key = createHash('sha256').update(token).digest('hex').slice(0, 32);
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  onTestFinished(() => agent.destroy());
  const answers: Answer[] = [];
  let isOver = false;
  const send = async (i: number): Promise<void> => {
    // Many credentials, so that the requests reach the platform.
    for (let n = 0; !isOver; n++)
      answers.push(await ask(gateway.url, { headers: bearer(`load ${i} ${n % 50}`), agent }));
  };
  const spent = await Promise.all(Array.from({ length: 30 }, () => ask(gateway.url, { headers })));
  expect(counted(spent)).toEqual({ 200: 20, 429: 10 });
  const load = Promise.all(Array.from({ length: 6 }, (_, i) => send(i)));
  // After its first start, HAProxy waits five seconds for another process to take counts from.
  await until(async () => /flags=0x[0-9a-f]*3 /.test(await gateway.command('@1 show peers')));
  for (let reloads = 0; reloads < 3; reloads++) {
    const { length } = answers;
    await gateway.reload();
    await until(async () => (await gateway.command('@1 show table holdline_credentials')).includes(key));
    await until(() => answers.length > length + 100);
  }
  isOver = true;
  await load;
  // The platform knows none of the credentials of the load.
  expect(answers.filter(({ status }) => status !== 401 && status !== 429)).toEqual([]);
  expect((await ask(gateway.url, { headers })).status).toBe(429);
});

test('a write that was sent is not sent again', async () => {
  let received = 0;
  // Takes the whole request, and breaks the connection instead of an answer.
  const server = createTcpServer((socket) => {
    socket.on('data', () => {
      received++;
      socket.destroy();
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const gateway = await startGateway(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const method of ['POST', 'GET']) {
    received = 0;
    // On a connection that had a request before, HAProxy closes instead of an answer.
    const answer = await ask(gateway.url, { method, headers: bearer('a'), agent: new Agent() });
    expect([method, answer.status, received]).toEqual([method, 502, 1]);
  }
});
