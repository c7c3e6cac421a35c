import type { Attempt } from '../../contract/counting.js';
import type { Execution } from '../../pipeline/execution.js';
import type { Lane, QueuedScope } from './queue/lane.js';

/** The right to make one attempt now. Goes back with {@link Governor.end}. */
export interface Permit extends Attempt {
  readonly lane: Lane;
  /** Scopes for which this attempt is the probe, with the generation of their gate. */
  readonly probes: readonly (readonly [QueuedScope, number])[] | undefined;
  /** Attempts of its call before this one. */
  readonly attempts: number;
}

/** The permit of an execution. Only the governor sets it. */
export function permitOf({ permit }: Execution): Permit | undefined {
  return permit as Permit | undefined;
}
