import type { HoldlineEvents, Snapshot } from '@holdline/core';
import type { GateClosing } from '../types.js';

/** Number of scopes whose closings are kept. */
const MAX_SCOPES = 10_000;
/** Number of closings of a scope that are kept. */
const MAX_CLOSINGS = 20;
/** Time after `retryAt` from which a gate without a probe counts as forgotten by the line, in ms. */
const FORGOTTEN_MS = 300_000;

interface Closing {
  readonly gate: GateClosing;
  /** Monotonic ms of `gate.retryAt`. */
  readonly retryNow: number;
  /** Monotonic ms at which the gate opened or closed anew; infinite until then. */
  endedAt: number;
}

/** The closings of gates, for the calls that waited behind them. */
export class GateBook {
  /** The closings by scope, oldest first. The scope that closed last is the last one. */
  readonly #byScope = new Map<string, Closing[]>();
  /** The scopes whose gates are not open. */
  readonly #closed = new Map<string, Closing>();

  close(event: HoldlineEvents['gateClosed'], now: number, wall: number): void {
    const { scope, retryAt, forMs, by } = event;
    this.#add({ scope, closedAt: wall, retryAt, by }, now, now + forMs);
  }

  open(scope: string, now: number): void {
    const closing = this.#closed.get(scope);
    if (!closing) return;
    closing.endedAt = now;
    this.#closed.delete(scope);
  }

  /** Adopts the state of all gates: of gates that closed before the monitor began, and of scopes that the line has forgotten. */
  adopt({ scopes }: Snapshot, now: number, wall: number): void {
    const left = new Set(this.#closed.keys());
    for (const { scope, gate, retryAt } of scopes) {
      if (gate === 'open') continue;
      left.delete(scope);
      if (!this.#closed.has(scope)) {
        const until = retryAt ?? wall;
        this.#add({ scope, closedAt: wall, retryAt: until, by: undefined }, now, now + until - wall);
      }
    }
    for (const scope of left) this.open(scope, now);
  }

  /** The closings of a scope that were in force at `since` (monotonic ms) or later. */
  since(scope: string, since: number): GateClosing[] {
    const closings = this.#byScope.get(scope);
    if (!closings) return [];
    return closings
      .filter(({ endedAt, retryNow }) => endedAt > since && (endedAt < Infinity || retryNow + FORGOTTEN_MS > since))
      .map(({ gate }) => gate);
  }

  /** Numbers of the calls whose refusals closed the gate of a scope. */
  closers(scope: string): Set<number> {
    const closings = this.#byScope.get(scope) ?? [];
    return new Set(closings.flatMap(({ gate }) => (gate.by ? [gate.by.callId] : [])));
  }

  /** Whether a gate is closed, and its time has not passed. */
  isHeld(scope: string, now: number): boolean {
    const closing = this.#closed.get(scope);
    return closing !== undefined && closing.retryNow > now;
  }

  /** The closings of the gates that are closed or probing. */
  list(): GateClosing[] {
    return [...this.#closed.values()].map(({ gate }) => ({ ...gate }));
  }

  #add(gate: GateClosing, now: number, retryNow: number): void {
    const { scope } = gate;
    this.open(scope, now);
    const closing: Closing = { gate, retryNow, endedAt: Infinity };
    const closings = this.#byScope.get(scope) ?? [];
    closings.push(closing);
    if (closings.length > MAX_CLOSINGS) closings.shift();
    this.#byScope.delete(scope);
    this.#byScope.set(scope, closings);
    this.#closed.set(scope, closing);
    if (this.#byScope.size <= MAX_SCOPES) return;
    const [oldest] = this.#byScope.keys() as Iterable<string> as [string] & Iterable<string>;
    this.#byScope.delete(oldest);
    this.#closed.delete(oldest);
  }
}
