import { type ActiveCall, notSent, type QueuedCall } from '../../call/call.js';
import { type CredentialReader, isOfFingerprint } from '../../call/credential.js';
import type { Route } from '../../contract/call.js';
import type { Undo } from '../../contract/clock.js';
import type { CircuitState } from '../../contract/engines.js';
import { durationInWords } from '../../contract/duration.js';
import { CircuitOpenError } from '../../contract/errors.js';
import type { Ports } from '../../contract/store.js';
import type { Events } from '../../runtime/events.js';
import type { BreakerCircuit, CircuitSnapshot } from './circuit.js';
import { EngineBackedCircuit } from './engine-circuit.js';
import type { BreakerOptions } from './options.js';
import { RollingCircuit } from './rolling-circuit.js';

/** Number of circuits at which the first sweep removes idle ones. The next sweep follows when the rest has doubled. */
const FIRST_SWEEP = 1_000;

/** The circuits of a line. */
export class Breaker {
  readonly #circuits = new Map<string, BreakerCircuit>();
  readonly #saved = new Map<string, { state: CircuitState; retryAt: number | undefined }>();
  /** Isolated routes, with the number of isolations that are not undone yet. */
  readonly #isolated = new Map<string, number>();
  #sweepAt = FIRST_SWEEP;
  readonly #optionsOf = new WeakMap<Route, Required<BreakerOptions> | false>();

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    /** Returns the calls of a route that wait for a permit, oldest first. */
    readonly queuedOf: (route: string) => readonly QueuedCall[],
    readonly credentialOf: CredentialReader,
    saved: readonly Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[] = [],
  ) {
    for (const { scope, state, retryAt } of saved) this.#saved.set(scope, { state, retryAt });
  }

  /** Registers the options of a route. */
  addRoute(route: Route, options: Required<BreakerOptions> | false): void {
    this.#optionsOf.set(route, options);
  }

  /** Returns the circuit of a call. A new scope gets a new circuit. */
  circuit(call: ActiveCall, options: Required<BreakerOptions>): BreakerCircuit {
    const scope = this.scopeOf(call, options);
    const { engine } = options;
    const { generation } = call.route;
    const { clock } = this.ports;
    let circuit = this.#circuits.get(scope);
    // A call from before an update uses the newer options.
    if (circuit && circuit.optionsGeneration > generation) return circuit;
    if (circuit && circuit.engine !== engine) {
      circuit.forget();
      circuit = undefined;
    }
    if (!circuit) {
      this.#sweep();
      const { origin, route } = call;
      circuit = engine
        ? new EngineBackedCircuit(origin, route.name, scope, engine, options, clock, this.#onChange)
        : new RollingCircuit(origin, route.name, scope, options, clock, this.#onChange);
      this.#circuits.set(scope, circuit);
      const saved = this.#saved.get(scope);
      if (saved) {
        this.#saved.delete(scope);
        circuit.resume(saved.state, clock.now() + Math.max(0, (saved.retryAt ?? clock.wall()) - clock.wall()));
      }
      if (this.#isolated.has(call.route.name)) circuit.isolate();
    }
    circuit.options = options;
    circuit.optionsGeneration = generation;
    return circuit;
  }

  /** Returns the state that a call would meet. Creates no circuit. */
  stateFor(call: ActiveCall): CircuitState {
    if (this.#isolated.has(call.route.name)) return 'isolated';
    const scope = this.scopeOf(call, this.#optionsOf.get(call.route) ?? false);
    return this.#circuits.get(scope)?.state ?? this.#saved.get(scope)?.state ?? 'closed';
  }

  /** Refuses every call of a route, on all hosts, until undone. */
  isolate(route: string): Undo {
    this.#isolated.set(route, (this.#isolated.get(route) ?? 0) + 1);
    for (const circuit of this.#circuitsOf(route)) circuit.isolate();
    let isUndone = false;
    return () => {
      if (isUndone) return;
      isUndone = true;
      const left = (this.#isolated.get(route) as number) - 1;
      if (left > 0) return void this.#isolated.set(route, left);
      this.#isolated.delete(route);
      for (const [scope, { state }] of this.#saved)
        if (state === 'isolated' && isOfRoute(scope, route)) this.#saved.delete(scope);
      for (const circuit of this.#circuitsOf(route)) circuit.restore();
    };
  }

  /** Returns the error of a call of an isolated route, also of a route without a breaker. */
  checkIsolation(call: ActiveCall): CircuitOpenError | undefined {
    if (this.#isolated.size === 0 || !this.#isolated.has(call.route.name)) return undefined;
    return this.#error('isolated', undefined, call);
  }

  snapshot(): CircuitSnapshot[] {
    return [...this.#circuits.values()].map((circuit) => ({
      scope: circuit.scope,
      state: circuit.state,
      retryAt: this.retryAt(circuit),
      ...circuit.totals(),
    }));
  }

  /** Wall ms from which an open circuit admits probes. */
  retryAt({ state, probeAt }: BreakerCircuit): number | undefined {
    const { clock } = this.ports;
    if (state !== 'open' || probeAt === undefined) return undefined;
    return Math.round(clock.wall() + Math.max(0, probeAt - clock.now()));
  }

  /**
   * Returns every circuit that is not closed, for the next start of the process. Saved circuits without a call so far are included.
   * Circuits named by a fingerprint are left out, because every process has other fingerprints.
   */
  export(): Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[] {
    const saved = [...this.#saved].map(([scope, circuit]) => ({ scope, ...circuit }));
    // Without a persistent salt no other process has the same names.
    const namesPersist = this.ports.store.salt !== undefined;
    return [...saved, ...this.snapshot()]
      .filter(({ scope, state }) => state !== 'closed' && (namesPersist || !isOfFingerprint(scope)))
      .map(({ scope, state, retryAt }) => ({ scope, state, retryAt }));
  }

  /** Returns the error for a refused call. */
  refusal(circuit: BreakerCircuit, call: ActiveCall): CircuitOpenError {
    return this.#error(circuit.state, this.retryAt(circuit), call);
  }

  #error(state: CircuitState, retryAt: number | undefined, call: ActiveCall): CircuitOpenError {
    const where = call.origin && ` at ${call.origin}`;
    const more = retryAt === undefined ? '' : ` for ${durationInWords(retryAt - this.ports.clock.wall())} more`;
    const option = state === 'isolated' ? 'line.isolate' : state === 'half-open' ? 'breaker.probes' : 'breaker.openMs';
    return notSent(CircuitOpenError, call, `its circuit${where} is ${state}${more} (${option})`, { retryAt });
  }

  /** Returns the key of the circuit of a call. */
  scopeOf(call: ActiveCall, options: BreakerOptions | false): string {
    const { origin, route } = call;
    const { scope } = options || {};
    return scope === 'credential' ? `${origin} ${this.credentialOf(call)} ${route.name}` : `${origin} ${route.name}`;
  }

  *#circuitsOf(route: string): Iterable<BreakerCircuit> {
    for (const circuit of this.#circuits.values()) if (isOfRoute(circuit.scope, route)) yield circuit;
  }

  readonly #onChange = (circuit: BreakerCircuit, from: CircuitState, reason: string): void => {
    if (this.events.has('breaker'))
      this.events.emit('breaker', { scope: circuit.scope, from, to: circuit.state, reason });
    if (circuit.state === 'open' || circuit.state === 'isolated') this.#failQueued(circuit);
  };

  /** Fails the calls that wait for a permit behind an open circuit, unless `breaker.queued` keeps them. */
  #failQueued(circuit: BreakerCircuit): void {
    for (const queued of this.queuedOf(circuit.route)) {
      const options = this.#optionsOf.get(queued.call.route);
      if (!options || options.queued === 'keep') continue;
      if (this.scopeOf(queued.call, options) !== circuit.scope) continue;
      const error = this.refusal(circuit, queued.call);
      queued.reject(error);
      // `reject` has just added the last wait to `waitedMs`.
      Object.assign(error, { waitedMs: queued.call.info.waitedMs });
    }
  }

  /** Removes idle circuits. */
  #sweep(): void {
    if (this.#circuits.size < this.#sweepAt) return;
    for (const [scope, circuit] of this.#circuits) {
      if (!isIdle(circuit)) continue;
      circuit.forget();
      this.#circuits.delete(scope);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#circuits.size * 2);
  }
}

/** Whether a circuit is closed and has counted nothing in its window. */
function isIdle(circuit: BreakerCircuit): boolean {
  const { succeeded, failed, throttled } = circuit.totals();
  return circuit.state === 'closed' && succeeded + failed + throttled === 0;
}

function isOfRoute(scope: string, route: string): boolean {
  return scope.endsWith(` ${route}`);
}
