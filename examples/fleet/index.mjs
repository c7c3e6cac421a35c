// Four processes share one quota through Redis. Press a key to kill or restart Redis, q to quit. Without a terminal the example
// does both on a schedule.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '@holdline/simulator';
import { startRedis } from '../../scripts/redis.mjs';

const LIMIT = 80;
const WINDOW_MS = 1_000;
const PROCESSES = 4;

const redis = await startRedis();
const simulator = await startSimulator({
  platform: 'genesys',
  limits: [{ name: 'client.rate', per: 'client', limit: LIMIT, windowMs: WINDOW_MS, enforcement: 'sliding' }],
});

// All processes use one credential.
const login = await fetch(`${simulator.url}/oauth/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa('any-id:any-secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
const { access_token: token } = await login.json();

console.log('Shows: processes share one quota over Redis, also while Redis is down.');
console.log(`${PROCESSES} processes send as fast as they may: ${LIMIT} calls per second together.`);
console.log('A row is one second: calls of each process, their total, all refusals so far.\n');

const counts = Array(PROCESSES).fill(0);
const failures = [];
const redisEvents = new Set();
const settings = JSON.stringify({ api: simulator.url, redis: redis.url, token, limit: LIMIT, windowMs: WINDOW_MS });
const workers = counts.map((_, i) => {
  const worker = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [settings]);
  worker.on('message', ({ answered, failed, redis: redisState }) => {
    if (answered) counts[i]++;
    if (failed) failures.push(failed);
    if (redisState) {
      redisEvents.add(redisState.split(' ')[0]);
      console.log(`    process ${i + 1}: Redis is ${redisState}`);
    }
  });
  return worker;
});

// Processes start slowly on a busy machine.
for (let i = 0; i < 150 && counts.some((count) => count === 0); i++) await sleep(100);

let previous = [...counts];
const showRates = () => {
  const rates = counts.map((count, i) => count - previous[i]);
  previous = [...counts];
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const bars = rates
    .map((rate) => `${String(rate).padStart(3)} ${'█'.repeat(Math.round(rate / 5)).padEnd(8)}`)
    .join(' ');
  console.log(`  ${bars}  total ${String(total).padStart(3)}   refused ${simulator.stats().refused}`);
};
let isRedisUp = true;
async function toggleRedis() {
  isRedisUp = !isRedisUp;
  console.log(
    isRedisUp
      ? '\n  Redis starts, empty. The processes share the quota again.'
      : `\n  Redis is killed. A process that notices sends only its share: ${LIMIT / PROCESSES} per second.`,
  );
  if (isRedisUp) await redis.start();
  else await redis.kill();
}

const timer = setInterval(showRates, 1_000);
if (process.stdin.isTTY) {
  console.log('Press any key to kill or restart Redis, q to quit.');
  process.stdin.setRawMode(true);
  for await (const key of process.stdin) {
    if (['q', '\u0003'].includes(String(key))) break;
    await toggleRedis();
  }
  process.stdin.setRawMode(false);
  process.stdin.pause();
} else {
  await sleep(6_000);
  await toggleRedis();
  await sleep(5_000);
  await toggleRedis();
  await sleep(6_000);
}

clearInterval(timer);
for (const worker of workers) worker.send('stop');
await Promise.all(workers.map((worker) => worker.exitCode ?? once(worker, 'exit')));
const { refused } = simulator.stats();
const answered = counts.reduce((sum, count) => sum + count, 0);
console.log(`\n${answered} calls were answered, ${failures.length} failed.`);
if (refused > 0) console.log(`The platform refused ${refused}; they were sent again.`);
await redis.stop();
await simulator.stop();
// Without a terminal, Redis must have been lost and come back, and no call may have failed.
const sawOutage = process.stdin.isTTY || (redisEvents.has('lost') && redisEvents.has('back'));
const holds = failures.length === 0 && sawOutage;
console.log(
  holds
    ? 'Held: no call failed, although Redis was killed and came back empty.'
    : `Did not hold: ${failures.length} calls failed; Redis was seen lost and back: ${sawOutage}.`,
);
process.exitCode = holds ? 0 : 1;
