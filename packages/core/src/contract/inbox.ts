import type { Undo } from './clock.js';

/**
 * An event from outside, as an inbox stores it until the event is handled.
 * @public
 */
export interface StoredEvent {
  /** Identifier of the event, unique in its inbox. The inbox accepts an event with the same identifier only once. */
  readonly id: string;
  /** Events with the same key are handled one after the other, in the order of their arrival; undefined: in any order. */
  readonly key: string | undefined;
  /** The event as text, encrypted if the store has keys. */
  readonly body: string;
  /** Wall ms. */
  readonly receivedAt: number;
  /** Number of handlings that failed. */
  readonly attempts: number;
  /** Reason of the last failure. */
  readonly reason: string | undefined;
}

/**
 * The claim of one process to an event.
 * @public
 */
export interface EventClaim {
  readonly event: StoredEvent;
  /** Number of the claim. Later claims of the event have higher numbers. */
  readonly fence: number;
  /** Number of earlier claims that expired without a result, since the queue stored this form of the event. */
  readonly drops: number;
}

/**
 * The end of a claim.
 *
 * - `done`: the event was handled. The queue forgets the event, and remembers its identifier for `rememberMs`. Of more than
 *   `maxRemembered` identifiers, the queue forgets the oldest.
 * - `retry`: the queue keeps the given event, and offers the event again after `inMs`.
 * - `dead`: the handling failed permanently. The queue keeps the given event as a dead letter. Later events of its key continue.
 * @public
 */
export type EventEnd =
  | { readonly kind: 'done'; readonly rememberMs: number; readonly maxRemembered: number }
  | { readonly kind: 'retry'; readonly event: StoredEvent; readonly inMs: number }
  | { readonly kind: 'dead'; readonly event: StoredEvent };

/**
 * Numbers of events in a queue.
 * @public
 */
export interface EventCounts {
  /** Events that are not handled yet, without dead letters. */
  readonly pending: number;
  readonly dead: number;
}

/**
 * The events of one inbox in a store.
 * @public
 */
export interface EventQueue {
  /**
   * Stores an event. The event is durable when the promise settles.
   * @returns `known` if the queue has the event, or remembers its identifier; `full` if the queue has `maxEvents` events, dead letters
   *   included.
   */
  add(event: StoredEvent, maxEvents: number): Promise<'added' | 'known' | 'full'>;
  /**
   * Claims at most `limit` events for `forMs`, oldest first. Of each key, it claims only the oldest event, and none while that event is
   * claimed or waits for its retry.
   * @returns the claims, and the milliseconds until more events may be due without a call of a `listen` function; undefined: none.
   */
  claim(limit: number, forMs: number): Promise<{ claims: readonly EventClaim[]; nextInMs: number | undefined }>;
  /** Extends a claim to `forMs` from now. False if its fence is no longer valid: another claim replaced it, or it ended. */
  renew(id: string, fence: number, forMs: number): Promise<boolean>;
  /** Ends a claim. False if its fence is no longer valid; then nothing changes. */
  settle(id: string, fence: number, end: EventEnd): Promise<boolean>;
  /** @param after - The `next` of the previous page; '' for the first page. */
  listDead(
    after: string,
    limit: number,
  ): Promise<{ readonly events: readonly StoredEvent[]; readonly next: string | undefined }>;
  /** Moves a dead letter to the end of the queue, with no attempts and its last reason. False if there is no such letter. */
  revive(id: string): Promise<boolean>;
  /** Deletes a dead letter, and does not remember its identifier. False if there is no such letter. */
  deleteDead(id: string): Promise<boolean>;
  counts(): Promise<EventCounts>;
  /** Calls `fn` when events may be due: an event was added, a claim ended, or the store is back. */
  listen(fn: () => void): Undo;
}

/**
 * The place of inboxes in a store.
 * @public
 */
export interface Inboxes {
  /** Encryption keys of 32 bytes: the first encrypts, all decrypt. Without them, the store keeps events as they are. */
  readonly keys?: readonly Uint8Array[] | undefined;
  /** Returns the queue of an inbox. The same name gives the same queue in every process. */
  open(inbox: string): EventQueue;
}
