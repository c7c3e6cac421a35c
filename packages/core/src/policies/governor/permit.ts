import type { Attempt } from './learning/types.js';
import type { Scope } from './limits/scope.js';
import type { Lane } from './queue/lane.js';

/** The right to make one attempt now. Goes back with {@link Governor.end}. */
export interface Permit extends Attempt {
  readonly lane: Lane;
  /** Scopes for which this attempt is the probe, with the generation of their gate. */
  readonly probes: readonly (readonly [Scope, number])[] | undefined;
  /** Attempts of its call before this one. */
  readonly attempts: number;
}
