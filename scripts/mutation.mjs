// Runs mutation tests of the governor, file by file, at low process priority. The script does not test detected mutants again.
// `node scripts/mutation.mjs queue/heap gate` tests two files. Without names, it tests all files. `--report` only prints the last results.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join, sep } from 'node:path';

const GOVERNOR = 'packages/core/src/policies/governor';
const REPORTS = 'reports/mutation';

/**
 * Further tests of a file. The test beside a file has the same name, is quicker and runs first. Its survivors run these tests.
 * All names are paths below the folder of the governor.
 */
const FURTHER_TESTS = {
  admission: ['governor', 'refusals'],
  attribution: ['refusals'],
  dispatcher: ['governor', 'update'],
  'engine-queue': ['policy'],
  governor: [
    'refusals',
    'update',
    'reconfigure',
    'sharing/lease-manager',
    'scope-registry',
    'engine-queue',
    'pending-permit',
    '../retry/policy',
    '../../line/explain',
  ],
  permit: ['governor', 'refusals'],
  policy: ['engine-queue'],
  route: ['governor', 'update'],
  'scope-keys': ['options', 'governor', 'update'],
  'scope-registry': ['governor', 'update'],
  'learning/adaptive-quota': ['limits/scope', 'learning/quota-estimate'],
  'learning/classify-refusal': ['learning/quota-estimate', 'learning/adaptive-quota', 'learning/recovery'],
  'learning/counting-trials': ['learning/reset-edges'],
  'learning/quota-estimate': ['learning/adaptive-quota', 'learning/reset-edges', 'learning/recovery'],
  'learning/slow-start': ['learning/adaptive-quota'],
  'limits/scope': [
    'governor',
    'refusals',
    'sharing/lease-manager',
    'sharing/lease',
    'wait-estimate',
    'attribution',
    'scope-registry',
  ],
  'limits/scoped-quota': ['limits/scope', 'governor', 'sharing/lease-manager', 'wait-estimate'],
  'limits/snapshot': ['limits/scope', 'governor', 'sharing/lease-manager', 'scope-registry'],
  'queue/heap': ['queue/wait-queue'],
  'queue/lane': ['governor'],
  'queue/priority-class': ['queue/wait-queue', 'wait-estimate', 'governor', 'update'],
  'queue/wait-queue': ['wait-estimate', 'governor', 'update'],
  'queue/waiter': ['queue/wait-queue', 'governor', 'update'],
  'sharing/in-flight-permits': ['sharing/lease', 'sharing/lease-manager'],
  'sharing/known-ledger': ['sharing/lease', 'sharing/lease-manager'],
  'sharing/lease': ['sharing/lease-manager'],
  'sharing/lease-manager': ['sharing/lease'],
  'sharing/lease-terms': ['sharing/lease', 'sharing/lease-manager'],
  'sharing/leased-permits': ['sharing/lease', 'sharing/lease-manager'],
  'sharing/store-loss': ['sharing/lease', 'sharing/lease-manager'],
};

const files = readdirSync(GOVERNOR, { recursive: true })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path))
  .map((path) => path.slice(0, -'.ts'.length))
  .sort();
const source = (file) => `${GOVERNOR}/${file}.ts`;
const test = (file) => join(GOVERNOR, `${file}.test.ts`);
const report = (file) => `${REPORTS}/${file}.json`;

const stale = [
  ...Object.keys(FURTHER_TESTS).filter((file) => !files.includes(file)),
  ...Object.values(FURTHER_TESTS)
    .flat()
    .filter((file) => !existsSync(test(file))),
];
if (stale.length > 0) throw new Error(`scripts/mutation.mjs names missing files: ${[...new Set(stale)].join(', ')}.`);

/** The file of a name: a path below the folder, or the last part of a path where only one file has this name. */
function fileOf(name) {
  const found = files.includes(name) ? [name] : files.filter((file) => file.endsWith(`/${name}`));
  if (found.length === 1) return found[0];
  if (found.length > 1) throw new Error(`"${name}" names several files: ${found.join(', ')}.`);
  throw new Error(`"${name}" names no file of ${GOVERNOR}. The files are ${files.join(', ')}.`);
}

const onlyReport = process.argv.includes('--report');
const named = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const chosen = named.length > 0 ? named.map(fileOf) : files;

setPriority(15);

const DETECTED = ['Killed', 'Timeout'];
const UNDETECTED = ['Survived', 'NoCoverage'];

/** Removes the survivors from a report, so that Stryker tests them again: new tests may detect them. */
function removeSurvivors(file) {
  if (!existsSync(report(file))) return;
  const measured = JSON.parse(readFileSync(report(file), 'utf8'));
  for (const part of Object.values(measured.files))
    part.mutants = part.mutants.filter(({ status }) => DETECTED.includes(status));
  writeFileSync(report(file), JSON.stringify(measured));
}

/** Runs these tests on all mutants of a file, except those that the report of the file lists as detected. */
function runStryker(file, tests) {
  removeSurvivors(file);
  mkdirSync(dirname(report(file)), { recursive: true });
  const args = ['run', '--mutate', source(file), '--incremental', '--incrementalFile', report(file)];
  const { status } = spawnSync('node', ['node_modules/@stryker-mutator/core/bin/stryker.js', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, MUTATION_TESTS: tests.map(test).join() },
  });
  if (status !== 0) process.exitCode = 1;
}

/** Runs the test beside the file first, because the slower tests need not run on a mutant that it detects. */
function mutate(file) {
  const own = existsSync(test(file)) ? [file] : [];
  const further = FURTHER_TESTS[file] ?? [];
  if (own.length > 0) runStryker(file, own);
  if (further.length > 0) runStryker(file, [...own, ...further]);
}

const total = { detected: 0, undetected: 0 };
const percent = ({ detected, undetected }) =>
  detected + undetected === 0 ? 'nothing to mutate' : `${((100 * detected) / (detected + undetected)).toFixed(1)} %`;

for (const file of chosen) {
  if (!onlyReport) mutate(file);
  if (!existsSync(report(file))) continue;
  const measured = JSON.parse(readFileSync(report(file), 'utf8'));
  const { mutants = [], source: text = '' } = measured.files[source(file)] ?? {};
  const undetected = mutants.filter(({ status }) => UNDETECTED.includes(status));
  const counts = {
    detected: mutants.filter(({ status }) => DETECTED.includes(status)).length,
    undetected: undetected.length,
  };
  total.detected += counts.detected;
  total.undetected += counts.undetected;
  console.log(`${file}: ${counts.detected} of ${counts.detected + counts.undetected} (${percent(counts)})`);
  const lines = text.split('\n');
  for (const { location, replacement, mutatorName, status } of undetected)
    console.log(
      `  ${file}.ts:${location.start.line}:${location.start.column} ${mutatorName}${status === 'NoCoverage' ? ', not run' : ''}: ` +
        `${lines[location.start.line - 1].trim()}  →  ${replacement}`,
    );
}
console.log(`${total.detected} of ${total.detected + total.undetected} (${percent(total)})`);
