import type { Call } from './call.js';
import type { RoutePolicies } from './config.js';
import type { GovernedRoute } from './governor/governor.js';
import type { Outcome } from './outcome.js';

/** The rest of the way: what a policy calls to go on. Rejects only with what Holdline itself raises. */
export type Next = (call: Call) => Promise<Outcome>;

/** An endpoint as a line knows it, with its compiled chain. */
export interface Route {
  /** `METHOD /path/:id`. */
  readonly name: string;
  /** Default priority of its calls, as an index into PRIORITIES. */
  readonly priority: number;
  /** Permits one of its calls costs. */
  readonly weight: number;
  readonly policies: RoutePolicies;
  readonly governed: GovernedRoute | undefined;
  /** All phases, innermost the native transport. */
  readonly run: Next;
}
