/** Configuration of the mutation tests of the governor. `scripts/mutation.mjs` runs them one file at a time. */
export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  // Stryker copies the workspace without these folders, because the tests of core do not need them.
  ignorePatterns: ['bench', 'docs', 'examples', 'test', '**/dist', 'reports'],
  concurrency: 1,
  // Texts for people are not behaviour.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['json'],
  allowConsoleColors: false,
  // A long timeout, because a slow test on a busy machine is not a hanging test. Stryker detects endless loops by the number of hits.
  timeoutMS: 15_000,
  tempDirName: '.stryker-tmp',
};
