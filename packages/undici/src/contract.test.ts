import { describe, expect, it } from 'vitest';
import { adapterContract, recordContract } from '@holdline/adapter-kit';
import * as undici7 from 'undici';
import * as undici6 from 'undici-6';
import { testedFetch, testedRequest, type TestedFetch, type TestedUndici } from './contract.fixture.js';

const runner = { describe, expect, it };

const agent7: TestedFetch['connect'] = (_, options) => new undici7.Agent(options);
const agent6: TestedFetch['connect'] = (_, options) => new undici6.Agent(options);
const request7 = { request: undici7.request, connect: agent7 } as unknown as TestedUndici;
const request6 = { request: undici6.request, connect: agent6 } as unknown as TestedUndici;
const pool7 = { ...request7, connect: (url, options) => new undici7.Pool(url, options) } satisfies TestedUndici;
const pool6 = { ...request6, connect: (url, options) => new undici6.Pool(url, options) } satisfies TestedUndici;
const fetch7: TestedFetch = { fetch: undici7.fetch, connect: agent7 };
const fetch6: TestedFetch = { fetch: undici6.fetch, connect: agent6 };
const nodeFetch: TestedFetch = { fetch: globalThis.fetch, connect: agent7 };

const ADAPTERS = [
  testedRequest('guardUndici with request of undici 7', request7, request6),
  testedRequest('guardUndici with request of undici 6', request6, request7),
  testedRequest('guardUndici with a Pool', pool7, pool6, { absoluteUrl: 'a Pool sends to one origin' }),
  testedFetch('guardUndici with fetch of undici 7', fetch7, fetch6),
  testedFetch('guardUndici with fetch of Node', nodeFetch, { ...nodeFetch, connect: agent6 }),
];
for (const adapter of ADAPTERS) adapterContract(runner, adapter);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), ADAPTERS));
