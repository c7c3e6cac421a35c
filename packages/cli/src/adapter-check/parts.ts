import type { ContractPart } from '@holdline/adapter-kit';

const ALL: Readonly<Record<ContractPart, true>> = {
  attempts: true,
  refusals: true,
  failures: true,
  tokens: true,
  cancellation: true,
  bodies: true,
  answers: true,
  lifecycle: true,
  tenants: true,
  'dead-letters': true,
};

/** The parts of the contract for adapters. */
export const PARTS = Object.keys(ALL) as ContractPart[];
