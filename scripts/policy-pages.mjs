// Keeps docs/policies/*.md, docs/guides/errors.md and docs/guides/troubleshooting.md equal to the code and to bench/RESULTS.md. Run it
// after scripts/defaults.mjs, whose pages it reads.
// It fills these blocks, each of which ends with `<!-- end -->`. With `--check` it writes nothing, and exits with 1 if a block is stale.
//
// - `<!-- options:RetryOptions maxAttempts verify -->` lists options with their meaning and default.
// - `<!-- events:retry giveUp -->` lists events with their meaning.
// - `<!-- errors:HOLDLINE_DEADLINE -->` lists errors, with links to their sections in errors.md.
// - `<!-- bench:percall | rows | columns -->` copies cells of bench/RESULTS.md. `;` separates the rows and the columns.
//   `goodput/Title` reads the part of the scenario below `### Title`, and `goodput/Title; Other title` puts two parts into one table.
//
// Both modes also check that each policy page has the same headings, that its options have a block, that every event is on some page,
// that every error code has a section in errors.md, and that pages name every member of certain types.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { cellsOf, readScenario } from './bench-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(`${root}${path}`, 'utf8');

const REFERENCE = 'docs/reference/';
const POLICIES = 'docs/policies/';
const ERRORS = 'docs/guides/errors.md';
const QUESTIONS = 'docs/guides/troubleshooting.md';
const CORE = 'packages/core/src/';

const HEADINGS = ['What it does', 'When to use it', 'Options', 'Events', 'Errors', 'Examples', 'Cost'];

/** The interfaces whose options each page must show. */
const OPTIONS_OF = {
  'governor.md': ['GovernorOptions', 'Quota', 'BulkheadOptions'],
  'retry.md': ['RetryOptions', 'RetryBudget'],
  'breaker.md': ['BreakerOptions'],
  'token.md': ['TokenOptions', 'PooledCredential'],
  'idempotency.md': ['IdempotencyOptions'],
  'dead-letters.md': ['DeadLetterOptions', 'ReplayOptions'],
  'deadline.md': ['DeadlineOptions'],
  'cache.md': ['CacheOptions'],
  'coalesce.md': [],
  'bulk.md': ['BulkOptions'],
};

/** Types of core whose members a page must name as code. */
const MEMBERS = [
  [`${POLICIES}retry.md`, 'OutcomeClass'],
  [`${POLICIES}retry.md`, 'GiveUpReason'],
  [`${POLICIES}breaker.md`, 'CircuitState'],
  [`${POLICIES}dead-letters.md`, 'ReplayResult'],
];

/** What a section of errors.md must answer. */
const ANSWERS = ['**What happened:**', '**Was the request sent?**', '**What to do:**'];

const problems = [];

const isRow = (line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line);
const table = (...rows) => {
  const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [head, `|${' --- |'.repeat(rows[0].length)}`, ...body].join('\n');
};

