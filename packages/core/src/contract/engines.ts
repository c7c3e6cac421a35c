import type { Call } from './call.js';
import type { Undo } from './clock.js';

/**
 * State of a circuit. A user isolates a circuit by `line.isolate`.
 * @public
 */
export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated';

/**
 * The result of an attempt for a circuit.
 * @public
 */
export type CircuitResult = 'success' | 'failure' | 'throttled' | 'none';

/**
 * An external circuit breaker. Its circuits decide whether an attempt may leave, and open and close by their own rules.
 * @public
 */
export interface BreakerEngine {
  /** Name for `explain`. */
  readonly name: string;
  /**
   * Returns the circuit of a scope (`origin METHOD /route`, or `origin credential METHOD /route`). Several scopes may share a circuit.
   * The line calls it once per scope.
   *
   * @param changed - The engine must call it after each change of the circuit's state, with the reason.
   */
  circuit(scope: string, changed: (reason: string) => void): EngineCircuit;
}

/**
 * A circuit of a {@link BreakerEngine}.
 * @public
 */
export interface EngineCircuit {
  readonly state: Exclude<CircuitState, 'isolated'>;
  /** Milliseconds until an open circuit admits a probe; undefined if unknown. */
  readonly probeInMs: number | undefined;
  /** Counts for the snapshot. The line may forget a closed circuit whose counts are all zero. */
  totals(): { succeeded: number; failed: number; throttled: number };
  /** Admits an attempt. Undefined refuses it. */
  admit(): EngineTicket | undefined;
  /** Called when the line no longer uses the circuit for this scope. */
  forget(): void;
}

/**
 * The admission of one attempt by an {@link EngineCircuit}.
 * @public
 */
export interface EngineTicket {
  /** Whether the result of the attempt decides on the state. */
  readonly isProbe: boolean;
  /**
   * Called once with the result of the attempt. `none` must not count: the attempt was cancelled, began before the last change of
   * state, or is a probe whose result takes too long. After `none` for a probe, the circuit must admit another probe.
   */
  end(result: CircuitResult, status: number | undefined): void;
}

/**
 * An external limiter, which decides when an attempt may leave. The line itself still handles refusals of the platform, deadlines,
 * aborts and the maximum number of waiting calls.
 * @public
 */
export interface GovernorEngine {
  /** Name for `explain` and error messages. */
  readonly name: string;
  /**
   * Acquires a slot for one attempt. Resolves when the attempt may leave, with a function that releases the slot. The line calls that
   * function once: when the attempt has ended, or at once if no caller waits for the attempt any more. A rejection refuses the attempt.
   * The caller gets a `HoldlineError` unchanged, and any other error as the cause of an `EngineError`.
   */
  acquire(call: Call): Promise<Undo>;
}
