import type {
  BreakerEngine,
  CircuitResult,
  CircuitState,
  EngineCircuit,
  EngineTicket,
} from '../../contract/engines.js';
import type { Ports } from '../../contract/store.js';
import type { BreakerCircuit, Ticket } from './circuit.js';
import type { BreakerOptions } from './options.js';

interface DelegatedTicket extends Ticket {
  readonly circuit: EngineBackedCircuit;
  readonly of: EngineTicket;
}

/**
 * The circuit of one host and route, or of one credential there, decided by an engine. What came before the last change of
 * state, isolation by hand, states saved elsewhere and the time a probe has are ours, whatever the engine thinks of them.
 */
export class EngineBackedCircuit implements BreakerCircuit {
  readonly #of: EngineCircuit;
  #generation = 0;
  #known: CircuitState = 'closed';
  #isIsolated = false;
  /** Monotonic ms until which a saved state holds. */
  #heldUntil = -Infinity;
  readonly #probes = new Set<DelegatedTicket>();
  options: Required<BreakerOptions>;
  /** Updates of the line before its options were made. */
  optionsOf = 0;
  /** Whether it was forgotten; the next call of its scope gets a new one. */
  isForgotten = false;

  constructor(
    readonly origin: string,
    readonly route: string,
    /** `origin METHOD /route`, or `origin credential METHOD /route`. */
    readonly scope: string,
    readonly engine: BreakerEngine,
    options: Required<BreakerOptions>,
    readonly ports: Ports,
    readonly onChange: (circuit: BreakerCircuit, from: CircuitState, reason: string) => void,
  ) {
    this.options = options;
    this.#of = engine.circuit(scope, (reason) => this.#changed(reason));
    this.#known = this.#of.state;
  }

  get state(): CircuitState {
    if (this.#isIsolated) return 'isolated';
    return this.ports.clock.now() < this.#heldUntil ? 'open' : this.#of.state;
  }

  /** Monotonic ms from which probes go out, where that is known. */
  get probeAt(): number | undefined {
    const now = this.ports.clock.now();
    if (now < this.#heldUntil) return this.#heldUntil;
    const { probeInMs } = this.#of;
    return probeInMs === undefined ? undefined : now + probeInMs;
  }

  /** Lets an attempt pass, or says no. */
  admit(): Ticket | undefined {
    const now = this.ports.clock.now();
    if (this.#isIsolated || now < this.#heldUntil) return undefined;
    for (const probe of this.#probes) if ((probe.probeUntil as number) <= now) this.#end(probe, 'none', undefined);
    const of = this.#of.admit();
    if (!of) return undefined;
    const probeUntil = of.isProbe ? now + this.options.probeTimeoutMs : undefined;
    const ticket: DelegatedTicket = { circuit: this, generation: this.#generation, probeUntil, of };
    if (of.isProbe) this.#probes.add(ticket);
    return ticket;
  }

  /** The result of an attempt. Results from before the last change of state change nothing. */
  record(ticket: Ticket, result: CircuitResult, status: number | undefined): void {
    const own = ticket as DelegatedTicket;
    // The engine heard of the end of a probe that took too long.
    if (own.of.isProbe && !this.#probes.has(own)) return;
    this.#end(own, ticket.generation === this.#generation ? result : 'none', status);
  }

  /** Holds everything back until {@link EngineBackedCircuit.restore}. */
  isolate(): void {
    if (this.#isIsolated) return;
    this.#isIsolated = true;
    this.#tell('by hand');
  }

  /** Ends an isolation. */
  restore(): void {
    if (!this.#isIsolated) return;
    this.#isIsolated = false;
    this.#tell('by hand');
  }

  /** Takes up a state saved elsewhere: open until `probeAt`. Then the engine decides. */
  resume(state: CircuitState, probeAt: number): void {
    if (state === 'closed') return;
    if (state === 'isolated') return this.isolate();
    this.#heldUntil = probeAt;
    this.#tell('restored');
  }

  totals(): { succeeded: number; failed: number; throttled: number } {
    return this.#of.totals();
  }

  idle(): boolean {
    const { succeeded, failed, throttled } = this.totals();
    return this.state === 'closed' && succeeded + failed + throttled === 0;
  }

  forget(): void {
    this.isForgotten = true;
    this.#of.forget();
  }

  #end(ticket: DelegatedTicket, result: CircuitResult, status: number | undefined): void {
    this.#probes.delete(ticket);
    ticket.of.end(result, status);
  }

  #changed(reason: string): void {
    this.#generation++;
    this.#tell(reason);
  }

  #tell(reason: string): void {
    const from = this.#known;
    this.#known = this.state;
    if (from !== this.#known && !this.isForgotten) this.onChange(this, from, reason);
  }
}
