import type { BreakerEngine, CircuitResult, CircuitState } from '../../contract/engines.js';
import type { BreakerOptions } from './options.js';

/** Admission of one attempt. The result of the attempt counts only while the circuit is in the state that admitted it. */
export interface Ticket {
  readonly circuit: BreakerCircuit;
  /** Monotonic ms until which a probe may report its result; undefined: the attempt is no probe. */
  readonly probeUntil: number | undefined;
}

/**
 * Attempts in the window, by result.
 * @public
 */
export interface CircuitTotals {
  succeeded: number;
  failed: number;
  throttled: number;
}

/** The circuit of one route on one host, or of one credential there. It counts results itself, or asks an engine. */
export interface BreakerCircuit {
  readonly origin: string;
  readonly route: string;
  /** `origin METHOD /route`, or `origin credential METHOD /route`. */
  readonly scope: string;
  /** The engine that decides; false: the circuit decides itself. */
  readonly engine: BreakerEngine | false;
  readonly state: CircuitState;
  /** Monotonic ms from which the circuit admits probes; undefined where this is unknown. */
  readonly probeAt: number | undefined;
  options: Required<BreakerOptions>;
  /** Generation of the route whose options the circuit has. */
  optionsGeneration: number;
  /** Whether the breaker removed the circuit. The next call of its scope gets a new circuit. */
  readonly isForgotten: boolean;
  /** Admits an attempt. Undefined: the circuit refuses the attempt. */
  admit(): Ticket | undefined;
  /** Counts the result of an attempt. Results from before the last change of state do not count. */
  record(ticket: Ticket, result: CircuitResult, status: number | undefined): void;
  /** Refuses all attempts until {@link BreakerCircuit.restore}. */
  isolate(): void;
  /** Ends an isolation. */
  restore(): void;
  /** Takes a saved state. An open circuit stays open until `probeAt`. */
  resume(state: CircuitState, probeAt: number): void;
  totals(): CircuitTotals;
  forget(): void;
}

/**
 * A circuit as plain data; also the form in which it is exported and restored.
 * @public
 */
export interface CircuitSnapshot extends CircuitTotals {
  /** `origin METHOD /route`, or `origin credential METHOD /route`. */
  scope: string;
  state: CircuitState;
  /** Wall ms from which an open circuit admits probes. */
  retryAt: number | undefined;
}
