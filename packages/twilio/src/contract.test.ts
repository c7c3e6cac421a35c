import { describe, expect, it } from 'vitest';
import { adapterContract, recordContract } from '@holdline/adapter-kit';
import { ownRequestClientUnderTest, requestUnderTest, taskRouterUnderTest } from './twilio-client.fixture.js';

const VERSIONS = ['6', '5'] as const;
const ADAPTERS = [
  ...VERSIONS.flatMap((version) => [taskRouterUnderTest(version), requestUnderTest(version)]),
  ownRequestClientUnderTest(),
];
for (const adapter of ADAPTERS) adapterContract({ describe, it, expect }, adapter);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), ADAPTERS));
