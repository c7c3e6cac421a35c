import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { FaultInjector, type FaultDecision } from '../faults/fault-injector.js';
import { ScriptQueue } from '../faults/script-queue.js';
import type { Answer } from '../http/answer.js';
import { answerPreflight } from '../http/cors.js';
import { type RequestBody, readRequestBody } from '../http/request-body.js';
import { Limiter } from '../limits/limiter.js';
import { parseChange } from '../option-parsing/parse-options.js';
import type { EntityCounts } from '../options/entity-options.js';
import type { ScriptedAnswer, ScriptedResponse } from '../options/script-options.js';
import type { Settings } from '../options/simulator-options.js';
import type { Pattern } from '../paths/path-pattern.js';
import { type PathDialect, removeQuery } from '../paths/request-path.js';
import type { OperationTable } from '../platform/operation-table.js';
import type { Platform, PlatformDefinition } from '../platform/platform.js';
import { type Random, createRandomStream, generateUuid } from '../random.js';
import { SocketHub } from '../sockets/socket-hub.js';
import { LoadRecorder } from '../statistics/load/load-recorder.js';
import type { LoadReport } from '../statistics/load/load-report.js';
import type { Stats } from '../statistics/stats.js';
import type { WireEntry, WireOutcome } from '../statistics/wire-log.js';
import { applyCaching } from './cacheable-answers.js';
import { EngineClock } from './clock.js';
import type { Exchange } from './exchange.js';
import { Executor } from './executor.js';
import { LatencyModel } from './latency-model.js';
import { Responder } from './responder.js';
import { Timers } from './timers.js';
import { Traffic } from './traffic.js';

/** The decision on a request, made when its headers arrive. */
type Plan =
  | { readonly do: 'answer'; readonly answer: Answer; readonly outcome: WireOutcome }
  | { readonly do: 'script'; readonly script: ScriptedResponse }
  | { readonly do: 'run'; readonly faultDecision: FaultDecision };

/** The checked options of an engine. */
export interface EngineSetup {
  readonly seed: number;
  readonly entities: Required<EntityCounts>;
  readonly operations?: OperationTable | undefined;
  readonly settings: Settings;
}

/** The core of a simulator for any platform: it decides on each request at arrival, executes it and answers it. */
export class Engine<P extends Platform = Platform> {
  /** `127.0.0.1:port`; set when the server listens. */
  host = '';
  readonly platform: P;
  readonly sockets: SocketHub;
  readonly #definition: PlatformDefinition<P>;
  readonly #seed: number;
  readonly #clock = new EngineClock(() => this.#settings.clockSkewMs);
  readonly #timers = new Timers();
  readonly #load = new LoadRecorder(0);
  readonly #traffic = new Traffic(this.#load, this.#clock);
  readonly #contextIds: Random;
  readonly #latency: LatencyModel;
  readonly #limiter: Limiter;
  readonly #faultInjector: FaultInjector;
  readonly #scripts = new ScriptQueue();
  readonly #executor: Executor;
  readonly #responder: Responder;
  #settings: Settings;
  #arrivals = 0;

