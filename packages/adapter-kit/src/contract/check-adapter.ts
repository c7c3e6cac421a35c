import { check } from '@holdline/core';
import type { AdapterUnderTest } from './types.js';

/** Checks what an author wrote, before any case runs. */
export function checkAdapter<Client extends object>(adapter: AdapterUnderTest<Client>): AdapterUnderTest {
  const { callable, record, refuse, shape, text } = check;
  const { name, guard, connect } = shape<AdapterUnderTest<Client>>({
    name: text,
    guard: callable<AdapterUnderTest<Client>['guard']>(),
    connect: callable<AdapterUnderTest<Client>['connect']>(),
    lacks: record(text) as never,
    answerFormat: callable<NonNullable<AdapterUnderTest['answerFormat']>>(),
    credentialHeader: text,
  })(adapter, 'adapter');
  if (name === undefined) refuse('adapter.name', undefined, 'a string that is not empty');
  if (guard === undefined) refuse('adapter.guard', undefined, 'a function');
  if (connect === undefined) refuse('adapter.connect', undefined, 'a function');
  return adapter as unknown as AdapterUnderTest;
}
