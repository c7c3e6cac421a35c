// Compares each browser bundle, minified and gzipped, with its size budget.
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Budgets in bytes. docs/guides/browser.md explains them.
const BUDGETS = [
  ['core', 67_000, "export { createHoldline } from '@holdline/core';"],
  ['core + fetch', 73_500, "export { guardFetch } from '@holdline/fetch';"],
  [
    'core + fetch + cxone',
    79_000,
    "export { guardFetch } from '@holdline/fetch'; export { guardCxone } from '@holdline/cxone';",
  ],
  ['core + axios + genesys', 81_500, "export { guardGenesys } from '@holdline/genesys';"],
];

const kB = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`;
let exceeded = 0;
for (const [name, budget, contents] of BUDGETS) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../test', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const [{ contents: code }] = outputFiles;
  const size = gzipSync(code, { level: 9 }).length;
  const holds = size <= budget;
  if (!holds) exceeded++;
  console.log(
    `${name.padEnd(24)} ${kB(size).padStart(8)} of ${kB(budget)}${holds ? '' : ': too large'} (minified ${kB(code.length)})`,
  );
}
process.exitCode = exceeded === 0 ? 0 : 1;
