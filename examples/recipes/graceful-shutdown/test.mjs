import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@holdline/simulator';
import { startRedis } from '../../../scripts/redis.mjs';

const REQUESTS = 30;
const WRITES = 15;
const EVALUATIONS = 'POST /api/v2/quality/conversations/:conversationId/evaluations';
const STORE_KEY = randomBytes(32).toString('hex');

let simulator;
let redis;
before(async () => {
  [simulator, redis] = await Promise.all([startSimulator({ platform: 'genesys' }), startRedis()]);
});
after(() => Promise.all([simulator.stop(), redis.stop()]));

/** Starts the service. `says(key)` resolves with the first line of its output that has this key. */
async function startService(limits) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...limits,
      API_URL: simulator.url,
      LOGIN_URL: simulator.url,
      REDIS_URL: redis.url,
      STORE_KEY,
      CLIENT_ID: 'any-id',
      CLIENT_SECRET: 'any-secret',
    },
  });
  const ended = once(child, 'exit');
  const lines = [];
  const output = createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const says = async (key) => {
    for (;;) {
      const said = lines.find((line) => key in line);
      if (said) return said;
      await Promise.race([once(output, 'line'), ended.then(() => assert.fail(`the service ended without ${key}`))]);
    }
  };
  const { listening: port } = await says('listening');
  return { child, ended, port, says };
}

const write = (port, id, body = {}) =>
  fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: JSON.stringify({ id, conversation: `conversation-${id}`, score: 7, ...body }),
  });

/** Whether the service accepts a new connection. */
async function connects(port) {
  const socket = connect(port, '127.0.0.1');
  const accepted = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return accepted;
}

/** Waits until the simulator has received `count` requests. */
async function untilRequests(count) {
  while (simulator.stats().requests < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('SIGTERM: requests under way get their answers, new ones are not accepted', async () => {
  const { child, ended, port } = await startService({ DRAIN_MS: '15000', CLOSE_MS: '2000' });
  simulator.resetStats();
  simulator.set({ serviceMs: 2_000 });

  const answers = Promise.all(Array.from({ length: REQUESTS }, (_, i) => write(port, `first-${i}`)));
  await untilRequests(REQUESTS);
  const stoppedAt = performance.now();
  child.kill('SIGTERM');
  // The port is closed while the answers are still under way.
  while (await connects(port)) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(simulator.stats().answered, 0);
  const [code, signal] = await ended;

  const accepted = (await answers).filter(({ status }) => status === 201).length;
  assert.equal(accepted, REQUESTS);
  assert.deepEqual([code, signal], [0, null]);
  assert.ok(performance.now() - stoppedAt < 15_000);
  assert.equal(simulator.stats().duplicateWrites, 0);
});

test('SIGTERM during an outage: the process ends within its limit, and no write is lost or doubled', async () => {
  const { child, ended, port } = await startService({ DRAIN_MS: '1000', CLOSE_MS: '2000' });
  simulator.resetStats();
  // The platform executes some writes and drops the answers. It refuses the others and asks for a wait of 5 s.
  simulator.set({
    serviceMs: 0,
    faults: [
      { kind: 'delay', match: EVALUATIONS, delayMs: 1_000 },
      { kind: 'drop-after', match: EVALUATIONS, every: 3 },
      { kind: 'status', match: EVALUATIONS, status: 503, headers: { 'retry-after': '5' } },
    ],
  });

  const answers = Promise.all(Array.from({ length: WRITES }, (_, i) => write(port, `second-${i}`, { score: i })));
  await untilRequests(WRITES);
  const stoppedAt = performance.now();
  child.kill('SIGTERM');
  const [code, signal] = await ended;
  const tookMs = performance.now() - stoppedAt;

  assert.deepEqual([code, signal], [0, null]);
  assert.ok(tookMs < 8_000, `the process ended after ${tookMs} ms`); // about 3 s, and time for a busy machine
  // Every caller has an answer: its write is not done yet.
  assert.equal(simulator.stats().requests, WRITES); // none was sent again: all waited
  assert.deepEqual([...new Set((await answers).map(({ status }) => status))], [503]);

  // The platform is back, and the service starts again.
  simulator.set({ faults: [] });
  const next = await startService({ DRAIN_MS: '1000', CLOSE_MS: '2000' });
  assert.deepEqual(await next.says('replayed'), { replayed: WRITES, left: 0 });
  const { executedWrites, duplicateWrites } = simulator.stats();
  assert.deepEqual([executedWrites, duplicateWrites], [WRITES, 0]);
  next.child.kill('SIGTERM');
  assert.deepEqual(await next.ended, [0, null]);
});
