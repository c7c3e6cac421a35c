import type { Clock } from '../../contract/clock.js';
import type { CircuitResult, CircuitState } from '../../contract/engines.js';
import type { BreakerCircuit, CircuitTotals, Ticket } from './circuit.js';
import type { BreakerOptions } from './options.js';
import { RollingCounts } from './rolling-counts.js';

/** A state of the circuit, with the data that only this state needs. */
type State =
  /** All attempts share one ticket, so an admission allocates nothing. */
  | { readonly name: 'closed'; readonly ticket: Ticket }
  | { readonly name: 'open'; readonly probeAt: number }
  | { readonly name: 'half-open'; readonly probes: Set<Ticket>; succeeded: number }
  | { readonly name: 'isolated' };

/** A circuit that counts results in a rolling window: of one route on one host, or of one credential there. */
export class RollingCircuit implements BreakerCircuit {
  readonly engine = false as const;
  #state: State = this.#closedState();
  #options: Required<BreakerOptions>;
  readonly #counts: RollingCounts;
  optionsGeneration = 0;
  isForgotten = false;

  constructor(
    readonly origin: string,
    readonly route: string,
    /** `origin METHOD /route`, or `origin credential METHOD /route`. */
    readonly scope: string,
    options: Required<BreakerOptions>,
    readonly clock: Clock,
    readonly onChange: (circuit: BreakerCircuit, from: CircuitState, reason: string) => void,
  ) {
    this.#options = options;
    this.#counts = new RollingCounts(options.windowMs);
  }

  get state(): CircuitState {
    return this.#state.name;
  }

  get probeAt(): number | undefined {
    return this.#state.name === 'open' ? this.#state.probeAt : undefined;
  }

  get options(): Required<BreakerOptions> {
    return this.#options;
  }

  /** Takes new options. A new window length clears the counts. */
  set options(options: Required<BreakerOptions>) {
    if (options === this.#options) return;
    this.#options = options;
    this.#counts.windowMs = options.windowMs;
  }

  admit(): Ticket | undefined {
    let state = this.#state;
    if (state.name === 'closed') return state.ticket;
    if (state.name === 'isolated') return undefined;
    const now = this.clock.now();
    if (state.name === 'open') {
      if (now < state.probeAt) return undefined;
      state = { name: 'half-open', probes: new Set(), succeeded: 0 };
      this.#change(state, 'openMs has passed');
    }
    const { probes } = state;
    for (const probe of probes) if ((probe.probeUntil as number) <= now) probes.delete(probe);
    if (probes.size + state.succeeded >= this.#options.probes) return undefined;
    const ticket: Ticket = { circuit: this, probeUntil: now + this.#options.probeTimeoutMs };
    probes.add(ticket);
    return ticket;
  }

  record(ticket: Ticket, result: CircuitResult): void {
    const state = this.#state;
    const now = this.clock.now();
    if (state.name === 'half-open') {
      // After its time limit a probe has made room for another one. Its result does not count.
      if (!state.probes.delete(ticket) || now >= (ticket.probeUntil as number)) return;
      if (result === 'failure') this.#open(now, 'a probe failed');
      else if (result === 'success' && ++state.succeeded >= this.#options.probes)
        this.#change(this.#closedState(), 'the probes succeeded');
      return;
    }
    // Each closed state has its own ticket, so a ticket of an earlier one does not count.
    if (state.name !== 'closed' || state.ticket !== ticket || result === 'none') return;
    this.#counts.add(now, result === 'success' ? 0 : result === 'failure' ? 1 : 2);
    if (result !== 'success') this.#openIfTooManyFail(now);
  }

  isolate(): void {
    if (this.state !== 'isolated') this.#change({ name: 'isolated' }, 'isolated');
  }

  restore(): void {
    if (this.state === 'isolated') this.#change(this.#closedState(), 'restored');
  }

  resume(state: CircuitState, probeAt: number): void {
    if (state === 'closed' || state === this.state) return;
    this.#change(state === 'isolated' ? { name: state } : { name: 'open', probeAt }, 'restored');
  }

  totals(): CircuitTotals {
    return this.#counts.totals(this.clock.now());
  }

  forget(): void {
    this.isForgotten = true;
  }

  #openIfTooManyFail(now: number): void {
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
    this.#change({ name: 'open', probeAt: now + this.#options.openMs }, reason);
  }

  #closedState(): State {
    return { name: 'closed', ticket: { circuit: this, probeUntil: undefined } };
  }

  #change(next: State, reason: string): void {
    const from = this.state;
    this.#state = next;
    if (next.name === 'closed') this.#counts.clear();
    this.onChange(this, from, reason);
  }
}
