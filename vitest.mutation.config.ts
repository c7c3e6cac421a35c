import { defineConfig } from 'vitest/config';
import unit from './vitest.config.js';

/** What a mutant has to survive: scripts/mutation.mjs says which tests. */
export default defineConfig({
  ...unit,
  test: { ...unit.test, include: (process.env.MUTATION_TESTS ?? '').split(',') },
});
