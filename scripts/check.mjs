// Runs a group of checks one after the other: `node scripts/check.mjs [test | more]`. The last line, `N passed, N failed, N skipped`,
// counts tests and checks. HOLDLINE_TOTALS names a file that carries the counts of one group to the next, so that CI has one sum.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const reports = mkdtempSync(join(tmpdir(), 'holdline-'));
const report = (name) => join(reports, `${name}.json`);
const vitest = (name, ...args) => [
  'node',
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report(name)}`,
  ],
];

/** What a change has to pass while it is being made. */
const test = [
  ['types', 'turbo', ['run', 'typecheck', '--output-logs=errors-only']],
  ['formatting', 'prettier', ['--check', '--log-level=warn', '.']],
  ['lint', 'eslint', ['.', '--max-warnings=0', '--concurrency=2']],
  ['imports', 'depcruise', [...'packages test bench scripts examples'.split(' '), '--output-type', 'err-long']],
  ['map of the folders', 'node', ['scripts/map.mjs']],
  ['unused code', 'knip', []],
  ['packages', 'turbo', ['run', 'package', '--output-logs=errors-only']],
  ['size', 'node', ['scripts/size.mjs']],
  ['defaults page', 'node', ['scripts/defaults.mjs', '--check']],
  ['snippets', 'node', ['scripts/snippets.mjs']],
  ['unit tests', ...vitest('unit'), 'unit'],
  ['end to end', ...vitest('e2e', '--config', 'test/vitest.config.ts'), 'e2e'],
];

/** What is long by nature. */
const more = [
  ['chaos', ...vitest('chaos', 'packages/core/src/line/chaos'), 'chaos', { CHAOS_RUNS: '10000' }],
  ['chaos of fleets', ...vitest('fleets', 'packages/redis/src/chaos'), 'fleets', { CHAOS_RUNS: '300' }],
  ['other Nodes', 'node', ['test/other-nodes.mjs']],
  ['examples', 'node', ['examples/run-all.mjs']],
];

const groups = { test, more };
const steps = groups[process.argv[2] ?? 'test'];
if (!steps) {
  console.error(`usage: node scripts/check.mjs [${Object.keys(groups).join(' | ')}]`);
  process.exit(1);
}

const run = (command, args, env) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    });
    child.on('error', () => resolve(1));
    child.on('close', (status) => resolve(status ?? 1));
  });

const carried = process.env.HOLDLINE_TOTALS;
const totals =
  carried && existsSync(carried) ? JSON.parse(readFileSync(carried, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };
for (const [title, command, args, name, env] of steps) {
  const started = performance.now();
  console.log(`\n── ${title}`);
  const status = await run(command, args, env);
  let counted = { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  if (name) {
    try {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
        readFileSync(report(name), 'utf8'),
      );
      counted = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
      // A file that does not load, or an unhandled rejection, fails the run without failing a test.
      if (status !== 0 && counted.failed === 0) counted.failed = 1;
    } catch {
      counted = { passed: 0, failed: 1, skipped: 0 };
    }
  }
  for (const key of Object.keys(totals)) totals[key] += counted[key];
  console.log(
    `── ${title}: ${status === 0 ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(0)} s)`,
  );
}
rmSync(reports, { recursive: true, force: true });
if (carried) writeFileSync(carried, JSON.stringify(totals));

console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 ? 0 : 1;
