import type { RoutePolicies } from '../config/resolve.js';
import type { Cancellation } from '../contract/cancellation.js';
import type { Way } from '../pipeline/execution.js';
import type { GovernedRoute } from '../policies/governor/route.js';

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
  /** Cancelled when the line, being closed, waits no longer for what is on the wire. */
  readonly cut: Cancellation;
}
