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

/**
 * One handling of an event, as the `handle` function of an inbox gets it.
 * @public
 */
export interface Handling {
  readonly event: IncomingEvent;
  /** Wall time at which the inbox accepted the event, in ms. */
  readonly receivedAt: number;
  /** Number of this handling: 1 for the first. A replay of a dead letter starts with 1 again. */
  readonly attempt: number;
  /**
   * Whether an earlier handling may have had effects: it failed, was stopped, or its process crashed. A handling that calls other
   * systems outside of the line then has to check what the earlier one did.
   */
  readonly mayBeRepeated: boolean;
  /** Aborts when the result of this handling no longer counts: its time is over, the inbox closes, or another process has the event. */
  readonly signal: AbortSignal;
}

/**
 * Handles an event. When it settles, the event is done. After a rejection the inbox repeats the handling. After a
 * {@link PermanentError} it does not.
 * @public
 */
export type HandleEvent = (handling: Handling) => unknown;

/**
 * An event whose handling failed permanently, in a list. `event` has the contents of the event: do not log it.
 * @public
 */
export interface DeadEvent {
  readonly id: string;
  /** Undefined if no key of the store decrypts it. */
  readonly event: IncomingEvent | undefined;
  /** Wall ms. */
  readonly receivedAt: number;
  /** Number of handlings that failed. */
  readonly attempts: number;
  /** Code or name of the last error, or one of ours: `timeout`, `crashed`, `undecryptable`. */
  readonly reason: string | undefined;
}

/**
 * One page of dead letters, in the order of their ends.
 * @public
 */
export interface DeadEventPage {
  readonly letters: readonly DeadEvent[];
  /** Start of the next page; undefined after the last page. */
  readonly next: string | undefined;
}

/**
 * The dead letters of an inbox: events whose handling failed permanently. They belong to all processes that have the inbox.
 * @public
 */
export interface DeadEvents {
  /**
   * Lists dead letters.
   * @param page - `after` is the `next` of the previous page. Without it, the list starts with the first page. `limit` is 100 by default.
   * @throws Error if the store fails.
   */
  list(page?: { after?: string; limit?: number }): Promise<DeadEventPage>;
  /**
   * Puts dead letters back to the end of the queue, and handles them like new events. They need no process that ever handled them.
   * @param options - `where` selects the letters; without it, the inbox replays all.
   * @returns the numbers of letters that were put back, and that stay.
   * @throws Error if the store fails. Letters that were put back stay in the queue.
   */
  replay(options?: { where?: (letter: DeadEvent) => boolean }): Promise<{ replayed: number; left: number }>;
  /**
   * Deletes a dead letter, and forgets its identifier: the inbox accepts the same event again. False if there is no such letter.
   * @throws Error if the store fails.
   */
  remove(id: string): Promise<boolean>;
}

/**
 * What an inbox did since its start, in this process.
 * @public
 */
export interface InboxStatus {
  readonly name: string;
  readonly isClosed: boolean;
  /** Events that this process handles now. */
  readonly running: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: Readonly<Record<Refusal['reason'], number>>;
  readonly handled: number;
  /** Handlings that failed, with those of dead letters. */
  readonly failed: number;
  readonly deadLetters: number;
  /** Handlings whose event another process took over. */
  readonly claimsLost: number;
  /** Exchanges with the store that failed. */
  readonly storeFailures: number;
}

/**
 * A refusal of an inbox.
 * @public
 */
export type Refusal = Extract<Acceptance, { readonly result: 'refused' }>;
