import { check, type Check } from '@holdline/core';
import { CASES } from '../cases/index.js';
import { FEATURES } from './features.js';
import type { AdapterUnderTest, ContractPart, Feature } from './types.js';

const PARTS = [...new Set(CASES.map(({ part }) => part))];

/** Checks a list of parts of the contract. */
export const checkParts: Check<ContractPart[]> = check.list(check.oneOf(...PARTS));

const checkLacks = check.shape<Partial<Record<Feature, string>>>(
  Object.fromEntries(FEATURES.map((feature) => [feature, check.text])) as Record<Feature, Check<string>>,
);

/** A header as Node names it in a request that arrived. */
const headerName: Check<string> = (value, key) =>
  typeof value === 'string' && /^[a-z0-9-]+$/.test(value)
    ? value
    : check.refuse(key, value, 'the name of a header in lower case');

/** Checks what an author wrote, before any case runs. */
export function checkAdapter<Client extends object>(adapter: AdapterUnderTest<Client>): AdapterUnderTest {
  const { callable, refuse, shape, text } = check;
  const { name, guard, connect } = shape<AdapterUnderTest<Client>>({
    name: text,
    guard: callable<AdapterUnderTest<Client>['guard']>(),
    connect: callable<AdapterUnderTest<Client>['connect']>(),
    lacks: checkLacks as never,
    answerFormat: callable<NonNullable<AdapterUnderTest['answerFormat']>>(),
    credentialHeader: headerName,
  })(adapter, 'adapter');
  if (name === undefined) refuse('adapter.name', undefined, 'a string that is not empty');
  if (guard === undefined) refuse('adapter.guard', undefined, 'a function');
  if (connect === undefined) refuse('adapter.connect', undefined, 'a function');
  return adapter as unknown as AdapterUnderTest;
}
