import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import unit from './vitest.config.js';

/** A room has to hold by the tests beside it, and by these where they are about it too: its own are quicker, and stricter. */
const MORE: Record<string, string[]> = {
  belief: ['adaptive', 'resets'],
  blame: ['throttling'],
  groups: ['update', 'options', 'governor'],
  heap: ['queue'],
  question: ['resets'],
  'slow-start': ['adaptive'],
  'window-length': ['adaptive'],
  scope: ['adaptive', 'throttling', 'update', 'governor'],
  governor: ['throttling', 'update'],
};
/** Of rooms without any beside them. */
const OTHERWISE = ['governor', 'queue', 'update'];

const governor = 'packages/core/src/governor';
const mutated = process.env.MUTATED ?? '';
const tests = [mutated, ...(MORE[mutated] ?? [])].filter((name) => existsSync(`${governor}/${name}.test.ts`));

/** What a mutant has to survive; see scripts/mutation.mjs. */
export default defineConfig({
  ...unit,
  test: { include: (tests.length > 0 ? tests : OTHERWISE).map((name) => `${governor}/${name}.test.ts`) },
});
