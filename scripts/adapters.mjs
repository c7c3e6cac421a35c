// Writes docs/extend/adapters.md: the packages of the workspace with the keyword `holdline-adapter` in release.json, what each one guards,
// and which version of the contract it passed. The field `holdline` of a package.json names the client; contract.json, which the contract
// test of the package compares with its adapters, names the cases that were left out. With `--check` the script writes nothing. It then
// exits with 1 where the page is stale, or a package and its record contradict each other.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const KEYWORD = 'holdline-adapter';
const root = fileURLToPath(new URL('..', import.meta.url));
const page = 'docs/extend/adapters.md';

const read = (path) => JSON.parse(readFileSync(`${root}${path}`, 'utf8'));
const complaints = [];

const row = (...cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (heading, rows) => [row(...heading), row(...heading.map(() => '---')), ...rows].join('\n');

/** The adapters of the workspace, by folder. */
function readAdapters() {
  const { keywords } = read('release.json');
  return readdirSync(`${root}packages`)
    .filter((folder) => existsSync(`${root}packages/${folder}/package.json`))
    .filter((folder) => keywords[folder]?.includes(KEYWORD))
    .sort()
    .map(readAdapter);
}

function readAdapter(folder) {
  const where = `packages/${folder}`;
  const { name, description, holdline = {} } = read(`${where}/package.json`);
  const { client, versions, contract } = holdline;
  for (const key of ['client', 'versions'])
    if (typeof holdline[key] !== 'string' || holdline[key] === '')
      complaints.push(
        `${where}/package.json: the field holdline.${key} must be a text, because release.json has the keyword '${KEYWORD}'.`,
      );
  const path = `${where}/contract.json`;
  const record = existsSync(`${root}${path}`) ? read(path) : undefined;
  if (contract !== undefined && record === undefined)
    complaints.push(
      `${path} is missing, although package.json names contract ${contract}: let the contract test call recordContract().`,
    );
  if (record !== undefined && record.contract !== contract)
    complaints.push(`${where}/package.json names contract ${contract}, but ${path} contract ${record.contract}.`);
  return { folder, name, description, client, versions, record };
}

/** Cases that adapters of a package left out, by reason. */
function leftOutOf({ adapters }) {
  const byReason = new Map();
  for (const { name, leftOut } of adapters)
    for (const { feature, reason, cases } of leftOut) {
      if (cases.length === 0) continue;
      const key = `${feature}\n${reason}`;
      const known = byReason.get(key) ?? { feature, reason, cases: cases.length, names: [] };
      known.names.push(name);
      byReason.set(key, known);
    }
  return [...byReason.values()].map(({ feature, reason, cases, names }) => ({
    feature,
    reason: reason.replace(/\.?$/, '.'),
    cases,
    names: names.length === adapters.length ? 'all' : names.map((name) => `\`${name}\``).join(', '),
  }));
}

const casesOf = ({ adapters, parts }) => {
  const numbers = adapters.map(({ cases }) => cases);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const count = least === most ? `${most}` : `${least} to ${most}`;
  return parts ? `${count}, only the parts ${parts.map((part) => `\`${part}\``).join(' and ')}` : count;
};

const adapters = readAdapters();
const rows = adapters.map(({ folder, name, client, versions, record }) =>
  row(
    `[\`${name}\`](../../packages/${folder}/README.md)`,
    client ?? '–',
    versions ?? '–',
    record ? `${record.contract}` : '–',
    record ? casesOf(record) : '–',
  ),
);
const details = adapters
  .filter(({ record }) => record && leftOutOf(record).length > 0)
  .map(
    ({ name, record }) => `### ${name}

${table(
  ['feature that the client lacks', 'reason', 'cases', 'adapters under test'],
  leftOutOf(record).map(({ feature, reason, cases, names }) => row(`\`${feature}\``, reason, `${cases}`, names)),
)}`,
  );

const text = `<!-- scripts/adapters.mjs writes this page from package.json, contract.json and release.json. Change those and run the script again. -->

# Adapters

An _adapter_ attaches a client to a line of Holdline. The _contract_ is a set of cases that every adapter must pass. [Write an adapter](write-an-adapter.md) explains both.

## Of this workspace

${table(['package', 'client', 'versions', 'contract passed', 'cases passed'], rows)}

A dash stands for a package without the contract: it guards something other than requests, or the contract has not run with it yet.

${details.length === 0 ? '' : `## Cases left out\n\nA case is left out only if the client lacks what the case needs.\n\n${details.join('\n\n')}\n\n`}## By others

Search the registry for the keyword. The result has all packages that name it, in the order of the registry:

\`\`\`sh
npm search --searchlimit=50 keywords:${KEYWORD}
\`\`\`

Policies have the keyword \`holdline-policy\`. Nobody reviews these packages. Read the README of a package, and run the contract yourself:

\`\`\`sh
npx holdline adapter-check path/to/the/package
\`\`\`

## Get listed

1. Add the keyword and the claim to \`package.json\`. \`contract\` is the version of the contract that your adapter passes:

   \`\`\`json
   {
     "keywords": ["${KEYWORD}"],
     "holdline": { "client": "acme-client", "versions": ">=1.0.0 <2", "contract": 1 }
   }
   \`\`\`

2. Run [\`npx holdline adapter-check\`](../guides/command-line.md#check-an-adapter). It compares the claim with what the adapter does.
3. Write into the README what the contract left out, and why. This line is a badge:

   \`\`\`md
   ![Holdline contract 1](https://img.shields.io/badge/holdline_contract-1-blue)
   \`\`\`

4. Publish the package with \`npm publish --provenance\`. The search finds it as soon as the registry has indexed it.
`;

const file = `${root}${page}`;
const formatted = await prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== formatted)
    complaints.push(`${page} is stale: run node scripts/adapters.mjs.`);
} else writeFileSync(file, formatted);

for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exit(1);
console.log(
  `${page}: ${adapters.length} adapters, ${adapters.filter(({ record }) => record).length} with a recorded contract.`,
);
