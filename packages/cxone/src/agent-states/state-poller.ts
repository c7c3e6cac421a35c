import { withOwnReads, type Clock, type Undo } from '@holdline/core';
import { readClaims } from '../sdk/token-claims.js';
import type { ResolvedAgentStates } from './options.js';
import { readStateAnswer, type StateAnswer } from './state-answer.js';
import type { AgentState, AgentStateChange, AgentStatesEvents } from './types.js';

/** The route that the directory of the SDK 25.1.2 polls. */
const STATES_PATH = '/InContactAPI/services/v27.0/cache/agentstate';

/** The SDK sends this value for a read of all agents. */
const EVER = new Date(0).toISOString();

/** Longest time of one poll, its wait for permits included, in ms. */
const POLL_LIMIT_MS = 60_000;

/** What identifies the polls of a client. Watches with the same values share them. */
export interface PollSource {
  readonly baseUri: string;
  readonly fields: string;
  readonly tenant: string | undefined;
  /** Returns the token. Undefined if the line signs the polls. */
  readonly accessToken: (() => string | undefined) | undefined;
  /** The guarded fetch. */
  readonly fetch: typeof fetch;
  /** The object that the token comes from. */
  readonly owner: object | undefined;
}

/** A watch, as the poller sees it. */
export interface PollListener {
  readonly intervalMs: number;
  report(change: AgentStateChange): void;
  reportFailure(failure: AgentStatesEvents['pollFailed']): void;
  end(): void;
}

/** Polls the states of all agents for all watches of one source. */
export class StatePoller {
  readonly source: PollSource;
  readonly #clock: Clock;
  readonly #resyncMs: number;
  readonly #onIdle: () => void;
  readonly #watches = new Set<PollListener>();
  /** The value for `updatedSince`. Undefined: the next poll reads all agents. */
  #since: string | undefined;
  /** Monotonic ms of the last answer, of the last read of all agents and of the start of the last poll. */
  #answeredAt: number;
  #resyncedAt = -Infinity;
  #polledAt = -Infinity;
  #states: Map<number, AgentState> | undefined;
  #at: number | undefined;
  /** The last token, and whom it belongs to. */
  #token: string | undefined;
  #identity: string | undefined;
  #abort: AbortController | undefined;
  #cancelTimer: Undo | undefined;

  /** @param onIdle - Called when the last watch has ended. */
  constructor(source: PollSource, { clock, resyncMs }: ResolvedAgentStates, onIdle: () => void) {
    this.source = source;
    this.#clock = clock;
    this.#resyncMs = resyncMs;
    this.#onIdle = onIdle;
    this.#answeredAt = clock.now();
  }

  /** The known states of the user who is logged in now. */
  get states(): Map<number, AgentState> | undefined {
    this.#followToken();
    return this.#states;
  }

  /** Wall time in ms of the last answer. */
  get at(): number | undefined {
    this.#followToken();
    return this.#at;
  }

  /** Time since the last answer in ms. */
  get silenceMs(): number {
    return this.#clock.now() - this.#answeredAt;
  }

  add(watch: PollListener): void {
    this.#watches.add(watch);
    if (!this.#abort) this.#schedule();
  }

  remove(watch: PollListener): void {
    if (!this.#watches.delete(watch) || this.#watches.size > 0) return;
    this.#cancelTimer?.();
    this.#abort?.abort();
    this.#onIdle();
  }

  /** Ends all watches, because the line closes. */
  end(): void {
    for (const watch of [...this.#watches]) {
      watch.end();
      this.remove(watch);
    }
  }

  #schedule(): void {
    this.#cancelTimer?.();
    const intervalMs = Math.min(...[...this.#watches].map((watch) => watch.intervalMs));
    const waitMs = Math.max(0, this.#polledAt + intervalMs - this.#clock.now());
    // A timer also for the first poll, so that watches made in the same turn of the event loop share it.
    this.#cancelTimer = this.#clock.setTimer(waitMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#polledAt = this.#clock.now();
    try {
      await this.#readChanges(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.#reportFailure({ error, status: undefined });
    }
    if (this.#abort === abort) this.#abort = undefined;
    if (this.#watches.size > 0 && !abort.signal.aborted) this.#schedule();
  }

  async #readChanges(signal: AbortSignal): Promise<void> {
    const { accessToken, tenant, baseUri, fields, fetch } = this.source;
    const token = this.#followToken();
    if (accessToken && !token) throw new Error('agentStates has no access token: nobody is logged in');
    const headers = { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const isWhole = this.#since === undefined || this.#polledAt - this.#resyncedAt >= this.#resyncMs;
    const url = new URL(STATES_PATH, baseUri);
    url.searchParams.set('fields', fields);
    url.searchParams.set('updatedSince', isWhole ? EVER : (this.#since as string));
    const identity = this.#identity;
    const response = await withOwnReads({ priority: 'background', totalTimeoutMs: POLL_LIMIT_MS, signal, tenant }, () =>
      fetch(url.href, { headers, signal }),
    );
    const { status } = response;
    // 204 and 304 mean that nothing changed. The SDK expects both.
    const answer = status === 200 ? readStateAnswer(await response.json()) : undefined;
    if (!answer) await response.body?.cancel();
    this.#followToken();
    if (signal.aborted || identity !== this.#identity) return;
    if (!answer && status !== 204 && status !== 304)
      return this.#reportFailure({ error: new Error(`the poll of agent states was answered with ${status}`), status });
    this.#at = this.#clock.wall();
    this.#answeredAt = this.#clock.now();
    if (isWhole && status !== 304) this.#resyncedAt = this.#polledAt;
    if (answer) this.#apply(answer, isWhole);
  }

  /** Reads the token. Drops the states if it belongs to another user or tenant than before. */
  #followToken(): string | undefined {
    const token = this.source.accessToken?.() || undefined;
    if (token === this.#token) return token;
    this.#token = token;
    // The owner of a token without claims is unknown, so each such token counts as another user.
    const identity = token && (readClaims(`Bearer ${token}`).credential ?? token);
    if (identity === this.#identity) return token;
    this.#identity = identity;
    const states = this.#states;
    this.#since = this.#states = this.#at = undefined;
    for (const [agentId, previous] of states ?? []) this.#report({ agentId, state: undefined, previous });
    return token;
  }

  #apply({ states, lastPollTime }: StateAnswer, isWhole: boolean): void {
    this.#since = lastPollTime;
    const known = (this.#states ??= new Map<number, AgentState>());
    const gone = new Set(isWhole ? known.keys() : []);
    for (const state of states) {
      const { agentId } = state;
      gone.delete(agentId);
      const previous = known.get(agentId);
      // A poll repeats agents that changed in the millisecond of the poll before.
      if (previous && isSame(previous, state)) continue;
      known.set(agentId, state);
      this.#report({ agentId, state, previous });
    }
    for (const agentId of gone) {
      const previous = known.get(agentId);
      known.delete(agentId);
      this.#report({ agentId, state: undefined, previous });
    }
  }

  #report(change: AgentStateChange): void {
    for (const watch of [...this.#watches]) watch.report(change);
  }

  #reportFailure(failure: AgentStatesEvents['pollFailed']): void {
    for (const watch of [...this.#watches]) watch.reportFailure(failure);
  }
}

/** Compares two states, without the time of the poll that they may carry. */
function isSame(one: AgentState, other: AgentState): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  names.delete('lastPollTime');
  return [...names].every(
    (name) => one[name] === other[name] || JSON.stringify(one[name]) === JSON.stringify(other[name]),
  );
}
