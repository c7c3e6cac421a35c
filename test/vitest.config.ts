import { defineConfig } from 'vitest/config';

/** Tests that measure rates of several processes or use both cores. They run alone, because other tests would disturb them. */
const ALONE = ['fleet', 'gateway-nginx-quota', 'soak', 'streaming-limit'].map((name) => `${name}.long.e2e.ts`);
const LONG = '**/*.long.e2e.ts';
/** Tests of the published packages that take more than twenty seconds. They run with the long tests. */
const SLOW = ['streaming', 'quota', 'webrtc-browser'].map((name) => `${name}.e2e.ts`);
const MODULES = '**/node_modules/**';

/**
 * End-to-end tests with the published packages, real SDKs and real sockets. They need a build. `npm test` runs the project `e2e`,
 * `npm run test:more` runs the slow ones and the long tests in files named `*.long.e2e.ts`.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    // Fails a test if a known secret leaves the process.
    setupFiles: './secret-scan/setup.ts',
    // The timeout allows for a busy machine. On an idle machine, no test takes more than half a minute.
    testTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['**/*.e2e.ts'],
          exclude: [LONG, ...SLOW, MODULES],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: [LONG, ...SLOW],
          exclude: [...ALONE, MODULES],
          // These tests mostly wait for servers and processes.
          maxWorkers: 3,
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
