import type { ContractRunner } from '../contract/types.js';
import { checkPolicy } from './check-policy.js';
import { POLICY_CASES, reasonToLeaveOutPolicy, runPolicyCase } from './run-policy-contract.js';
import type { PolicyUnderTest } from './types.js';

/** Time limit of one case in a test runner, ms. A case takes milliseconds; a busy machine may need longer. */
const CASE_TIMEOUT_MS = 60_000;

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
export function policyContract({ describe, it, expect }: ContractRunner, policy: PolicyUnderTest): void {
  const checked = checkPolicy(policy);
  describe(`contract of ${checked.name}`, () => {
    for (const one of POLICY_CASES) {
      if (reasonToLeaveOutPolicy(one, checked) !== undefined) continue;
      const body = async (): Promise<void> => {
        await runPolicyCase(one, checked);
        expect?.(undefined).toBe(undefined);
      };
      it(one.name, body, CASE_TIMEOUT_MS);
    }
  });
}
