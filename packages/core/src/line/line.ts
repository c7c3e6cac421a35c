import { mergeContext } from '../call/active-context.js';
import { noteInfo } from '../call/call-info.js';
import { Call, type QueuedCall } from '../call/call.js';
import { credentialReader } from '../call/credential.js';
import type { Route } from '../call/route.js';
import { EndpointMatcher, parseEndpoint, pathReader, routeName } from '../config/endpoint.js';
import { mergeConfig } from '../config/merge.js';
import { checkWhole, parseConfig } from '../config/parse.js';
import { type EndpointMatch, endpointsOf, resolvePolicies, type RoutePolicies } from '../config/resolve.js';
import type { HoldlineConfig, LineState } from '../config/types.js';
import type { CallRequest } from '../contract/call.js';
import { Cancellation } from '../contract/cancellation.js';
import { number, shape } from '../contract/check.js';
import type { Undo } from '../contract/clock.js';
import { ClosedError, ConfigError, isHoldlineError } from '../contract/errors.js';
import type { EventName, HoldlineEvents } from '../contract/events.js';
import { networkFailure } from '../contract/network-failure.js';
import { failed, type Outcome } from '../contract/outcome.js';
import type { Interceptor, Phase, Policy } from '../contract/policy.js';
import { showsAs } from '../contract/printed.js';
import type { SessionKeys } from '../contract/sessions.js';
import type { Ports } from '../contract/store.js';
import { placeOf } from '../http/url-cache.js';
import { pathOf } from '../http/url.js';
import { compile, type Destination, Passage, type Step, type Way } from '../pipeline/execution.js';
import { arrange, checkPlaces, checkPolicy } from '../pipeline/order.js';
import { Breaker } from '../policies/breaker/breaker.js';
import { breakerStep } from '../policies/breaker/policy.js';
import { DeadLetterBox } from '../policies/dead-letters/dead-letters.js';
import { deadLetterStep } from '../policies/dead-letters/policy.js';
import { attemptTimeoutStep } from '../policies/deadline/attempt.js';
import { deadlineStep } from '../policies/deadline/policy.js';
import { Governor } from '../policies/governor/governor.js';
import { GOVERNOR_DEFAULTS, resolveQuota } from '../policies/governor/options.js';
import { PendingPermit, permitCall, type PermitRequest } from '../policies/governor/pending-permit.js';
import { engineStep, governStep } from '../policies/governor/policy.js';
import { type GovernedRoute, named } from '../policies/governor/route.js';
import { idempotencyStep, type InFlight } from '../policies/idempotency/policy.js';
import { RETRY_DEFAULTS } from '../policies/retry/options.js';
import { type Budgets, retryStep } from '../policies/retry/policy.js';
import { checkIdentified } from '../policies/token/identity.js';
import type { AccessToken, TokenOptions } from '../policies/token/options.js';
import { authorizeStep, signStep } from '../policies/token/policy.js';
import { pooledStep } from '../policies/token/pool-policy.js';
import { TokenPool } from '../policies/token/pool.js';
import { TokenSource } from '../policies/token/source.js';
import { Events } from '../runtime/events.js';
import { shared } from '../runtime/process-state.js';
import { settlesWithin } from '../runtime/settle.js';
import { systemClock, systemRandom } from '../runtime/system.js';
import { boundedStore } from '../stores/bounded-store.js';
import { memoryJournal } from '../stores/memory-journal.js';
import { explain, type ExplainRequest, type Explanation } from './explain.js';
import type { CloseOptions, Holdline, Snapshot } from './holdline.js';
import type { LineRoute, Stationed } from './route-table.js';
import { toldSessions } from './session-keys.js';

const LINE = Symbol.for('@holdline/line');
/** Routes, and paths of a method, remembered before the memory starts anew. */
const MOST_ROUTES = 10_000;
const MOST_PATHS = 4_096;

const CLOSE_MS = 5_000;
/** The rest is for what follows the end of the last call: letters, and what the store lent. */
const WIRE_PART = 0.8;

const checkClose = shape<CloseOptions>({ timeoutMs: number({ min: 0 }) });

/** Whether `value` is a line, also of another copy of this package. */
export function isHoldline(value: unknown): value is Holdline {
  return typeof value === 'object' && value !== null && LINE in value;
}

