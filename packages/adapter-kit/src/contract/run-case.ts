import type { RunnableCase } from '../cases/define-case.js';
import { Scene } from '../scene/scene.js';
import { ContractError, GUIDE, Problem } from './failure.js';
import type { AdapterUnderTest, Feature } from './types.js';

/** A busy machine may need this long for one event, ms. */
export const MAX_WAIT_MS = 20_000;

/** Runs one case with a server and lines of its own. */
export async function runCase(
  { run, why, guide }: RunnableCase,
  adapter: AdapterUnderTest,
  maxWaitMs = MAX_WAIT_MS,
): Promise<void> {
  const scene = await Scene.open(adapter, maxWaitMs);
  try {
    await run(scene);
  } catch (error) {
    const problem = error instanceof Problem ? error.message : `The case ended with an error: ${String(error)}`;
    throw new ContractError(problem, why, `${GUIDE}#${guide}`, { cause: error });
  } finally {
    await scene.close();
  }
}

/** Returns the reason why a case does not apply to an adapter; undefined if it applies. */
export function reasonToLeaveOut({ needs }: RunnableCase, { lacks = {} }: AdapterUnderTest): string | undefined {
  const missing = needs.find((feature: Feature) => lacks[feature] !== undefined);
  return missing && lacks[missing];
}
