import { defineConfig } from 'vitest/config';
import unit from './vitest.config.js';

const { projects, ...test } = unit.test ?? {};

/** What a mutant has to survive: scripts/mutation.mjs says which tests. */
export default defineConfig({
  ...unit,
  // Many mutants make a call wait for ever.
  test: { ...test, testTimeout: 5_000, include: (process.env.MUTATION_TESTS ?? '').split(',') },
});
