import { describe, expect, it } from 'vitest';
import { adapterContract, recordContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import * as undici7 from 'undici';
import * as undici6 from 'undici-6';
import { testedFetch, testedRequest, type TestedUndici } from './contract.fixture.js';

const runner = { describe, expect, it };
const agent7 = (_: string, { connections }: { connections: number | null }): undici7.Agent =>
  new undici7.Agent({ connections });
const agent6 = (_: string, { connections }: { connections: number | null }): undici6.Agent =>
  new undici6.Agent({ connections });

const ADAPTERS = [
  testedRequest('guardUndici with request of undici 7', undici7 as TestedUndici, agent7),
  testedRequest('guardUndici with request of undici 6', undici6 as TestedUndici, agent6),
  testedRequest('guardUndici with a Pool', undici7 as TestedUndici, (url, options) => new undici7.Pool(url, options), {
    absoluteUrl: 'a Pool sends to one origin',
  }),
  testedFetch('guardUndici with fetch of undici 7', undici7.fetch, agent7),
  testedFetch('guardUndici with fetch of Node', globalThis.fetch, agent7),
] as unknown as readonly AdapterUnderTest[];
for (const adapter of ADAPTERS) adapterContract(runner, adapter);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), ADAPTERS));
