import { ANSWERS_MUTANTS } from '../cases/answers.mutants.fixture.js';
import { ATTEMPTS_MUTANTS } from '../cases/attempts.mutants.fixture.js';
import { BODIES_MUTANTS } from '../cases/bodies.mutants.fixture.js';
import { CANCELLATION_MUTANTS } from '../cases/cancellation.mutants.fixture.js';
import { DEAD_LETTERS_MUTANTS } from '../cases/dead-letters.mutants.fixture.js';
import { FAILURES_MUTANTS } from '../cases/failures.mutants.fixture.js';
import { LIFECYCLE_MUTANTS } from '../cases/lifecycle.mutants.fixture.js';
import { REFUSALS_MUTANTS } from '../cases/refusals.mutants.fixture.js';
import { TENANTS_MUTANTS } from '../cases/tenants.mutants.fixture.js';
import { TOKENS_MUTANTS } from '../cases/tokens.mutants.fixture.js';
import { runContract, type ContractReport } from './run-contract.js';
import type { AdapterUnderTest, ContractPart } from './types.js';
import type { AcmeClient } from '../reference/acme-client.fixture.js';

/** One deliberately wrong adapter for each case. */
export const MUTANTS = [
  ...ATTEMPTS_MUTANTS,
  ...REFUSALS_MUTANTS,
  ...FAILURES_MUTANTS,
  ...TOKENS_MUTANTS,
  ...CANCELLATION_MUTANTS,
  ...BODIES_MUTANTS,
  ...ANSWERS_MUTANTS,
  ...LIFECYCLE_MUTANTS,
  ...TENANTS_MUTANTS,
  ...DEAD_LETTERS_MUTANTS,
];

/** Many mutants wait for ever. A mutant that fails another case too, because the machine is busy, gets more time. */
const SHORT_WAIT_MS = 500;
const LONG_WAIT_MS = 15_000;

const failedOf = ({ cases }: ContractReport): string[] =>
  cases.filter(({ result }) => result === 'failed').map(({ name }) => name);

/** Names of the cases that a mutant fails. */
export async function failuresOf(
  fails: string,
  adapter: AdapterUnderTest<AcmeClient>,
  parts?: readonly ContractPart[],
): Promise<string[]> {
  const options = parts && { parts };
  const failed = failedOf(await runContract(adapter, { ...options, maxWaitMs: SHORT_WAIT_MS }));
  const isBusy = failed.length > 1 && failed.includes(fails);
  return isBusy ? failedOf(await runContract(adapter, { ...options, maxWaitMs: LONG_WAIT_MS })) : failed;
}
