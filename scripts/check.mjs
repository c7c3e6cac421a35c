// Runs a group of checks: `node scripts/check.mjs [test | more]`. The last line, `N passed, N failed, N skipped`,
// counts tests and checks. The lines before it name all failures. HOLDLINE_TOTALS names a file that passes counts and failures of one
// group to the next. So the end of the CI log has the sum and every failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { twoAtATime } from './two-at-a-time.mjs';

const reports = mkdtempSync(join(tmpdir(), 'holdline-'));
const reporter = fileURLToPath(new URL('test-report.mjs', import.meta.url));

let reportsNamed = 0;
/** The command of a step that runs Vitest, and the environment it needs. */
const vitest = (args, env = {}) => [
  'node',
  ['node_modules/vitest/vitest.mjs', 'run', ...args, '--reporter=default', `--reporter=${reporter}`],
  { ...env, HOLDLINE_REPORT: join(reports, `${reportsNamed++}.json`) },
];

const E2E = ['--config', 'test/vitest.config.ts'];

/** Steps that run two at a time: each one uses one core most of the time, and none measures time. */
const inTwos = (...steps) => ({ steps, runAll: twoAtATime });
/** Steps that all run at the same time, because they mostly wait. */
const together = (...steps) => ({ steps, runAll: (jobs) => Promise.all(jobs.map((job) => job())) });

/** Checks for every change. */
const test = [
  ['types', 'turbo', ['run', 'typecheck', '--output-logs=errors-only']],
  ['lint', 'node', ['scripts/lint.mjs']],
  // The longest ones come first, so that no core waits for them at the end.
  inTwos(
    ['formatting', 'prettier', ['--check', '--log-level=warn', '.']],
    ['API reports', 'node', ['scripts/api.mjs', '--check']],
    ['packages', 'node', ['scripts/release/check-packages.mjs']],
    ['imports', 'depcruise', [...'packages test bench scripts examples'.split(' '), '--output-type', 'err-long']],
    ['snippets', 'node', ['scripts/snippets.mjs']],
    ['unused code', 'knip', []],
    ['map of the folders', 'node', ['scripts/map.mjs']],
    ['index of the examples', 'node', ['examples/run-all.mjs', '--check']],
    ['links', 'node', ['scripts/release/links.mjs']],
    ['size', 'node', ['scripts/size.mjs']],
    ['storage of browsers', 'node', ['scripts/web-storage.mjs']],
    ['defaults page', 'node', ['scripts/defaults.mjs', '--check']],
    ['page of the errors', 'node', ['scripts/errors.mjs', '--check']],
    ['policy pages', 'node', ['scripts/policy-pages.mjs', '--check']],
    ['comparison page', 'node', ['scripts/comparison.mjs', '--check']],
    ['page of the faults', 'node', ['scripts/faults.mjs', '--check']],
    ['page of the adapters', 'node', ['scripts/adapters.mjs', '--check']],
    ['tables of Genesys', 'node', ['scripts/genesys-operations.mjs', '--check']],
    ['topics of Genesys', 'node', ['scripts/genesys-topics.mjs', '--check']],
    ['bodies of Genesys', 'node', ['scripts/genesys-bodies.mjs', '--check']],
  ),
  ['unit tests', ...vitest(['--project', 'unit'])],
  ['end to end', ...vitest([...E2E, '--project', 'e2e'])],
];

/** The tests of the recipes in the docs. */
const recipes = readdirSync('examples/recipes')
  .map((name) => `examples/recipes/${name}/test.mjs`)
  .filter((path) => existsSync(path));

/** Long tests. */
const more = [
  ['long unit tests', ...vitest(['--project', 'long*'])],
  ['long end to end', ...vitest([...E2E, '--project', 'long*'])],
  inTwos(
    ['other Nodes', 'node', ['test/other-nodes.mjs']],
    ['chaos', ...vitest(['packages/core/src/line/chaos'], { CHAOS_RUNS: '1200' })],
    ['chaos of fleets', ...vitest(['packages/redis/src/chaos'], { CHAOS_RUNS: '200' })],
  ),
  together(
    ['soak', 'node', ['test/faults/soak.mjs'], { SOAK_MINUTES: '1.25', SOAK_SEED: '16' }],
    ['examples', 'node', ['examples/run-all.mjs']],
    ['recipes', 'node', ['--test', '--test-concurrency=1', ...recipes]],
  ),
  // Each of these two keeps both cores busy by itself.
  ['release rehearsal', 'node', ['scripts/release/rehearse.mjs']],
  ['site, its links and its pages in a browser', 'node', ['site/check.mjs', '--browser']],
];

