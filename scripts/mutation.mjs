// Mutation testing of packages/core/src/governor, file by file, at the lowest priority; what was detected is not asked again.
// `node scripts/mutation.mjs bucket gate` tests these two; without names all; `--report` only says what was measured.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';

const GOVERNOR = 'packages/core/src/governor';
const REPORTS = 'reports/mutation';
const rooms = readdirSync(GOVERNOR)
  .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file))
  .map((file) => file.slice(0, -'.ts'.length));
/** A room has to hold by the tests beside it, and by these where they are about it too: its own are quicker, and asked first. */
const MORE = {
  adaptive: ['scope', 'belief'],
  admission: ['governor', 'throttling'],
  belief: ['adaptive', 'resets'],
  blame: ['throttling'],
  directory: ['governor', 'update'],
  dispatcher: ['governor', 'update'],
  domain: ['governor'],
  'engine-queue': ['engine'],
  fleet: ['lease'],
  governor: ['throttling', 'update', 'fleet', 'directory', 'engine', '../permit', '../explain', '../retry/policy'],
  groups: ['options', 'governor', 'update'],
  heap: ['queue'],
  lane: ['governor'],
  lease: ['fleet'],
  outstanding: ['lease', 'fleet'],
  policy: ['engine'],
  purse: ['lease', 'fleet'],
  question: ['resets'],
  queue: ['forecast', 'governor', 'update'],
  scope: ['governor', 'throttling', 'fleet', 'lease', 'forecast', 'blame', 'directory'],
  'shared-quota': ['lease', 'fleet'],
  'slow-start': ['adaptive'],
};
const onlyReport = process.argv.includes('--report');
const named = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const unknown = named.filter((name) => !rooms.includes(name));
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: not in ${GOVERNOR}. There are ${rooms.join(', ')}.`);

setPriority(15);
mkdirSync(REPORTS, { recursive: true });
const report = (name) => `${REPORTS}/${name}.json`;

const DETECTED = ['Killed', 'Timeout'];
const UNDETECTED = ['Survived', 'NoCoverage'];

/** Takes what was not detected out of a report: there may be tests that do now. */
function askAgain(name) {
  if (!existsSync(report(name))) return;
  const measured = JSON.parse(readFileSync(report(name), 'utf8'));
  for (const file of Object.values(measured.files))
    file.mutants = file.mutants.filter(({ status }) => DETECTED.includes(status));
  writeFileSync(report(name), JSON.stringify(measured));
}

/** Runs all mutants of a room but those that its report says are detected, by these tests. */
function run(name, tests) {
  if (tests.length === 0) return;
  askAgain(name);
  const args = ['run', '--mutate', `${GOVERNOR}/${name}.ts`, '--incremental', '--incrementalFile', report(name)];
  const { status } = spawnSync('node', ['node_modules/@stryker-mutator/core/bin/stryker.js', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, MUTATION_TESTS: tests.map((test) => join(GOVERNOR, `${test}.test.ts`)).join() },
  });
  if (status !== 0) process.exitCode = 1;
}

/** Its own tests first: what they detect the slower ones are not asked. */
function mutate(name) {
  const own = existsSync(`${GOVERNOR}/${name}.test.ts`) ? [name] : [];
  const more = MORE[name] ?? [];
  run(name, own);
  if (more.length > 0) run(name, [...own, ...more]);
}

const total = { detected: 0, undetected: 0 };
const percent = ({ detected, undetected }) =>
  detected + undetected === 0 ? 'nothing to mutate' : `${((100 * detected) / (detected + undetected)).toFixed(1)} %`;

for (const name of named.length > 0 ? named : rooms) {
  if (!onlyReport) mutate(name);
  if (!existsSync(report(name))) continue;
  const { files } = JSON.parse(readFileSync(report(name), 'utf8'));
  const { mutants = [], source = '' } = files[`${GOVERNOR}/${name}.ts`] ?? {};
  const undetected = mutants.filter(({ status }) => UNDETECTED.includes(status));
  const counts = {
    detected: mutants.filter(({ status }) => DETECTED.includes(status)).length,
    undetected: undetected.length,
  };
  total.detected += counts.detected;
  total.undetected += counts.undetected;
  console.log(`${name}: ${counts.detected} of ${counts.detected + counts.undetected} (${percent(counts)})`);
  const lines = source.split('\n');
  for (const { location, replacement, mutatorName, status } of undetected)
    console.log(
      `  ${name}.ts:${location.start.line}:${location.start.column} ${mutatorName}${status === 'NoCoverage' ? ', not run' : ''}: ` +
        `${lines[location.start.line - 1].trim()}  →  ${replacement}`,
    );
}
console.log(`${total.detected} of ${total.detected + total.undetected} (${percent(total)})`);
