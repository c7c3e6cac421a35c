import { Listeners, type Undo } from '@holdline/core';
import { ChangeReader } from './change-reader.js';
import type { ResolvedAgentStates } from './options.js';
import type { StatePoller } from './state-poller.js';
import {
  AGENT_STATES_EVENTS,
  type AgentState,
  type AgentStateChange,
  type AgentStates,
  type AgentStatesEvents,
} from './types.js';

/** One watch of a poller: all agents, or some. */
export class StateWatch implements AgentStates {
  readonly intervalMs: number;
  readonly #poller: StatePoller;
  readonly #staleAfterMs: number;
  readonly #agentIds: ReadonlySet<number> | undefined;
  readonly #listeners = new Listeners<AgentStatesEvents>(AGENT_STATES_EVENTS);
  readonly #readers = new Set<ChangeReader>();
  #isClosed = false;

  constructor(poller: StatePoller, { intervalMs, staleAfterMs, agentIds }: ResolvedAgentStates) {
    this.intervalMs = intervalMs;
    this.#poller = poller;
    this.#staleAfterMs = staleAfterMs;
    this.#agentIds = agentIds && new Set(agentIds);
  }

  get current(): ReadonlyMap<number, AgentState> | undefined {
    const { states } = this.#poller;
    if (!states || !this.#agentIds) return states;
    return new Map([...this.#agentIds].flatMap((id) => (states.has(id) ? [[id, states.get(id) as AgentState]] : [])));
  }

  get at(): number | undefined {
    return this.#poller.at;
  }

  get isStale(): boolean {
    return this.#poller.silenceMs > this.#staleAfterMs;
  }

  on<E extends keyof AgentStatesEvents>(event: E, listener: (event: AgentStatesEvents[E]) => void): Undo {
    return this.#listeners.on(event, listener);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<AgentStateChange> {
    const reader = new ChangeReader((ended) => this.#readers.delete(ended));
    if (this.#isClosed) reader.end();
    else this.#readers.add(reader);
    return reader;
  }

  close(): void {
    this.end();
    this.#poller.remove(this);
  }

  /** Ends the iterators. */
  end(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  report(change: AgentStateChange): void {
    if (this.#isClosed || this.#agentIds?.has(change.agentId) === false) return;
    for (const reader of this.#readers) reader.push(change);
    this.#listeners.emit('change', change);
  }

  reportFailure(failure: AgentStatesEvents['pollFailed']): void {
    if (!this.#isClosed) this.#listeners.emit('pollFailed', failure);
  }
}