  constructor(kind: PlatformDefinition<P>, { seed, entities, operations, settings }: EngineSetup) {
    this.#definition = kind;
    this.#seed = seed;
    this.#settings = settings;
    const clock = this.#clock;
    const current = (): Settings => this.#settings;
    this.platform = kind.create({
      seed,
      entities,
      operations,
      settings: current,
      now: () => clock.now(),
      wall: () => clock.wall(),
    });
    this.#contextIds = createRandomStream(seed, 'context');
    this.#latency = new LatencyModel(seed);
    this.platform.tokens.onThrottled = (clientId) => {
      const caller = { label: '', clientId, user: '', tenant: '' };
      this.#load.recordOtherRefusal('tokens.throttle', caller, clock.now());
      return this.#settings.enforce;
    };
    this.#limiter = new Limiter(settings.limits);
    this.#faultInjector = new FaultInjector(settings.faults, seed);
    this.#executor = new Executor({
      platform: this.platform,
      clock,
      timers: this.#timers,
      host: () => this.host,
      settings: current,
    });
    this.#responder = new Responder(this.platform, this.#traffic, clock, current);
    this.sockets = new SocketHub(
      {
        paths: kind.paths,
        startedAt: clock.startedAt,
        settings: () => this.#settings.sockets,
        enforces: () => this.#settings.enforce,
        load: this.#load,
        takeScriptedAnswer: (segments) => this.#scripts.takeAnswer('GET', segments),
        buildRefusal: (refusal) =>
          this.platform.errors.forRefusal(refusal, this.#settings, clock.wall(), this.#newContextId()),
        buildStatusError: (status, headers) =>
          this.platform.errors.forStatus('open', status, headers, this.#newContextId()),
      },
      this.platform.socketEndpoints,
    );
  }

  get paths(): PathDialect {
    return this.#definition.paths;
  }

  stats(): Stats {
    return { ...this.#traffic.stats(), sockets: this.sockets.log.stats() };
  }

  wire(): readonly WireEntry[] {
    return this.#traffic.wire();
  }

  onRequest(listener: (entry: WireEntry) => void): () => void {
    return this.#traffic.onRequest(listener);
  }

  /** What the run did to the limits, and the pace that would have avoided refusals. */
  report(): LoadReport {
    return this.#load.report({
      now: this.#clock.now(),
      enforced: this.#settings.enforce,
      sockets: this.sockets.log.stats(),
      calls: this.platform.callStats?.(),
    });
  }

  resetStats(): void {
    this.#load.reset(this.#clock.now());
    this.platform.resetCallStats?.();
    this.#traffic.reset();
    this.sockets.log.reset();
  }

  addScript(pattern: Pattern, answers: readonly ScriptedAnswer[]): void {
    this.#scripts.addScript(pattern, answers);
  }

  changeOptions(change: unknown): void {
    const read = parseChange(change, this.#definition, this.#seed, this.#settings);
    this.#settings = { ...this.#settings, ...read };
    if (read.limits !== undefined) this.#limiter.update(read.limits);
    if (read.tokens !== undefined) this.platform.tokens.update(read.tokens);
    if (read.sockets !== undefined) this.sockets.update(read.sockets);
    if (read.faults !== undefined) this.#faultInjector.setFaults(read.faults, this.#seed);
  }

  revokeTokens(): number {
    return this.platform.tokens.revokeAccessTokens(this.#clock.now());
  }

  /** Cancels all pending answers. The caller destroys the sockets. */
  stop(): void {
    this.#timers.clear();
    this.platform.stop?.();
    // Requests end here and not when their sockets close, so that the log is final after stop().
    this.#traffic.dropOpenRequests();
    this.sockets.stop();
  }

  /** Serves one request of the HTTP server. */
  serveRequest(request: IncomingMessage, response: ServerResponse): void {
    const exchange = this.#receiveRequest(request, response);
    this.#processRequest(exchange).catch((error: unknown) => {
      // Only a bug of this package leads here. The error answer shows the bug; a hanging request would hide it.
      const message = `simulator failed: ${error instanceof Error ? error.message : String(error)}`;
      this.#responder.sendAnswer(
        exchange,
        this.platform.errors.forSimulatorError(message, exchange.contextId),
        'answered',
      );
    });
  }

  async #processRequest(exchange: Exchange): Promise<void> {
    // Limits judge by the time of arrival, also when the body is slow. The wire log shows the same time.
    const plan = this.#decidePlan(exchange, exchange.entry.at - this.#clock.startedAt);
    const body = await readRequestBody(exchange.request, this.platform.maxBodyBytes);
    if (body === undefined) return;
    exchange.entry.bodyHash = body.hash;
    if (plan.do === 'answer') this.#responder.sendAnswer(exchange, plan.answer, plan.outcome);
    else if (plan.do === 'script') await this.#playScript(exchange, plan.script, body);
    else await this.#runRequest(exchange, plan.faultDecision, body);
  }

  #receiveRequest(request: IncomingMessage, response: ServerResponse): Exchange {
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const segments = this.#definition.paths.split(removeQuery(path));
    const route = this.platform.findRoute(method, segments);
    const kind = method === 'OPTIONS' ? 'preflight' : route.kind;
    const token = this.platform.tokens.findAccessToken(request.headers.authorization);
    const key = request.headers['idempotency-key'];
    this.#arrivals += 1;
    const entry: WireEntry = {
      at: performance.now(),
      id: this.#arrivals,
      method,
      path,
      route: route.name,
      status: 0,
      outcome: 'open',
      executed: false,
      bodyHash: '',
      ...(token !== undefined && { token: token.label }),
      ...(typeof key === 'string' && { idempotencyKey: key }),
    };
    const exchange: Exchange = {
      request,
      response,
      kind,
      route,
      segments,
      token,
      contextId: this.#newContextId(),
      entry,
      counters: this.#traffic.counters,
      applied: [],
      limitHeaders: {},
      isOver: false,
      endHandlers: [],
    };
    this.#traffic.recordArrival(exchange);
    response.on('close', () => this.#traffic.recordEnd(exchange, 0, 'aborted'));
    return exchange;
  }

  #decidePlan(exchange: Exchange, now: number): Plan {
    const { kind, segments, token, contextId, request, route } = exchange;
    const { tokens, errors, maxBodyBytes } = this.platform;
    const method = exchange.entry.method;
    if (kind === 'preflight') {
      return { do: 'answer', answer: answerPreflight(this.#settings.cors, request.headers), outcome: 'preflight' };
    }
    const script = this.#scripts.takeAnswer(method, segments);
    if (script !== undefined && script !== 'pass') return { do: 'script', script };
    if (kind !== 'api') return { do: 'run', faultDecision: this.#faultInjector.decideFault(method, segments, true) };
    if (token === undefined || !tokens.isValid(token, now)) {
      const answer = errors.forInvalidToken(request.headers.authorization, contextId);
      return { do: 'answer', answer, outcome: 'unauthorized' };
    }
    const unsigned = this.platform.checkSignature?.(request, this.#clock.wall());
    if (unsigned !== undefined) return { do: 'answer', answer: unsigned, outcome: 'unauthorized' };
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
      return { do: 'answer', answer: errors.forLargeBody(kind, maxBodyBytes, contextId), outcome: 'answered' };
    }
    const { label, clientId: client, user, tenant } = token;
    const { applied, refusal } = this.#limiter.admit(
      { method, segments, route: route.name, token: label, client, user, tenant, socket: '' },
      now,
    );
    exchange.applied = applied;
    const { enforce, retryAfter } = this.#settings;
    const subject = `${method} ${exchange.entry.path}`;
    const namesTime = enforce && retryAfter !== 'none';
    this.#load.recordDecision({ of: 'requests', applied, refusal, caller: token, subject, namesTime, now });
    if (refusal !== undefined && !enforce) exchange.entry.shadowRefusedBy = refusal.limit.name;
    else if (refusal !== undefined) {
      tokens.countRefusal(token, now);
      exchange.entry.refusedBy = refusal.limit.name;
      const answer = errors.forRefusal(refusal, this.#settings, this.#clock.wall(), contextId);
      return { do: 'answer', answer, outcome: 'refused' };
    }
    const admission = this.platform.admit?.(token, (listener) => void exchange.endHandlers.push(listener));
    exchange.limitHeaders = admission?.headers ?? {};
    if (admission?.refusal !== undefined) this.#load.recordOtherRefusal(admission.refusal.name, token, now);
    if (admission?.refusal !== undefined && !enforce) exchange.entry.shadowRefusedBy ??= admission.refusal.name;
    else if (admission?.refusal !== undefined) {
      exchange.entry.refusedBy = admission.refusal.name;
      return { do: 'answer', answer: admission.refusal.answer, outcome: 'refused' };
    }
    return { do: 'run', faultDecision: this.#faultInjector.decideFault(method, segments, false) };
  }

  async #playScript(exchange: Exchange, script: ScriptedResponse, body: RequestBody): Promise<void> {
    const { drop } = script;
    if (script.revoke === true && exchange.token !== undefined) exchange.token.revoked = true;
    const isExecuted = script.execute ?? drop === 'after';
    const own = isExecuted ? (await this.#executor.executeRequest(exchange, body)).answer : undefined;
    await this.#timers.pause(script.delayMs ?? 0);
    if (drop !== undefined) return this.#responder.dropConnection(exchange);
    return this.#responder.sendAnswer(
      exchange,
      this.#responder.completeAnswer(exchange, script, own?.body),
      'scripted',
    );
  }

  async #runRequest(exchange: Exchange, { fault, delayMs }: FaultDecision, body: RequestBody): Promise<void> {
    const responder = this.#responder;
    if (fault?.kind === 'drop-before') {
      await this.#timers.pause(delayMs);
      return responder.dropConnection(exchange);
    }
    if (fault?.status !== undefined) {
      await this.#timers.pause(delayMs);
      const answer = responder.completeAnswer(exchange, { ...fault, status: fault.status });
      if (fault.kind === 'malformed-headers') return responder.sendMalformedAnswer(exchange, answer, fault.headers);
      return responder.sendAnswer(exchange, answer, 'faulted');
    }
    const { entry, segments } = exchange;
    const serviceMs = this.#latency.drawMs(this.#settings, entry.method, segments, this.#clock.now());
    // The request is executed before the wait: a client that stops waiting leaves an unknown write behind.
    const { answer: executed, outcome } = await this.#executor.executeRequest(exchange, body);
    const answer = applyCaching(exchange, executed, this.#settings.cacheable);
    await this.#timers.pause(serviceMs + delayMs);
    if (fault?.kind === 'drop-after') return responder.dropConnection(exchange);
    if (fault?.kind === 'malformed-headers') return responder.sendMalformedAnswer(exchange, answer, fault.headers);
    if (fault?.kind === 'truncate') return responder.sendHalfAnswer(exchange, answer);
    return responder.sendAnswer(exchange, answer, outcome);
  }

  #newContextId(): string {
    return generateUuid(this.#contextIds);
  }
}
