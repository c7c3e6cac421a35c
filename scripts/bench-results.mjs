// Reads the tables of bench/RESULTS.md, for the pages that quote them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const results = readFileSync(fileURLToPath(new URL('../bench/RESULTS.md', import.meta.url)), 'utf8');

/** The cells of a row of a Markdown table. */
export const cellsOf = (line) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The first table of a text: its header and its rows, as cells. */
function firstTable(text) {
  const [header, , ...rows] = /(?:^\|.*\n)+/m.exec(text)[0].trimEnd().split('\n').map(cellsOf);
  return { header, rows };
}

/** The text below the heading of a table; without a title, the whole section. */
const partOf = (section, title) =>
  title === undefined ? section : section.split(/^### /m).find((text) => text.startsWith(`${title}\n`));

/**
 * The results of one scenario: the `number` of its section, the `mode` and the `day` of the run. `pick` returns the first header of a
 * table and the chosen rows: the name of each row, and its cells in the chosen columns. Without `table` it reads the first table, and
 * without `rows` it takes all rows.
 */
export function readScenario(scenario) {
  const section = results.split('<!-- scenario: ').find((part) => part.startsWith(`${scenario} -->`));
  if (section === undefined) throw new Error(`bench/RESULTS.md has no scenario ${scenario}`);
  const [, number] = /^## (\d+)/m.exec(section);
  const [, mode, day] = /^_(\w+) mode, (\S+)/m.exec(section);

  function pick({ table, columns, rows: names }) {
    const part = partOf(section, table);
    const name = table === undefined ? `the scenario ${scenario}` : `the table "${table}" of the scenario ${scenario}`;
    if (part === undefined) throw new Error(`bench/RESULTS.md does not have ${name}`);
    const { header, rows } = firstTable(part);
    const missing = columns.find((column) => !header.includes(column));
    if (missing !== undefined) throw new Error(`${name} has no column "${missing}"`);
    const places = columns.map((column) => header.indexOf(column));
    const chosen = (names ?? rows.map(([first]) => first)).flatMap((wanted) => {
      const found = rows.filter(([first]) => first === wanted);
      if (found.length === 0) throw new Error(`${name} has no row "${wanted}"`);
      return found;
    });
    return { header: header[0], rows: chosen.map((row) => [row[0], ...places.map((place) => row[place])]) };
  }
  return { number, mode, day, pick };
}
