import { defineConfig } from 'vitest/config';

/** Tests that measure rates of several processes, or keep both cores busy: others beside them would disturb them. */
const ALONE = ['fleet', 'soak', 'streaming-limit'].map((name) => `${name}.long.e2e.ts`);
const LONG = '**/*.long.e2e.ts';
const MODULES = '**/node_modules/**';

/**
 * End to end: the published packages, real SDKs, real sockets. Needs a build. `npm test` runs the project `e2e`; files named
 * `*.long.e2e.ts` are long by nature, and `npm run test:more` runs them.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    // For a busy machine: nothing here takes more than half a minute by itself.
    testTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['**/*.e2e.ts'],
          exclude: [LONG, MODULES],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: [LONG],
          exclude: [...ALONE, MODULES],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'long, alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
