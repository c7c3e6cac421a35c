import type { SimulatorOptions } from '../options/simulator-options.js';

/**
 * How well a number is known. `A`: read in the vendor's source or announcement, or reproduced. `B`: said by the vendor's
 * staff or community, or by several independent public sources. `C`: one weak source. `assumed`: no source.
 * @public
 */
export type ProfileGrade = 'A' | 'B' | 'C' | 'assumed';

/**
 * Where a number of a profile comes from.
 * @public
 */
export interface ProfileFact {
  grade: ProfileGrade;
  /** Document, announcement or thread; for `assumed`, the reason for the value. */
  source: string;
}

/**
 * A named bundle of options of the simulator, with the source of each number.
 * @public
 */
export interface SimulatorProfile {
  name: string;
  description: string;
  /** All options except port and seed, which belong to a run. */
  options: Omit<SimulatorOptions, 'port' | 'seed'>;
  /**
   * Sources by option: `limits.NAME` for a limit, otherwise the path of the option, such as `tokens.expiresInMs` or
   * `latency`.
   */
  facts: Record<string, ProfileFact>;
}
