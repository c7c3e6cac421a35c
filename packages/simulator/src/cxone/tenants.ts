import { BoundedMap } from '../bounded-map.js';
import { Collection } from '../platform/collection.js';
import { type Random, generateUuid } from '../random.js';
import { AgentSessions } from './agent-sessions.js';
import { AgentStates, FIRST_AGENTS } from './agent-states.js';
import { deriveNumber } from './token-claims.js';

/** Maximum number of stored tenants. The oldest is deleted first. */
const MAX_TENANTS = 10_000;

/** Creation date of all initial data. It is fixed, so that one seed always gives the same bodies. */
const CREATED_AT = '2026-01-01T00:00:00.000Z';

/** An address book with its entries. */
interface AddressBook extends Readonly<Record<string, unknown>> {
  readonly addressBookId: number;
  readonly addressBookEntries: readonly Readonly<Record<string, unknown>>[];
}

/** Data of one tenant: what clients can read and what they wrote. No other tenant sees it. */
export class Tenant {
  readonly name: string;
  readonly businessUnit: number;
  readonly callbacks: Collection;
  readonly contacts: Collection;
  readonly messages: Collection;
  readonly skills: readonly Record<string, unknown>[];
  readonly teams: readonly Record<string, unknown>[];
  readonly unavailableCodes: readonly Record<string, unknown>[];
  readonly dispositions: readonly Record<string, unknown>[];
  readonly addressBooks: readonly AddressBook[];
  readonly states: AgentStates;
  /** Client data by agent id, as text. */
  readonly clientData = new BoundedMap<string, string>(MAX_TENANTS);

  constructor(name: string, newId: () => string) {
    this.name = name;
    this.businessUnit = deriveNumber(name);
    // Unknown ids get 404: a client that lost the answer to a write checks here whether the write happened.
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
    this.teams = [1, 2].map((teamId) => ({
      teamId,
      teamName: `Team ${teamId}`,
      isActive: true,
      agentCount: teamId === 1 ? FIRST_AGENTS : 0,
    }));
    this.unavailableCodes = ['Break', 'Lunch', 'Meeting'].map((outStateName, index) => ({
      outStateId: index + 1,
      outStateName,
      isAcw: false,
      isActive: true,
    }));
    this.dispositions = ['Resolved', 'Call back'].map((dispositionName, index) => ({
      dispositionId: index + 1,
      dispositionName,
      displayOrder: index + 1,
    }));
    this.addressBooks = [
      {
        addressBookId: 1,
        addressBookName: 'Simulated',
        addressBookType: 'Standard',
        addressBookEntries: ['Ada', 'Grace', 'Mary'].map((firstName, index) => ({
          addressBookEntryId: index + 1,
          firstName,
          lastName: 'Simulated',
          phone: `555010${index}`,
          mobile: '',
          email: `${firstName.toLowerCase()}@${name}.test`,
        })),
      },
    ];
    this.states = new AgentStates((agentId) => this.buildAgent(String(agentId)), CREATED_AT);
  }

  /** Sets the state of a user of the tenant, as an agent session does. */
  setAgentState(user: string, state: string, reason: string, wallMs: number): void {
    this.states.setState(deriveNumber(`${this.name}/${user}`), state, reason, new Date(wallMs).toISOString());
  }

  /** Builds an agent. Any id is valid. */
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

/** All tenants. A tenant is created on first use. */
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
