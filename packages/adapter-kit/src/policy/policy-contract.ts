import { registerCases } from '../contract/cases.js';
import type { ContractRunner } from '../contract/types.js';
import { checkPolicy } from './check-policy.js';
import type { RunnablePolicyCase } from './define-policy-case.js';
import { POLICY_CASES, runPolicyCase } from './run-policy-contract.js';
import type { PolicyUnderTest } from './types.js';

/**
 * Registers the cases of the contract for policies as tests of any runner. Each case puts the policy on a line of its own. Time is virtual.
 * The cases need Node.
 *
 * @param runner - `describe` and `it` of the runner; with `expect`, each case makes an assertion.
 * @param policy - The policy, and how the contract makes it wait and refuse.
 * @throws ConfigError if `policy` is wrong, or if a line does not accept the policy.
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest';
 * import { definePolicy } from '@holdline/core';
 * import { policyContract } from '@holdline/adapter-kit';
 *
 * const readOnly = definePolicy({
 *   name: 'acme-read-only',
 *   phase: 'answer',
 *   create: () => (call, next) => {
 *     if (call.method === 'GET') return next(call);
 *     throw new Error(`${call.route.name}: only reads are allowed`);
 *   },
 * });
 *
 * policyContract(
 *   { describe, it, expect },
 *   {
 *     name: 'readOnly',
 *     create: () => readOnly(),
 *     refuses: { request: { method: 'POST' } },
 *     lacks: { waits: 'it passes a call on or refuses it at once' },
 *   },
 * );
 * ```
 * @public
 */
export function policyContract(runner: ContractRunner, policy: PolicyUnderTest): void {
  const subject = checkPolicy(policy);
  const run = (one: RunnablePolicyCase): Promise<void> => runPolicyCase(one, subject);
  registerCases(runner, { cases: POLICY_CASES, subject, run }, ({ name }) => name);
}
