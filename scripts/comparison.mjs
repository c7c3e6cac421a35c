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

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}docs/comparison.md`;
const results = readFileSync(`${root}bench/RESULTS.md`, 'utf8');

const cellsOf = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The text of a scenario in RESULTS.md. */
function sectionOf(scenario) {
  const section = results.split('<!-- scenario: ').find((part) => part.startsWith(`${scenario} -->`));
  if (section === undefined) throw new Error(`bench/RESULTS.md has no scenario ${scenario}`);
  return section;
}

/** The table and the source line that replace a comment. */
function renderTable({ scenario, table, columns, rows }) {
  const section = sectionOf(scenario);
  const part = table === undefined ? section : section.split(/^### /m).find((text) => text.startsWith(`${table}\n`));
  if (part === undefined) throw new Error(`${scenario} has no table "${table}"`);
  const [header, , ...lines] = /(?:^\|.*\n)+/m.exec(part)[0].trimEnd().split('\n').map(cellsOf);
  const places = columns.map((column) => {
    const place = header.indexOf(column);
    if (place < 0) throw new Error(`the table "${table ?? scenario}" has no column "${column}"`);
    return place;
  });
  const chosen = (rows ?? lines.map(([name]) => name)).flatMap((name) => {
    const found = lines.filter(([first]) => first === name);
    if (found.length === 0) throw new Error(`the table "${table ?? scenario}" has no row "${name}"`);
    return found;
  });
  const [, title] = /^## (.+)$/m.exec(section);
  const [, mode, day] = /^_(\w+) mode, (\S+)/m.exec(section);
  // A screen reader needs a text in every header.
  const first = header[0] || 'library';
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const number = title.split('.')[0];
  return [
    line([first, ...columns]),
    line(['---', ...columns.map(() => '--:')]),
    ...chosen.map((cells) => line([cells[0], ...places.map((place) => cells[place])])),
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
