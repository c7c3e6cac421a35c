import type { CircuitResult, CircuitState } from '../../contract/engines.js';
import type { Ports } from '../../contract/store.js';
import type { BreakerCircuit, Ticket } from './circuit.js';
import type { BreakerOptions } from './options.js';
import { RollingCounts } from './rolling-counts.js';

/** The circuit of one host and route, or of one credential there. */
export class RollingCircuit implements BreakerCircuit {
  readonly engine = false as const;
  state: CircuitState = 'closed';
  /** Monotonic ms from which probes go out. */
  probeAt = 0;
  #generation = 0;
  #probes = new Set<Ticket>();
  #succeeded = 0;
  #options: Required<BreakerOptions>;
  readonly #counts: RollingCounts;
  /** The ticket of all who are admitted while it is closed. */
  #ticket: Ticket = { circuit: this, generation: 0, probeUntil: undefined };
  /** Updates of the line before its options were made. */
  optionsOf = 0;
  /** Whether it was forgotten for being idle; the next call of its scope gets a new one. */
  isForgotten = false;

  constructor(
    readonly origin: string,
    readonly route: string,
    /** `origin METHOD /route`, or `origin credential METHOD /route`. */
    readonly scope: string,
    options: Required<BreakerOptions>,
    readonly ports: Ports,
    readonly onChange: (circuit: BreakerCircuit, from: CircuitState, reason: string) => void,
  ) {
    this.#options = options;
    this.#counts = new RollingCounts(options.windowMs);
  }

  get options(): Required<BreakerOptions> {
    return this.#options;
  }

  /** Takes new numbers. */
  set options(options: Required<BreakerOptions>) {
    if (options === this.#options) return;
    this.#options = options;
    this.#counts.windowMs = options.windowMs;
  }

  /** Lets an attempt pass, or says no. */
  admit(): Ticket | undefined {
    if (this.state === 'closed') return this.#ticket;
    if (this.state === 'isolated') return undefined;
    const now = this.ports.clock.now();
    if (this.state === 'open') {
      if (now < this.probeAt) return undefined;
      this.#become('half-open', 'time for probes');
    }
    for (const probe of this.#probes) if ((probe.probeUntil as number) <= now) this.#probes.delete(probe);
    if (this.#probes.size + this.#succeeded >= this.#options.probes) return undefined;
    const ticket: Ticket = {
      circuit: this,
      generation: this.#generation,
      probeUntil: now + this.#options.probeTimeoutMs,
    };
    this.#probes.add(ticket);
    return ticket;
  }

  /** The result of an attempt. Results from before the last change of state change nothing. */
  record(ticket: Ticket, result: CircuitResult): void {
    const now = this.ports.clock.now();
    // A probe that outlived its deadline has made room for another, and counts no more.
    const counts = ticket.probeUntil === undefined || (this.#probes.delete(ticket) && now < ticket.probeUntil);
    if (ticket.generation !== this.#generation || !counts || result === 'none') return;
    if (this.state === 'half-open') {
      if (result === 'failure') this.#open(now, 'a probe failed');
      else if (result === 'success' && ++this.#succeeded >= this.#options.probes)
        this.#become('closed', 'the probes succeeded');
      return;
    }
    this.#counts.add(now, result === 'success' ? 0 : result === 'failure' ? 1 : 2);
    if (result !== 'success') this.#trip(now);
  }

  /** Holds everything back until {@link RollingCircuit.restore}. */
  isolate(): void {
    if (this.state !== 'isolated') this.#become('isolated', 'by hand');
  }

  /** Ends an isolation. */
  restore(): void {
    if (this.state === 'isolated') this.#become('closed', 'by hand');
  }

  /** Takes up a state saved elsewhere: open until `probeAt`. */
  resume(state: CircuitState, probeAt: number): void {
    if (state === 'closed' || state === this.state) return;
    this.probeAt = probeAt;
    this.#become(state === 'half-open' ? 'open' : state, 'restored');
  }

  totals(): { succeeded: number; failed: number; throttled: number } {
    return this.#counts.totals(this.ports.clock.now());
  }

  idle(): boolean {
    const { succeeded, failed, throttled } = this.totals();
    return this.state === 'closed' && succeeded + failed + throttled === 0;
  }

  forget(): void {
    this.isForgotten = true;
  }

  #trip(now: number): void {
    const { succeeded, failed, throttled } = this.#counts.totals(now);
    const { failureRatio, minAttempts, throttled: trip } = this.#options;
    const decided = succeeded + failed;
    if (decided >= minAttempts && failed / decided >= failureRatio) {
      return this.#open(now, `${failed} of ${decided} attempts failed`);
    }
    const all = decided + throttled;
    if (trip && all >= (trip.minAttempts ?? 20) && throttled / all > (trip.ratio ?? 0.6)) {
      this.#open(now, `${throttled} of ${all} attempts were throttled`);
    }
  }

  #open(now: number, reason: string): void {
    this.probeAt = now + this.#options.openMs;
    this.#become('open', reason);
  }

  #become(state: CircuitState, reason: string): void {
    const from = this.state;
    this.state = state;
    this.#generation++;
    this.#ticket = { circuit: this, generation: this.#generation, probeUntil: undefined };
    this.#probes.clear();
    this.#succeeded = 0;
    if (state === 'closed') this.#counts.clear();
    this.onChange(this, from, reason);
  }
}
