import { BoundedMap } from '../bounded-map.js';

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

/** Sessions remembered, those that ended too; the oldest are forgotten beyond it. */
const MAX_SESSIONS = 100_000;

/** One session: events on one side, polls on the other. Each event goes to one poll. */
class Session {
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

export type { Session };

/** All agent sessions of all tenants. */
export class Sessions {
  readonly #newId: () => string;
  readonly #all = new BoundedMap<string, Session>(MAX_SESSIONS);

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  start(tenant: string, user: string): Session {
    const session = new Session(this.#newId(), tenant, user);
    this.#all.set(session.id, session);
    return session;
  }

  /** Another tenant's session is not there. */
  find(id: string, tenant: string): Session | undefined {
    const session = this.#all.get(id);
    return session?.tenant === tenant ? session : undefined;
  }

  get(id: string): Session | undefined {
    return this.#all.get(id);
  }

  /** The living session of a user. */
  of(tenant: string, user: string): Session | undefined {
    return [...this.#all.values()].find((one) => !one.isOver && one.tenant === tenant && one.user === user);
  }

  list(): AgentSession[] {
    return [...this.#all.values()].map((session) => session.show());
  }
}
