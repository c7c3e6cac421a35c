import { limitTime, messageOf, type EventQueue } from '@holdline/core';
import type { EventCodec } from './event-codec.js';
import type { InboxEvents, InboxListeners } from './events.js';
import type { ResolvedInboxOptions } from './options.js';
import type { Refusal } from './types.js';

/** Longest wait for one exchange with the store besides `add`, ms: as long as a line waits. */
export const EXCHANGE_LIMIT_MS = 5_000;

/** The counters of a snapshot. */
export interface InboxCounts {
  accepted: number;
  duplicates: number;
  readonly refused: Record<Refusal['reason'], number>;
  handled: number;
  failed: number;
  deadLetters: number;
  claimsLost: number;
  storeFailures: number;
}

/** What the parts of an inbox share. */
export class InboxState {
  readonly counts: InboxCounts = {
    accepted: 0,
    duplicates: 0,
    refused: { rate: 0, full: 0, store: 0, closed: 0 },
    handled: 0,
    failed: 0,
    deadLetters: 0,
    claimsLost: 0,
    storeFailures: 0,
  };

  constructor(
    readonly options: ResolvedInboxOptions,
    readonly queue: EventQueue,
    readonly codec: EventCodec,
    readonly listeners: InboxListeners,
  ) {}

  emit<E extends keyof InboxEvents>(event: E, payload: InboxEvents[E]): void {
    if (this.listeners.has(event)) this.listeners.emit(event, payload);
  }

  /** Runs an exchange with the store within a limited time, and reports its failure. */
  async exchange<T>(
    operation: InboxEvents['storeFailed']['operation'],
    run: () => Promise<T>,
    limitMs = EXCHANGE_LIMIT_MS,
  ): Promise<T> {
    try {
      return await limitTime(run, `inbox.${operation}`, this.options.clock, limitMs);
    } catch (error) {
      this.counts.storeFailures++;
      this.emit('storeFailed', { operation, message: messageOf(error) });
      throw error;
    }
  }
}
