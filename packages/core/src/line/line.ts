// Bundlers place modules in the order of these imports, and in this order the bundle compresses best.
import { noteInfo } from '../call/call-info.js';
import { checkIdentified } from '../policies/token/identity.js';
import { splitUrl } from '../http/url-cache.js';
import { credentialReader } from '../call/credential.js';
import { parseEndpoint } from '../config/endpoint.js';
import { explain, type ExplainRequest, type Explanation } from './explain.js';
import { definePrintedForm } from '../contract/printed.js';
import { checkWhole, parseConfig } from '../config/parse.js';
import { mergeConfig } from '../config/merge.js';
import { boundedStore } from '../stores/bounded-store.js';
import { type LineRoute, type RouteParts, RouteTable } from './route-table.js';
import { ConfigError, isHoldlineError } from '../contract/errors.js';
import { compilePipeline, type Destination, Execution, type Step, type Pipeline } from '../pipeline/execution.js';
import { GOVERNOR_DEFAULTS } from '../policies/governor/options.js';
import { memoryJournal } from '../stores/memory-journal.js';
import { Governor } from '../policies/governor/governor.js';
import { memberOf, TokenPool } from '../policies/token/pool.js';
import { Breaker } from '../policies/breaker/breaker.js';
import { type PendingPermit, permitCall, type PermitRequest } from '../policies/governor/pending-permit.js';
import { Events } from '../runtime/events.js';
import { type RoutePolicies } from '../config/resolve.js';
import { LineDeadLetters } from '../policies/dead-letters/dead-letters.js';
import { DryRun } from '../runtime/dry-run.js';
import { backgroundClock } from '../runtime/background-timer.js';
import { systemClock, systemRandom } from '../runtime/system.js';
import { Closing } from './closing.js';
import { configureAnswers, createAnswerHost } from './answer-host.js';
import { Answers } from '../policies/answers/answers.js';
import { reportCallEnd, reportCallStart } from './call-events.js';
import { attemptStep, TRANSPORT } from './attempt-step.js';
import { attemptTimeoutStep } from '../policies/deadline/attempt.js';
import { activeContext, mergeContext, runApart } from '../call/active-context.js';
import { type GovernedRoute } from '../policies/governor/route.js';
import { TokenSource } from '../policies/token/source.js';
import { governedRoute, PolicyChain } from './policy-chain.js';
import { requestPermit } from '../policies/governor/shadow.js';
import { reportSessionFailures } from './session-keys.js';
import type { Outcome } from '../contract/outcome.js';
import type { AnswerHost, ReadContext } from '../policies/answers/host.js';
import { ActiveCall, type QueuedCall } from '../call/call.js';
import type { HoldlineConfig, LineState } from '../config/types.js';
import type { Call, CallRequest, Route } from '../contract/call.js';
import type { Undo } from '../contract/clock.js';
import type { EventName, HoldlineEvents } from '../contract/events.js';
import type { Policy } from '../contract/policy.js';
import type { LinePools } from '../contract/pools.js';
import type { SessionKeys } from '../contract/sessions.js';
import type { Ports, Store } from '../contract/store.js';
import type { AccessToken } from '../contract/tokens.js';
import type { TokenOptions } from '../policies/token/options.js';
import type { CloseOptions, Holdline, Snapshot } from './holdline.js';

const LINE = Symbol.for('@holdline/line');

/**
 * Whether `value` is a line, of this or another copy of the package.
 * @public
 */
export function isHoldline(value: unknown): value is Holdline {
  return typeof value === 'object' && value !== null && LINE in value;
}

/** The implementation of a line. */
export class Line implements Holdline {
  readonly [LINE] = true;
  readonly events = new Events();
  readonly ports: Ports;
  readonly governor: Governor;
  readonly breaker: Breaker;
  readonly deadLetters: LineDeadLetters;
  readonly tokens: TokenSource | undefined;
  readonly pool: TokenPool | undefined;
  readonly sessions: SessionKeys | undefined;
  readonly pools: LinePools | undefined;
  readonly answerHost: AnswerHost;
  readonly answers: Answers;
  readonly policies: PolicyChain;
  readonly dryRun: DryRun | undefined;
  /** The client whose calls carry no token, because its own origin is unknown. */
  withheld: HoldlineEvents['defect'] | undefined = undefined;
  #config: HoldlineConfig;
  readonly #routes: RouteTable;
  readonly #closing: Closing;
  /** The innermost step of every route. */
  readonly #attempt: Step;
  /** The pipeline for the requests of a grant, whose client may be guarded too. */
  readonly #grantPipeline: Pipeline;
  readonly #defects: HoldlineEvents['defect'][] = [];

