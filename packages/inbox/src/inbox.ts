import { check, type EventCounts, settlesWithin, type Undo } from '@holdline/core';
import { Consumer } from './consumer.js';
import { InboxDeadEvents } from './dead-events.js';
import { checkEvent, EventCodec } from './event-codec.js';
import { type InboxEvents, InboxListeners } from './events.js';
import { httpHandler, type HttpHandler } from './http/handler.js';
import { InboxState } from './inbox-state.js';
import { checkInboxOptions, type InboxOptions } from './options.js';
import { RateWindows } from './rate-windows.js';
import type { Acceptance, DeadEvents, IncomingEvent, InboxStatus, Refusal, Verifier } from './types.js';

/** Wait that a refusal names if nothing else is known, ms: the pause between two tries of Genesys. */
const RETRY_AFTER_MS = 5_000;
/** Part of the time of `close` that handlers have before they are told to stop. */
const GRACE = 0.8;
/** How often `drain` asks the store for events that other processes handle, ms. */
const DRAIN_POLL_MS = 1_000;
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * An inbox: events from outside are stored before they are acknowledged, and then handled.
 * @public
 */
export interface Inbox {
  readonly name: string;
  /**
   * Stores an event, and says what to tell its sender. When it resolves with `accepted` or `duplicate`, the event is stored, and the
   * sender may forget it. After `refused` nothing is known to be stored, and the sender has to send the event again.
   * @throws ConfigError if the event has no valid `id`, `key`, `type` or `data`, or is too large.
   */
  accept(event: IncomingEvent): Promise<Acceptance>;
  readonly deadLetters: DeadEvents;
  /** What this process did since its start. */
  snapshot(): InboxStatus;
  /**
   * Numbers of stored events, of all processes.
   * @throws Error if the store fails.
   */
  counts(): Promise<EventCounts>;
  /**
   * Adds a listener. The returned function removes it.
   * @throws ConfigError for an unknown event.
   */
  on<E extends keyof InboxEvents>(event: E, listener: (payload: InboxEvents[E]) => void): Undo;
  /** Settles when no stored event waits and none is handled, also by other processes, or when the inbox is closed. */
  drain(): Promise<void>;
  /**
   * Refuses new events, and lets handlers finish for four fifths of the time. Then it aborts their signals. Events of handlers that
   * stop are given back at once, and do not count as failed. Events of handlers that do not stop are handled again when their claims
   * expire. The store stays open.
   * @param options - `timeoutMs` is 10,000 by default.
   */
  close(options?: { timeoutMs?: number }): Promise<void>;
}

/**
 * An inbox that also takes HTTP requests.
 * @public
 */
export interface HttpInbox extends Inbox {
  /** Answers a request of the sender. Its events are stored before. It needs no `this`, and always resolves with a response. */
  readonly fetch: HttpHandler;
}

const checkClose = check.shape<{ timeoutMs?: number }>({ timeoutMs: check.number({ min: 0 }) });

/**
 * Makes an inbox for events from outside.
 *
 * @throws ConfigError if an option is wrong, or the store has no inboxes.
 * @example
 * ```ts
 * import { memoryStore } from '@holdline/core';
 * import { genesysOpenMessaging, inbox } from '@holdline/inbox';
 *
 * declare function answer(message: unknown): Promise<void>;
 * const messages = inbox({
 *   store: memoryStore(),
 *   quota: { limit: 500, windowMs: 1_000 },
 *   verify: genesysOpenMessaging({ secret: process.env.GENESYS_SECRET ?? '' }),
 *   handle: ({ event }) => answer(event.data),
 * });
 * export const POST = messages.fetch;
 * ```
 * @public
 */
export function inbox(options: InboxOptions & { verify: Verifier }): HttpInbox;
/**
 * Makes an inbox without HTTP, for the consumer of a queue.
 *
 * @throws ConfigError if an option is wrong, or the store has no inboxes.
 * @public
 */
export function inbox(options: InboxOptions): Inbox;
export function inbox(options: InboxOptions): Inbox {
  return new StoreInbox(options);
}

class StoreInbox implements Inbox {
  readonly name: string;
  readonly deadLetters: DeadEvents;
  readonly fetch: HttpHandler | undefined;
  readonly #state: InboxState;
  readonly #rate: RateWindows | undefined;
  readonly #consumer: Consumer | undefined;
  /** Events that are being stored. */
  readonly #accepting = new Set<Promise<unknown>>();
  /** Resolvers of `drain`, which ask for the counts again. */
  readonly #draining = new Set<() => void>();
  #closing: Promise<void> | undefined;

