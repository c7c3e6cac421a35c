import type { Call, Cancellation } from './call.js';
import type { RoutePolicies } from './config.js';
import type { GovernedRoute } from './governor/governor.js';
import type { Outcome } from './outcome.js';
import type { Way } from './passage.js';

/** The rest of the way: what a policy calls to go on. Rejects only with what Holdline itself raises. */
export type Next = (call: Call) => Promise<Outcome>;

/** An endpoint as a line knows it, with its compiled way. */
export interface Route {
  /** `METHOD /path/:id`. */
  readonly name: string;
  /** Default priority of its calls, as an index into PRIORITIES. */
  readonly priority: number;
  /** Permits one of its calls costs. */
  readonly weight: number;
  readonly policies: RoutePolicies;
  readonly governed: GovernedRoute | undefined;
  /** Updates of the line before it was made. State that calls share takes no numbers of an older route than it has. */
  readonly generation: number;
  /** The segments of a URL's path, read as the line reads paths. */
  segmentsOf(url: string): readonly string[];
  /** All phases, innermost the native transport. */
  readonly way: Way;
  /** Cancelled when the line is closed. */
  readonly closing: Cancellation;
}
