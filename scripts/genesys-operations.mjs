// Writes the tables of packages/genesys/src/operations from the operations of the Genesys SDK. Run it after an update of the SDK.
// --check only reports a table that is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { bulkReads } from './genesys/bulk-reads.mjs';
import { bulkWrites } from './genesys/bulk-writes.mjs';
import { jobs } from './genesys/jobs.mjs';
import { pagedOperations } from './genesys/paged-operations.mjs';
import { operations, version } from './genesys/sdk.mjs';

const folder = new URL('../packages/genesys/src/operations/', import.meta.url);
const origin = `// Written by scripts/genesys-operations.mjs from the ${operations.length} operations of purecloud-platform-client-v2 ${version}, and reviewed.`;

/** A value as a literal on one line. */
function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object') return String(value);
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${/^\w+$/.test(key) ? key : `'${key}'`}: ${literal(one)}`)
    .join(', ')} }`;
}

/** Rows by key, each on one line. */
const rows = (table) =>
  Object.entries(table)
    .map(
      ([key, { documented = true, ...row }]) =>
        `${documented ? '' : '  // The SDK documents no maximum.\n'}  ${/^\w+$/.test(key) ? key : `'${key}'`}: ${literal(row)},`,
    )
    .join('\n');

/** Names in lines of at most 120 characters. */
function wrap(names) {
  const lines = ['   '];
  for (const name of names) {
    if (`${lines.at(-1)} ${name}`.length > 120) lines.push('   ');
    lines.push(`${lines.pop()} ${name}`);
  }
  return lines.join('\n');
}

/** Equal rows are written once, with the names of their methods. */
function groups(table) {
  const found = new Map();
  for (const [name, row] of Object.entries(table)) found.set(literal(row), [...(found.get(literal(row)) ?? []), name]);
  return [...found].map(([row, names]) => `  [${row}, \`\n${wrap(names)}\n  \`],`).join('\n');
}

const tables = {
  'bulk-reads.ts': `import type { BulkRead } from './bulk-read.js';

/** Reads of one entity that the platform also answers in bulk, by the pattern of the route. */
// prettier-ignore
export const BULK_READS: Readonly<Record<string, BulkRead>> = {
${rows(bulkReads)}
};
`,
  'bulk-writes.ts': `import type { BulkWriteRow } from './operation-rows.js';

/** Writes that take many items in one request, by method of the SDK. */
// prettier-ignore
export const BULK_WRITES: Readonly<Record<string, BulkWriteRow>> = {
${rows(bulkWrites)}
};
`,
  'jobs.ts': `import type { JobRow } from './operation-rows.js';

/** Jobs by the method of the SDK that starts them. */
// prettier-ignore
export const JOBS: Readonly<Record<string, JobRow>> = {
${rows(jobs)}
};
`,
  'paged-operations.ts': `import type { PagedRow } from './operation-rows.js';

/** Operations whose answer is one page of a list: how they page, and the names of their methods. */
// prettier-ignore
export const PAGED_OPERATIONS: readonly (readonly [PagedRow, methods: string])[] = [
${groups(pagedOperations)}
];
`,
};

let stale = 0;
for (const [name, table] of Object.entries(tables)) {
  const file = fileURLToPath(new URL(name, folder));
  const options = await prettier.resolveConfig(file);
  const text = await prettier.format(`${origin}\n\n${table}`, { ...options, filepath: file });
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`packages/genesys/src/operations/${name} is stale: run node scripts/genesys-operations.mjs`);
    stale++;
  }
}
process.exitCode = stale === 0 ? 0 : 1;
const count = (table) => Object.keys(table).length;
console.log(
  `${count(bulkReads)} reads in bulk, ${count(pagedOperations)} paged operations, ${count(jobs)} jobs, ${count(bulkWrites)} writes in bulk`,
);
