import { describe, expect, test } from 'vitest';
import { checkFaults, runWithFault } from './fault-run.fixture.js';

describe.for(['crash', 'kill'] as const)('%s at every operation of the file system', (how) => {
  test('nothing acknowledged is lost, no torn row is read, and no deleted row returns', async () => {
    const { names } = await runWithFault(1, Infinity, how);
    for (const name of ['write', 'sync', 'syncDir', 'rename', 'unlink', 'create', 'link'])
      expect(names).toContain(name);
    await checkFaults(1, how);
  });
});

test.for(['EIO', 'ENOSPC', 'EROFS', 'short'] as const)('%s at some operations of the file system', async (how) => {
  await checkFaults(2, how, { every: 5 });
  await checkFaults(3, how, { every: 29, lasting: 30 });
});
