import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator } from '@holdline/simulator';
import { createApp } from './app.mjs';
import { TenantLines } from './tenant-lines.mjs';

const TENANTS = ['acme', 'zenith', 'umbrella', 'initech'];
const LIMIT = 20;
const secretOf = (tenant) => `secret-of-${tenant}`;

let simulator;
let tenantLines;
let server;
let service;

before(async () => {
  simulator = await startSimulator({
    platform: 'genesys',
    limits: [{ name: 'token.rate.per.minute', per: 'token', limit: LIMIT, windowMs: 60_000, enforcement: 'sliding' }],
    tokens: { clients: Object.fromEntries(TENANTS.map((tenant) => [`client-of-${tenant}`, secretOf(tenant)])) },
  });
});

beforeEach(async () => {
  await tenantLines?.close();
  server?.closeAllConnections();
  server?.close();
  simulator.set({ faults: [], serviceMs: 0 });
  simulator.resetStats();
  tenantLines = new TenantLines({
    apiUrl: simulator.url,
    loginUrl: simulator.url,
    credentialsOf: (tenant) =>
      TENANTS.includes(tenant) ? { clientId: `client-of-${tenant}`, clientSecret: secretOf(tenant) } : undefined,
    maxTenants: 3,
    config: {
      governor: { quotas: [{ limit: LIMIT, windowMs: 60_000, enforcement: 'sliding' }] }, // the platform has 300
      retry: { maxAttempts: 2, baseDelayMs: 10, maxRetryAfterMs: 5_000 },
    },
  });
  server = createApp(tenantLines).listen(0, '127.0.0.1');
  await once(server, 'listening');
  service = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await tenantLines.close();
  await simulator.stop();
});

/** Ids of users, with the tenant that asks for them. */
const owners = new Map();
const userOf = (tenant) => {
  const id = randomUUID();
  owners.set(id, tenant);
  return `/tenants/${tenant}/users/${id}`;
};
const get = (path, init) => fetch(`${service}${path}`, init);

/** Resolves with the first request on the wire that `matches`, as soon as there is one. */
async function onWire(matches) {
  for (;;) {
    const entry = simulator.wire().find(matches);
    if (entry) return entry;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a tenant whose quota is used up does not stop another tenant', async () => {
  // Another client of acme has used up its quota: the platform refuses acme for 30 s.
  simulator.script('GET /api/v2/users/:id', [{ status: 429, headers: { 'retry-after': '30' } }]);
  const refused = await get(userOf('acme'));
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) >= 30);

  // The gate of acme is closed: the service answers without sending anything.
  const sent = simulator.stats().requests;
  const atOnce = await get(userOf('acme'));
  assert.equal(atOnce.status, 429);
  assert.deepEqual(await atOnce.json(), { code: 'HOLDLINE_THROTTLED', mayBeExecuted: false });
  assert.ok(Number(atOnce.headers.get('retry-after')) >= 28);
  assert.equal(simulator.stats().requests, sent);

  const answers = await Promise.all(Array.from({ length: LIMIT }, () => get(userOf('zenith'))));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
});

test('more requests than the quota allows are refused by the service, not by the platform', async () => {
  const answers = await Promise.all(Array.from({ length: LIMIT + 5 }, () => get(userOf('umbrella'))));
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [...Array(LIMIT).fill(200), ...Array(5).fill(429)]);
  assert.equal(simulator.stats().refused, 0);
});

test('the token of a tenant is sent for that tenant only', async () => {
  const order = Array.from({ length: 30 }, (_, i) => TENANTS[i % 3]);
  const answers = await Promise.all(
    order.map(async (tenant) => {
      const [who] = await Promise.all([get(`/tenants/${tenant}/whoami`), get(userOf(tenant))]);
      return who.json();
    }),
  );
  // The platform says whose token it got.
  assert.deepEqual(
    answers.map(({ client }) => client),
    order.map((tenant) => `client-of-${tenant}`),
  );
  // One token for each tenant, and every request for a user of a tenant has the same one.
  assert.equal(simulator.stats().tokensIssued, 3);
  const tokens = new Map();
  for (const { path, token } of simulator.wire().filter(({ path }) => path.startsWith('/api/v2/users/'))) {
    const tenant = owners.get(path.split('/').at(-1));
    tokens.set(tenant, (tokens.get(tenant) ?? new Set()).add(token));
  }
  assert.deepEqual(
    [...tokens.values()].map((labels) => labels.size),
    [1, 1, 1],
  );
  assert.equal(new Set([...tokens.values()].flatMap((labels) => [...labels])).size, 3);
});

test('a client that leaves ends its call', async () => {
  simulator.set({ faults: [{ kind: 'delay', match: 'GET /api/v2/users/:id', delayMs: 60_000 }] });
  const browser = new AbortController();
  const request = get(userOf('acme'), { signal: browser.signal }).catch((error) => error);
  await onWire(({ route, outcome }) => route === 'GET /api/v2/users/:id' && outcome === 'open');
  browser.abort();
  assert.equal((await request).name, 'AbortError');
  await onWire(({ route, outcome }) => route === 'GET /api/v2/users/:id' && outcome === 'aborted');
  assert.equal(simulator.stats().requests, 1); // no second attempt
});

test('failures have a status that the client can act on', async () => {
  simulator.set({ faults: [{ kind: 'drop-after', match: 'POST /api/v2/externalcontacts/contacts' }] });
  const body = JSON.stringify({ firstName: 'Ada' });
  const unknown = await get('/tenants/acme/contacts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  assert.equal(unknown.status, 504);
  assert.deepEqual(await unknown.json(), { code: 'HOLDLINE_OUTCOME_UNKNOWN', mayBeExecuted: true });
  assert.equal(simulator.stats().executedWrites, 1);

  // The platform is down: reads fail with 502 until the circuit opens, then with 503 at once.
  simulator.set({ faults: [{ kind: 'drop-before', match: 'GET /api/v2/users/:id' }] });
  const statuses = [];
  for (let i = 0; i < 12; i++) statuses.push((await get(userOf('zenith'))).status);
  assert.equal(statuses[0], 502);
  assert.equal(statuses.at(-1), 503);
  assert.ok(Number((await get(userOf('zenith'))).headers.get('retry-after')) > 0);

  assert.equal((await get('/tenants/nobody/whoami')).status, 404);
});

test('the number of lines is bounded', async () => {
  for (const tenant of TENANTS) assert.equal((await get(`/tenants/${tenant}/whoami`)).status, 200);
  assert.equal(tenantLines.size, 3); // the line that was not used for the longest time is closed

  // All three lines have a call on the wire, so there is no room for a fourth tenant.
  simulator.set({ faults: [{ kind: 'delay', match: 'GET /api/v2/users/:id', delayMs: 500 }] });
  const paths = TENANTS.slice(1).map(userOf);
  const busy = paths.map((path) => get(path));
  for (const path of paths) await onWire((entry) => path.endsWith(entry.path.split('/').at(-1)));
  assert.equal((await get('/tenants/acme/whoami')).status, 503);
  for (const answer of await Promise.all(busy)) assert.equal(answer.status, 200);

  tenantLines.closeIdle(Date.now() + 3_600_000);
  assert.equal(tenantLines.size, 0);
});
