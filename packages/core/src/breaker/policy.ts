import type { Call } from '../call.js';
import { originOf } from '../endpoint.js';
import { CircuitOpenError } from '../errors.js';
import type { Events } from '../events.js';
import type { Outcome } from '../outcome.js';
import type { Interceptor } from '../pipeline.js';
import type { Ports } from '../ports.js';
import { Circuit, type CircuitResult, type CircuitState } from './circuit.js';
import type { BreakerOptions } from './options.js';

/** Idle circuits are looked for when there are this many, and then when that number has doubled. */
const FIRST_SWEEP = 1_000;

/** A circuit as plain data; also the form in which it is exported and restored. */
export interface CircuitSnapshot {
  /** `origin METHOD /route`. */
  scope: string;
  state: CircuitState;
  /** Wall ms at which probes go out, where it is open. */
  retryAt: number | undefined;
  succeeded: number;
  failed: number;
  throttled: number;
}

/** The circuits of a line. */
export class Breaker {
  readonly #circuits = new Map<string, Circuit>();
  readonly #saved = new Map<string, { state: CircuitState; retryAt: number | undefined }>();
  readonly #isolated = new Set<string>();
  #sweepAt = FIRST_SWEEP;

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    saved: readonly Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[] = [],
  ) {
    for (const { scope, state, retryAt } of saved) this.#saved.set(scope, { state, retryAt });
  }

  circuit(call: Call, options: Required<BreakerOptions>): Circuit {
    const scope = `${originOf(call.url)} ${call.route.name}`;
    let circuit = this.#circuits.get(scope);
    if (!circuit) {
      this.#sweep();
      circuit = new Circuit(scope, options, this.ports, this.#onChange);
      this.#circuits.set(scope, circuit);
      const saved = this.#saved.get(scope);
      if (saved) {
        this.#saved.delete(scope);
        const { clock } = this.ports;
        circuit.resume(saved.state, clock.now() + Math.max(0, (saved.retryAt ?? clock.wall()) - clock.wall()));
      }
      if (this.#isolated.has(call.route.name)) circuit.isolate();
    }
    circuit.options = options;
    return circuit;
  }

  /** Holds back every call of a route, on all hosts, until undone. */
  isolate(route: string): () => void {
    this.#isolated.add(route);
    for (const circuit of this.#of(route)) circuit.isolate();
    return () => {
      this.#isolated.delete(route);
      for (const circuit of this.#of(route)) circuit.restore();
    };
  }

  snapshot(): CircuitSnapshot[] {
    return [...this.#circuits.values()].map((circuit) => ({
      scope: circuit.scope,
      state: circuit.state,
      retryAt: this.retryAt(circuit),
      ...circuit.totals(),
    }));
  }

  retryAt(circuit: Circuit): number | undefined {
    const { clock } = this.ports;
    return circuit.state === 'open' ? Math.round(clock.wall() + Math.max(0, circuit.probeAt - clock.now())) : undefined;
  }

  error(circuit: Circuit, call?: Call): CircuitOpenError {
    const route = circuit.scope.slice(circuit.scope.indexOf(' ') + 1);
    return new CircuitOpenError(`the circuit of ${circuit.scope} is ${circuit.state}`, {
      route,
      retryAt: this.retryAt(circuit),
      attempts: call?.info.attempts,
      waitedMs: call?.info.waitedMs,
    });
  }

  *#of(route: string): Iterable<Circuit> {
    for (const circuit of this.#circuits.values()) if (circuit.scope.endsWith(` ${route}`)) yield circuit;
  }

  readonly #onChange = (circuit: Circuit, from: CircuitState, reason: string): void => {
    if (this.events.has('breaker')) this.events.emit('breaker', { scope: circuit.scope, from, to: circuit.state, reason });
    if (circuit.state === 'open' || circuit.state === 'isolated') circuit.failWatchers(() => this.error(circuit));
  };

  #sweep(): void {
    if (this.#circuits.size < this.#sweepAt) return;
    for (const [scope, circuit] of this.#circuits) if (circuit.idle()) this.#circuits.delete(scope);
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#circuits.size * 2);
  }
}

/** How an outcome counts. 4xx are answers of a healthy platform; 429 counts apart. */
function resultOf(outcome: Outcome): CircuitResult {
  if (outcome.kind === 'ok') return 'success';
  if (outcome.kind === 'cancelled' || (outcome.kind === 'rejected' && outcome.status === undefined)) return 'none';
  if (outcome.status === 429) return 'throttled';
  if (outcome.status === undefined || outcome.status >= 500) return 'failure';
  return outcome.kind === 'unknown' ? 'failure' : 'success';
}

/** The `break` phase: may this attempt leave at all? */
export function breakerPolicy(breaker: Breaker, options: Required<BreakerOptions>): Interceptor {
  return (call, next) => {
    const circuit = breaker.circuit(call, options);
    const ticket = circuit.admit();
    if (!ticket) {
      const error = breaker.error(circuit, call);
      if (breaker.events.has('refused')) {
        breaker.events.emit('refused', { route: call.route.name, code: error.code, retryAt: error.retryAt });
      }
      return Promise.reject(error);
    }
    call.onQueued = options.queued === 'fail' ? circuit.watch : undefined;
    return next(call).then(
      (outcome) => {
        circuit.record(ticket, resultOf(outcome));
        return outcome;
      },
      (error: unknown) => {
        circuit.record(ticket, 'none');
        throw error;
      },
    );
  };
}
