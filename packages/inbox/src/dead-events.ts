import { check, type StoredEvent } from '@holdline/core';
import type { InboxState } from './inbox-state.js';
import type { DeadEvent, DeadEventPage, DeadEvents } from './types.js';

const PAGE_SIZE = 100;

const checkPage = check.shape<{ after?: string; limit?: number }>({
  after: (value, key) => (typeof value === 'string' ? value : check.refuse(key, value, 'the next of a page')),
  limit: check.number({ min: 1, max: 1_000, integer: true }),
});
const checkReplay = check.shape<{ where?: (letter: DeadEvent) => boolean }>({
  where: check.callable<(letter: DeadEvent) => boolean>(),
});

/** The dead letters of an inbox. */
export class InboxDeadEvents implements DeadEvents {
  readonly #state: InboxState;
  readonly #wake: () => void;

  /** @param wake - Called when events were put back. */
  constructor(state: InboxState, wake: () => void) {
    this.#state = state;
    this.#wake = wake;
  }

  async list(page: { after?: string; limit?: number } = {}): Promise<DeadEventPage> {
    const { after = '', limit = PAGE_SIZE } = checkPage(page, 'page');
    const { events, next } = await this.#state.queue.listDead(after, limit);
    return { letters: await Promise.all(events.map((event) => this.#read(event))), next };
  }

  async replay(options: { where?: (letter: DeadEvent) => boolean } = {}): Promise<{ replayed: number; left: number }> {
    const { where } = checkReplay(options, 'options');
    // All letters are selected before the first is put back, because a letter that fails again is at the end of the list.
    const selected: DeadEvent[] = [];
    let all = 0;
    for (let after: string | undefined = ''; after !== undefined;) {
      const { letters, next }: DeadEventPage = await this.list({ after });
      all += letters.length;
      for (const { event, ...letter } of letters)
        if (!where || where({ ...letter, event })) selected.push({ ...letter, event: undefined });
      after = next;
    }
    let replayed = 0;
    for (const { id, reason } of selected) {
      if (!(await this.#state.queue.revive(id))) continue;
      replayed++;
      this.#state.emit('deadLetter', { what: 'replayed', id, reason });
      this.#wake();
    }
    return { replayed, left: all - replayed };
  }

  async remove(id: string): Promise<boolean> {
    const isRemoved = await this.#state.queue.deleteDead(check.text(id, 'id'));
    if (isRemoved) this.#state.emit('deadLetter', { what: 'removed', id, reason: undefined });
    return isRemoved;
  }

  async #read(stored: StoredEvent): Promise<DeadEvent> {
    const { id, receivedAt, attempts, reason } = stored;
    return { id, event: await this.#state.codec.decode(stored), receivedAt, attempts, reason };
  }
}
