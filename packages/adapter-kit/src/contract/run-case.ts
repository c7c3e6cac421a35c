import type { RunnableCase } from '../cases/define-case.js';
import { Scene } from '../scene/scene.js';
import { ContractError, GUIDE, Problem } from './failure.js';
import { watchStrayErrors } from './stray-errors.js';
import type { AdapterUnderTest, Feature } from './types.js';

/** A busy machine may need this long for one event, ms. */
export const MAX_WAIT_MS = 20_000;

/** Runs one case with a server and lines of its own. Always ends, and throws nothing but a ContractError. */
export async function runCase(
  { run, why, guide }: RunnableCase,
  adapter: AdapterUnderTest,
  maxWaitMs = MAX_WAIT_MS,
): Promise<void> {
  const strays = watchStrayErrors();
  const failures: unknown[] = [];
  try {
    const scene = await Scene.open(adapter, maxWaitMs);
    await run(scene).catch((error: unknown) => failures.push(error));
    failures.unshift(...(scene.formatProblem ? [scene.formatProblem] : []));
    await scene.close();
  } catch (error) {
    failures.push(error);
  }
  const stray = await strays.stop();
  // An error that nobody handled may be the cause of the others.
  const [failure] = [...stray, ...failures];
  if (failure === undefined) return;
  const problem = failure instanceof Problem ? failure.message : `The case ended with an error: ${String(failure)}`;
  throw new ContractError(problem, why, `${GUIDE}#${guide}`, { cause: failure });
}

/** Returns the reason why a case does not apply to an adapter; undefined if it applies. */
export function reasonToLeaveOut({ needs }: RunnableCase, { lacks = {} }: AdapterUnderTest): string | undefined {
  const missing = needs.find((feature: Feature) => lacks[feature] !== undefined);
  return missing && lacks[missing];
}
