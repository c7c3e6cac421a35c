// Writes the measured tables of docs/comparison.md from bench/RESULTS.md. With `--check` it writes nothing, and exits with 1 where a
// table is stale. A comment of the page names what to show:
//
//   <!-- measured {"scenario": "goodput", "table": "Fixed window", "columns": ["granted", "refused"], "rows": ["Holdline"]} -->
//   <!-- /measured -->
//
// Without `table` it is the first table of the scenario, and without `rows` it has all rows.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { readScenario } from './bench-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}docs/comparison.md`;

/** The table and the source line that replace a comment. */
function renderTable({ scenario, ...wanted }) {
  const { number, mode, day, pick } = readScenario(scenario);
  const { header, rows } = pick(wanted);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    // A screen reader needs a text in every header.
    line([header || 'library', ...wanted.columns]),
    line(['---', ...wanted.columns.map(() => '--:')]),
    ...rows.map(line),
    '',
    `_Section ${number} of [RESULTS.md](../bench/RESULTS.md), measured on ${day} in ${mode} mode by \`node bench/index.mjs ${scenario}\`._`,
  ].join('\n');
}

const before = readFileSync(page, 'utf8');
const filled = before.replaceAll(
  /(<!-- measured (\{[\s\S]*?\}) -->)[\s\S]*?<!-- \/measured -->/g,
  (_, comment, what) => `${comment}\n\n${renderTable(JSON.parse(what))}\n\n<!-- /measured -->`,
);
const options = await prettier.resolveConfig(page);
const after = await prettier.format(filled, { ...options, filepath: page });

if (!process.argv.includes('--check')) writeFileSync(page, after);
else if (after !== before) {
  console.error('docs/comparison.md is stale. Run node scripts/comparison.mjs.');
  process.exitCode = 1;
}
