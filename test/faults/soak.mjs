// `npm run soak`: plays random faults for SOAK_MINUTES (default 10). SOAK_SEED repeats the schedule of an earlier run. A fleet of four
// processes shares a Redis, and a fifth process has a file store. Phases of faults and calm phases alternate. At the end, all dead
// letters are replayed. The report lists what happened; the exit code is 1 if an invariant was broken.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { RedisProcess } from '@holdline/test-servers/redis-process';
import { build } from 'esbuild';
import { Account } from './soak-account.mjs';
import { SmallDisk } from './soak-disk.mjs';
import { measureMemory } from './soak-memory.mjs';
import { SoakProcess } from './soak-process.mjs';
import { CALM_MS, makeSchedule, requestFaults } from './soak-schedule.mjs';
import { processorWait } from './soak-silence.mjs';

const minutes = Number(process.env.SOAK_MINUTES ?? 10);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const schedule = makeSchedule(seed, minutes);
console.log(
  `soak: seed ${seed}, ${minutes} minutes, ${schedule.phases.length} phases of faults, schedule ${schedule.id}`,
);
/** Gates that may close in a calm phase before the first call is answered. */
const MAX_GATES = 3;
/** Part of the calls that must be answered: of all calls, and of those that end in the second half of a calm phase. */
const MIN_ANSWERED = 0.8;
const MIN_ANSWERED_CALM = 0.9;
/** Waits of the platforms for the processor that count, ms. */
const MIN_PLATFORM_WAIT_MS = 200;

const work = mkdtempSync(join(tmpdir(), 'holdline-soak-'));
/** Loads the platform of the fault matrix, which is TypeScript. */
async function loadPlatform() {
  const outfile = join(work, 'platform.mjs');
  const entryPoints = [join(import.meta.dirname, 'platform.ts')];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  return import(pathToFileURL(outfile).href);
}
const { Platform, READ_PATH, WRITE_PATH, KEYED_PATH } = await loadPlatform();

const WINDOW_MS = 1_000;
let areFaultsOn = false;
const nextFault = requestFaults(seed + 1);
const played = {};
/** A platform with a limit per window. Fleet and single process have a credential each, so each has a platform. */
async function openPlatform(limit) {
  const platform = new Platform();
  platform.reset();
  await platform.open();
  let windowStart = -Infinity;
  let used = 0;
  platform.decide = () => {
    if (platform.arrivals.length > 10_000) platform.arrivals.length = 0;
    const now = performance.now();
    if (now >= windowStart + WINDOW_MS) [windowStart, used] = [Math.floor(now / WINDOW_MS) * WINDOW_MS, 0];
    used++;
    const isRefused = used > limit;
    const fault = areFaultsOn ? nextFault() : undefined;
    const name = isRefused ? '429 of the limit' : fault && (fault.kind === 'status' ? `${fault.status}` : fault.kind);
    if (name) played[name] = (played[name] ?? 0) + 1;
    return isRefused ? { kind: 'status', status: 429, executes: false, retryAfter: '1' } : fault;
  };
  return platform;
}
const FLEET_LIMIT = 120;
const FILE_LIMIT = 40;
const platforms = await Promise.all([openPlatform(FLEET_LIMIT), openPlatform(FILE_LIMIT)]);
const executions = (id) => platforms.reduce((sum, platform) => sum + platform.executions(id), 0);

