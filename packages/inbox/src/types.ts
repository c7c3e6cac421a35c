/**
 * An event from outside, as a verifier or a queue consumer hands it to an inbox.
 * @public
 */
export interface IncomingEvent {
  /** Identifier of the event at its sender. The inbox accepts an event with the same identifier only once. */
  readonly id: string;
  /**
   * Events with the same key are handled one after the other, in the order of their arrival.
   * @defaultValue none: the event is handled in any order
   */
  readonly key?: string | undefined;
  /**
   * Type of the event in the terms of its sender, such as the `detail-type` of EventBridge.
   * @defaultValue none
   */
  readonly type?: string | undefined;
  /** The event itself: any JSON value. */
  readonly data: unknown;
}

/**
 * The answer of an inbox to an event.
 *
 * - `accepted`: the event is stored, and will be handled.
 * - `duplicate`: an event with the same identifier was accepted before.
 * - `refused`: nothing is stored. The sender should send the event again after `retryAfterMs`. `rate`: the quota of the inbox is used
 *   up. `full`: too many events wait. `store`: the store is lost. `closed`: the inbox is closed.
 * @public
 */
export type Acceptance =
  | { readonly result: 'accepted' | 'duplicate' }
  | {
      readonly result: 'refused';
      readonly reason: 'rate' | 'full' | 'store' | 'closed';
      readonly retryAfterMs: number;
    };

/**
 * A request from outside, as a verifier sees it.
 * @public
 */
export interface InboundRequest {
  /** HTTP method in upper case. */
  readonly method: string;
  /** Absolute URL, as the sender addressed it. */
  readonly url: string;
  /** Reads a header by its lower-case name; undefined if the request has none. */
  header(name: string): string | undefined;
  /** The body, byte for byte. */
  readonly body: Uint8Array;
}

/**
 * The result of a verifier: the events in a request, or the reason to reject the request. A rejected request is answered with `status`.
 * @public
 */
export type Verification =
  { readonly events: readonly IncomingEvent[] } | { readonly rejected: string; readonly status: 400 | 401 };

/**
 * Checks that a request comes from its sender, and reads the events in it. `now` is wall time in ms.
 * @public
 */
export type Verifier = (request: InboundRequest, now: number) => Verification | Promise<Verification>;
