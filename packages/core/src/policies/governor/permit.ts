import type { Attempt } from '../../contract/counting.js';
import type { Execution } from '../../pipeline/execution.js';
import type { Lane, QueuedScope } from './queue/lane.js';

/** The right to make one attempt now. {@link Governor.end} and {@link Governor.abandon} take it back. */
export interface Permit extends Attempt {
  readonly lane: Lane;
  /** Scopes whose gate has this attempt as its probe, with the generation of the gate. */
  readonly probes: readonly (readonly [QueuedScope, number])[] | undefined;
  /** Attempts of its call before this one. */
  readonly attempts: number;
}

/** Returns the permit of an execution. Only the governor sets it. */
export function permitOf({ permit }: Execution): Permit | undefined {
  return permit as Permit | undefined;
}
