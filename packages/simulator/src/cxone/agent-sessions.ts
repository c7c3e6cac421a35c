import { BoundedMap } from '../bounded-map.js';
import { type AgentSession, LiveSession } from './agent-session.js';

/** Maximum number of stored sessions, ended ones included. The oldest is deleted first. */
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

  /** Finds a session of this tenant; undefined for a session of another tenant. */
  findInTenant(id: string, tenant: string): LiveSession | undefined {
    const session = this.#sessions.get(id);
    return session?.tenant === tenant ? session : undefined;
  }

  findSession(id: string): LiveSession | undefined {
    return this.#sessions.get(id);
  }

  /** Finds the open session of a user. */
  findLiving(tenant: string, user: string): LiveSession | undefined {
    return [...this.#sessions.values()].find((one) => !one.isOver && one.tenant === tenant && one.user === user);
  }

  listStates(): AgentSession[] {
    return [...this.#sessions.values()].map((session) => session.toState());
  }
}