// The server starts again with its data, as one with persistence does.
const redis = await RedisProcess.spawn('--appendonly', 'yes');
const disk = new SmallDisk(join(work, 'disk'));
const canFillDisk = disk.isMounted;
const account = new Account();
const broken = [];
const common = {
  key: '0123456789abcdef'.repeat(4),
  windowMs: WINDOW_MS,
  paths: { read: READ_PATH, write: WRITE_PATH, keyed: KEYED_PATH },
};
const soak = { account, broken, common };
const atFleet = { redis: redis.url, url: platforms[0].url(), limit: FLEET_LIMIT };
const atFile = { dir: join(disk.dir, 'store'), url: platforms[1].url(), limit: FILE_LIMIT };
const members = [
  ...[1, 2, 3, 4].map((n) => new SoakProcess(soak, `redis-${n}`, { ...atFleet, seed: seed + 100 * n })),
  new SoakProcess(soak, 'file', { ...atFile, seed: seed + 900 }),
];
// Nothing is left behind, however this process ends. A member may be frozen.
process.once('exit', () => {
  for (const { child } of members) child?.kill('SIGKILL');
  void redis.kill();
  disk.unmount();
  for (const dir of [work, redis.dir]) rmSync(dir, { recursive: true, force: true });
});
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
/** Members that replay the letters of the two stores. */
const replayers = [members[0], members[4]];
const started = performance.now();
await Promise.all(members.map((member) => member.start()));
const startedAt = performance.now();
// The platforms run in this process. Its shorter waits delay answers and stop none.
const platformsWait = processorWait(process.pid);
const checks = setInterval(() => {
  const waitedMs = platformsWait();
  for (const member of members) void member.check(waitedMs < MIN_PLATFORM_WAIT_MS ? 0 : waitedMs);
}, 100);
const until = (at) => sleep(Math.max(0, startedAt + at - performance.now()));

/** Faults of the surroundings. The last two members are killed and restarted; the others live on, so that their memory is measured. */
let continued = 0;
const PLAY = {
  'tokens revoked': () => platforms.forEach((platform) => platform.revokeTokens()),
  'platform gone for 1 s': async () => {
    await Promise.all(platforms.map((platform) => platform.close()));
    await sleep(1_000);
    await Promise.all(platforms.map((platform) => platform.open()));
  },
  'Redis gone for 2 s': async () => {
    await redis.kill();
    await sleep(2_000);
    await redis.start();
  },
  'a process frozen for 3 s': ({ member }) => members[member].freeze(3_000),
  'a process of the fleet killed': async () => void (continued += await members[3].kill()),
  'the process with the file store killed': async () => void (continued += await members[4].kill()),
  'a clock jumps by an hour': ({ member, jumpMs }) => members[member].command('jump', { ms: jumpMs }),
  'disk full for 2 s': async () => {
    disk.fill();
    await sleep(2_000);
    disk.free();
  },
};
const happened = {};

/** Replays letters while calls go on. Letters in doubt stay. */
async function replayAll(options) {
  const results = await Promise.all(replayers.map((member) => member.command('replay', options)));
  for (const list of results) for (const { id, result } of list ?? []) account.replayed(id, result);
  return results.map((list) => list ?? []);
}

/** Checks that calls succeed again in the calm phase that is over now. */
const recoveries = [];
let starved = 0;
function checkRecovery({ name, recovery, gates, clock }) {
  // On such a machine, calls time out. The check of the silence goes on.
  if (clock - recovery.clock < CALM_MS / 2) return void starved++;
  const ends = recovery.ends.filter(({ end }) => end !== 'aborted');
  const first = ends.find(({ end }) => end === 'answer');
  if (!first) return void broken.push(`${name}: no call was answered in a calm phase of ${CALM_MS / 1_000} s`);
  const closed = gates.filter(({ at }) => at >= recovery.since && at <= first.at).length;
  recoveries.push(first.at - recovery.since);
  if (closed > MAX_GATES) broken.push(`${name}: ${closed} gates closed after the faults before a call was answered`);
  const late = ends.filter(({ at }) => at >= recovery.since + CALM_MS / 2);
  const part = late.filter(({ end }) => end === 'answer').length / late.length;
  if (!(part >= MIN_ANSWERED_CALM))
    broken.push(
      `${name}: ${(100 * part).toFixed(0)} % of ${late.length} calls were answered at the end of a calm phase`,
    );
}

for (const { from, to, events } of schedule.phases) {
  await until(from);
  areFaultsOn = true;
  for (const event of events) {
    await until(event.at);
    if (performance.now() - startedAt > to) break;
    const { name } = event;
    // The memory of the file store's process is measured in its last life.
    if (name.includes('file store') && event.at > (minutes * 60_000) / 2) continue;
    if (name.includes('disk') && !canFillDisk) continue;
    happened[name] = (happened[name] ?? 0) + 1;
    await PLAY[name](event);
  }
  await until(to);
  areFaultsOn = false;
  const calmFrom = performance.now();
  for (const member of members) member.resetRecovery();
  await replayAll({ timeoutMs: CALM_MS / 2 });
  await sleep(Math.max(0, calmFrom + CALM_MS - performance.now()));
  members.forEach(checkRecovery);
}
await until(minutes * 60_000);
clearInterval(checks);

