import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@holdline/simulator';
import { startRedis } from '../../../scripts/redis.mjs';

const EVALUATIONS = 'POST /api/v2/quality/conversations/:conversationId/evaluations';
const STORE_KEY = randomBytes(32).toString('hex');
const job = fileURLToPath(new URL('send-evaluations.mjs', import.meta.url));

let simulator;
let redis;
let folder;
before(async () => {
  [simulator, redis] = await Promise.all([startSimulator({ platform: 'genesys' }), startRedis()]);
  folder = await mkdtemp(join(tmpdir(), 'cron-'));
});
beforeEach(() => {
  simulator.set({ faults: [] });
  simulator.resetStats();
});
after(() => Promise.all([simulator.stop(), redis.stop(), rm(folder, { recursive: true })]));

/** Runs the job as cron does. Resolves with its exit code and its report. */
async function runJob(day, count, env = {}) {
  const file = join(folder, `${day}.json`);
  const evaluations = Array.from({ length: count }, (_, i) => ({
    id: `${day}-${i}`,
    conversation: `conversation-${day}-${i}`,
    score: i,
  }));
  await writeFile(file, JSON.stringify(evaluations));
  const settings = { API_URL: simulator.url, LOGIN_URL: simulator.url, REDIS_URL: redis.url, STORE_KEY };
  const login = { CLIENT_ID: 'any-id', CLIENT_SECRET: 'any-secret' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [job, file],
      { env: { ...process.env, ...settings, ...login, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: error ? (error.code ?? error.signal) : 0, stderr, ...(stdout && JSON.parse(stdout)) }),
    );
  });
}

test('a run sends everything, waits at a 429, and ends by itself', async () => {
  simulator.script(EVALUATIONS, ['pass', { status: 429, headers: { 'retry-after': '2' } }]);
  const run = await runJob('monday', 50);
  assert.deepEqual(run, { code: 0, stderr: '', replayed: 0, sent: 50, kept: 0, rejected: 0 });
  const { executedWrites, duplicateWrites, refused } = simulator.stats();
  assert.deepEqual([executedWrites, duplicateWrites, refused], [50, 0, 1]);
});

test('a run in an outage keeps its writes, and the next run sends them once', async () => {
  // The platform executes every third write without an answer, and refuses the others.
  simulator.set({
    faults: [
      { kind: 'drop-after', match: EVALUATIONS, every: 3 },
      { kind: 'status', match: EVALUATIONS, status: 503 },
    ],
  });
  const outage = await runJob('tuesday', 10, { TIME_BOX_MS: '2000' });
  assert.deepEqual(outage, { code: 75, stderr: '', replayed: 0, sent: 0, kept: 10, rejected: 0 });

  simulator.set({ faults: [] });
  const next = await runJob('wednesday', 10);
  assert.deepEqual(next, { code: 0, stderr: '', replayed: 10, sent: 10, kept: 0, rejected: 0 });
  const { executedWrites, duplicateWrites } = simulator.stats();
  assert.deepEqual([executedWrites, duplicateWrites], [20, 0]);
});

test('a run that is started twice does not send anything twice', async () => {
  assert.equal((await runJob('thursday', 5)).code, 0);
  const again = await runJob('thursday', 5);
  assert.deepEqual([again.code, again.sent], [0, 5]);
  assert.equal(simulator.stats().executedWrites, 5);
});

test('a write that the platform rejects is reported', async () => {
  simulator.script(EVALUATIONS, [{ status: 400 }]);
  const run = await runJob('friday', 5);
  assert.deepEqual(run, { code: 1, stderr: '', replayed: 0, sent: 4, kept: 0, rejected: 1 });
});
