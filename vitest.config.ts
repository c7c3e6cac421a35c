import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/** Unit tests run on the sources; the end-to-end tests in test/ run on what is published. */
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
    include: ['packages/*/src/**/*.test.ts'],
    testTimeout: 20_000,
    // Left to itself vitest keeps one of two cores idle; the files that wait for real servers leave much to another.
    maxWorkers: 2,
  },
});