/** The sections of the page of defaults, by interface: their anchor and their options. */
function readDefaults() {
  const found = new Map();
  for (const section of read(`${REFERENCE}defaults.md`).split(/^## /m).slice(1)) {
    const name = /^`(\w+)` in \[/m.exec(section)?.[1];
    if (!name) continue;
    const anchor = section.split('\n', 1)[0].trim().toLowerCase().replace(/ /g, '-');
    const [, ...rows] = section.split(/^### /m, 1)[0].split('\n').filter(isRow).map(cellsOf);
    // The link of a cell leads to another section of that page.
    const far = (cell) => cell.replaceAll('](#', '](../reference/defaults.md#');
    const options = new Map(
      rows.map(([option, meaning, , value]) => [option.slice(1, -1), [far(meaning), far(value)]]),
    );
    found.set(name, { anchor, options });
  }
  return found;
}

/** The events of the page of events, by name. */
function readEvents() {
  const rows = read(`${REFERENCE}events.md`).split('\n').filter(isRow).map(cellsOf);
  return new Map(rows.slice(1).map(([name, when]) => [name.slice(1, -1), when]));
}

const sources = readdirSync(`${root}${CORE}`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name))
  .map((name) => read(`${CORE}${name}`));

/** The members of a union of strings that core declares. */
function readUnion(type) {
  const declaration = new RegExp(`^export type ${type} =([^;]+);`, 'm');
  const [, members] = sources.map((text) => declaration.exec(text)).find(Boolean) ?? [];
  if (!members) throw new Error(`${CORE} exports no type ${type}: correct the name in scripts/policy-pages.mjs`);
  return [...members.matchAll(/'([^']+)'/g)].map(([, member]) => member);
}

/** Classes of errors by their code: their name, and the first sentence of their comment. */
function readErrors() {
  const found = new Map();
  for (const path of [
    `${CORE}contract/errors.ts`,
    'packages/websocket/src/chunks/chunk-format.ts',
    'packages/genesys/src/paging/paging-error.ts',
    'packages/genesys/src/jobs/job-error.ts',
  ]) {
    const classes = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export class (\w+) extends HoldlineError[\s\S]*?super\('(\w+)'/g;
    for (const [, comment, name, code] of read(path).matchAll(classes)) {
      const text = comment.replace(/\s*\n\s*\*/g, ' ').trim();
      found.set(code, { name, when: /^.*?\.(?= |$)/.exec(text)?.[0] ?? text });
    }
  }
  return found;
}

const defaults = readDefaults();
const events = readEvents();
const errors = readErrors();
const codes = readUnion('HoldlineErrorCode');

const BLOCKS = {
  options(text) {
    const [name, ...wanted] = text.split(/\s+/);
    const section = defaults.get(name);
    if (!section) throw new Error(`${REFERENCE}defaults.md has no section of ${name}`);
    const rows = wanted.map((option) => {
      const row = section.options.get(option);
      if (!row) throw new Error(`${name} has no option ${option}`);
      return [`\`${option}\``, ...row];
    });
    const all = `[All options of \`${name}\`](../reference/defaults.md#${section.anchor}).`;
    return `${table(['option', 'meaning', 'default'], ...rows)}\n\n${all}`;
  },
  events(text) {
    const rows = text.split(/\s+/).map((name) => {
      if (!events.has(name)) throw new Error(`there is no event ${name}`);
      return [`\`${name}\``, events.get(name)];
    });
    return table(['event', 'when'], ...rows);
  },
  errors(text) {
    const rows = text.split(/\s+/).map((code) => {
      const error = errors.get(code);
      if (!error) throw new Error(`no class of errors has the code ${code}`);
      return [`[\`${error.name}\`](../guides/errors.md#${error.name.toLowerCase()})`, `\`${code}\``, error.when];
    });
    return table(['error', 'code', 'when'], ...rows);
  },
  bench(text) {
    const listOf = (list) => list.split(';').map((part) => part.trim());
    const [place, names, columns] = text.split('|').map((part) => part.trim());
    const [scenario, titles] = place.split('/');
    const { number, pick } = readScenario(scenario);
    const lists = titles ? listOf(titles) : [undefined];
    const wanted = listOf(columns);
    const chosen = lists.flatMap((title) =>
      pick({ table: title, columns: wanted, rows: listOf(names) }).rows.map(([name, ...cells]) => [
        lists.length > 1 ? `${name}: ${title.toLowerCase()}` : name,
        ...cells,
      ]),
    );
    return `${table(['measured', ...wanted], ...chosen)}\n\nMeasured in [section ${number} of the benchmark](../../bench/RESULTS.md).`;
  },
};

/** Fills the blocks of a page. */
function fill(path, text) {
  const block = /^<!-- (options|events|errors|bench):(.*?) -->$[\s\S]*?^<!-- end -->$/gm;
  return text.replace(block, (whole, kind, words) => {
    try {
      return `<!-- ${kind}:${words} -->\n\n${BLOCKS[kind](words.trim())}\n\n<!-- end -->`;
    } catch (error) {
      problems.push(`${path}: ${error.message}`);
      return whole;
    }
  });
}

/** The text of a page without its fenced code. */
const prose = (text) => text.replace(/^```[\s\S]*?^```$/gm, '');

function checkPolicyPage(name, text) {
  const path = `${POLICIES}${name}`;
  const headings = [...prose(text).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  if (headings.join() !== HEADINGS.join())
    problems.push(`${path}: the headings must be ${HEADINGS.join(', ')}; they are ${headings.join(', ')}`);
  const { [name]: interfaces } = OPTIONS_OF;
  if (!interfaces) problems.push(`${path}: name the interfaces of its options in scripts/policy-pages.mjs`);
  for (const one of interfaces ?? [])
    if (!text.includes(`<!-- options:${one} `)) problems.push(`${path}: no block lists options of ${one}`);
}

function checkErrorsPage(text) {
  const sections = text.split(/^## /m).slice(1);
  const named = sections.flatMap((section) => {
    const heading = section.split('\n', 1)[0];
    const code = /^Code: `(HOLDLINE_\w+)`/m.exec(section)?.[1];
    if (!code) return [];
    if (errors.get(code)?.name !== heading)
      problems.push(`${ERRORS}: "${heading}" has the code ${code}, which is the code of ${errors.get(code)?.name}`);
    for (const answer of ANSWERS)
      if (!section.includes(answer)) problems.push(`${ERRORS}: "${heading}" does not answer ${answer}`);
    if (!section.includes('```ts\n')) problems.push(`${ERRORS}: "${heading}" has no example`);
    return [code];
  });
  for (const code of codes) if (!named.includes(code)) problems.push(`${ERRORS}: no section has "Code: \`${code}\`"`);
  for (const code of named) if (!codes.includes(code)) problems.push(`${ERRORS}: ${code} is no HoldlineErrorCode`);
}

/** Checks that the overview names each built-in policy with its phase, and links each page. */
function checkOverview(text) {
  const rows = text.split('\n').filter(isRow);
  const [, list] = /BUILT_IN = \[([\s\S]*?)\n\]/.exec(read(`${CORE}pipeline/order.ts`));
  for (const [, name, phase] of list.matchAll(/name: '([\w-]+)', phase: '(\w+)'/g))
    if (!rows.some((row) => row.includes(`\`${name}\``) && row.includes(`\`${phase}\``)))
      problems.push(`${POLICIES}index.md: no row has the policy \`${name}\` with its phase \`${phase}\``);
  for (const name of Object.keys(OPTIONS_OF))
    if (!rows.some((row) => row.includes(`](${name})`))) problems.push(`${POLICIES}index.md: no row links ${name}`);
}

const check = process.argv.includes('--check');
const paths = readdirSync(`${root}${POLICIES}`).map((name) => `${POLICIES}${name}`);
const pages = new Map();
for (const path of [...paths, ERRORS, QUESTIONS]) {
  const given = read(path);
  const options = await prettier.resolveConfig(`${root}${path}`);
  const text = await prettier.format(fill(path, given), { ...options, parser: 'markdown' });
  pages.set(path, text);
  if (!check) writeFileSync(`${root}${path}`, text);
  else if (given !== text) problems.push(`${path} is stale: run node scripts/policy-pages.mjs`);
}

for (const name of Object.keys(OPTIONS_OF))
  if (!pages.has(`${POLICIES}${name}`)) problems.push(`${POLICIES}${name} does not exist`);
for (const path of paths) {
  const name = path.slice(POLICIES.length);
  if (name === 'index.md') checkOverview(pages.get(path));
  else checkPolicyPage(name, pages.get(path));
}
checkErrorsPage(pages.get(ERRORS));
for (const [, heading] of prose(pages.get(QUESTIONS)).matchAll(/^## (.+)$/gm))
  if (!heading.endsWith('?')) problems.push(`${QUESTIONS}: "${heading}" is no question`);
const listed = [...pages.values()].flatMap((text) =>
  [...text.matchAll(/^<!-- events:(.*?) -->$/gm)].flatMap(([, names]) => names.trim().split(/\s+/)),
);
for (const name of events.keys())
  if (!listed.includes(name)) problems.push(`${POLICIES}: no page lists the event ${name}`);
for (const [path, type] of MEMBERS)
  for (const member of readUnion(type))
    if (!pages.get(path)?.includes(`\`${member}\``)) problems.push(`${path}: ${type} '${member}' is not named`);

for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0
    ? `${pages.size} pages agree with the options, events and errors of the code`
    : `${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
