import type { ContractCase, ContractPart, Feature } from '../contract/types.js';
import type { Scene } from '../scene/scene.js';

/** A case with the function that runs it. */
export interface RunnableCase extends ContractCase {
  /** Throws a `Problem` if the adapter does not fulfil the case. */
  run(scene: Scene): Promise<void>;
}

/** Returns a function that defines the cases of one part. */
export function casesOf(part: ContractPart) {
  return (
    name: string,
    { why, guide, needs = [] }: { why: string; guide: string; needs?: readonly Feature[] },
    run: RunnableCase['run'],
  ): RunnableCase => ({ part, name, why, guide, needs, run });
}
