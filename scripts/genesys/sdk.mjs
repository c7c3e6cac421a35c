// Reads the operations and models of the Genesys SDK from its source and its types, for the scripts that write tables from them.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(new URL('../../packages/genesys/package.json', import.meta.url));
const manifest = require.resolve('purecloud-platform-client-v2/package.json');
const folder = dirname(manifest);
const types = readFileSync(join(folder, 'index.d.ts'), 'utf8');

/** Version of the SDK that the tables are written from. */
export const { version } = JSON.parse(readFileSync(manifest, 'utf8'));

const METHOD = /\n\t\/\*\*\n((?:\t \*.*\n)*?)\t \*\/\n\t(\w+)\(([^)]*)\) ?\{([\s\S]*?)\n\t\}/g;
const CALL =
  /callApi\(\s*'([^']+)',\s*'([A-Z]+)',\s*\{.*\},\s*\{(.*)\},\s*\{.*\},\s*\{.*\},\s*(\S+),\s*\[.*\],\s*\[.*\],\s*\[.*\],/;
const QUERY = /'([^']+)': (?:this\.apiClient\.buildCollectionParam\()?(?:opts\['(\w+)'\]|(\w+))/g;
const PARAMETER = /@param \{(.*)\} (?:opts\.)?(\w+)(?: (.*))?/g;

/** Types of each method: its parameters, and its answer, such as `Models.User`. */
const signatures = new Map(
  [...types.matchAll(/\n\s+(\w+)\((.*)\): Promise<(.*)>;/g)].map(([, name, parameters, answer]) => [
    name,
    { parameters, answer },
  ]),
);

/** Bodies of the interfaces of the models. A model may have no field. */
const interfaces = [...types.matchAll(/\n\texport interface (\w+) (?:extends [\w.]+ )?\{ ?\n((?:\t\t.*\n)*)\t\}/g)];

/** Fields of each model, with their types. */
export const models = Object.fromEntries(
  interfaces.map(([, name, body]) => [
    `Models.${name}`,
    Object.fromEntries([...body.matchAll(/"([^"]+)"\??: (.*);/g)].map(([, field, type]) => [field, type])),
  ]),
);

/** Names of the fields that each model always has. */
export const requiredFields = Object.fromEntries(
  interfaces.map(([, name, body]) => [`Models.${name}`, [...body.matchAll(/"([^"]+)": /g)].map(([, field]) => field)]),
);

/**
 * The operations of the SDK. A method that several API classes have is listed once per class.
 *
 * `query` has the query parameters: name on the wire, and name, type and text of the SDK's parameter. `text` is the comment of the
 * method.
 */
export const operations = readdirSync(join(folder, 'src/purecloud-platform-client-v2/api')).flatMap((file) => {
  const source = readFileSync(join(folder, 'src/purecloud-platform-client-v2/api', file), 'utf8');
  const found = [...source.matchAll(METHOD)].flatMap(([, text, name, args, code]) => {
    const call = CALL.exec(code);
    if (!call) return [];
    const [, path, method, query, body] = call;
    const parameters = new Map(
      [...text.matchAll(PARAMETER)].map(([, type, name, text = '']) => [name, { type, text }]),
    );
    return {
      name,
      method,
      path,
      args: args.split(', '),
      text,
      answer: signatures.get(name)?.answer,
      body: body === 'null' ? undefined : body,
      bodyType: new RegExp(`\\b${body}\\??: ([^,]+)`).exec(signatures.get(name)?.parameters ?? '')?.[1],
      query: [...query.matchAll(QUERY)].map(([, wire, option, argument]) => ({
        wire,
        name: option ?? argument,
        ...(parameters.get(option ?? argument) ?? { type: '', text: '' }),
      })),
    };
  });
  if (found.length !== source.split('callApi(').length - 1)
    throw new Error(`${file} has operations that were not read`);
  return found;
});

/** A path of the SDK as a route pattern: `{userId}` becomes `:userId`. */
export const toPattern = (path) => path.replace(/\{([^}]+)\}/g, ':$1');
