// Runs the tests of this folder with their runners.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const runners = {
  vitest: [join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs'), 'run'],
  jest: [join(dirname(require.resolve('jest/package.json')), 'bin/jest.js')],
  'node:test': ['--test', 'node-test/mock-timers.test.mjs'],
};

for (const [name, args] of Object.entries(runners)) {
  test(name, () => {
    // A runner of node:test inside another one would report to it.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd,
      env,
      encoding: 'utf8',
      timeout: 120_000,
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
}
