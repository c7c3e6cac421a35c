import { BoundedMap } from '../bounded-map.js';
import { type AgentSession, Session } from './agent-session.js';

/** Sessions remembered, those that ended too; the oldest are forgotten beyond it. */
const MAX_SESSIONS = 100_000;

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
