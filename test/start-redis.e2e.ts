import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

test('startRedis() for benchmarks and examples reports a Redis that dies at its start, without a wait', () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-start-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const server = join(dir, 'server');
  writeFileSync(server, '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "no port for me"\nexit 1\n');
  chmodSync(server, 0o755);
  const script = new URL('../scripts/redis.mjs', import.meta.url).href;
  const start = `import(${JSON.stringify(script)}).then(({ startRedis }) => startRedis()).then(() => console.log('started'))`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', start], {
    encoding: 'utf8',
    env: { ...process.env, REDIS_SERVER: server },
  });
  expect([stdout, status]).toEqual(['', 1]);
  expect(stderr).toContain('Redis ended: no port for me');
});
