// A service is killed with kill -9 again and again, while the platform loses requests and answers. Each write is executed once.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@holdline/simulator';

const SHIFTS = 15;
const WRITES = SHIFTS * 4;
const MAX_RUNS = 100;

console.log('Shows: a transaction of several writes survives kill -9 at any place.\n');

const simulator = await startSimulator({
  platform: 'genesys',
  limits: [],
  faults: [
    // One of ten writes is lost before its execution, and one of ten answers after it.
    ...['POST', 'PATCH'].flatMap((method) => [
      { kind: 'drop-before', match: `${method} /api/v2/**`, rate: 0.1 },
      { kind: 'drop-after', match: `${method} /api/v2/**`, rate: 0.1 },
    ]),
    { kind: 'delay', match: '* /api/v2/**', delayMs: 10 },
  ],
});
const login = await fetch(`${simulator.url}/oauth/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa('any-id:any-secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
const { access_token: token } = await login.json();
const dir = await mkdtemp(join(tmpdir(), 'holdline-transaction-'));
const settings = JSON.stringify({ api: simulator.url, dir, token, shifts: SHIFTS });
const env = { ...process.env, STORE_KEY: randomBytes(32).toString('hex') };

let runs = 0;

/** Starts the service, and kills it a random time after its first request. Returns its messages. */
async function runAndKill() {
  const before = simulator.stats().requests;
  const child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [settings], { env });
  const ended = once(child, 'exit');
  const messages = [];
  child.on('message', (message) => messages.push(message));
  const isOver = () => messages.includes('done') || child.exitCode !== null;
  while (simulator.stats().requests === before && !isOver()) await sleep(2);
  const killAt = performance.now() + Math.random() * 600;
  while (performance.now() < killAt && !isOver()) await sleep(Math.random() * 10);
  child.kill('SIGKILL');
  const [code] = await ended;
  if (code !== null) throw new Error(`the service failed with code ${code} in run ${runs + 1}`);
  return messages;
}

let skipped = 0;
for (let isDone = false; !isDone && runs < MAX_RUNS; runs++) {
  const messages = await runAndKill();
  isDone = messages.includes('done');
  skipped += messages.filter((message) => message === 'skipped').length;
}

const { executedWrites, duplicateWrites, dropped } = simulator.stats();
await simulator.stop();
await rm(dir, { recursive: true });
console.log(`${SHIFTS} shifts of 4 writes each. The service was started ${runs} times, and killed each time.`);
console.log(`The platform lost ${dropped} requests or answers.`);
console.log(`${skipped} writes were answered from the journal, and not sent again.`);
const holds = executedWrites === WRITES && duplicateWrites === 0;
console.log(
  holds
    ? `\nHeld: the platform executed all ${WRITES} writes, none of them twice.`
    : `\nDid not hold: the platform executed ${executedWrites} of ${WRITES} writes, ${duplicateWrites} of them again.`,
);
process.exitCode = holds ? 0 : 1;
