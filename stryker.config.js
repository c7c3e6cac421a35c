/** Mutation testing of the governor, one file at a time: `scripts/mutation.mjs` says which. */
export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  // What the tests of core do not need is not copied.
  ignorePatterns: ['bench', 'docs', 'examples', 'test', '**/dist', 'reports'],
  concurrency: 1,
  // Text that people read is no behaviour.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['json'],
  allowConsoleColors: false,
  // On a busy machine a slow test is no hanging one; what loops is found by its hits.
  timeoutMS: 15_000,
  tempDirName: '.stryker-tmp',
};
