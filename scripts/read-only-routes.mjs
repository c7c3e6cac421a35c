// Writes packages/genesys/src/read-only-routes.ts: the POST operations of the Genesys SDK that only read.
// A path ending in ENDINGS is a candidate. EXCLUDED has the candidates that a review rejected. Run it after an update of the SDK.
import { writeFileSync } from 'node:fs';
import { operations, toPattern, version } from './genesys/sdk.mjs';

const ENDINGS = new Set([
  'query',
  'search',
  'simplesearch',
  'suggest',
  'suggestions',
  'preview',
  'retrieve',
  'validate',
]);

const EXCLUDED = {
  '/api/v2/audits/query': 'starts a job',
  '/api/v2/usage/query': 'starts a job',
  '/api/v2/oauth/clients/{clientId}/usage/query': 'starts a job',
  '/api/v2/conversations/summaries/preview': 'generates a summary',
  '/api/v2/integrations/speech/nuance/{nuanceIntegrationId}/bots/launch/validate': 'contacts a third party',
  '/api/v2/conversations/keyconfigurations/validate': 'contacts a key service',
  '/api/v2/recording/keyconfigurations/validate': 'contacts a key service',
};

const found = new Set(
  operations
    .filter(({ method, path }) => method === 'POST' && ENDINGS.has(path.split('/').at(-1)) && !(path in EXCLUDED))
    .map(({ path }) => path),
);
const paths = [...found].sort().map(toPattern);

writeFileSync(
  new URL('../packages/genesys/src/read-only-routes.ts', import.meta.url),
  `// Written by scripts/read-only-routes.mjs from the ${operations.length} operations of purecloud-platform-client-v2 ${version}, and reviewed.

/** POST operations that only read, so that a repeated request changes nothing. */
export const READ_ONLY_POSTS: readonly string[] = [
${paths.map((path) => `  '${path}',`).join('\n')}
];
`,
);
console.log(`${paths.length} of ${operations.length} operations are POSTs that only read`);
