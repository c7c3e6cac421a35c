import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@holdline/simulator';

const TENANTS = ['acme', 'zenith', 'umbrella'];
const SKILLS = 'GET /incontactapi/services/skills';

let simulator;
let app;
let service;
let tenantLines;

before(async () => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.json'], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: 'inherit',
  });
  const { startService, TenantLines } = await import('./dist/main.js');
  // The platform knows the tenant of an access key: the text after the @.
  simulator = await startSimulator({ platform: 'cxone', limits: [] });
  const options = {
    apiUrl: simulator.url,
    loginUrl: simulator.url,
    accessKeyOf: (tenant) =>
      TENANTS.includes(tenant) ? { accessKeyId: `key@${tenant}`, accessKeySecret: `secret of ${tenant}` } : undefined,
    maxTenants: 2,
  };
  app = await startService(options, 0);
  service = await app.getUrl();
  tenantLines = app.get(TenantLines);
});
beforeEach(() => {
  simulator.set({ faults: [] });
  simulator.resetStats();
});
after(async () => {
  await app.close();
  assert.equal(tenantLines.size, 0); // the shutdown hook closed the lines
  await simulator.stop();
});

const get = (path, init) => fetch(`${service}${path}`, init);
const post = (path, body) =>
  get(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Resolves with the first request on the wire that `matches`, as soon as there is one. */
async function onWire(matches) {
  for (;;) {
    const entry = simulator.wire().find(matches);
    if (entry) return entry;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('the token of a tenant is sent for that tenant only', async () => {
  const created = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const tenant = TENANTS[i % 2];
      const answer = await post(`/tenants/${tenant}/callbacks`, { phone: `+1555010${i}` });
      assert.equal(answer.status, 201);
      return { tenant, id: (await answer.json()).callbackId };
    }),
  );
  // The platform stores a callback under the tenant of the token. The other tenant does not see it.
  for (const { tenant, id } of created) {
    const other = tenant === 'acme' ? 'zenith' : 'acme';
    assert.equal((await get(`/tenants/${tenant}/callbacks/${id}`)).status, 200);
    assert.equal((await get(`/tenants/${other}/callbacks/${id}`)).status, 404);
  }
  assert.equal(simulator.stats().tokensIssued, 2);
});

test('a tenant that the platform refuses does not stop another tenant', async () => {
  simulator.script(SKILLS, [{ status: 429, headers: { 'retry-after': '60' } }]);
  assert.equal((await get('/tenants/acme/skills')).status, 429);
  const sent = simulator.stats().requests;
  const refused = await get('/tenants/acme/skills');
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 50);
  assert.equal((await refused.json()).code, 'HOLDLINE_THROTTLED');
  assert.equal(simulator.stats().requests, sent);
  assert.equal((await get('/tenants/zenith/skills')).status, 200);
});

test('a client that leaves ends its call', async () => {
  simulator.set({ faults: [{ kind: 'delay', match: SKILLS, delayMs: 60_000 }] });
  const browser = new AbortController();
  const request = get('/tenants/zenith/skills', { signal: browser.signal }).catch((error) => error);
  await onWire(({ route, outcome }) => route === SKILLS && outcome === 'open');
  browser.abort();
  assert.equal((await request).name, 'AbortError');
  await onWire(({ route, outcome }) => route === SKILLS && outcome === 'aborted');
});

test('failures have a status that the client can act on', async () => {
  simulator.set({ faults: [{ kind: 'drop-after', match: 'POST /incontactapi/services/scheduled-callbacks' }] });
  const unknown = await post('/tenants/zenith/callbacks', { phone: '+15550100' });
  assert.equal(unknown.status, 504);
  assert.deepEqual(await unknown.json(), { code: 'HOLDLINE_OUTCOME_UNKNOWN', mayBeExecuted: true });
  assert.equal((await get('/tenants/nobody/skills')).status, 404);
});

test('the number of lines is bounded', async () => {
  for (const tenant of TENANTS) assert.equal((await get(`/tenants/${tenant}/callbacks/none`)).status, 404);
  assert.equal(tenantLines.size, 2);
  tenantLines.closeIdle(Date.now() + 3_600_000);
  assert.equal(tenantLines.size, 0);
});
