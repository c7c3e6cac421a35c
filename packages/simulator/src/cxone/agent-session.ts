/** Something that happened in an agent session: plain JSON with a `Type`. */
export type AgentEvent = Record<string, unknown>;

/** What a waiting poll is given: events, or undefined because the session ended. */
type EventReceiver = (events: AgentEvent[] | undefined) => void;

/** An agent session as it is shown outside. */
export interface AgentSession {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  /** Get-next-event polls that wait now. */
  readonly waiting: number;
  /** Events that no poll has fetched yet. */
  readonly queued: number;
  readonly isOver: boolean;
}

/** One session: events on one side, polls on the other. Each event goes to one poll. */
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

  /** All events so far, which are then gone. */
  takeEvents(): AgentEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Waits for events or for the end; what it returns stops the waiting. */
  waitForEvents(taker: EventReceiver): () => void {
    this.#receivers.add(taker);
    return () => this.#receivers.delete(taker);
  }

  end(): void {
    this.isOver = true;
    const takers = [...this.#receivers];
    this.#receivers.clear();
    for (const taker of takers) taker(undefined);
  }

  toState(): AgentSession {
    const { id, tenant, user, isOver } = this;
    return { id, tenant, user, isOver, waiting: this.#receivers.size, queued: this.#events.length };
  }

  #deliverTo(taker: EventReceiver): void {
    const events = this.takeEvents();
    if (events.length === 0) return;
    this.#receivers.delete(taker);
    taker(events);
  }
}
