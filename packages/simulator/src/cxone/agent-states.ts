import { BoundedMap } from '../bounded-map.js';

/** Number of agents that every tenant has from the start. */
export const FIRST_AGENTS = 20;

/** Maximum number of agents with a state per tenant. The oldest is deleted first. */
const MAX_AGENTS = 100_000;

/** The state of one agent, with the fields that the SDK asks for. */
export interface AgentStateRecord extends Record<string, unknown> {
  readonly agentId: number;
  readonly agentStateName: string;
  readonly outStateDescription: string;
  readonly startDate: string;
  readonly lastUpdateTime: string;
}

/** The states of the agents of a tenant, in the order of their last change. */
export class AgentStates {
  readonly #states = new BoundedMap<number, AgentStateRecord>(MAX_AGENTS);
  readonly #describe: (agentId: number) => Record<string, unknown>;

  /**
   * @param describe - Returns the fields of an agent that do not belong to its state.
   * @param createdAt - Time of the first state of each agent.
   */
  constructor(describe: (agentId: number) => Record<string, unknown>, createdAt: string) {
    this.#describe = describe;
    for (let agentId = 1; agentId <= FIRST_AGENTS; agentId++) this.setState(agentId, 'LoggedOut', '', createdAt);
  }

  /** Sets the state of an agent. */
  setState(agentId: number, name: string, reason: string, at: string): void {
    this.#states.set(agentId, {
      ...this.#describe(agentId),
      agentId,
      agentStateName: name,
      outStateDescription: reason,
      contactId: null,
      isOutbound: null,
      mediaName: null,
      outStateCode: null,
      skillId: null,
      skillName: null,
      stationPhoneNumber: null,
      startDate: at,
      lastUpdateTime: at,
    });
  }

  /** Lists the agents whose state changed at this wall time in ms, or later. */
  listChangedSince(sinceMs: number): AgentStateRecord[] {
    // Inclusive: a change within the millisecond of the last poll must not be lost.
    return [...this.#states.values()].filter(({ lastUpdateTime }) => Date.parse(lastUpdateTime) >= sinceMs);
  }
}
