// Runs the smoke scripts, the version matrix, the tables of fetch and WebSocket and the CXone SDK on the other Node versions that are
// supported, with the binaries that the optional dependencies of this package brought. Needs a build. `node test/other-nodes.mjs`
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { optionalDependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const vitest = here('../node_modules/vitest/vitest.mjs');
const jobs = [
  ['ESM smoke', [here('smoke.mjs')]],
  ['CommonJS smoke', [here('smoke.cjs')]],
  [
    'matrix, fetch, WebSocket and CXone',
    [vitest, 'run', '--config', here('vitest.config.ts'), 'matrix', 'fetch.e2e', 'websocket.e2e', 'cxone.e2e'],
  ],
];

/** Runs a command and shows what it says; resolves with whether it succeeded. */
function run(binary, args) {
  return new Promise((resolve) => {
    const child = spawn(binary, args, { cwd: here('..'), stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

const failed = [];
let ran = 0;
for (const name of Object.keys(optionalDependencies).filter((dependency) => dependency.startsWith('node-'))) {
  const binary = here(`node_modules/${name}/bin/node`);
  if (!existsSync(binary)) {
    console.log(`${name}: there is no binary for ${process.platform} ${process.arch} here, so it was not run`);
    continue;
  }
  ran++;
  for (const [job, args] of jobs) {
    console.log(`\n${name}: ${job}`);
    if (!(await run(binary, args))) failed.push(`${name}: ${job}`);
  }
}
console.log(failed.length > 0 ? `\nfailed: ${failed.join('; ')}` : `\n${ran} other Node versions: all ok`);
process.exitCode = failed.length > 0 ? 1 : 0;
