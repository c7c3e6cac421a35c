import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const EXAMPLE = fileURLToPath(new URL('../examples/transaction/index.mjs', import.meta.url));

test('a transaction over a file store survives kill -9 at random places, and each write is executed once', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE]);
  const [, runs] = /started (\d+) times/.exec(stdout) ?? [];
  expect(Number(runs)).toBeGreaterThan(1);
  expect(stdout).toContain('Held: the platform executed all 60 writes, none of them twice.');
});
