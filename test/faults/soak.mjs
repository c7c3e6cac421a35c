// `npm run soak`: plays random faults for SOAK_MINUTES (default 10), reproducible by SOAK_SEED. A fleet of four processes shares a
// Redis, and a fifth process has a file store. The report lists what happened; the exit code is 1 if an invariant was broken.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { seededRandom } from '@holdline/core/testing';
import { RedisProcess } from '@holdline/test-servers/redis-process';
import { build } from 'esbuild';

const minutes = Number(process.env.SOAK_MINUTES ?? 10);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
const whole = (from, to) => from + Math.floor(random.next() * (to - from + 1));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
console.log(`soak: seed ${seed}, ${minutes} minutes`);

const work = mkdtempSync(join(tmpdir(), 'holdline-soak-'));
/** Loads the platform of the fault matrix, which is TypeScript. */
async function loadPlatform() {
  const outfile = join(work, 'platform.mjs');
  const entryPoints = [join(import.meta.dirname, 'platform.ts')];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  return import(pathToFileURL(outfile).href);
}
const { Platform, READ_PATH, WRITE_PATH, KEYED_PATH } = await loadPlatform();

const FAULTS = [
  () => ({ kind: 'reset', executes: false }),
  () => ({ kind: 'reset', executes: true }),
  () => ({ kind: 'stall', after: 'nothing' }),
  () => ({ kind: 'stall', after: 'half' }),
  () => ({ kind: 'truncate' }),
  () => ({ kind: 'drip' }),
  () => ({ kind: 'status', status: [500, 502, 503, 504][whole(0, 3)], executes: random.next() < 0.5 }),
  () => ({ kind: 'status', status: 429, executes: false, retryAfter: '0.2' }),
  () => ({ kind: 'status', status: 429, executes: false }),
  () => ({ kind: 'status', status: 503, executes: false, retryAfter: '0.1' }),
];
const platform = new Platform();
platform.reset();
await platform.open();
const played = {};
platform.decide = () => {
  if (platform.arrivals.length > 10_000) platform.arrivals.length = 0;
  if (random.next() > 0.08) return undefined;
  const fault = FAULTS[whole(0, FAULTS.length - 1)]();
  const name = fault.kind === 'status' ? `${fault.status}` : fault.kind;
  played[name] = (played[name] ?? 0) + 1;
  return fault;
};

const redis = await RedisProcess.spawn();
const KEY = '0123456789abcdef'.repeat(4);
const broken = [];
const totals = { calls: 0, answers: 0, errors: {}, lostWithProcess: 0, letters: {} };
/** The last end of each write, by id. */
const ends = new Map();

class Member {
  samples = [];
  open = new Map();
  lives = 0;

  constructor(name, where, seed) {
    Object.assign(this, { name, where, seed });
  }

  async start(again = []) {
    this.lives++;
    const config = {
      name: `${this.name}-${this.lives}`,
      url: platform.url(),
      seed: this.seed + this.lives,
      key: KEY,
      again,
      paths: { read: READ_PATH, write: WRITE_PATH, keyed: KEYED_PATH },
      ...this.where,
    };
    const child = (this.child = fork(join(import.meta.dirname, 'soak-member.mjs'), [JSON.stringify(config)], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }));
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    this.stopped = new Promise((resolve) => (this.onStopped = resolve));
    await new Promise((resolve) => {
      child.on('message', (message) => (message.what === 'ready' ? resolve() : this.receive(message)));
      child.once('exit', resolve);
    });
  }

  receive(message) {
    const { what, kind, id, end } = message;
    if (what === 'started') {
      totals.calls++;
      this.open.set(`${kind} ${id}`, { kind, id });
    } else if (what === 'ended') {
      this.open.delete(`${kind} ${id}`);
      if (end === 'answer') totals.answers++;
      else totals.errors[end] = (totals.errors[end] ?? 0) + 1;
      if (kind !== 'read') ends.set(id, end);
    } else if (what === 'letter') totals.letters[message.state] = (totals.letters[message.state] ?? 0) + 1;
    else if (what === 'sample') this.samples.push({ at: performance.now(), ...message });
    else if (what === 'unhandled') broken.push(`${this.name}: unhandled rejection: ${message.message}`);
    else if (what === 'stopped') this.onStopped(message);
  }

  /** Ends the process without warning. The application starts again, and repeats the keyed writes whose end it does not know. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
    const lost = [...this.open.values()];
    this.open.clear();
    this.samples = [];
    const again = lost.filter(({ kind }) => kind === 'keyed').map(({ id }) => id);
    totals.lostWithProcess += lost.length;
    await this.start(again);
  }

  async freeze(ms) {
    this.child.kill('SIGSTOP');
    await sleep(ms);
    this.child.kill('SIGCONT');
  }

  async stop() {
    this.child.send({ command: 'stop' });
    const report = await Promise.race([this.stopped, sleep(60_000).then(() => undefined)]);
    if (!report) return void broken.push(`${this.name} did not stop within a minute`);
    const { open, queued, inFlight, listenerFailures, stalled, unfinished } = report;
    for (const [what, n] of Object.entries({ open, queued, inFlight, listenerFailures, unfinished }))
      if (n > 0) broken.push(`${this.name}: ${n} ${what} at the end`);
    if (stalled) broken.push(`${this.name}: ${stalled}`);
    const end = await Promise.race([this.exited, sleep(20_000).then(() => 'alive')]);
    if (end !== 0) broken.push(`${this.name} ended with ${end}`);
  }
}

const members = [
  ...[1, 2, 3, 4].map((n) => new Member(`redis-${n}`, { redis: redis.url }, seed + 100 * n)),
  new Member('file', { dir: join(work, 'store') }, seed + 900),
];
await Promise.all(members.map((member) => member.start()));

/** Faults of the surroundings. The last two members are killed and restarted; the others live on, so that their memory is measured. */
const EVENTS = {
  'tokens revoked': () => platform.revokeTokens(),
  'platform gone for 1 s': async () => {
    await platform.close();
    await sleep(1_000);
    await platform.open();
  },
  'Redis gone for 2 s': async () => {
    await redis.kill();
    await sleep(2_000);
    await redis.start();
  },
  'a process frozen for 3 s': () => members[whole(0, 4)].freeze(3_000),
  'a process of the fleet killed': () => members[3].kill(),
  'the process with the file store killed': () => members[4].kill(),
  'a clock jumps by an hour': () =>
    void members[whole(0, 4)].child.send({ command: 'jump', ms: random.next() < 0.5 ? 3_600_000 : -3_600_000 }),
};
const happened = {};
const startedAt = performance.now();
const endsAt = startedAt + minutes * 60_000;
/** The memory of the file store's process is measured in its last life, so it is not killed in the second half. */
while (performance.now() < endsAt - 8_000) {
  await sleep(whole(1_000, 5_000));
  const names = Object.keys(EVENTS);
  const name = names[whole(0, names.length - 1)];
  if (name.includes('file store') && performance.now() - startedAt > (endsAt - startedAt) / 3) continue;
  happened[name] = (happened[name] ?? 0) + 1;
  await EVENTS[name]();
}
// Calm, so that every call can end.
platform.decide = () => undefined;
await sleep(Math.max(0, endsAt - performance.now()));
await Promise.all(members.map((member) => member.stop()));