  constructor(config: HoldlineConfig) {
    this.#config = checkWhole(config);
    const clock = config.clock ?? systemClock;
    const random = config.random ?? systemRandom;
    const store: Store = config.store ? boundedStore(config.store, clock) : { journal: memoryJournal() };
    const { events } = this;
    const ports = (this.ports = { clock, random, store });
    // The default store ends with the line, so dead letters need a given store.
    this.deadLetters = new LineDeadLetters(
      config.store && !config.dryRun ? config.deadLetters : false,
      this,
      store.deadLetters,
    );
    if (config.dryRun) this.dryRun = new DryRun(events);
    const { dryRun } = this;
    const decided = dryRun?.quiet ?? events;
    const { token } = config;
    if (token) checkIdentified(token, store);
    if (token?.pool) this.pool = new TokenPool({ ...token, pool: token.pool }, ports, events);
    else if (token?.grant) this.tokens = new TokenSource({ ...token, grant: token.grant }, ports, events);
    const { tokens, pool } = this;
    const managed = token && {
      options: token,
      scopeOf: (call: Call) => {
        const source = tokens ?? (memberOf(call as ActiveCall) ?? (pool as TokenPool).choose()).source;
        return source.isEmpty ? undefined : source.scope;
      },
    };
    const credentialOf = credentialReader(managed, store.salt);
    const governedNow = (route: Route): GovernedRoute | undefined => {
      const { method, path } = (route as LineRoute).sample;
      return this.#routes.routeOf(method, path).governed;
    };
    // A shadow in the queue must not keep the process alive.
    const governing = dryRun ? { ...ports, clock: backgroundClock(clock) } : ports;
    this.governor = new Governor(governing, decided, credentialOf, governedNow, config.state?.quotas);
    const queuedOf = (route: string): QueuedCall[] => this.governor.listQueued(route);
    this.breaker = new Breaker(ports, decided, queuedOf, credentialOf, config.state?.breakers);
    const { sessions } = store;
    this.sessions = sessions && reportSessionFailures(sessions, events);
    const stopWatchingStore = store.watch?.((state) => events.emit('storeState', state)) ?? (() => undefined);
    const { governor, deadLetters } = this;
    this.#closing = new Closing({ ports, events, governor, deadLetters, tokens, pool, stopWatchingStore });
    this.answerHost = createAnswerHost(this);
    this.answers = new Answers(this.answerHost);
    configureAnswers(this.answers, this.#config);
    this.pools = config.pools?.serve(this);
    this.policies = new PolicyChain(this);
    this.#attempt = attemptStep(this.breaker, events, this.#closing.cut, clock, dryRun);
    this.#grantPipeline = compilePipeline([this.#attempt], TRANSPORT, this.#destination);
    this.#routes = new RouteTable(
      (policies) => this.#compile(policies),
      (route) => this.breaker.addRoute(route, route.policies.breaker),
      this.#config,
    );
  }

  get replacesOtherRetries(): boolean {
    const { retry, dryRun } = this.#config;
    return typeof retry === 'object' && retry.otherLayer === 'replace' && !dryRun;
  }

  get managesToken(): boolean {
    return this.#config.token !== undefined;
  }

  /** For the dead letters: the token options of the line, if it manages the token. */
  get token(): TokenOptions | undefined {
    return this.#config.token;
  }

  /** For the dead letters: the salt of the store. */
  get salt(): string | undefined {
    return this.ports.store.salt;
  }

  /** Name of the credential that the line manages, or names of all credentials of its pool; undefined if nothing identifies them. */
  get credentialName(): string | undefined {
    const names = this.pool ? this.pool.members.map(({ source }) => source.name) : [this.tokens?.name];
    return names.includes(undefined) ? undefined : names.join();
  }

