import type { Route } from '../contract/call.js';
import type { Cancellation } from '../contract/cancellation.js';

/** A route with what a call needs to know of its line. */
export interface ActiveRoute extends Route {
  /** Number of updates of the line before the route was made. State that calls share never takes options of an older generation. */
  readonly generation: number;
  /** Whether the line may send a request of the route a second time, by a retry or after a token refresh. */
  readonly mayBeSentAgain: boolean;
  /** Cancelled when the line is closed. */
  readonly closing: Cancellation;
  /** Cancelled when a line that is being closed stops waiting for attempts on the wire. */
  readonly cut: Cancellation;
  /** The segments of a URL's path, read as the line reads paths. */
  segmentsOf(url: string): readonly string[];
}
