import type { Clock } from '../../contract/clock.js';
import type {
  BreakerEngine,
  CircuitResult,
  CircuitState,
  EngineCircuit,
  EngineTicket,
} from '../../contract/engines.js';
import type { BreakerCircuit, CircuitTotals, Ticket } from './circuit.js';
import type { BreakerOptions } from './options.js';

interface EngineBackedTicket extends Ticket {
  readonly circuit: EngineBackedCircuit;
  /** Changes of state before the admission. */
  readonly generation: number;
  readonly engineTicket: EngineTicket;
}

/**
 * A circuit whose decisions come from an engine: of one route on one host, or of one credential there. The circuit itself handles
 * isolation, saved states, the time limit of probes, and results from before the last change of state.
 */
export class EngineBackedCircuit implements BreakerCircuit {
  readonly #engineCircuit: EngineCircuit;
  #generation = 0;
  /** The state reported last. */
  #reported: CircuitState = 'closed';
  #isIsolated = false;
  /** Monotonic ms until which a saved open state lasts. */
  #openUntil = -Infinity;
  readonly #probes = new Set<EngineBackedTicket>();
  options: Required<BreakerOptions>;
  optionsGeneration = 0;
  isForgotten = false;

  constructor(
    readonly origin: string,
    readonly route: string,
    /** `origin METHOD /route`, or `origin credential METHOD /route`. */
    readonly scope: string,
    readonly engine: BreakerEngine,
    options: Required<BreakerOptions>,
    readonly clock: Clock,
    readonly onChange: (circuit: BreakerCircuit, from: CircuitState, reason: string) => void,
  ) {
    this.options = options;
    this.#engineCircuit = engine.circuit(scope, (reason) => this.#onEngineChange(reason));
    this.#reported = this.#engineCircuit.state;
  }

  get state(): CircuitState {
    if (this.#isIsolated) return 'isolated';
    return this.clock.now() < this.#openUntil ? 'open' : this.#engineCircuit.state;
  }

  get probeAt(): number | undefined {
    const now = this.clock.now();
    if (now < this.#openUntil) return this.#openUntil;
    const { probeInMs } = this.#engineCircuit;
    return probeInMs === undefined ? undefined : now + probeInMs;
  }

  admit(): Ticket | undefined {
    const now = this.clock.now();
    if (this.#isIsolated || now < this.#openUntil) return undefined;
    for (const probe of this.#probes) if ((probe.probeUntil as number) <= now) this.#end(probe, 'none', undefined);
    const engineTicket = this.#engineCircuit.admit();
    if (!engineTicket) return undefined;
    const { isProbe } = engineTicket;
    const probeUntil = isProbe ? now + this.options.probeTimeoutMs : undefined;
    const ticket: EngineBackedTicket = { circuit: this, generation: this.#generation, probeUntil, engineTicket };
    if (isProbe) this.#probes.add(ticket);
    return ticket;
  }

  record(ticket: Ticket, result: CircuitResult, status: number | undefined): void {
    const own = ticket as EngineBackedTicket;
    // The engine already has the end of a probe that exceeded its time limit.
    if (own.engineTicket.isProbe && !this.#probes.has(own)) return;
    this.#end(own, own.generation === this.#generation ? result : 'none', status);
  }

  isolate(): void {
    if (this.#isIsolated) return;
    this.#isIsolated = true;
    this.#reportChange('isolated');
  }

  restore(): void {
    if (!this.#isIsolated) return;
    this.#isIsolated = false;
    this.#reportChange('restored');
  }

  /** Takes a saved state. An open circuit stays open until `probeAt`; then the engine decides. */
  resume(state: CircuitState, probeAt: number): void {
    if (state === 'closed') return;
    if (state === 'isolated') return this.isolate();
    this.#openUntil = probeAt;
    this.#reportChange('restored');
  }

  totals(): CircuitTotals {
    return this.#engineCircuit.totals();
  }

  forget(): void {
    this.isForgotten = true;
    this.#engineCircuit.forget();
  }

  #end(ticket: EngineBackedTicket, result: CircuitResult, status: number | undefined): void {
    this.#probes.delete(ticket);
    ticket.engineTicket.end(result, status);
  }

  #onEngineChange(reason: string): void {
    this.#generation++;
    this.#reportChange(reason);
  }

  #reportChange(reason: string): void {
    const from = this.#reported;
    this.#reported = this.state;
    if (from !== this.#reported && !this.isForgotten) this.onChange(this, from, reason);
  }
}