export class Line implements Holdline {
  readonly [LINE] = true;
  readonly events = new Events();
  readonly ports: Ports;
  readonly governor: Governor;
  readonly breaker: Breaker;
  readonly deadLetters: DeadLetterBox;
  readonly tokens: TokenSource | undefined;
  readonly pool: TokenPool | undefined;
  readonly sessions: SessionKeys | undefined;
  readonly #budgets: Budgets = new Map();
  readonly #steps: InFlight = new Map();
  readonly #policies: { policy: Policy; interceptor: Interceptor }[] = [];
  #config: HoldlineConfig;
  #matcher!: EndpointMatcher<EndpointMatch>;
  #readPath!: (path: string) => string[];
  readonly #routes = new Map<string, LineRoute>();
  /** By method and path. */
  readonly #paths = new Map<string, Map<string, Route>>();
  /** Updates so far. */
  #generation = 0;
  #active = 0;
  readonly #closing = new Cancellation();
  /** Cancelled when nobody waits any longer for what is on the wire. */
  readonly #cut = new Cancellation();
  /** What adapters hung on the line ends with it. */
  readonly #ends = new Set<() => Promise<unknown> | void>();
  #closed: Promise<void> | undefined = undefined;
  readonly #unwatch: Undo;
  readonly #idle = new Set<() => void>();
  readonly #defects: HoldlineEvents['defect'][] = [];

  constructor(config: HoldlineConfig) {
    this.#config = checkWhole(config);
    const clock = config.clock ?? systemClock;
    const random = config.random ?? systemRandom;
    const store = config.store ? boundedStore(config.store, clock) : { journal: memoryJournal() };
    this.ports = { clock, random, store };
    // The line's own store dies with it.
    this.deadLetters = new DeadLetterBox(config.store ? config.deadLetters : false, this);
    const { token } = config;
    if (token) checkIdentified(token, this.ports.store);
    if (token?.pool) this.pool = new TokenPool({ ...token, pool: token.pool }, this.ports, this.events);
    else if (token?.grant) this.tokens = new TokenSource({ ...token, grant: token.grant }, this.ports, this.events);
    const { tokens, pool } = this;
    const managed = token && {
      options: token,
      sourceOf: (call: Call) => tokens ?? (call.member ?? (pool as TokenPool).next()).source,
    };
    const credentialOf = credentialReader(managed, this.ports.store.salt);
    const governedNow = (route: Route): GovernedRoute | undefined => {
      const { method, path } = (route as LineRoute).sample;
      return this.#routeOf(method, path).governed;
    };
    this.governor = new Governor(this.ports, this.events, credentialOf, governedNow, config.state?.quotas);
    const queuedOf = (route: string): QueuedCall[] => this.governor.queuedOf(route);
    this.breaker = new Breaker(this.ports, this.events, queuedOf, credentialOf, config.state?.breakers);
    const { sessions } = this.ports.store;
    this.sessions = sessions && toldSessions(sessions, this.events);
    const { events } = this;
    this.#unwatch = this.ports.store.watch?.((state) => events.emit('storeState', state)) ?? (() => undefined);
    this.#index();
  }

  get replacesOtherRetries(): boolean {
    const { retry } = this.#config;
    return typeof retry === 'object' && retry.otherLayer === 'replace';
  }

  get managesToken(): boolean {
    return this.#config.token !== undefined;
  }

  /** For the dead letters: the tokens of the line, where it manages them. */
  get token(): TokenOptions | undefined {
    return this.#config.token;
  }

  /** Names the credential that the line manages, or all of its pool; undefined where nothing identifies it. */
  get credentialName(): string | undefined {
    const names = this.pool ? this.pool.members.map(({ source }) => source.name) : [this.tokens?.name];
    return names.includes(undefined) ? undefined : names.join();
  }

