import { defineConfig } from 'vitest/config';

/** End to end: what is published, real SDKs, real sockets. Needs a build. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.e2e.ts'],
    testTimeout: 60_000,
    // Two cores: side by side the files would disturb each other's timing.
    fileParallelism: false,
  },
});
