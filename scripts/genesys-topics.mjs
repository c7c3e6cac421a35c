// Writes packages/genesys/src/live/topics.ts: the notification topics whose resource a GET of the same parameters reads. The source is an
// answer of GET /api/v2/notifications/availabletopics?expand=publicApiTemplateUriPaths,topicParameters,transports, kept as
// packages/genesys/recorded/available-topics.json. To use the answer of an organization, put it there. `--check` compares only.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const RECORDED = new URL('../packages/genesys/recorded/available-topics.json', import.meta.url);
const TARGET = new URL('../packages/genesys/src/live/topics.ts', import.meta.url);

const require = createRequire(new URL('../packages/genesys/package.json', import.meta.url));
const sdk = require.resolve('purecloud-platform-client-v2/package.json');
const { version } = JSON.parse(readFileSync(sdk, 'utf8'));
const api = join(dirname(sdk), 'src/purecloud-platform-client-v2/api');

/** Paths of the SDK that a GET reads. */
const readable = new Set();
for (const file of readdirSync(api)) {
  for (const [, path] of readFileSync(join(api, file), 'utf8').matchAll(/callApi\(\s*'([^']+)',\s*'GET'/g))
    readable.add(path);
}

const parametersOf = (path) => path.match(/\{[^}]+\}/g) ?? [];

/** The first path that the parameters of the topic fill, in their order. */
function routeOf({ id, publicApiTemplateUriPaths = [] }) {
  const count = parametersOf(id).length;
  return publicApiTemplateUriPaths.find((path) => readable.has(path) && parametersOf(path).length === count);
}

/** Whether sockets carry the topic. Without the field, the platform does not say. */
const isPushed = ({ transports = ['All'] }) => transports.some((name) => name === 'All' || name === 'Websocket');

const { entities } = JSON.parse(readFileSync(RECORDED, 'utf8'));
const topics = entities
  .filter(isPushed)
  .map((topic) => ({ id: topic.id, route: routeOf(topic) }))
  .sort((a, b) => (a.id < b.id ? -1 : 1));
const withRoute = topics.filter(({ route }) => route !== undefined);

const source = `// Written by scripts/genesys-topics.mjs from recorded/available-topics.json and the paths of purecloud-platform-client-v2 ${version}.

/**
 * The topics that \`live\` knows, and the path that a GET reads for each. Parameters correspond by their order. Undefined: no GET reads what
 * the topic reports.
 */
export const TOPIC_ROUTES = {
${topics.map(({ id, route }) => `  '${id}': ${route === undefined ? 'undefined' : `'${route}'`},`).join('\n')}
} as const satisfies Readonly<Record<TopicName, string | undefined>>;

/**
 * Name of a notification topic that \`live\` knows, with its parameters in braces.
 * @public
 */
export type TopicName =
${topics.map(({ id }) => `  | '${id}'`).join('\n')};
`;

if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== source) {
    console.error('packages/genesys/src/live/topics.ts is out of date: run node scripts/genesys-topics.mjs');
    process.exit(1);
  }
} else writeFileSync(TARGET, source);
console.log(`${withRoute.length} of ${topics.length} topics have a GET with the same parameters`);
