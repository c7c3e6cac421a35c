// Writes the tables of packages/genesys/src/operations from the operations of the Genesys SDK. Run it after an update of the SDK.
// --check only reports a table that is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { bulkReads } from './genesys/bulk-reads.mjs';
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

const bulkReadRow = ([pattern, { documented, ...row }]) =>
  `${documented ? '' : '  // The SDK documents no maximum.\n'}  '${pattern}': ${literal(row)},`;

const tables = {
  'bulk-reads.ts': `import type { BulkRead } from './bulk-read.js';

/** Reads of one entity that the platform also answers in bulk, by the pattern of the route. */
// prettier-ignore
export const BULK_READS: Readonly<Record<string, BulkRead>> = {
${Object.entries(bulkReads).map(bulkReadRow).join('\n')}
};
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
console.log(`${Object.keys(bulkReads).length} reads in bulk`);
