import { Listeners, messageOf } from '@holdline/core';
import type { Refusal } from './types.js';

/**
 * The events of an inbox. None has the contents of an event from outside.
 * @public
 */
export interface InboxEvents {
  /** An event was stored. */
  accepted: { readonly id: string; readonly type: string | undefined };
  /** An event was accepted before, and is not stored again. */
  duplicate: { readonly id: string; readonly type: string | undefined };
  /** An event was refused. */
  refused: { readonly id: string; readonly reason: Refusal['reason']; readonly retryAfterMs: number };
  /** An event was handled. */
  handled: { readonly id: string; readonly attempt: number; readonly tookMs: number };
  /** A handling failed. `reason` is the code or the name of `error`. `retryInMs` is undefined if no other handling follows. */
  failed: {
    readonly id: string;
    readonly attempt: number;
    readonly reason: string;
    /** The error that the `handle` function threw, unchanged. */
    readonly error: unknown;
    readonly retryInMs: number | undefined;
  };
  /** An event became a dead letter, or a dead letter was put back or deleted. */
  deadLetter: {
    readonly what: 'kept' | 'replayed' | 'removed';
    readonly id: string;
    readonly reason: string | undefined;
  };
  /** Another process has the event now, or may have it. The result of the handling here does not count. */
  claimLost: { readonly id: string };
  /** An exchange with the store failed. The inbox repeats it, except for `add`: then it refuses the event. */
  storeFailed: { readonly operation: 'add' | 'claim' | 'renew' | 'settle' | 'counts'; readonly message: string };
  /** A listener threw. */
  listenerFailed: { readonly event: string; readonly message: string };
  /** The inbox was closed. `running` is the number of handlings that did not end in time. */
  closed: { readonly tookMs: number; readonly running: number };
}

const EVENT_NAMES: Readonly<Record<keyof InboxEvents, true>> = {
  accepted: true,
  duplicate: true,
  refused: true,
  handled: true,
  failed: true,
  deadLetter: true,
  claimLost: true,
  storeFailed: true,
  listenerFailed: true,
  closed: true,
};

/** The listeners of an inbox. */
export class InboxListeners extends Listeners<InboxEvents> {
  constructor() {
    super(EVENT_NAMES);
  }

  /** Reports a listener that threw. */
  override recordFailure(event: keyof InboxEvents, error: unknown): void {
    if (event !== 'listenerFailed') this.emit('listenerFailed', { event, message: messageOf(error) });
  }
}
