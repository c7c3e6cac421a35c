// A sender floods an inbox with webhooks, and the service is killed in the middle. In the end each message was handled once.
import { fork } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@holdline/simulator';
import { startRedis } from '../../scripts/redis.mjs';

const MESSAGES = 250;
const SECRET = 'known to the sender and to the inbox';

console.log('Shows: an inbox takes a flood of webhooks, survives kill -9, and handles each message once.\n');

const redis = await startRedis();
const simulator = await startSimulator({ platform: 'genesys' });
const login = await fetch(`${simulator.url}/oauth/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa('any-id:any-secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
const { access_token: token } = await login.json();
const port = await findFreePort();
const settings = {
  api: simulator.url,
  redis: redis.url,
  key: randomBytes(32).toString('hex'),
  token,
  port,
  secret: SECRET,
};

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  return free;
}

async function startWorker() {
  const child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [JSON.stringify(settings)]);
  await once(child, 'message');
  return child;
}

async function kill(child) {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const answers = { accepted: 0, duplicate: 0, refused: 0, none: 0 };

/** Sends a message as Genesys Open Messaging does: signed, and again after each refusal. */
async function send(number) {
  const body = JSON.stringify({
    id: `c-${number}`,
    type: 'Text',
    text: `message ${number}`,
    channel: { from: { id: 'ann' } },
  });
  const signature = createHmac('sha256', SECRET).update(body).digest('base64');
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
  for (;;) {
    let waitMs = 1_000;
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
      await response.text();
      if (response.status === 202) return void answers.accepted++;
      if (response.status === 200) return void answers.duplicate++;
      answers.refused++;
      waitMs = Number(response.headers.get('retry-after')) * 1_000;
    } catch {
      answers.none++;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs + Math.random() * 500));
  }
}

console.log(`1. A sender sends ${MESSAGES} messages at once. The inbox takes 50 in each second.`);
let worker = await startWorker();
const sent = Promise.all(Array.from({ length: MESSAGES }, (_, number) => send(number)));
while (simulator.stats().executedWrites < MESSAGES / 4) await new Promise((resolve) => setTimeout(resolve, 10));
await kill(worker);
console.log(`2. The service is killed with kill -9. It has handled ${simulator.stats().executedWrites} messages.`);
worker = await startWorker();
await sent;
console.log('3. A new process goes on. The sender repeats what was refused, until it is accepted:');
console.log(`   ${answers.refused} refusals, ${answers.none} connections without an answer.`);
console.log(`   ${answers.accepted} messages are accepted, ${answers.duplicate} of the repetitions were known.`);

const started = Date.now();
while (simulator.stats().executedWrites < MESSAGES && Date.now() - started < 60_000)
  await new Promise((resolve) => setTimeout(resolve, 100));
const { executedWrites, duplicateWrites } = simulator.stats();
await kill(worker);
await simulator.stop();
await redis.stop();
const holds = executedWrites === MESSAGES && duplicateWrites === 0 && answers.refused > 0;
console.log(
  holds
    ? `\nHeld: each of the ${MESSAGES} messages took effect once.`
    : `\nDid not hold: ${executedWrites} of ${MESSAGES} messages took effect, ${duplicateWrites} twice; ${answers.refused} refusals.`,
);
process.exitCode = holds ? 0 : 1;
