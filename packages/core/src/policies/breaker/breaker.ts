import type { ActiveCall, QueuedCall } from '../../call/call.js';
import { type CredentialReader, isOfFingerprint } from '../../call/credential.js';
import type { Route } from '../../contract/call.js';
import type { Undo } from '../../contract/clock.js';
import type { CircuitState } from '../../contract/engines.js';
import { CircuitOpenError } from '../../contract/errors.js';
import type { Ports } from '../../contract/store.js';
import type { Events } from '../../runtime/events.js';
import type { BreakerCircuit, CircuitSnapshot } from './circuit.js';
import { EngineBackedCircuit } from './engine-circuit.js';
import type { BreakerOptions } from './options.js';
import { RollingCircuit } from './rolling-circuit.js';

/** Idle circuits are looked for when there are this many, and then when that number has doubled. */
const FIRST_SWEEP = 1_000;

/** The circuits of a line. */
export class Breaker {
  readonly #circuits = new Map<string, BreakerCircuit>();
  readonly #saved = new Map<string, { state: CircuitState; retryAt: number | undefined }>();
  /** Routes held back by hand, and how many hands hold them. */
  readonly #isolated = new Map<string, number>();
  #sweepAt = FIRST_SWEEP;
  readonly #optionsOf = new WeakMap<Route, Required<BreakerOptions> | false>();

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    /** Calls of a route that wait for a permit, the oldest first. */
    readonly queuedOf: (route: string) => readonly QueuedCall[],
    readonly credentialOf: CredentialReader,
    saved: readonly Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[] = [],
  ) {
    for (const { scope, state, retryAt } of saved) this.#saved.set(scope, { state, retryAt });
  }

  /** Tells the breaker of a new route. Its calls may be in a queue when a circuit opens. */
  addRoute(route: Route, options: Required<BreakerOptions> | false): void {
    this.#optionsOf.set(route, options);
  }

  circuit(call: ActiveCall, options: Required<BreakerOptions>): BreakerCircuit {
    const scope = this.scopeOf(call, options);
    const { engine } = options;
    const { generation } = call.route;
    let circuit = this.#circuits.get(scope);
    // A call that was made before an update, and is sent again, goes by the numbers of now.
    if (circuit && circuit.optionsOf > generation) return circuit;
    if (circuit && circuit.engine !== engine) {
      circuit.forget();
      circuit = undefined;
    }
    if (!circuit) {
      this.#sweep();
      const { origin, route } = call;
      circuit = engine
        ? new EngineBackedCircuit(origin, route.name, scope, engine, options, this.ports, this.#onChange)
        : new RollingCircuit(origin, route.name, scope, options, this.ports, this.#onChange);
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
    circuit.optionsOf = generation;
    return circuit;
  }

  /** The state a call would meet, without making a circuit for it. */
  stateFor(call: ActiveCall): CircuitState {
    if (this.#isolated.has(call.route.name)) return 'isolated';
    const scope = this.scopeOf(call, this.#optionsOf.get(call.route) ?? false);
    return this.#circuits.get(scope)?.state ?? this.#saved.get(scope)?.state ?? 'closed';
  }

  /** Holds back every call of a route, on all hosts, until undone. */
  isolate(route: string): Undo {
    this.#isolated.set(route, (this.#isolated.get(route) ?? 0) + 1);
    for (const circuit of this.#of(route)) circuit.isolate();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const hands = (this.#isolated.get(route) as number) - 1;
      if (hands > 0) return void this.#isolated.set(route, hands);
      this.#isolated.delete(route);
      for (const [scope, { state }] of this.#saved)
        if (state === 'isolated' && isOf(scope, route)) this.#saved.delete(scope);
      for (const circuit of this.#of(route)) circuit.restore();
    };
  }

  /** Throws for a route held back by hand, also where it has no breaker. */
  checkIsolation(call: ActiveCall): void {
    if (this.#isolated.size > 0 && this.#isolated.has(call.route.name))
      throw this.#error(this.scopeOf(call, this.#optionsOf.get(call.route) ?? false), 'isolated', undefined, call);
  }

  snapshot(): CircuitSnapshot[] {
    return [...this.#circuits.values()].map((circuit) => ({
      scope: circuit.scope,
      state: circuit.state,
      retryAt: this.retryAt(circuit),
      ...circuit.totals(),
    }));
  }

  retryAt({ state, probeAt }: BreakerCircuit): number | undefined {
    const { clock } = this.ports;
    if (state !== 'open' || probeAt === undefined) return undefined;
    return Math.round(clock.wall() + Math.max(0, probeAt - clock.now()));
  }

  /**
   * What the next start should know: every circuit that is not closed, also those that were saved and not met since. Not those of
   * fingerprints, which are others in every process.
   */
  export(): Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[] {
    const saved = [...this.#saved].map(([scope, { state, retryAt }]) => ({ scope, state, retryAt }));
    const known = this.snapshot().map(({ scope, state, retryAt }) => ({ scope, state, retryAt }));
    // Without a salt that lasts, nobody has these names again.
    const namesLast = this.ports.store.salt !== undefined;
    return [...saved, ...known].filter(
      ({ scope, state }) => state !== 'closed' && (namesLast || !isOfFingerprint(scope)),
    );
  }

  /** Refuses a call, and tells of it. */
  refusal(circuit: BreakerCircuit, call: ActiveCall): CircuitOpenError {
    const error = this.#error(circuit.scope, circuit.state, this.retryAt(circuit), call);
    this.events.refused(call, error);
    return error;
  }

  #error(scope: string, state: CircuitState, retryAt: number | undefined, call: ActiveCall): CircuitOpenError {
    return new CircuitOpenError(`the circuit of ${scope} is ${state}`, { ...call.errorDetails(), retryAt });
  }

  /** The circuit a call belongs to. */
  scopeOf(call: ActiveCall, options: BreakerOptions | false): string {
    const { origin, route } = call;
    const { scope } = options || {};
    return scope === 'credential' ? `${origin} ${this.credentialOf(call)} ${route.name}` : `${origin} ${route.name}`;
  }

  *#of(route: string): Iterable<BreakerCircuit> {
    for (const circuit of this.#circuits.values()) if (isOf(circuit.scope, route)) yield circuit;
  }

  readonly #onChange = (circuit: BreakerCircuit, from: CircuitState, reason: string): void => {
    if (this.events.has('breaker'))
      this.events.emit('breaker', { scope: circuit.scope, from, to: circuit.state, reason });
    if (circuit.state === 'open' || circuit.state === 'isolated') this.#failQueued(circuit);
  };

  /** Fails all that wait behind an open circuit, unless they are to be kept. */
  #failQueued(circuit: BreakerCircuit): void {
    for (const queued of this.queuedOf(circuit.route)) {
      const options = this.#optionsOf.get(queued.call.route);
      if (!options || options.queued === 'keep') continue;
      if (this.scopeOf(queued.call, options) !== circuit.scope) continue;
      const error = this.refusal(circuit, queued.call);
      queued.reject(error);
      // Its wait ended just now.
      Object.assign(error, { waitedMs: queued.call.info.waitedMs });
    }
  }

  #sweep(): void {
    if (this.#circuits.size < this.#sweepAt) return;
    for (const [scope, circuit] of this.#circuits) {
      if (!circuit.idle()) continue;
      circuit.forget();
      this.#circuits.delete(scope);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#circuits.size * 2);
  }
}

function isOf(scope: string, route: string): boolean {
  return scope.endsWith(` ${route}`);
}
