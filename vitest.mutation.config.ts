import { defineConfig } from 'vitest/config';
import unit from './vitest.config.js';

const { projects, ...test } = unit.test ?? {};

/** The tests that run on each mutant. scripts/mutation.mjs names them. */
export default defineConfig({
  ...unit,
  // Many mutants make a call wait endlessly.
  test: { ...test, testTimeout: 5_000, include: (process.env.MUTATION_TESTS ?? '').split(',') },
});
