// Checks that ARCHITECTURE.md, CONTRIBUTING.md and README.md agree with the folders: `node scripts/map.mjs`.
// - Tables of ARCHITECTURE.md name each source folder of the packages once, and each shipped file of core once, with its job.
// - Every path in these pages exists. A file name without a folder must exist somewhere in the packages.
// - Every question of CONTRIBUTING.md has one path as its answer.
// - Every row of the support table in README.md names a file that proves it.
// - No paragraph of these pages is longer than 80 words.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, posix, sep } from 'node:path';

const PAGE = 'ARCHITECTURE.md';
const QUESTIONS = 'CONTRIBUTING.md';
const SUPPORT = 'README.md';
const CORE = 'packages/core/src/';
const LONGEST_PARAGRAPH = 80;
const LEAST_QUESTIONS = 20;
/** Folders that contain the relative paths of the pages. */
const ROOTS = ['', 'packages/', CORE];
const TEST = /\.(test|fixture)\.ts$|\/test-[^/]+\.ts$|\/testing\//;

const errors = [];
const sources = readdirSync('packages').flatMap((name) =>
  readdirSync(`packages/${name}/src`, { recursive: true })
    .map((path) => `packages/${name}/src/${path.split(sep).join('/')}`)
    .filter((path) => path.endsWith('.ts')),
);
const folders = new Set(sources.map((path) => `${dirname(path)}/`));
const files = sources.filter((path) => path.startsWith(CORE) && !TEST.test(path));

const isPath = (text) => /^\.?[\w-]+[\w./-]*(\/|\.(ts|js|mjs|json|md))$/.test(text);
const paths = (text) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code).filter(isPath);
const isFound = (path, base) =>
  [base, ...ROOTS].some((root) => existsSync(posix.join(root, path))) ||
  sources.some((file) => basename(file) === path);

/** The rows of all tables, with the folder that the heading above a row names. Reports paths that do not exist. */
function readPage(page) {
  const rows = [];
  let base = '';
  let heading = '';
  for (const [index, line] of readFileSync(page, 'utf8').split('\n').entries()) {
    const at = `${page}:${index + 1}`;
    if (line.startsWith('#')) {
      heading = line.replace(/^#+ /, '');
      base = paths(line).find((path) => path.endsWith('/')) ?? '';
    }
    for (const path of paths(line)) if (!isFound(path, base)) errors.push(`${at}: ${path} does not exist.`);
    const words = line.split(/\s+/).filter(Boolean).length;
    if (!line.startsWith('|') && words > LONGEST_PARAGRAPH)
      errors.push(`${at}: this paragraph has ${words} words; at most ${LONGEST_PARAGRAPH} are allowed.`);
    const cells = line.split('|').slice(1, -1);
    if (cells.length > 0) rows.push({ at, base, heading, cells: cells.map((cell) => cell.trim()) });
  }
  return rows;
}

const named = new Map();
for (const { at, base, cells } of readPage(PAGE)) {
  const [first, job] = cells;
  const [path] = paths(first);
  if (first !== `\`${path}\``) continue;
  const full = posix.join(base, path);
  if (isFound(path, base) && !existsSync(full)) errors.push(`${at}: ${full} does not exist.`);
  if (!job) errors.push(`${at}: ${full} has no job.`);
  if (named.has(full)) errors.push(`${at}: ${full} is also in ${named.get(full)}.`);
  named.set(full, at);
}
for (const path of [...folders, ...files].sort())
  if (!named.has(path)) errors.push(`${path}: no table of ${PAGE} names it.`);

const questions = readPage(QUESTIONS).filter(({ cells }) => cells[0].endsWith('?'));
for (const { at, cells } of questions)
  if (paths(cells[1]).length !== 1) errors.push(`${at}: the answer must be one path.`);
if (questions.length < LEAST_QUESTIONS)
  errors.push(`${QUESTIONS}: the page has ${questions.length} questions; at least ${LEAST_QUESTIONS} are required.`);

const isRule = (cell) => /^:?-+:?$/.test(cell);
const support = readPage(SUPPORT)
  .filter(({ heading, cells }) => heading === 'Support' && !isRule(cells[0]))
  .slice(1);
if (support.length === 0) errors.push(`${SUPPORT}: the page has no support table.`);
for (const { at, cells } of support)
  if (paths(cells.at(-1)).length === 0) errors.push(`${at}: the row names no file that proves it.`);

for (const error of errors) console.error(error);
if (errors.length > 0) process.exit(1);
console.log(
  `${folders.size} folders, ${files.length} files of core and ${questions.length} questions: all paths exist.`,
);
