/** Mutation testing of the governor. `scripts/mutation.mjs` runs it for one file at a time. */
export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  // Stryker copies the workspace without these folders: the tests of core do not need them.
  ignorePatterns: ['bench', 'docs', 'examples', 'test', '**/dist', 'reports'],
  concurrency: 1,
  // Text for people is not behaviour.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['json'],
  allowConsoleColors: false,
  // A slow test on a busy machine does not hang. Stryker finds endless loops by the number of hits.
  timeoutMS: 15_000,
  tempDirName: '.stryker-tmp',
};
