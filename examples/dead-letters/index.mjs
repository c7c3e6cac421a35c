// The platform is down and the service is killed twice. In the end each write was executed once.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@holdline/simulator';
import { startRedis } from '../../scripts/redis.mjs';

const WRITES = 40;
const EVALUATIONS = 'POST /api/v2/quality/conversations/:conversationId/evaluations';

console.log('Shows: failed writes survive two crashes, and each is executed once.\n');

const redis = await startRedis();
const simulator = await startSimulator({ platform: 'genesys' });
const login = await fetch(`${simulator.url}/oauth/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa('any-id:any-secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
const { access_token: token } = await login.json();
const settings = { api: simulator.url, redis: redis.url, key: randomBytes(32).toString('hex'), token, writes: WRITES };

/** Starts the service and kills it as soon as `isDone` accepts its messages. */
async function runWorker(work, isDone) {
  const child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [JSON.stringify({ ...settings, work })]);
  const messages = [];
  await new Promise((resolve, reject) => {
    child.on('message', (message) => {
      messages.push(message);
      if (isDone(messages)) resolve();
    });
    child.on('exit', () => reject(new Error('the service ended before it was killed')));
  });
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return messages;
}
const countMessages = (messages, name) => messages.filter(({ what }) => what === name).length;

console.log(`1. The platform is down. ${WRITES} writes fail. Some requests are lost, some answers.`);
simulator.set({
  faults: [
    { kind: 'drop-after', match: EVALUATIONS, rate: 0.3 },
    { kind: 'drop-before', match: EVALUATIONS },
  ],
});
await runWorker('write', (messages) => countMessages(messages, 'kept') === WRITES);
console.log(`   ${WRITES} dead letters are stored, and the service is killed with kill -9.`);
console.log(
  `   The platform has executed ${simulator.stats().executedWrites} of the writes; the service cannot know which.`,
);

simulator.set({ faults: [{ kind: 'delay', match: EVALUATIONS, delayMs: 50 }] });
const second = await runWorker('replay', (messages) => countMessages(messages, 'replayed') >= WRITES / 4);
console.log('2. The platform is back. A second process replays letters, and is killed, too.');
console.log(`   ${countMessages(second, 'replayed')} letters are replayed.`);
console.log('3. Further processes replay the rest. Letters of the killed process are free');
console.log('   after a minute.');

// Letters that the killed process had taken are free again after a minute.
const started = Date.now();
let left = WRITES;
while (left > 0 && Date.now() - started < 120_000) {
  const third = await runWorker('replay', (messages) => messages.some(({ done }) => done));
  const { done } = third.find((message) => message.done);
  left = done.left + done.taken;
  if (done.replayed > 0) console.log(`   Letters replayed: ${done.replayed}. Still taken: ${left}.`);
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, 10_000));
}

const { executedWrites, duplicateWrites } = simulator.stats();
await simulator.stop();
await redis.stop();
const holds = left === 0 && executedWrites === WRITES && duplicateWrites === 0;
console.log(
  holds
    ? `\nHeld: the platform executed all ${WRITES} writes, none of them twice.`
    : `\nDid not hold: the platform executed ${executedWrites} of ${WRITES} writes, ${duplicateWrites} again; ${left} letters are left.`,
);
process.exitCode = holds ? 0 : 1;
