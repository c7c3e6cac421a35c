import type { Call } from '../call/call.js';
import type { Undo } from './clock.js';

/** What came of an attempt, as a circuit sees it. */
export type CircuitResult = 'success' | 'failure' | 'throttled' | 'none';

/** Somebody else's breaker behind ours: its circuits say whether an attempt may leave, and open and close by themselves. */
export interface BreakerEngine {
  /** Shown by `explain`. */
  readonly name: string;
  /**
   * The circuit of a scope (`origin METHOD /route`, or `origin credential METHOD /route`), which may be that of several scopes.
   * Asked for once per scope.
   *
   * @param changed To be told of every change of its state, after it, with the reason.
   */
  circuit(scope: string, changed: (reason: string) => void): EngineCircuit;
}

/** A circuit of a {@link BreakerEngine}. */
export interface EngineCircuit {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Milliseconds until it lets a probe through, where it is open and that is known. */
  readonly probeInMs: number | undefined;
  /** What it has counted, for the snapshot. All zero and closed: it may be forgotten. */
  totals(): { succeeded: number; failed: number; throttled: number };
  /** Lets an attempt pass, or says no. */
  admit(): EngineTicket | undefined;
  /** Nobody asks it any more for this scope. */
  forget(): void;
}

/** The admission of one attempt by an {@link EngineCircuit}. */
export interface EngineTicket {
  /** Whether its result decides on the state. */
  readonly isProbe: boolean;
  /**
   * Told once what came of the attempt. `none`: nothing that should count, for it was given up, is of a time before the state
   * last changed, or is a probe without a result for too long. After `none` of a probe another one must be possible.
   */
  end(result: CircuitResult, status: number | undefined): void;
}

/**
 * Somebody else's limiter behind the governor: it says when an attempt may leave. What the platform refuses, deadlines, aborts
 * and the bound on waiting calls stay with the line.
 */
export interface GovernorEngine {
  /** Shown by `explain` and in errors. */
  readonly name: string;
  /**
   * Asks for a slot for one attempt. Resolves when it may leave, with what gives the slot back; that is called once, when the
   * attempt has ended, or at once where nobody waits for it any more. Rejects where the attempt may never leave: a
   * `HoldlineError` as it is, anything else as the cause of an {@link EngineError}.
   */
  acquire(call: Call): Promise<Undo>;
}
