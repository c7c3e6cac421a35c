import { defineConfig } from 'vitest/config';

/** Those that measure when something leaves, or keep both cores busy: others beside them would disturb them. */
const ALONE = ['fleet', 'notifications', 'quota', 'sessions', 'soak', 'streaming', 'token', 'websocket'].map(
  (name) => `${name}.e2e.ts`,
);

/** End to end: what is published, real SDKs, real sockets. Needs a build. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['**/*.e2e.ts'],
          exclude: [...ALONE, '**/node_modules/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
