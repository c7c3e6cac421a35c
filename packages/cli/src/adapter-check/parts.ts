import type { ContractPart } from '@holdline/adapter-kit';

/** The parts of the contract for adapters. */
export const PARTS = [
  'attempts',
  'refusals',
  'failures',
  'tokens',
  'cancellation',
  'bodies',
  'answers',
  'lifecycle',
  'tenants',
  'dead-letters',
] as const satisfies readonly ContractPart[];

// An error of the compiler here names a part that the list lacks.
const LACKING: Exclude<ContractPart, (typeof PARTS)[number]>[] = [];
void LACKING satisfies never[];
