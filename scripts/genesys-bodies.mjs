// Writes packages/simulator/src/genesys/operations/table.ts: the operations of the Genesys SDK and the models of their answers, from which
// the simulator builds bodies. Run it after an update of the SDK. --check only reports a table that is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { models, operations, requiredFields, version } from './genesys/sdk.mjs';

const file = fileURLToPath(new URL('../packages/simulator/src/genesys/operations/table.ts', import.meta.url));

/** Depth of the models below an answer. Deeper objects are empty. */
const MAX_DEPTH = 2;
/** Fields of a model at the largest depth, besides those that the model always has. */
const MAX_DEEPEST_FIELDS = 8;
/** Parameters of a query that select a page by something other than its number, and their letter in the table. */
const CURSORS = { cursor: 'c', nextPage: 'x', after: 'a' };

const base36 = (number) => number.toString(36);
const referencesOf = (type) => type.match(/Models\.\w+/g) ?? [];

/** The values of fields, by model and field. */
const valuesOf = new Map();
for (const line of readFileSync(new URL('genesys/enum-values.txt', import.meta.url), 'utf8').split('\n')) {
  const [values, fields = ''] = line.startsWith('#') ? [] : line.split(' = ');
  for (const field of fields.split(' ')) if (field !== '') valuesOf.set(`Models.${field}`, values);
}

/** The models that answers have, with their smallest depth. */
const depths = new Map();
for (let depth = 0, names = operations.flatMap(({ answer }) => referencesOf(answer)); depth <= MAX_DEPTH; depth++) {
  const found = [...new Set(names)].filter((name) => models[name] && !depths.has(name));
  for (const name of found) depths.set(name, depth);
  names = found.flatMap((name) => Object.values(models[name]).flatMap(referencesOf));
}
const names = [...depths.keys()].sort();
const indexes = new Map(names.map((name, index) => [name, base36(index)]));

const sets = [
  ...new Set([...valuesOf].filter(([field]) => depths.has(field.replace(/\.\w+$/, ''))).map(([, set]) => set)),
];
sets.sort();
const setIndexes = new Map(sets.map((set, index) => [set, base36(index)]));

/** A type in the short form that `operation-models.ts` reads. */
function shorten(type, values) {
  const item = /^Array<(.*)>$/.exec(type)?.[1];
  if (item) return `*${shorten(item, values)}`;
  const value = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (value) return `%${shorten(value)}`;
  if (type.startsWith('Models.')) return indexes.has(type) ? `>${indexes.get(type)}` : '~';
  if (type === 'string' && values) return `=${setIndexes.get(values)}`;
  return { string: '', number: '#', boolean: '?', object: '~' }[type] ?? '~';
}

function writeModel(name) {
  const fields = Object.entries(models[name]);
  const required = new Set(requiredFields[name]);
  let left = depths.get(name) < MAX_DEPTH ? Infinity : MAX_DEEPEST_FIELDS;
  const kept = fields.filter(([field]) => required.has(field) || left-- > 0);
  const tokens = kept.map(
    ([field, type]) => `${field}${required.has(field) ? '!' : ''}${shorten(type, valuesOf.get(`${name}.${field}`))}`,
  );
  return [name.slice('Models.'.length), ...tokens].join(' ');
}

/** The answer of an operation in the short form: `-` for none, `+` where the platform only accepts the request, then the type, and the letter of its pages. */
function writeAnswer({ method, path, text, answer = 'void', query }) {
  const style = Object.entries(CURSORS).find(([name]) => query.some(({ wire }) => wire === name))?.[1] ?? '';
  const isNumbered = query.some(({ wire }) => wire === 'pageNumber');
  const isAccepted = method !== 'GET' && (path.endsWith('/jobs') || /asynchronously/i.test(text));
  if (answer === 'void') return isAccepted ? '+' : '-';
  return `${isAccepted ? '+' : ''}${shorten(answer) || '$'}${isNumbered || style === '' ? '' : `.${style}`}`;
}

/** All operations by path and method. Several classes of the SDK have the same operation. */
const paths = new Map();
for (const operation of operations) {
  const methods = paths.get(operation.path) ?? new Map();
  paths.set(operation.path, methods.set(operation.method, writeAnswer(operation)));
}

/** A path begins with the number of segments that it shares with the path before it. */
function writePaths() {
  let before = [];
  return [...paths]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, methods]) => {
      const segments = path.slice(1).split('/');
      const differing = segments.findIndex((segment, index) => segment !== before[index]);
      before = segments;
      const answers = [...methods]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([method, answer]) => ` ${method} ${answer}`);
      return `${base36(differing)}${segments.slice(differing).join('/')}${answers.join('')}`;
    });
}

const escape = (line) => line.replace(/[\\`$]/g, '\\$&');
const write = (name, comment, lines) =>
  `/** ${comment} */\nexport const ${name} = \`\n${lines.map(escape).join('\n')}\n\`;\n`;
const count = [...paths.values()].reduce((sum, methods) => sum + methods.size, 0);

const text = `// Written by scripts/genesys-bodies.mjs from the ${operations.length} operations of purecloud-platform-client-v2 ${version}.
// operation-models.ts and operation-tree.ts read these lines.
/* eslint-disable max-lines -- a table */

${write('VALUES', 'Values of fields, one set in a line. Models name a set by the number of its line.', sets)}
${write('MODELS', 'One model in a line: its name and its fields. Models and operations name a model by the number of its line.', names.map(writeModel))}
${write('PATHS', `The ${count} operations, by path: the number of segments shared with the line before, the other segments, methods and answers.`, writePaths())}`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error('packages/simulator/src/genesys/operations/table.ts is stale: run node scripts/genesys-bodies.mjs');
  process.exitCode = 1;
}
console.log(`${count} operations of ${paths.size} paths, ${names.length} models, ${sets.length} sets of values`);
