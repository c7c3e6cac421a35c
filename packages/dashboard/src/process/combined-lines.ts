import type { EventName, Holdline, HoldlineEvents, ScopeSnapshot, Snapshot, Undo } from '@holdline/core';
import { emptySnapshot, type Watchable } from '@holdline/monitor';
import { WeakLine } from './weak-line.js';

/** Largest number of lines that are watched together. Further lines are not watched. */
export const MAX_COMBINED = 1_000;
/** Largest number of scopes in the combined snapshot. */
const MAX_SCOPES = 10_000;

type AnyListener = (payload: HoldlineEvents[EventName]) => void;

/** Many lines as one: their events together, and the sum of their states. It keeps no line alive. */
export class CombinedLines implements Watchable {
  readonly #members = new Set<WeakLine>();
  readonly #listeners = new Map<EventName, Set<AnyListener>>();

  get size(): number {
    return this.#members.size;
  }

  /** Adds a line. False: too many lines are watched already. */
  add(line: Holdline): boolean {
    if (this.#members.size >= MAX_COMBINED) this.#forgetGone();
    if (this.#members.size >= MAX_COMBINED) return false;
    const member = new WeakLine(line);
    this.#members.add(member);
    for (const event of this.#listeners.keys()) this.#forward(member, event);
    line.on('closed', () => void this.#members.delete(member));
    return true;
  }

  /** The end of one line is not the end of all. So the event `closed` never comes. */
  on<E extends EventName>(event: E, listener: (payload: HoldlineEvents[E]) => void): Undo {
    if (event === 'closed') return () => undefined;
    let listeners = this.#listeners.get(event);
    if (!listeners) {
      this.#listeners.set(event, (listeners = new Set()));
      for (const member of this.#members) this.#forward(member, event);
    }
    const entry = listener as AnyListener;
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  snapshot(): Snapshot {
    this.#forgetGone();
    const sum = emptySnapshot();
    const scopes = new Map<string, ScopeSnapshot>();
    for (const member of this.#members) {
      const one = member.snapshot();
      sum.calls += one.calls;
      sum.queued += one.queued;
      sum.inFlight += one.inFlight;
      sum.listenerFailures += one.listenerFailures;
      for (const key of ['kept', 'replayed', 'lost'] as const) sum.deadLetters[key] += one.deadLetters[key];
      for (const scope of one.scopes) addScope(scopes, scope);
      sum.queues.push(...one.queues.slice(0, 10));
      sum.breakers.push(...one.breakers.filter(({ state }) => state !== 'closed'));
      sum.retryBudgets.push(...one.retryBudgets.slice(0, 10));
    }
    sum.scopes = [...scopes.values()];
    return sum;
  }

  #forward(member: WeakLine, event: EventName): void {
    member.on(event, (payload) => {
      for (const listener of this.#listeners.get(event) ?? []) listener(payload);
    });
  }

  #forgetGone(): void {
    for (const member of this.#members) if (member.isGone) this.#members.delete(member);
  }
}

function addScope(scopes: Map<string, ScopeSnapshot>, scope: ScopeSnapshot): void {
  const known = scopes.get(scope.scope);
  if (!known) {
    if (scopes.size < MAX_SCOPES) scopes.set(scope.scope, { ...scope });
    return;
  }
  const waiting = known.waiting + scope.waiting;
  const inFlight = known.inFlight + scope.inFlight;
  // Lines with the same scope have separate quotas. The one that is closed or further used says more.
  const isWorse = known.gate === 'open' && (scope.gate !== 'open' || useOf(scope) > useOf(known));
  scopes.set(scope.scope, { ...(isWorse ? scope : known), waiting, inFlight });
}

const useOf = ({ quotas }: ScopeSnapshot): number =>
  Math.max(0, ...quotas.map(({ used, limit }) => (limit ? used / limit : 0)));
