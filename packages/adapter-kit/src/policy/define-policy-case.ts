import type { PolicyScene } from './policy-scene.js';
import type { PolicyCase, PolicyFeature } from './types.js';

/** A case with the function that runs it. */
export interface RunnablePolicyCase extends PolicyCase {
  /** Throws a `Problem` if the policy does not fulfil the case. */
  run(scene: PolicyScene): Promise<void>;
}

/** Defines a case. */
export function policyCase(
  name: string,
  { why, guide, needs = [] }: { why: string; guide: string; needs?: readonly PolicyFeature[] },
  run: RunnablePolicyCase['run'],
): RunnablePolicyCase {
  return { name, why, guide, needs, run };
}
