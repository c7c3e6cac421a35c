import { BoundedMap } from '../bounded-map.js';
import { type AgentSession, LiveSession } from './agent-session.js';

/** Sessions remembered, those that ended too; the oldest are forgotten beyond it. */
const MAX_SESSIONS = 100_000;

/** All agent sessions of all tenants. */
export class AgentSessions {
  readonly #newId: () => string;
  readonly #sessions = new BoundedMap<string, LiveSession>(MAX_SESSIONS);

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  startSession(tenant: string, user: string): LiveSession {
    const session = new LiveSession(this.#newId(), tenant, user);
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Another tenant's session is not there. */
  findInTenant(id: string, tenant: string): LiveSession | undefined {
    const session = this.#sessions.get(id);
    return session?.tenant === tenant ? session : undefined;
  }

  findSession(id: string): LiveSession | undefined {
    return this.#sessions.get(id);
  }

  /** The living session of a user. */
  findLiving(tenant: string, user: string): LiveSession | undefined {
    return [...this.#sessions.values()].find((one) => !one.isOver && one.tenant === tenant && one.user === user);
  }

  listStates(): AgentSession[] {
    return [...this.#sessions.values()].map((session) => session.toState());
  }
}