  use(policy: Policy): this {
    const checked = checkPolicy(policy, 'policy');
    checkPlaces([...this.#policies.map((used) => used.policy), checked]);
    this.#policies.push({ policy: checked, interceptor: checked.create(this.ports) });
    this.#forgetRoutes();
    return this;
  }

  explain(request: ExplainRequest): Explanation {
    return explain(request, this);
  }

  snapshot(): Snapshot {
    const { scopes, queues } = this.governor.snapshot();
    return {
      calls: this.#active,
      queued: this.governor.queued,
      inFlight: this.governor.inFlight,
      scopes,
      queues,
      breakers: this.breaker.snapshot(),
      token: this.tokens?.snapshot(),
      credentials: this.pool?.snapshot() ?? [],
      deadLetters: { ...this.deadLetters.counts },
      listenerFailures: this.events.failures,
    };
  }

  on<E extends EventName>(event: E, listener: (event: HoldlineEvents[E]) => void): Undo {
    const undo = this.events.on(event, listener);
    // Defects are found when a client is guarded, before anybody can listen.
    if (event === 'defect')
      for (const defect of this.#defects) this.events.tell(listener, event, defect as HoldlineEvents[E]);
    return undo;
  }

  update(change: HoldlineConfig): void {
    const parsed = parseConfig(change);
    for (const key of ['token', 'deadLetters', 'store', 'clock', 'random', 'state'] as const) {
      if (parsed[key] !== undefined) throw new ConfigError(`${key} cannot be changed on a line in use`);
    }
    this.#config = checkWhole(mergeConfig(this.#config, parsed));
    const names = [...this.#routes.values()].map((route) => [route.name, route.sample] as const);
    this.#generation++;
    this.#index();
    this.#forgetRoutes();
    const renewed = new Map<string, GovernedRoute | undefined>();
    for (const [name, { method, path }] of names) renewed.set(name, this.#routeOf(method, path).governed);
    const { governor } = this.#config;
    const options = { ...GOVERNOR_DEFAULTS, ...(governor === false ? {} : governor) };
    this.governor.update(options, (name) => renewed.get(name), this.#generation);
  }

  async drain(): Promise<void> {
    await this.#answered();
    await this.deadLetters.settled();
  }

  async #answered(): Promise<void> {
    if (this.#active > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  async close(options: CloseOptions = {}): Promise<void> {
    const { timeoutMs = CLOSE_MS } = checkClose(options, 'options');
    return (this.#closed ??= this.#close(timeoutMs));
  }

  async #close(timeoutMs: number): Promise<void> {
    const { clock } = this.ports;
    const startedAt = clock.now();
    let others = 0;
    const follow = (end: Promise<unknown>): Promise<void> => {
      others++;
      const left = (): void => void others--;
      return end.then(left, left);
    };
    const ends = [this.governor.close(), ...[...this.#ends].map(async (end) => end())].map(follow);
    // No caller waits for it, but it may rotate a refresh token: it gets as long as what is on the wire.
    const granted = Promise.all([this.tokens?.close(), this.pool?.close()]);
    void settlesWithin(clock, timeoutMs * WIRE_PART, granted).then((isOver) => {
      if (isOver) return;
      this.tokens?.cut();
      this.pool?.cut();
    });
    this.deadLetters.close();
    this.#closing.cancel('closed');
    let calls = 0;
    if (!(await settlesWithin(clock, timeoutMs * WIRE_PART, this.#answered()))) {
      calls = this.#active;
      this.#cut.cancel('closed');
    }
    await settlesWithin(clock, startedAt + timeoutMs - clock.now(), Promise.all([...ends, this.drain()]));
    this.#unwatch();
    const tookMs = clock.now() - startedAt;
    this.events.emit('closed', { tookMs, calls, deadLetters: this.deadLetters.onTheWay, others });
  }

  onClose(end: () => Promise<unknown> | void): Undo {
    const entry = (): Promise<unknown> | void => end();
    this.#ends.add(entry);
    return () => {
      this.#ends.delete(entry);
    };
  }

  isolate(route: string): Undo {
    parseEndpoint(route, 'route');
    return this.breaker.isolate(route);
  }

  exportState(): LineState {
    return { breakers: this.breaker.export(), quotas: this.governor.export() };
  }

  onToken(listener: (token: AccessToken) => void, owner?: object): Undo {
    return this.tokens?.onToken(listener, owner) ?? (() => undefined);
  }

  reportDefect(defect: HoldlineEvents['defect']): void {
    if (this.#defects.some((known) => known.client === defect.client && known.defect === defect.defect)) return;
    this.#defects.push(defect);
    this.events.emit('defect', defect);
  }

  run(request: CallRequest): Promise<unknown> {
    const call = this.call(request);
    const { granting } = call.context ?? {};
    const isOfGrant = granting !== undefined && (this.tokens ?? this.pool)?.isUnderWay(granting);
    const passage = new Passage(call, isOfGrant ? this.#bare : call.route.way);
    const { replay } = call.context ?? {};
    if (replay) replay.call ??= call;
    this.#active++;
    try {
      call.check();
    } catch (error) {
      // The outermost hears of it, for it may keep what was refused.
      passage.at = Math.min(1, passage.way.steps.length);
      return Promise.reject(passage.failed(error));
    }
    return passage.goOn();
  }

  permit(request: PermitRequest): PendingPermit {
    return new PendingPermit(this.governor, this.call(permitCall(request)));
  }

  holdBack(request: PermitRequest, forMs: number): void {
    const call = this.call(permitCall(request));
    if (call.route.governed) this.governor.holdBack(call, call.route.governed, forMs);
  }

  call(request: CallRequest): Call {
    const ambient = shared.context.get();
    const context = request.context ? mergeContext(ambient, request.context) : ambient;
    const { origin, path } = placeOf(request.url);
    const route = this.#route(request.method.toUpperCase(), path);
    return new Call(request, route, origin, context, this.ports.clock.now());
  }

  #route(method: string, path: string): Route {
    const known = this.#paths.get(method)?.get(path);
    if (known) return known;
    const route = this.#routeOf(method, path);
    let paths = this.#paths.get(method);
    if (!paths || paths.size >= MOST_PATHS) this.#paths.set(method, (paths = new Map<string, Route>()));
    paths.set(path, route);
    return route;
  }

  /** The policies of a route in their order. */
  arranged(policies: RoutePolicies, governed: GovernedRoute | undefined): Stationed[] {
    const own = this.#policies.map(({ policy, interceptor }) => ({
      ...policy,
      options: policy.options,
      at: interceptor,
    }));
    return arrange<Stationed>([...this.#builtIns(policies, governed), ...own]);
  }

  #index(): void {
    const paths = this.#config.paths ?? {};
    this.#readPath = pathReader(paths);
    this.#matcher = new EndpointMatcher(paths.caseInsensitive ? (segment) => segment.toLowerCase() : undefined);
    for (const [endpoint, policies] of endpointsOf(this.#config)) {
      this.#matcher.add(endpoint, { endpoint, policies });
    }
  }

  #forgetRoutes(): void {
    this.#routes.clear();
    this.#paths.clear();
  }

  #routeOf(method: string, path: string): LineRoute {
    const segments = this.#readPath(path);
    const matches = this.#matcher.match(method, segments);
    const name = routeName(
      method,
      segments,
      matches.map(({ endpoint }) => endpoint),
    );
    const known = this.#routes.get(name);
    if (known) return known;
    const policies = resolvePolicies(this.#config, matches);
    const governed = this.#govern(policies);
    const { attemptTimeoutMs } = policies.deadline;
    const stations = [...this.arranged(policies, governed).map(({ at }) => at), this.#wire];
    if (attemptTimeoutMs < Infinity) stations.push(attemptTimeoutStep(attemptTimeoutMs, this.ports.clock));
    const route: LineRoute = {
      name,
      priority: policies.priority,
      weight: policies.weight,
      policies,
      governed,
      generation: this.#generation,
      way: compile(stations, this.#transport, this.#destination),
      closing: this.#closing,
      cut: this.#cut,
      segmentsOf: (url) => this.#readPath(pathOf(url)),
      sample: { method, path },
    };
    if (this.#routes.size >= MOST_ROUTES) this.#forgetRoutes();
    this.#routes.set(name, route);
    return route;
  }

  /** All that leaves passes here. */
  readonly #wire: Step = {
    enter: (passage) => this.#leaves(passage),
    leave: (passage, outcome) => this.#came(passage, outcome),
  };

  /** One attempt with the native transport. */
  readonly #transport: Way = {
    steps: [],
    nexts: [],
    inner: (call) => call.request.send(call),
    // Adapters should not throw; a network error that slips through one is still the end of an attempt.
    caught: (error) => failed(error, networkFailure(error)),
  };

  #leaves({ call }: Passage): undefined {
    call.check();
    this.breaker.checkIsolation(call);
    call.request.source?.release();
    call.info.attempts++;
  }

  #came(passage: Passage, outcome: Outcome): Promise<unknown> | undefined {
    const { info, cancellation } = passage.call;
    info.saw(outcome);
    if (this.events.has('attempt')) {
      const { attempts: attempt, route } = info;
      this.events.emit('attempt', { route, attempt, outcome: outcome.kind, status: outcome.status });
    }
    if (!this.#cut.cancelled || !(cancellation?.reason instanceof ClosedError) || outcome.kind === 'ok')
      return undefined;
    // We gave it up, not its caller, and nobody knows what became of it.
    return passage.leaveWith(Promise.resolve(failed(cancellation.reason, 'unknown')));
  }

  readonly #destination: Destination = {
    ended: (call, { kind, value, threw }) => {
      this.#ended(call, kind === 'ok', value);
      if (threw) throw value;
      return value;
    },
    failed: (call, error) => this.#ended(call, false, error),
  };

  /** For the requests of a grant, whose client may be guarded too. */
  readonly #bare = compile([this.#wire], this.#transport, this.#destination);

  #govern(policies: RoutePolicies): GovernedRoute | undefined {
    const { governor, retry, bulkhead } = policies;
    if (governor === false) return undefined;
    const quotas = governor.quotas.map((quota) => resolveQuota(quota, governor));
    const own = governor.endpointQuotas.map((quota) => resolveQuota(quota, governor));
    const all = [...quotas, ...own];
    return {
      options: { ...governor, quotas },
      rootQuotas: named(all, 'credential'),
      routeQuotas: named(all, 'route'),
      otherQuotas: named(all, 'other'),
      bulkhead: bulkhead === false ? undefined : bulkhead,
      apart: governor.apart,
      generation: this.#generation,
      maxGateWaitMs: retry === false ? RETRY_DEFAULTS.maxRetryAfterMs : retry.maxRetryAfterMs,
      // One attempt may be spent on finding out something where two are left.
      patienceMs: retry === false || retry.maxAttempts < 3 ? 0 : Math.min(retry.maxRetryAfterMs, retry.maxElapsedMs),
    };
  }

  #builtIns(policies: RoutePolicies, governed = this.#govern(policies)): Stationed[] {
    const { deadline, idempotency, retry, breaker } = policies;
    const { ports, events } = this;
    const built: Stationed[] = [];
    const add = (name: string, phase: Phase, options: unknown, at: Step): void => {
      built.push({ name, phase, options, at });
    };
    const { deadLetters } = this;
    if (deadLetters.isOn) add('dead-letters', 'observe', deadLetters.options, deadLetterStep(deadLetters, policies));
    add('deadline', 'deadline', deadline, deadlineStep(deadline, ports.clock));
    if (idempotency) {
      add('idempotency', 'identify', idempotency, idempotencyStep(idempotency, policies, ports, events, this.#steps));
    }
    if (retry) add('retry', 'retry', retry, retryStep(retry, policies, ports, events, this.#budgets));
    const { token } = this.#config;
    if (this.pool) add('authorize', 'authorize', undefined, pooledStep(this.pool));
    else if (this.tokens) add('authorize', 'authorize', undefined, authorizeStep(this.tokens));
    if (breaker) {
      const { engine, scope, queued, probeTimeoutMs } = breaker;
      // The numbers of an engine are its own.
      const shown = engine ? { engine: engine.name, scope, queued, probeTimeoutMs } : breaker;
      add('breaker', 'break', shown, breakerStep(this.breaker, breaker));
    }
    if (governed) {
      const { options } = governed;
      const { engine } = options;
      const step = engine ? engineStep(this.governor, governed, engine) : governStep(this.governor, governed);
      add('governor', 'govern', engine ? { ...options, engine: engine.name } : options, step);
    }
    if (token) add('sign', 'sign', undefined, signStep(token, this.tokens));
    return built;
  }

  #ended(call: Call, ok: boolean, value: unknown): void {
    this.#active--;
    if (call.cancellation) this.#cut.unlisten(call.cancellation);
    if (call.info.status !== 429 && call.info.status !== 503)
      call.info.retryAt = isHoldlineError(value) ? value.retryAt : undefined;
    noteInfo(value, call.info);
    // What was answered is still the native transport's to read; unless the answer was that to another call.
    if (call.info.status === undefined || call.attempts === 0) call.request.source?.close(ok ? undefined : value);
    if (this.events.has('call')) {
      const { route, status, attempts, waitedMs } = call.info;
      const durationMs = this.ports.clock.now() - call.startedAt;
      this.events.emit('call', { route, outcome: ok ? 'ok' : 'failed', status, attempts, waitedMs, durationMs });
    }
    // An attempt may outlive the patience of its caller, or the policy of somebody else that sent it; and a letter is written later.
    const isOver = this.#policies.length === 0 && !call.cancellation?.cancelled && !this.deadLetters.isOn;
    if (isOver) call.letGoOfInfo();
    if (this.#active === 0) {
      for (const resolve of this.#idle) resolve();
      this.#idle.clear();
    }
  }
}

// Queued calls hang on it, with their requests.
showsAs(Line, (line) => line.snapshot());

/**
 * Makes a line.
 *
 * @throws ConfigError naming the key, the value and what is allowed.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 *
 * const line = createHoldline({
 *   governor: { quotas: [{ limit: 300, windowMs: 60_000 }] },
 *   retry: 'interactive',
 *   endpoints: { 'POST /api/v2/analytics/**': { retry: 'batch', readOnly: true } },
 * });
 * line.on('gateClosed', ({ scope, retryAt }) => console.log(scope, new Date(retryAt)));
 * ```
 */
export function createHoldline(config: HoldlineConfig = {}): Holdline {
  return new Line(parseConfig(config));
}
