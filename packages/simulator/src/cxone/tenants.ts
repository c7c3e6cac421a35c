import { BoundedMap } from '../bounded-map.js';
import { Collection } from '../platform/collection.js';
import { type Random, randomUuid } from '../random.js';
import { Sessions } from './agent-sessions.js';
import { numberOf } from './token-claims.js';

/** Tenants remembered; the oldest are forgotten beyond it. */
const MAX_TENANTS = 10_000;

/** A fixed date for what was there before the start, so that the same seed gives the same bodies. */
const START = '2026-01-01T00:00:00.000Z';

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
    this.businessUnit = numberOf(name);
    // Strict: a client that lost the answer to a write asks here whether it happened, and must get a true answer.
    this.callbacks = new Collection({ open: false, newId, shape: () => ({ status: 'Scheduled' }) });
    this.messages = new Collection({ open: false, newId, shape: () => ({ createdAt: START, messageContent: {} }) });
    this.contacts = new Collection({
      open: true,
      newId,
      shape: () => ({ status: 'open', createdAt: START, channelId: 'chat_simulated', customFields: [] }),
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
  agent(agentId: string): Record<string, unknown> {
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
export class World {
  readonly sessions: Sessions;
  readonly #ids: Random;
  readonly #tenants = new BoundedMap<string, Tenant>(MAX_TENANTS);

  constructor(ids: Random) {
    this.#ids = ids;
    this.sessions = new Sessions(() => this.newId().replaceAll('-', ''));
  }

  newId(): string {
    return randomUuid(this.#ids);
  }

  tenant(name: string): Tenant {
    let known = this.#tenants.get(name);
    if (known === undefined) {
      known = new Tenant(name, () => this.newId());
      this.#tenants.set(name, known);
    }
    return known;
  }
}
