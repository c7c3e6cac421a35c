import type { Undo } from '@holdline/core';

/**
 * State of one agent, as the platform answers it. The platform leaves out fields that were not asked for.
 * @public
 */
export interface AgentState {
  readonly agentId: number;
  readonly agentStateName?: string;
  readonly isActive?: boolean | string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly userName?: string;
  readonly userId?: string;
  readonly teamId?: number | string;
  readonly teamName?: string;
  readonly outStateDescription?: string | null;
  readonly startDate?: string;
  readonly lastUpdateTime?: string;
  readonly [field: string]: unknown;
}

/**
 * A change of the state of one agent.
 * @public
 */
export interface AgentStateChange {
  readonly agentId: number;
  /** The new state; undefined if the platform does not list the agent any more. */
  readonly state: AgentState | undefined;
  /** The state before; undefined for an agent that is new. */
  readonly previous: AgentState | undefined;
}

/**
 * Events of {@link AgentStates}.
 * @public
 */
export interface AgentStatesEvents {
  /** The state of an agent changed. The first poll reports every agent. */
  change: AgentStateChange;
  /** A poll failed. The states stay, and the next poll follows after the interval. `status` is set if the platform answered. */
  pollFailed: { error: unknown; status: number | undefined };
}

/** Names of the events. */
export const AGENT_STATES_EVENTS: Readonly<Record<keyof AgentStatesEvents, true>> = { change: true, pollFailed: true };

/**
 * The states of agents, kept up to date by polls that all watches of the same client share.
 * @public
 */
export interface AgentStates extends AsyncIterable<AgentStateChange> {
  /** The known states by agent id. Undefined before the first answer. */
  readonly current: ReadonlyMap<number, AgentState> | undefined;
  /** Wall time in ms of the last answer. Undefined before it. */
  readonly at: number | undefined;
  /** Whether no poll was answered within `staleAfterMs`. */
  readonly isStale: boolean;
  /**
   * Adds a listener.
   * @returns a function that removes the listener.
   */
  on<E extends keyof AgentStatesEvents>(event: E, listener: (event: AgentStatesEvents[E]) => void): Undo;
  /**
   * Iterates over the changes from now on. A slow reader gets the last change of each agent only. The iterator ends when the watch or the
   * line is closed.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<AgentStateChange>;
  /** Ends the watch. The polls stop with the last watch. */
  close(): void;
}