  use(policy: Policy): this {
    this.policies.add(policy);
    this.#routes.forget();
    return this;
  }

  explain(request: ExplainRequest): Explanation {
    return explain(request, this);
  }

  snapshot(): Snapshot {
    const { scopes, queues } = this.governor.snapshot();
    return {
      calls: this.#closing.active,
      queued: this.governor.queued,
      inFlight: this.governor.inFlight,
      scopes,
      queues,
      breakers: this.breaker.snapshot(),
      retryBudgets: this.policies.snapshotBudgets(),
      token: this.tokens?.snapshot(),
      credentials: this.pool?.snapshot() ?? [],
      answers: this.answers.snapshot(),
      deadLetters: { ...this.deadLetters.counts },
      listenerFailures: this.events.failures,
      dryRun: this.dryRun && { ...this.dryRun.counts },
    };
  }

  on<E extends EventName>(event: E, listener: (event: HoldlineEvents[E]) => void): Undo {
    const undo = this.events.on(event, listener);
    // Adapters report defects when they guard a client, before anyone can add a listener.
    if (event === 'defect')
      for (const defect of this.#defects) this.events.notify(listener, event, defect as HoldlineEvents[E]);
    return undo;
  }

  update(change: HoldlineConfig): void {
    const parsed = parseConfig(change);
    for (const key of ['token', 'deadLetters', 'pools', 'store', 'clock', 'random', 'state', 'dryRun'] as const) {
      if (parsed[key] !== undefined) throw new ConfigError(`${key} cannot be changed by update()`);
    }
    this.#config = checkWhole(mergeConfig(this.#config, parsed));
    configureAnswers(this.answers, this.#config);
    const renewed = this.#routes.update(this.#config);
    const { governor } = this.#config;
    const options = { ...GOVERNOR_DEFAULTS, ...(governor === false ? {} : governor) };
    this.governor.update(options, (name) => renewed.get(name)?.governed, this.#routes.generation);
  }

  drain(): Promise<void> {
    return this.#closing.drain();
  }

  async close(options: CloseOptions = {}): Promise<void> {
    await this.#closing.close(options);
  }

  onClose(end: () => Promise<unknown> | void): Undo {
    return this.#closing.onClose(end);
  }

  invalidate(what: string): void {
    this.answers.invalidate(what, (path) => this.#routes.segmentsOf(path));
  }

  isolate(route: string): Undo {
    return this.breaker.isolate(parseEndpoint(route, 'route').pattern);
  }

  exportState(): LineState {
    return { breakers: this.breaker.export(), quotas: this.governor.export() };
  }

  onToken(listener: (token: AccessToken) => void, owner?: object): Undo {
    return this.tokens?.onToken(listener, owner) ?? (() => undefined);
  }

  withholdToken(why: HoldlineEvents['defect']): void {
    if (!this.token?.origins) this.reportDefect((this.withheld = why));
  }

  reportDefect(defect: HoldlineEvents['defect']): void {
    if (this.#defects.some((known) => known.client === defect.client && known.defect === defect.defect)) return;
    this.#defects.push(defect);
    this.events.emit('defect', defect);
  }

  run(request: CallRequest): Promise<unknown> {
    return this.#start(this.call(request));
  }

  /** @param destination - Makes the result. Without it, the result is that of the client. */
  #start(call: ActiveCall, destination?: Destination): Promise<unknown> {
    const { granting } = call.context ?? {};
    const isOfGrant = granting !== undefined && (this.tokens ?? this.pool)?.isUnderWay(granting);
    const pipeline = isOfGrant ? this.#grantPipeline : routeOf(call).pipeline;
    const execution = new Execution(call, destination ? { ...pipeline, destination } : pipeline);
    const { replay } = call.context ?? {};
    if (replay) replay.info ??= call.info;
    this.#closing.active++;
    if (this.events.has('callStarted')) reportCallStart(call, this.events);
    try {
      call.check();
    } catch (error) {
      // The outermost step gets the error, because it may keep the call as a dead letter.
      execution.position = Math.min(1, execution.pipeline.steps.length);
      return Promise.reject(execution.fail(error));
    }
    return execution.proceed();
  }

  /** Makes a read as a call of its own, for several callers. */
  read(request: CallRequest, context: ReadContext): Promise<Outcome> {
    // The read has none of the transaction, the budget or the signal of the caller that needs it first.
    return runApart(context, () => this.#start(this.call(request), this.#outcomeDestination) as Promise<Outcome>);
  }

  permit(request: PermitRequest): PendingPermit {
    const call = this.call(permitCall(request));
    return requestPermit(this.governor, call, routeOf(call).governed, this.dryRun);
  }

  holdBack(request: PermitRequest, forMs: number): void {
    const call = this.call(permitCall(request));
    const { governed } = routeOf(call);
    if (governed) this.governor.holdBack(call, governed, forMs);
  }

  call(request: CallRequest): ActiveCall {
    const ambient = activeContext.get();
    const context = request.context ? mergeContext(ambient, request.context) : ambient;
    const { origin, path } = splitUrl(request.url);
    const route = this.#routes.find(request.method.toUpperCase(), path);
    return new ActiveCall(request, route, origin, context, this.ports.clock.now());
  }

  /** For the dead letters: the policies of the route of a call. */
  policiesOf(call: Call): RoutePolicies {
    return routeOf(call).policies;
  }

  #compile(policies: RoutePolicies): RouteParts {
    const governed = governedRoute(policies, this.#routes.generation);
    const { attemptTimeoutMs } = policies.deadline;
    const steps = [...this.policies.placed(policies, governed).map(({ at }) => at), this.#attempt];
    const { dryRun } = this;
    if (attemptTimeoutMs < Infinity) steps.push(attemptTimeoutStep(attemptTimeoutMs, this.ports.clock, dryRun));
    return {
      governed,
      pipeline: compilePipeline(steps, TRANSPORT, this.#destination),
      // A token refresh may send a request again.
      mayBeSentAgain: !dryRun && (policies.retry !== false || this.managesToken),
      pools: this.pools,
      closing: this.#closing.started,
      cut: this.#closing.cut,
    };
  }

  /** Ends a read of the line itself. Its result is the outcome. */
  readonly #outcomeDestination: Destination = {
    complete: (call, outcome) => {
      this.#endCall(call, outcome.kind === 'ok', outcome.value, outcome.kind === 'refused');
      return outcome;
    },
    fail: (call, error) => this.#endCall(call, false, error),
  };

  /** Ends a call of the user. Its result is that of the client. */
  readonly #destination: Destination = {
    complete: (call, outcome) => {
      this.#outcomeDestination.complete(call, outcome);
      if (outcome.threw) throw outcome.value;
      return outcome.value;
    },
    fail: this.#outcomeDestination.fail,
  };

  #endCall(call: ActiveCall, ok: boolean, value: unknown, refused = false): void {
    this.#closing.active--;
    if (call.cancellation) this.#closing.cut.unlisten(call.cancellation);
    const { info } = call;
    const { status, attempts } = info;
    if (!refused && status !== 429 && status !== 503) info.retryAt = isHoldlineError(value) ? value.retryAt : undefined;
    noteInfo(value, info);
    // After an answer the native transport still owns the body, unless the answer belongs to an identical call.
    if (status === undefined || attempts === 0) call.request.source?.close(ok ? undefined : value);
    // A call that joined an identical call has the error of that call.
    if (attempts === 0 && isHoldlineError(value) && info.facts?.answeredBy !== 'identical call')
      this.events.refused(call, value);
    if (this.events.has('call')) reportCallEnd(call, ok, value, this.ports.clock.now(), this.events);
    // An attempt may outlive a cancelled call or the custom policy that sent it, and a dead letter is written later.
    const isOver = this.policies.added === 0 && !call.cancellation?.cancelled && !this.deadLetters.isOn;
    if (isOver) call.releaseInfo();
    if (this.#closing.active === 0) this.#closing.reportIdle();
  }
}

/** The route of a call with the data of its line. */
function routeOf(call: Call): LineRoute {
  return call.route as LineRoute;
}

// A line leads to queued calls and their requests, which must not be printed.
definePrintedForm(Line, (line) => line.snapshot());