const groups = { test, more };
const steps = groups[process.argv[2] ?? 'test'];
if (!steps) {
  console.error(`usage: node scripts/check.mjs [${Object.keys(groups).join(' | ')}]`);
  process.exit(1);
}

/** Lines of output that the summary repeats for a check that failed. */
const TAIL_LINES = 12;

/**
 * Runs a command and shows its output. Resolves with its exit status and, with `keepsTail`, with its last lines.
 * Without `keepsTail` the command writes to the terminal itself, as Vitest does to redraw lines. With `holdsBack` the output appears
 * when the command has ended, so that commands side by side do not mix their lines.
 */
const run = (command, args, env, { keepsTail, holdsBack }) =>
  new Promise((resolve) => {
    const output = keepsTail || holdsBack ? 'pipe' : 'inherit';
    const held = [];
    const child = spawn(command, args, {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...(keepsTail && process.stdout.isTTY && { FORCE_COLOR: '1' }), ...env },
      shell: process.platform === 'win32',
    });
    let printed = '';
    for (const [stream, terminal] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])
      stream?.on('data', (chunk) => {
        if (holdsBack) held.push(() => terminal.write(chunk));
        else terminal.write(chunk);
        printed = (printed + chunk).slice(-10_000);
      });
    child.on('error', (error) => resolve({ status: 1, tail: error.message }));
    child.on('close', (status, signal) => {
      for (const write of held) write();
      const lines = stripVTControlCharacters(printed).trim().split('\n').slice(-TAIL_LINES);
      resolve({
        status: status ?? 1,
        tail: keepsTail ? lines.join('\n') : `ended with ${status ?? signal}, no failed test`,
      });
    });
  });

const carried = process.env.HOLDLINE_TOTALS;
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
if (carried && existsSync(carried)) {
  const before = JSON.parse(readFileSync(carried, 'utf8'));
  Object.assign(totals, before.totals);
  failures.push(...before.failures);
}

async function runStep([title, command, args, env], { holdsBack }) {
  const started = performance.now();
  if (!holdsBack) console.log(`\n── ${title}`);
  const reported = env?.HOLDLINE_REPORT;
  const { status, tail } = await run(command, args, env, { keepsTail: reported === undefined, holdsBack });
  const isCounted = reported !== undefined && existsSync(reported);
  const result = isCounted
    ? JSON.parse(readFileSync(reported, 'utf8'))
    : { counts: { passed: status === 0 && !reported ? 1 : 0, failed: 0, skipped: 0 }, failures: [] };
  const isFailed = status !== 0 || (reported !== undefined && !isCounted);
  if (isFailed && result.failures.length === 0) {
    result.counts.failed = 1;
    result.failures.push({ where: title, why: tail });
  }
  for (const key of Object.keys(totals)) totals[key] += result.counts[key];
  failures.push(...result.failures.map((failure) => ({ ...failure, step: title })));
  console.log(`── ${title}: ${isFailed ? 'FAILED' : 'ok'} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
}

for (const step of steps) {
  if (Array.isArray(step)) await runStep(step, { holdsBack: false });
  else {
    console.log(`\n── side by side: ${step.steps.map(([title]) => title).join('; ')}`);
    await step.runAll(step.steps.map((one) => () => runStep(one, { holdsBack: true })));
  }
}
rmSync(reports, { recursive: true, force: true });
if (carried) writeFileSync(carried, JSON.stringify({ totals, failures }));

if (failures.length > 0) console.log('\n── failed');
for (const { step, where, why } of failures) {
  console.log(step === where ? step : `${step}: ${where}`);
  for (const line of why.split('\n')) console.log(`    ${line}`);
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 ? 0 : 1;
