import { describe, expect, test } from 'vitest';
import { checkFaults, runWithFault } from './fault-run.fixture.js';

describe.for(['crash', 'kill'] as const)('%s at operations of the file system', (how) => {
  test('nothing acknowledged is lost, no torn row is read, and no deleted row returns', async () => {
    const { names } = await runWithFault(1, Infinity, how);
    for (const name of ['write', 'sync', 'syncDir', 'rename', 'unlink', 'create', 'link'])
      expect(names).toContain(name);
    await checkFaults(1, how, { every: 2 });
  });
});

test.for(['EIO', 'ENOSPC', 'EROFS', 'short'] as const)('%s at some operations of the file system', async (how) => {
  await checkFaults(2, how, { every: 11 });
  await checkFaults(3, how, { every: 61, lasting: 30 });
});
