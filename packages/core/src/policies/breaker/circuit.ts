import type { BreakerEngine, CircuitResult, CircuitState } from '../../contract/engines.js';
import type { BreakerOptions } from './options.js';

/** Admission of one attempt; its result counts only for the state it was admitted in. */
export interface Ticket {
  readonly circuit: BreakerCircuit;
  readonly generation: number;
  readonly probeUntil: number | undefined;
}

/** The circuit of one route on one host, or of one credential there. It counts itself, or asks an engine. */
export interface BreakerCircuit {
  readonly origin: string;
  readonly route: string;
  /** `origin METHOD /route`, or `origin credential METHOD /route`. */
  readonly scope: string;
  /** The engine that decides; false if the circuit itself does. */
  readonly engine: BreakerEngine | false;
  readonly state: CircuitState;
  /** Monotonic ms from which probes go out, if that is known. */
  readonly probeAt: number | undefined;
  options: Required<BreakerOptions>;
  /** Generation of the route whose options it has. */
  optionsOf: number;
  /** Whether it was forgotten for being idle. The next call of its scope gets a new circuit. */
  readonly isForgotten: boolean;
  /** Admits an attempt, or refuses it. */
  admit(): Ticket | undefined;
  /** Counts the result of an attempt. Results from before the last change of state change nothing. */
  record(ticket: Ticket, result: CircuitResult, status: number | undefined): void;
  /** Holds everything back until {@link BreakerCircuit.restore}. */
  isolate(): void;
  /** Ends an isolation. */
  restore(): void;
  /** Takes up a saved state: open until `probeAt`. */
  resume(state: CircuitState, probeAt: number): void;
  totals(): { succeeded: number; failed: number; throttled: number };
  idle(): boolean;
  forget(): void;
}

/** A circuit as plain data; also the form in which it is exported and restored. */
export interface CircuitSnapshot {
  /** `origin METHOD /route`, or `origin credential METHOD /route`. */
  scope: string;
  state: CircuitState;
  /** Wall ms at which probes go out, where it is open. */
  retryAt: number | undefined;
  succeeded: number;
  failed: number;
  throttled: number;
}
