// Runs the smoke scripts and the tests of the SDK versions, fetch, WebSocket and CXone on the other supported Node versions. The
// binaries come from the optional dependencies of this package. Needs a build. `node test/other-nodes.mjs`
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { optionalDependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const vitest = here('../node_modules/vitest/vitest.mjs');
const reporters = ['--reporter=default', `--reporter=${here('../scripts/test-report.mjs')}`];
const reports = mkdtempSync(join(tmpdir(), 'holdline-nodes-'));
const jobs = [
  ['ESM smoke', [here('smoke.mjs')]],
  ['CommonJS smoke', [here('smoke.cjs')]],
  [
    'matrix, fetch, WebSocket and CXone',
    [
      vitest,
      'run',
      ...reporters,
      '--config',
      here('vitest.config.ts'),
      ...['matrix', 'fetch', 'websocket', 'cxone'].map((name) => `${name}.e2e`),
    ],
  ],
];

/** Runs a command. Resolves with its success and its output. */
function run(binary, args, report) {
  const child = spawn(binary, args, { cwd: here('..'), env: { ...process.env, HOLDLINE_REPORT: report } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ isOk: false, output: error.message }));
    child.on('close', (code) => resolve({ isOk: code === 0, output }));
  });
}

const failed = [];
async function runAll(name, binary) {
  for (const [job, args] of jobs) {
    const report = join(reports, `${name}-${job}.json`);
    const { isOk, output } = await run(binary, args, report);
    console.log(`\n${name}: ${job}\n${output}`);
    if (isOk) continue;
    const { failures } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { failures: [] };
    failed.push(`${name}: ${job}`, ...failures.map(({ where, why }) => `  ${where}\n    ${why}`));
  }
}

const running = [];
for (const name of Object.keys(optionalDependencies).filter((dependency) => dependency.startsWith('node-'))) {
  const binary = here(`node_modules/${name}/bin/node`);
  if (existsSync(binary)) running.push(runAll(name, binary));
  else console.log(`${name}: not run, because no binary for ${process.platform} ${process.arch} is installed`);
}
// All versions run at the same time, because they mostly wait.
await Promise.all(running);
rmSync(reports, { recursive: true });
console.log(failed.length > 0 ? `\nfailed:\n${failed.join('\n')}` : `\n${running.length} other Node versions: all ok`);
process.exitCode = failed.length > 0 ? 1 : 0;
