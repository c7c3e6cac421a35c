import { BoundedMap } from '../bounded-map.js';
import { Collection } from '../platform/collection.js';
import { type Random, generateUuid } from '../random.js';
import { AgentSessions } from './agent-sessions.js';
import { deriveNumber } from './token-claims.js';

/** Tenants remembered; the oldest are forgotten beyond it. */
const MAX_TENANTS = 10_000;

/** A fixed date for what was there before the start, so that the same seed gives the same bodies. */
const CREATED_AT = '2026-01-01T00:00:00.000Z';

/** One tenant: what can be read, and what was written. Nothing of it is seen by another. */
export class Tenant {
  readonly name: string;
  readonly businessUnit: number;
  readonly callbacks: Collection;
  readonly contacts: Collection;
  readonly messages: Collection;
  readonly skills: readonly Record<string, unknown>[];
  readonly teams: readonly Record<string, unknown>[];
  readonly unavailableCodes: readonly Record<string, unknown>[];
  /** Client data by agent, as text. */
  readonly clientData = new BoundedMap<string, string>(MAX_TENANTS);

  constructor(name: string, newId: () => string) {
    this.name = name;
    this.businessUnit = deriveNumber(name);
    // Strict: a client that lost the answer to a write asks here whether it happened, and must get a true answer.
    this.callbacks = new Collection({ answersAnyId: false, newId, buildDefaults: () => ({ status: 'Scheduled' }) });
    this.messages = new Collection({
      answersAnyId: false,
      newId,
      buildDefaults: () => ({ createdAt: CREATED_AT, messageContent: {} }),
    });
    this.contacts = new Collection({
      answersAnyId: true,
      newId,
      buildDefaults: () => ({ status: 'open', createdAt: CREATED_AT, channelId: 'chat_simulated', customFields: [] }),
    });
    this.skills = [1, 2, 3, 4, 5].map((skillId) => ({
      skillId,
      skillName: `Skill ${skillId}`,
      mediaTypeId: 4,
      isActive: true,
      isRestricted: false,
      isOutbound: skillId > 3,
      outboundStrategy: skillId > 3 ? 'Manual' : null,
    }));
    this.teams = [1, 2].map((teamId) => ({ teamId, teamName: `Team ${teamId}`, isActive: true }));
    this.unavailableCodes = ['Break', 'Lunch', 'Meeting'].map((outStateName, index) => ({
      outStateId: index + 1,
      outStateName,
      isAcw: false,
      isActive: true,
    }));
  }

  /** An agent: any id answers. */
  buildAgent(agentId: string): Record<string, unknown> {
    return {
      agentId: Number(agentId) || agentId,
      userName: `${agentId}@${this.name}`,
      firstName: 'Agent',
      lastName: agentId,
      teamId: 1,
      teamName: 'Team 1',
      isActive: true,
    };
  }
}

/** All tenants, made when they are first heard of. */
export class CxoneTenants {
  readonly sessions: AgentSessions;
  readonly #ids: Random;
  readonly #tenants = new BoundedMap<string, Tenant>(MAX_TENANTS);

  constructor(ids: Random) {
    this.#ids = ids;
    this.sessions = new AgentSessions(() => this.newId().replaceAll('-', ''));
  }

  newId(): string {
    return generateUuid(this.#ids);
  }

  getTenant(name: string): Tenant {
    let known = this.#tenants.get(name);
    if (known === undefined) {
      known = new Tenant(name, () => this.newId());
      this.#tenants.set(name, known);
    }
    return known;
  }
}
