import { contractError, runCases } from '../contract/cases.js';
import { checkPolicy } from './check-policy.js';
import type { RunnablePolicyCase } from './define-policy-case.js';
import { OUTCOME_CASES } from './outcome-cases.js';
import { PolicyScene } from './policy-scene.js';
import { STATE_CASES } from './state-cases.js';
import {
  POLICY_CONTRACT_VERSION,
  type PolicyCaseResult,
  type PolicyContractReport,
  type PolicyUnderTest,
} from './types.js';
import { WAIT_CASES } from './wait-cases.js';

const GUIDE = 'docs/extend/write-a-policy.md';

/** All cases of the contract for policies, in the order in which they run. */
export const POLICY_CASES: readonly RunnablePolicyCase[] = [...OUTCOME_CASES, ...WAIT_CASES, ...STATE_CASES];

/** Runs one case with lines of its own. */
export async function runPolicyCase(one: RunnablePolicyCase, policy: PolicyUnderTest): Promise<void> {
  const scene = new PolicyScene(policy);
  try {
    await one.run(scene);
  } catch (error) {
    throw contractError(error, one, GUIDE);
  } finally {
    await scene.close();
  }
}

/**
 * Runs the contract for policies without a test runner.
 *
 * @param policy - The policy, and how the contract makes it wait and refuse.
 * @throws ConfigError if `policy` is wrong, or if a line does not accept the policy.
 * @example
 * ```ts
 * import { runPolicyContract, type PolicyUnderTest } from '@holdline/adapter-kit';
 *
 * declare const policy: PolicyUnderTest;
 * const { cases } = await runPolicyContract(policy);
 * for (const { name, error } of cases) if (error) console.error(`${name}: ${error.message}`);
 * ```
 * @public
 */
export async function runPolicyContract(
  policy: PolicyUnderTest,
  {
    onCase,
  }: {
    /** Called after each case. */
    onCase?: (result: PolicyCaseResult) => void;
  } = {},
): Promise<PolicyContractReport> {
  const subject = checkPolicy(policy);
  const run = (one: RunnablePolicyCase): Promise<void> => runPolicyCase(one, subject);
  const cases = await runCases({ cases: POLICY_CASES, subject, run }, onCase);
  return { policy: subject.name, version: POLICY_CONTRACT_VERSION, cases };
}
