import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/**
 * Long unit tests. They kill, disconnect and empty real Redis servers, measure the goodput of fleets over many windows, and simulate large
 * fleets and fleets with processes that wait for each other's permits.
 */
const LONG = [
  ...['states', 'fleet', 'goodput', 'hold-and-wait', 'whole-permits'].map(
    (name) => `packages/*/src/**/${name}.test.ts`,
  ),
  'packages/*/src/**/*.long.test.ts',
];

/** Long tests that measure rates while servers die. Other tests on the same cores would disturb them. */
const ALONE = ['packages/redis/src/connection/outage.test.ts'];

/**
 * Unit tests run on the sources. The end-to-end tests in test/ run on the published packages. `npm test` runs the project `unit`,
 * `npm run test:more` runs the projects `long` and `long-alone`.
 */
export default defineConfig({
  resolve: {
    alias: [
      { find: '@holdline/core/browser', replacement: source('core/src/browser.ts') },
      { find: '@holdline/core/node', replacement: source('core/src/node.ts') },
      { find: '@holdline/core/testing', replacement: source('core/src/testing.ts') },
      { find: '@holdline/monitor/node', replacement: source('monitor/src/node.ts') },
      { find: '@holdline/test-servers/waiting', replacement: source('../test/servers/src/waiting.ts') },
      { find: '@holdline/test-servers', replacement: source('../test/servers/src/index.ts') },
      { find: /^@holdline\/([a-z-]+)$/, replacement: source('$1/src/index.ts') },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: [...LONG, ...ALONE],
          // Many of these files wait for real servers. Two workers would leave the cores idle for part of the time.
          maxWorkers: 3,
        },
      },
      { extends: true, test: { name: 'long', include: LONG, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'long-alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
    // Fails a test if a known secret leaves the process.
    setupFiles: fileURLToPath(new URL('./test/secret-scan/setup.ts', import.meta.url)),
    // The timeout allows for a busy machine. On an idle machine, a test takes seconds.
    testTimeout: 60_000,
    // By default, Vitest leaves one of two cores idle. Files that wait for real servers leave time for a second worker.
    maxWorkers: 2,
  },
});