// Invariants.
const errors = Object.values(totals.errors).reduce((sum, n) => sum + n, 0);
const open = members.reduce((sum, member) => sum + member.open.size, 0);
if (totals.calls !== totals.answers + errors + totals.lostWithProcess + open || open > 0)
  broken.push(`${totals.calls} calls, but ${totals.answers} answers, ${errors} errors, ${open} without end`);
if (platform.duplicates.length > 0) broken.push(`executed twice: ${platform.duplicates.join(', ')}`);
for (const [id, end] of ends)
  if (end === 'answer' && platform.executions(id) !== 1)
    broken.push(`${id} was answered, and executed ${platform.executions(id)} times`);

/** Growth per minute, by least squares. The first third is warm-up: code is compiled, and pools and caches fill. */
function slope(samples, key) {
  const kept = samples.slice(Math.ceil(samples.length / 3));
  if (kept.length < 10) return undefined;
  const x = kept.map(({ at }) => at / 60_000);
  const y = kept.map((sample) => sample[key]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const above = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  const below = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return { perMinute: above / below, mean: my, minutes: x.at(-1) - x[0] };
}
/**
 * Bytes that the heap of a process may grow in the measured time. The file store keeps journal entries for two days, and up to 1,000
 * letters, in memory. Retained rows of this load are below 4 MB in ten minutes; noise of the heap is about 1 MB.
 */
const MAX_HEAP_GROWTH = 6_000_000;
const MAX_HANDLE_GROWTH = 15;
const memory = [];
for (const { name, samples } of members) {
  const [heap, handles] = [slope(samples, 'heap'), slope(samples, 'handles')];
  if (!heap || !handles) continue;
  const growth = heap.perMinute * heap.minutes;
  memory.push(
    `${name}: heap ${(heap.mean / 1e6).toFixed(1)} MB, ${(growth / 1e6).toFixed(2)} MB growth in ${heap.minutes.toFixed(1)} min; ` +
      `${handles.mean.toFixed(0)} handles, ${(handles.perMinute * handles.minutes).toFixed(1)} growth`,
  );
  if (growth > MAX_HEAP_GROWTH) broken.push(`${name}: the heap grew by ${(growth / 1e6).toFixed(1)} MB`);
  if (handles.perMinute * handles.minutes > MAX_HANDLE_GROWTH) broken.push(`${name}: the number of handles grows`);
}

await platform.close();
await redis.end();
rmSync(work, { recursive: true, force: true });

const list = (counts) =>
  Object.entries(counts)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ') || 'none';
console.log(
  `calls: ${totals.calls} = ${totals.answers} answers + ${errors} errors + ${totals.lostWithProcess} lost with a killed process`,
);
console.log(`errors: ${list(totals.errors)}`);
console.log(`dead letters: ${list(totals.letters)}`);
console.log(`writes executed: ${platform.totalExecutions}, twice: ${platform.duplicates.length}`);
console.log(`faults of requests: ${list(played)}`);
console.log(`faults of the surroundings: ${list(happened)}`);
for (const text of memory) console.log(text);
console.log(broken.length === 0 ? 'no invariant broken' : `broken:\n${broken.slice(0, 30).join('\n')}`);
process.exitCode = broken.length === 0 ? 0 : 1;
