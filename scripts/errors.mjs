// Writes docs/reference/errors.md from the codes of errors and the doc comments of their classes. With `--check` it writes nothing, and
// exits with 1 if the page is stale, or if a code has no class or an incomplete comment.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = 'docs/reference/errors.md';
const CODES = 'packages/core/src/contract/errors.ts';
const FILES = [
  CODES,
  'packages/websocket/src/chunks/chunk-format.ts',
  'packages/genesys/src/paging/paging-error.ts',
  'packages/genesys/src/jobs/job-error.ts',
];
const CLASS = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export class (\w+) extends HoldlineError[\s\S]*?super\('(\w+)'/g;

const read = (path) => readFileSync(`${root}${path}`, 'utf8');
const problems = [];

/** The classes of errors by code, with the paragraphs of their comments. */
function readClasses() {
  const found = new Map();
  for (const path of FILES)
    for (const [, comment, name, code] of read(path).matchAll(CLASS)) {
      // Tags such as @example follow the paragraphs.
      const [text] = comment.replace(/^\s*\* ?/gm, '').split(/^@/m);
      const paragraphs = text.split(/\n\s*\n/).map((one) => one.replace(/\s+/g, ' ').trim());
      const answer = (label) =>
        paragraphs
          .find((one) => one.startsWith(label))
          ?.slice(label.length)
          .trim();
      const meaning = paragraphs.filter((one) => one && !/^(Was anything sent|What to do):/.test(one)).join(' ');
      found.set(code, { name, path, meaning, sent: answer('Was anything sent:'), remedy: answer('What to do:') });
    }
  return found;
}

function makePage() {
  const [, union = ''] = /export type HoldlineErrorCode =([^;]+);/.exec(read(CODES)) ?? [];
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  if (codes.length === 0) throw new Error(`${CODES} has no type HoldlineErrorCode`);
  const classes = readClasses();
  for (const code of classes.keys()) if (!codes.includes(code)) problems.push(`${code} is not a HoldlineErrorCode`);
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const sections = codes.flatMap((code) => {
    const { name, path, meaning, sent, remedy } = classes.get(code) ?? {};
    if (!name) problems.push(`${code} has no class in ${FILES.join(' or ')}`);
    for (const [part, text] of Object.entries({ meaning, 'Was anything sent:': sent, 'What to do:': remedy }))
      if (name && !text) problems.push(`${path}: the comment of ${name} lacks: ${part}`);
    if (!name || !sent || !remedy) return [];
    return [
      `## ${code}`,
      `\`${name}\` in [\`${path}\`](../../${path}). ${meaning}`,
      `- **Was anything sent?** ${capital(sent)}\n- **What to do:** ${capital(remedy)}\n- [An example](../guides/errors.md#${name.toLowerCase()})`,
    ];
  });
  return [
    '<!-- scripts/errors.mjs writes this page from the doc comments of the errors. Change those and run the script again. -->',
    '# Error codes',
    'Every error of Holdline is a `HoldlineError` with one of these codes. The codes are stable across versions. The message of an error names the route, the reason, the time, and the option that decides: `GET /x was not sent: the quota of the credential (300 in 60 s) frees a slot in 9.8 s, after totalTimeoutMs (1 s)`. No message contains a credential or a key of the line. [Errors](../guides/errors.md) shows how to handle each of them.',
    ...sections,
  ].join('\n\n');
}

const options = await prettier.resolveConfig(`${root}${PAGE}`);
const text = await prettier.format(makePage(), { ...options, parser: 'markdown' });
const check = process.argv.includes('--check');
if (!check) writeFileSync(`${root}${PAGE}`, text);
else if (!existsSync(`${root}${PAGE}`) || read(PAGE) !== text)
  problems.push(`${PAGE} is stale: run node scripts/errors.mjs`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log('errors: every code has a class, a meaning and a remedy');
