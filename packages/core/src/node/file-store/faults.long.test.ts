import { describe, test } from 'vitest';
import { checkFaults } from './fault-run.fixture.js';

// FAULT_SEEDS=100 plays more runs than usual.
const seeds = Array.from({ length: Number(process.env.FAULT_SEEDS ?? 4) }, (_, i) => 11 + i);

describe.for(['crash', 'kill', 'EIO', 'ENOSPC', 'EROFS', 'short'] as const)('%s at every operation', (how) => {
  test.for(seeds)('seed %i', { timeout: 300_000 }, (seed) => checkFaults(seed, how));
});

test.for(['EIO', 'ENOSPC', 'EROFS', 'short'] as const)('%s that lasts', { timeout: 300_000 }, async (how) => {
  for (const seed of seeds) await checkFaults(seed, how, { every: 3, lasting: 30 });
});
