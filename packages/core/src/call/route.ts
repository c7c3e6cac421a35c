import type { Route } from '../contract/call.js';
import type { Cancellation } from '../contract/cancellation.js';
import type { LinePools } from '../contract/pools.js';

/** A route with the state of its line that calls use. */
export interface ActiveRoute extends Route {
  /** Number of updates of the line before the route was made. Shared state ignores options of an older generation. */
  readonly generation: number;
  /** Whether the line may send a request of the route a second time, by a retry or after a token refresh. */
  readonly mayBeSentAgain: boolean;
  /** The connection pools of the line. */
  readonly pools: LinePools | undefined;
  /** Whether the route changes nothing, whatever its method. */
  readonly readOnly: boolean;
  /** Whether the route honours idempotency keys. */
  readonly keyed: boolean;
  /** Cancelled when the line is closed. */
  readonly closing: Cancellation;
  /** Cancelled when a closing line abandons the attempts on the wire. */
  readonly cut: Cancellation;
  /** The path segments of a URL according to the `paths` options of the line. */
  segmentsOf(url: string): readonly string[];
}
