/** Something that happened in an agent session: plain JSON with a `Type`. */
export type AgentEvent = Record<string, unknown>;

/** What a waiting poll is given: events, or undefined because the session ended. */
type Taker = (events: AgentEvent[] | undefined) => void;

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
export class Session {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  readonly #takers = new Set<Taker>();
  #events: AgentEvent[] = [];
  isOver = false;

  constructor(id: string, tenant: string, user: string) {
    this.id = id;
    this.tenant = tenant;
    this.user = user;
  }

  push(events: readonly AgentEvent[]): void {
    this.#events.push(...events);
    const [first] = this.#takers;
    if (first !== undefined) this.#give(first);
  }

  /** All events so far, which are then gone. */
  take(): AgentEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Waits for events or for the end; what it returns stops the waiting. */
  wait(taker: Taker): () => void {
    this.#takers.add(taker);
    return () => this.#takers.delete(taker);
  }

  end(): void {
    this.isOver = true;
    const takers = [...this.#takers];
    this.#takers.clear();
    for (const taker of takers) taker(undefined);
  }

  show(): AgentSession {
    const { id, tenant, user, isOver } = this;
    return { id, tenant, user, isOver, waiting: this.#takers.size, queued: this.#events.length };
  }

  #give(taker: Taker): void {
    const events = this.take();
    if (events.length === 0) return;
    this.#takers.delete(taker);
    taker(events);
  }
}