// Every call ends. Steps that only the journal knows are made again. Then every letter is replayed; letters in doubt after a look at the platform.
await Promise.all(members.map((member) => member.command('quiet')));
const known = account.known(executions);
await Promise.all(
  members.map((member) => {
    const work = known.filter((one) => one.member === member).map(({ kind, id }) => ({ kind, id }));
    return member.command('again', { work });
  }),
);
const rest = await replayAll({});
const inDoubt = [...account.calls].filter(([, { result }]) => result === 'doubtful').map(([id]) => id);
const executed = inDoubt.filter((id) => executions(id) > 0);
const decided = await replayAll({ executed });
for (const [i, member] of replayers.entries()) {
  const letters = decided[i].filter(({ result }) => result === 'doubtful').map(({ letter }) => letter);
  const left = await member.command('clear', { letters });
  if (left !== 0) {
    const ends = decided[i].filter(({ result }) => result !== 'replayed' && result !== 'doubtful');
    broken.push(`${member.name}: ${left} letters are left: ${JSON.stringify(ends.slice(0, 3))}`);
  }
}
await Promise.all(members.map((member) => member.close()));

broken.push(...account.violations(executions));
const duplicates = platforms.flatMap((platform) => platform.duplicates);
if (duplicates.length > 0) broken.push(`executed twice: ${duplicates.join(', ')}`);
const calls = account.calls.size;
const [answers, errors, letters, killed] = ['answer', 'error', 'letter', 'killed'].map((state) => account.count(state));
if (calls !== answers + errors + letters + killed) broken.push(`${calls} calls, but not as many ends`);
if (answers < MIN_ANSWERED * calls) broken.push(`only ${answers} of ${calls} calls were answered`);
const memory = members.map(measureMemory).filter(Boolean);
for (const one of memory) broken.push(...one.broken);

await Promise.all(platforms.map((platform) => platform.close()));
await redis.end();

const list = (counts) =>
  Object.entries(counts)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ') || 'none';
const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
const most = (valueOf) => seconds(Math.max(...members.map(valueOf)));
const gates = members.flatMap((member) => member.gates);
const longest = gates.reduce((most, gate) => (gate.forMs > most.forMs ? gate : most), { forMs: 0, scope: 'none' });
console.log(
  [
    `calls: ${calls} = ${answers} answers + ${errors} errors + ${letters} dead letters + ${killed} with a killed process ` +
      `(${((100 * answers) / calls).toFixed(1)} % answered)`,
    `errors, with dead letters: ${list(account.errors)}`,
    `letters: ${list(account.events)}; by call at the end: ${list(account.countResults())}; ` +
      `replayed at the end ${rest.flat().filter(({ result }) => result === 'replayed').length}, ` +
      `decided after a look at the platform ${inDoubt.length}, not stored before a kill ${account.missing} of at most ${account.unstored}`,
    `writes executed: ${platforms.reduce((sum, platform) => sum + platform.totalExecutions, 0)}, twice: ${duplicates.length}`,
    `calls and transactions continued: ${continued} after a kill, ${known.length} that were answered after their caller had given up`,
    `faults of requests: ${list(played)}`,
    `faults of the surroundings: ${list(happened)}`,
    ...(canFillDisk ? [] : ['a full disk was not played: this machine cannot mount a small file system']),
    `gates closed: ${gates.length}, the longest for ${seconds(longest.forMs)} (${longest.scope})`,
    `first answer after a phase of faults: after ${seconds(Math.max(0, ...recoveries))} at most`,
    `a process waited for the processor for ${most(({ waitedMs }) => waitedMs)} at most; ` +
      `calm phases of a process that show nothing for that reason: ${starved}`,
    `apart from that, a process got no answer for ${most(({ answer }) => answer.longestMs)} at most, ` +
      `and gave no sign of life for ${most(({ message }) => message.longestMs)} at most`,
    ...memory.map(({ text }) => text),
    `took ${seconds(performance.now() - started)}`,
    broken.length === 0 ? 'no invariant broken' : `broken (${broken.length}):\n${broken.slice(0, 30).join('\n')}`,
  ].join('\n'),
);
process.exitCode = broken.length === 0 ? 0 : 1;
