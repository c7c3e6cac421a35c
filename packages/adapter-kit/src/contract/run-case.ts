import type { RunnableCase } from '../cases/define-case.js';
import { Scene } from '../scene/scene.js';
import { contractError } from './cases.js';
import { GUIDE } from './failure.js';
import { watchStrayErrors } from './stray-errors.js';
import type { AdapterUnderTest } from './types.js';

/** A busy machine may need this long for one event, ms. */
export const MAX_WAIT_MS = 20_000;

/** Runs one case with a server and lines of its own. Always ends, and throws nothing but a ContractError. */
export async function runCase(one: RunnableCase, adapter: AdapterUnderTest, maxWaitMs = MAX_WAIT_MS): Promise<void> {
  const strays = watchStrayErrors();
  const failures: unknown[] = [];
  try {
    const scene = await Scene.open(adapter, maxWaitMs);
    await one.run(scene).catch((error: unknown) => failures.push(error));
    failures.unshift(...(scene.formatProblem ? [scene.formatProblem] : []));
    await scene.close();
  } catch (error) {
    failures.push(error);
  }
  const stray = await strays.stop();
  // An error that nobody handled may be the cause of the others.
  const [failure] = [...stray, ...failures];
  if (failure === undefined) return;
  throw contractError(failure, one, GUIDE);
}
