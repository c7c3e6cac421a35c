import type { Clock } from '../contract/clock.js';
import type { EventQueue, Inboxes } from '../contract/inbox.js';
import { MemoryEventQueue } from './memory-event-queue.js';
import { noRows, type Rows } from './rows.js';

/** Inboxes in the memory of the process. With rows, their events survive a restart. */
export class MemoryInboxes implements Inboxes {
  readonly #queues = new Map<string, EventQueue>();
  readonly #clock: Clock;
  readonly #rowsOf: (inbox: string) => Rows;
  // Private, so that a printed store does not show it.
  readonly #keys: readonly Uint8Array[] | undefined;

  /** @param rowsOf - The rows of one inbox. They are loaded when the inbox is opened. */
  constructor(clock: Clock, rowsOf: (inbox: string) => Rows = () => noRows, keys?: readonly Uint8Array[]) {
    this.#clock = clock;
    this.#rowsOf = rowsOf;
    this.#keys = keys;
  }

  get keys(): readonly Uint8Array[] | undefined {
    return this.#keys;
  }

  open(inbox: string): EventQueue {
    let queue = this.#queues.get(inbox);
    if (!queue) this.#queues.set(inbox, (queue = new MemoryEventQueue(this.#clock, this.#rowsOf(inbox))));
    return queue;
  }
}
