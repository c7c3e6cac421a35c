/**
 * An event of an agent session: plain JSON with a `Type`.
 * @public
 */
export type AgentEvent = Record<string, unknown>;

/** Receives the events for a waiting poll, or undefined when the session ends. */
type EventReceiver = (events: AgentEvent[] | undefined) => void;

/**
 * Public state of an agent session.
 * @public
 */
export interface AgentSession {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  /** Number of get-next-event polls that wait now. */
  readonly waiting: number;
  /** Number of events that no poll has fetched yet. */
  readonly queued: number;
  readonly isOver: boolean;
}

/** An agent session with its queued events and its waiting polls. Each event goes to one poll. */
export class LiveSession {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  readonly #receivers = new Set<EventReceiver>();
  #events: AgentEvent[] = [];
  isOver = false;

  constructor(id: string, tenant: string, user: string) {
    this.id = id;
    this.tenant = tenant;
    this.user = user;
  }

  pushEvents(events: readonly AgentEvent[]): void {
    this.#events.push(...events);
    const [first] = this.#receivers;
    if (first !== undefined) this.#deliverTo(first);
  }

  /** Returns all queued events and empties the queue. */
  takeEvents(): AgentEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Waits for events or for the end of the session. The returned function stops the wait. */
  waitForEvents(receiver: EventReceiver): () => void {
    this.#receivers.add(receiver);
    return () => this.#receivers.delete(receiver);
  }

  end(): void {
    this.isOver = true;
    const receivers = [...this.#receivers];
    this.#receivers.clear();
    for (const receiver of receivers) receiver(undefined);
  }

  toState(): AgentSession {
    const { id, tenant, user, isOver } = this;
    return { id, tenant, user, isOver, waiting: this.#receivers.size, queued: this.#events.length };
  }

  #deliverTo(receiver: EventReceiver): void {
    const events = this.takeEvents();
    if (events.length === 0) return;
    this.#receivers.delete(receiver);
    receiver(events);
  }
}
