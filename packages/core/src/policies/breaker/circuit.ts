import type { DelegatedCircuit } from './engine-circuit.js';
import type { Circuit } from './rolling-circuit.js';

export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated';

/** Admission of one attempt; its result counts only for the state it was admitted in. */
export interface Ticket {
  readonly circuit: AnyCircuit;
  readonly generation: number;
  readonly probeUntil: number | undefined;
}

/** Ours, or that of an engine. */
export type AnyCircuit = Circuit | DelegatedCircuit;

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