  constructor(given: InboxOptions) {
    const options = checkInboxOptions(given);
    const { name, inboxes, maxEventLength, quota, verify, http, clock } = options;
    this.name = name;
    const codec = new EventCodec(name, maxEventLength, inboxes.keys);
    this.#state = new InboxState(options, inboxes.open(name), codec, new InboxListeners());
    this.fetch = verify && httpHandler(this, verify, { ...http, clock });
    this.#rate = quota && new RateWindows(quota.limit, quota.windowMs);
    this.#consumer = options.handle && new Consumer(this.#state, () => this.#wakeDrains());
    this.deadLetters = new InboxDeadEvents(this.#state, () => this.#consumer?.wake());
  }

  accept(event: IncomingEvent): Promise<Acceptance> {
    const work = this.#accept(event).finally(() => this.#accepting.delete(work));
    this.#accepting.add(work);
    return work;
  }

  snapshot(): InboxStatus {
    const { counts } = this.#state;
    const running = this.#consumer?.running ?? 0;
    return {
      name: this.name,
      isClosed: this.#closing !== undefined,
      running,
      ...counts,
      refused: { ...counts.refused },
    };
  }

  counts(): Promise<EventCounts> {
    return this.#state.exchange('counts', () => this.#state.queue.counts());
  }

  on<E extends keyof InboxEvents>(event: E, listener: (payload: InboxEvents[E]) => void): Undo {
    return this.#state.listeners.on(event, listener);
  }

  async drain(): Promise<void> {
    while (!this.#closing) {
      const counts = await this.counts().catch(() => undefined);
      if (counts?.pending === 0) return;
      await new Promise<void>((resolve) => {
        const stop = this.#state.options.clock.setTimer(DRAIN_POLL_MS, () => done());
        const done = (): void => {
          stop();
          this.#draining.delete(done);
          resolve();
        };
        this.#draining.add(done);
      });
    }
  }

  close(options: { timeoutMs?: number } = {}): Promise<void> {
    const { timeoutMs = CLOSE_TIMEOUT_MS } = checkClose(options, 'options');
    this.#closing ??= this.#close(timeoutMs);
    this.#wakeDrains();
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<void> {
    const { clock } = this.#state.options;
    const start = clock.now();
    const work = Promise.all([Promise.allSettled(this.#accepting), this.#consumer?.stop()]);
    if (!(await settlesWithin(clock, timeoutMs * GRACE, work))) {
      this.#consumer?.abort();
      await settlesWithin(clock, timeoutMs * (1 - GRACE), work);
      this.#consumer?.abandon();
    }
    this.#state.emit('closed', { tookMs: clock.now() - start, running: this.#consumer?.running ?? 0 });
  }

  async #accept(given: IncomingEvent): Promise<Acceptance> {
    const { clock, quota, maxEvents, acceptTimeoutMs } = this.#state.options;
    const event = checkEvent(given);
    if (this.#closing) return this.#refuse(event, 'closed', RETRY_AFTER_MS);
    const waitMs = this.#rate?.take(quota?.by?.(event) ?? '', clock.now()) ?? 0;
    if (waitMs > 0) return this.#refuse(event, 'rate', waitMs);
    const stored = await this.#state.codec.encode(event, clock.wall());
    try {
      const end = await this.#state.exchange('add', () => this.#state.queue.add(stored, maxEvents), acceptTimeoutMs);
      return end === 'full' ? this.#refuse(event, 'full', RETRY_AFTER_MS) : this.#confirm(event, end === 'added');
    } catch {
      return this.#refuse(event, 'store', RETRY_AFTER_MS);
    }
  }

  #confirm({ id, type }: IncomingEvent, isNew: boolean): Acceptance {
    if (isNew) {
      this.#state.counts.accepted++;
      this.#consumer?.wake();
    } else this.#state.counts.duplicates++;
    this.#state.emit(isNew ? 'accepted' : 'duplicate', { id, type });
    return { result: isNew ? 'accepted' : 'duplicate' };
  }

  #refuse({ id }: IncomingEvent, reason: Refusal['reason'], retryAfterMs: number): Acceptance {
    this.#state.counts.refused[reason]++;
    this.#state.emit('refused', { id, reason, retryAfterMs });
    return { result: 'refused', reason, retryAfterMs };
  }

  #wakeDrains(): void {
    for (const done of [...this.#draining]) done();
  }
}
