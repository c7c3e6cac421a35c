import { ContractError, Problem } from '../contract/failure.js';
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
export async function runPolicyCase({ run, why, guide }: RunnablePolicyCase, policy: PolicyUnderTest): Promise<void> {
  const scene = new PolicyScene(policy);
  try {
    await run(scene);
  } catch (error) {
    const problem = error instanceof Problem ? error.message : `The case ended with an error: ${String(error)}`;
    throw new ContractError(problem, why, `${GUIDE}#${guide}`, { cause: error });
  } finally {
    await scene.close();
  }
}

/** Returns the reason why a case does not apply to a policy; undefined if it applies. */
export function reasonToLeaveOutPolicy(
  { needs }: RunnablePolicyCase,
  { lacks = {} }: PolicyUnderTest,
): string | undefined {
  const missing = needs.find((feature) => lacks[feature] !== undefined);
  return missing && lacks[missing];
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
  const checked = checkPolicy(policy);
  const results: PolicyCaseResult[] = [];
  for (const one of POLICY_CASES) {
    const { name, why, guide, needs } = one;
    const reason = reasonToLeaveOutPolicy(one, checked);
    const error = reason === undefined ? await failureOf(runPolicyCase(one, checked)) : undefined;
    const result = reason !== undefined ? 'left out' : error ? 'failed' : 'passed';
    const ended: PolicyCaseResult = { name, why, guide, needs, result, error, reason };
    results.push(ended);
    onCase?.(ended);
  }
  return { policy: checked.name, version: POLICY_CONTRACT_VERSION, cases: results };
}

async function failureOf(running: Promise<void>): Promise<ContractError | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    return error as ContractError;
  }
}
