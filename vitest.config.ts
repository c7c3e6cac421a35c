import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/**
 * Unit tests that are long by nature: they kill, cut off and empty real servers of Redis, measure what fleets reach window after
 * window, and play many worlds of processes that wait for each other's permits.
 */
const LONG = ['outage', 'goodput', 'hold-and-wait'].map((name) => `packages/redis/src/**/${name}.test.ts`);

/**
 * Unit tests run on the sources; the end-to-end tests in test/ run on what is published. `npm test` runs the project `unit`,
 * `npm run test:more` the project `long`.
 */
export default defineConfig({
  resolve: {
    alias: [
      { find: '@holdline/core/browser', replacement: source('core/src/browser.ts') },
      { find: '@holdline/core/testing', replacement: source('core/src/testing.ts') },
      { find: '@holdline/test-servers', replacement: source('../test/servers/src/index.ts') },
      { find: /^@holdline\/([a-z-]+)$/, replacement: source('$1/src/index.ts') },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], exclude: LONG } },
      { extends: true, test: { name: 'long', include: LONG } },
    ],
    // For a busy machine: nothing here takes more than seconds by itself.
    testTimeout: 60_000,
    // Left to itself vitest keeps one of two cores idle; the files that wait for real servers leave much to another.
    maxWorkers: 2,
  },
});
