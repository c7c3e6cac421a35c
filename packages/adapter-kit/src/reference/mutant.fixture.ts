import { makeGuardAcme, type AcmeAdapterParts } from './acme-adapter.fixture.js';
import { ACME } from './acme.fixture.js';
import type { AdapterUnderTest } from '../contract/types.js';
import type { AcmeClient } from './acme-client.fixture.js';

/** A deliberately wrong adapter, which must fail exactly one case. */
export interface Mutant {
  /** Name of the case that it fails. */
  readonly fails: string;
  readonly adapter: AdapterUnderTest<AcmeClient>;
}

/** Makes a mutant: the reference adapter with some parts replaced, or with another guard function. */
export function mutant(
  fails: string,
  parts: AcmeAdapterParts,
  given: Partial<AdapterUnderTest<AcmeClient>> = {},
): Mutant {
  return { fails, adapter: { ...ACME, guard: makeGuardAcme(parts), ...given } };
}
