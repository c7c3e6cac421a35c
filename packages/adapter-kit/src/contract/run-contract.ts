import { check } from '@holdline/core';
import type { RunnableCase } from '../cases/define-case.js';
import { CASES } from '../cases/index.js';
import { runCases } from './cases.js';
import { checkAdapter, checkParts } from './check-adapter.js';
import type { ContractError } from './failure.js';
import { runCase } from './run-case.js';
import type { AdapterUnderTest, ContractCase, ContractPart } from './types.js';
import { CONTRACT_VERSION } from './version.js';

/**
 * The result of one case.
 * @public
 */
export type CaseResult = ContractCase & {
  /** `left out`: the client lacks a feature that the case needs. */
  readonly result: 'passed' | 'failed' | 'left out';
  /** Why the case failed. */
  readonly error: ContractError | undefined;
  /** Why the case was left out. */
  readonly reason: string | undefined;
};

/**
 * The result of a run of the contract.
 * @public
 */
export interface ContractReport {
  readonly adapter: string;
  readonly version: number;
  readonly cases: readonly CaseResult[];
}

/**
 * Options of {@link runContract}.
 * @public
 */
export interface ContractOptions {
  /**
   * The parts to run.
   * @defaultValue all
   */
  parts?: readonly ContractPart[];
  /**
   * Called after each case.
   * @defaultValue none
   */
  onCase?: (result: CaseResult) => void;
  /**
   * Largest real time in ms that a case waits for one event, such as the arrival of a request.
   * @defaultValue 20,000 (ours: a busy machine may need seconds)
   */
  maxWaitMs?: number;
}

const checkOptions = check.shape<ContractOptions>({
  parts: checkParts,
  onCase: check.callable<NonNullable<ContractOptions['onCase']>>(),
  maxWaitMs: check.number({ above: 0 }),
});

/**
 * Runs the contract without a test runner.
 *
 * @param adapter - The adapter, and how the contract makes and calls clients for it.
 * @throws ConfigError if `adapter` or an option is wrong.
 * @example
 * ```ts
 * import { runContract, type AdapterUnderTest } from '@holdline/adapter-kit';
 *
 * declare const adapter: AdapterUnderTest;
 * const { cases } = await runContract(adapter);
 * for (const { name, error } of cases) if (error) console.error(`${name}: ${error.message}`);
 * ```
 * @public
 */
export async function runContract<Client extends object>(
  adapter: AdapterUnderTest<Client>,
  options: ContractOptions = {},
): Promise<ContractReport> {
  const subject = checkAdapter(adapter);
  const { parts, onCase, maxWaitMs } = checkOptions(options, 'options');
  const cases = CASES.filter(({ part }) => parts?.includes(part) !== false);
  const run = (one: RunnableCase): Promise<void> => runCase(one, subject, maxWaitMs);
  const results = await runCases({ cases, subject, run }, onCase);
  return { adapter: subject.name, version: CONTRACT_VERSION, cases: results };
}
