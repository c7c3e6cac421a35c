import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@holdline/simulator';

const USERS = 'GET /api/v2/users/:id';

let simulator;
let folder;
const environments = new Set();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-'));
});
afterEach(async () => {
  for (const child of environments) child.kill('SIGKILL');
  await simulator.stop();
  await rm(folder, { recursive: true });
});

/** A cold start: an execution environment with a new process. */
async function coldStart() {
  const child = fork(fileURLToPath(new URL('runtime.mjs', import.meta.url)), {
    env: {
      ...process.env,
      API_URL: simulator.url,
      LOGIN_URL: simulator.url,
      CLIENT_ID: 'any-id',
      CLIENT_SECRET: 'any-secret',
      STATE_FILE: join(folder, 'state.json'),
    },
  });
  environments.add(child);
  await once(child, 'message');
  const users = (count) => Array.from({ length: count }, () => randomUUID());
  return {
    async invoke(count, remainingMs = 30_000) {
      child.send({ event: { userIds: users(count) }, remainingMs });
      const [result] = await once(child, 'message');
      return result;
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async disconnect() {
      const ended = once(child, 'exit');
      child.disconnect();
      return ended;
    },
  };
}

test('an invocation after a freeze works, although token and connection are gone', async () => {
  simulator = await startSimulator({ platform: 'genesys', tokens: { expiresInMs: 4_000 } });
  const environment = await coldStart();
  assert.equal((await environment.invoke(1)).statusCode, 200);

  environment.freeze();
  await delay(7_000); // the token expires after 4 s, and the server closes idle connections after 5 s
  environment.thaw();

  const started = performance.now();
  assert.equal((await environment.invoke(3)).statusCode, 200);
  assert.ok(performance.now() - started < 5_000);
  const { tokensIssued, unauthorized } = simulator.stats();
  assert.deepEqual([tokensIssued, unauthorized], [2, 0]);
});

test('an idle line keeps no process alive', async () => {
  simulator = await startSimulator({ platform: 'genesys' });
  const environment = await coldStart();
  assert.equal((await environment.invoke(2)).statusCode, 200);
  const started = performance.now();
  assert.deepEqual(await environment.disconnect(), [0, null]);
  assert.ok(performance.now() - started < 5_000);
});

test('no invocation runs into its time limit', async () => {
  simulator = await startSimulator({ platform: 'genesys' });
  const environment = await coldStart();

  // The platform asks for a wait of a minute. The invocation has 3 s.
  simulator.script(USERS, [{ status: 429, headers: { 'retry-after': '60' } }]);
  await environment.invoke(1, 3_000);
  const started = performance.now();
  const refused = await environment.invoke(1, 3_000);
  assert.equal(refused.statusCode, 503);
  assert.ok(Number(refused.headers['retry-after']) > 50);
  assert.ok(performance.now() - started < 2_000);
  assert.equal(simulator.stats().requests, 1);
});

test('a slow platform does not use up the time for the answer', async () => {
  simulator = await startSimulator({ platform: 'genesys', serviceMs: 60_000 });
  const environment = await coldStart();
  const started = performance.now();
  const late = await environment.invoke(1, 2_500);
  assert.deepEqual([late.statusCode, late.body], [503, 'HOLDLINE_DEADLINE']);
  assert.ok(performance.now() - started < 2_500);
});

test('a cold start begins with what earlier environments learned', async () => {
  simulator = await startSimulator({
    platform: 'genesys',
    // A limit that nobody documents.
    limits: [{ name: 'users', per: 'route', match: USERS, limit: 10, windowMs: 1_000, enforcement: 'sliding' }],
  });
  const first = await coldStart();
  assert.equal((await first.invoke(30)).statusCode, 200);
  const learning = simulator.stats().refused;
  assert.ok(learning >= 10);

  simulator.resetStats();
  await delay(1_000);
  const second = await coldStart();
  assert.equal((await second.invoke(30)).statusCode, 200);
  assert.ok(simulator.stats().refused < learning / 3, `${learning} refusals, then ${simulator.stats().refused}`);
});

test('a cold start in an outage sends nothing while the circuit is open', async () => {
  simulator = await startSimulator({ platform: 'genesys', faults: [{ kind: 'status', match: USERS, status: 500 }] });
  const first = await coldStart();
  assert.equal((await first.invoke(25)).statusCode, 502);

  simulator.resetStats();
  const second = await coldStart();
  assert.deepEqual((await second.invoke(5)).body, 'HOLDLINE_CIRCUIT_OPEN');
  assert.equal(simulator.stats().requests, 0);
});
