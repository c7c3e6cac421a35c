import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const CLIENTS = 500;
/** A client that stays in memory takes several kilobytes. The measurement itself adds far less. */
const MAX_BYTES = 2_000;

test('a line keeps no memory of unused clients, with any adapter (issue 13, a05)', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'client-memory.mjs'), String(CLIENTS)],
    { cwd: import.meta.dirname },
  );
  const left = JSON.parse(stdout) as Record<string, { bytes: number; alive: number }>;
  expect(Object.keys(left).length).toBeGreaterThanOrEqual(9);
  for (const [adapter, { bytes, alive }] of Object.entries(left)) {
    expect(bytes, `${adapter}: bytes left per client`).toBeLessThan(MAX_BYTES);
    expect(alive, `${adapter}: clients that are not collected`).toBeLessThan(CLIENTS / 10);
  }
}, 180_000);
