import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Faults, type Strike } from '../faults/fault-injector.js';
import { Scripts } from '../faults/scripts.js';
import type { Answer } from '../http/answer.js';
import { preflightAnswer } from '../http/cors.js';
import { type Body, readBody } from '../http/request-body.js';
import { Limiter } from '../limits/limiter.js';
import { readChange } from '../option-parsing/parse-options.js';
import type { ScriptedAnswer, ScriptedResponse } from '../options/script-options.js';
import type { Settings } from '../options/simulator-options.js';
import type { Pattern } from '../paths/path-pattern.js';
import { type PathDialect, pathOf } from '../paths/request-path.js';
import type { Platform, PlatformKind } from '../platform/platform.js';
import { type Random, randomStream, randomUuid } from '../random.js';
import { SocketHub } from '../sockets/socket-hub.js';
import type { Stats } from '../statistics/stats.js';
import type { WireEntry, WireOutcome } from '../statistics/wire-log.js';
import { EngineClock } from './clock.js';
import type { Exchange } from './exchange.js';
import { Executor } from './executor.js';
import { Responder } from './responder.js';
import { Timers } from './timers.js';
import { Traffic } from './traffic.js';

/** What was decided when the headers arrived. */
type Plan =
  | { readonly do: 'answer'; readonly answer: Answer; readonly outcome: WireOutcome }
  | { readonly do: 'script'; readonly script: ScriptedResponse }
  | { readonly do: 'run'; readonly strike: Strike };

/** What every platform stands on: decides on a request when it arrives, has it executed, and has it answered. */
export class Engine<P extends Platform = Platform> {
  /** `127.0.0.1:port`, known once the server listens. */
  host = '';
  readonly platform: P;
  readonly sockets: SocketHub;
  readonly #kind: PlatformKind<P>;
  readonly #seed: number;
  readonly #clock = new EngineClock(() => this.#settings.clockSkewMs);
  readonly #timers = new Timers();
  readonly #traffic = new Traffic();
  readonly #contextIds: Random;
  readonly #serviceJitter: Random;
  readonly #limiter: Limiter;
  readonly #faults: Faults;
  readonly #scripts = new Scripts();
  readonly #executor: Executor;
  readonly #responder: Responder;
  #settings: Settings;
  #arrivals = 0;

  constructor(kind: PlatformKind<P>, seed: number, settings: Settings) {
    this.#kind = kind;
    this.#seed = seed;
    this.#settings = settings;
    const clock = this.#clock;
    const current = (): Settings => this.#settings;
    this.platform = kind.create({ seed, settings: current, now: () => clock.now() });
    this.#contextIds = randomStream(seed, 'context');
    this.#serviceJitter = randomStream(seed, 'service');
    this.#limiter = new Limiter(settings.limits);
    this.#faults = new Faults(settings.faults, seed);
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
        script: (segments) => this.#scripts.next('GET', segments),
        refused: (refusal) => this.platform.errors.refused(refusal, this.#settings, clock.wall(), this.#newContextId()),
        plain: (status, headers) => this.platform.errors.plain('open', status, headers, this.#newContextId()),
      },
      this.platform.endpoints,
    );
  }

  get paths(): PathDialect {
    return this.#kind.paths;
  }

  stats(): Stats {
    return { ...this.#traffic.stats(), sockets: this.sockets.log.stats() };
  }

  wire(): readonly WireEntry[] {
    return this.#traffic.wire();
  }

  resetStats(): void {
    this.#traffic.reset();
    this.sockets.log.reset();
  }

  script(pattern: Pattern, answers: readonly ScriptedAnswer[]): void {
    this.#scripts.add(pattern, answers);
  }

  set(change: unknown): void {
    const read = readChange(change, this.#kind, this.#seed, this.#settings);
    this.#settings = { ...this.#settings, ...read };
    if (read.limits !== undefined) this.#limiter.update(read.limits);
    if (read.tokens !== undefined) this.platform.tokens.update(read.tokens);
    if (read.sockets !== undefined) this.sockets.update(read.sockets);
    if (read.faults !== undefined) this.#faults.arm(read.faults, this.#seed);
  }

  revokeTokens(): number {
    return this.platform.tokens.revokeAll(this.#clock.now());
  }

  /** Answers that were still to come never come; the caller destroys the sockets. */
  stop(): void {
    this.#timers.clear();
    // Now, not when the sockets report it: after stop() the log is final.
    this.#traffic.dropAll();
    this.sockets.stop();
  }

  /** Serves one request of the HTTP server. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const exchange = this.#receive(request, response);
    this.#run(exchange).catch((error: unknown) => {
      // Only a mistake in this package leads here. Said aloud, it is found; a hanging request is not.
      const message = `simulator failed: ${error instanceof Error ? error.message : String(error)}`;
      this.#responder.send(exchange, this.platform.errors.failed(message, exchange.contextId), 'answered');
    });
  }

  async #run(exchange: Exchange): Promise<void> {
    // Judged by the time of arrival, so that the wire log shows what the limits saw, however slow the body is.
    const plan = this.#decide(exchange, exchange.entry.at - this.#clock.startedAt);
    const body = await readBody(exchange.request, this.platform.maxBodyBytes);
    if (body === undefined) return;
    exchange.entry.bodyHash = body.hash;
    if (plan.do === 'answer') this.#responder.send(exchange, plan.answer, plan.outcome);
    else if (plan.do === 'script') await this.#playScript(exchange, plan.script, body);
    else await this.#perform(exchange, plan.strike, body);
  }

  #receive(request: IncomingMessage, response: ServerResponse): Exchange {
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const segments = this.#kind.paths.split(pathOf(path));
    const route = this.platform.findRoute(method, segments);
    const kind = method === 'OPTIONS' ? 'preflight' : route.kind;
    const token = this.platform.tokens.find(request.headers.authorization);
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
      tally: this.#traffic.tally,
      applied: [],
      isOver: false,
      atEnd: [],
    };
    this.#traffic.add(exchange);
    response.on('close', () => this.#traffic.finish(exchange, 0, 'aborted'));
    return exchange;
  }

  #decide(exchange: Exchange, now: number): Plan {
    const { kind, segments, token, contextId, request, route } = exchange;
    const { tokens, errors, maxBodyBytes } = this.platform;
    const method = exchange.entry.method;
    if (kind === 'preflight') {
      return { do: 'answer', answer: preflightAnswer(this.#settings.cors, request.headers), outcome: 'preflight' };
    }
    const script = this.#scripts.next(method, segments);
    if (script !== undefined && script !== 'pass') return { do: 'script', script };
    if (kind !== 'api') return { do: 'run', strike: this.#faults.strike(method, segments, true) };
    if (token === undefined || !tokens.isAlive(token, now)) {
      const answer = errors.unauthorized(request.headers.authorization, contextId);
      return { do: 'answer', answer, outcome: 'unauthorized' };
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
      return { do: 'answer', answer: errors.tooLarge(kind, maxBodyBytes, contextId), outcome: 'answered' };
    }
    const { label, clientId: client, user, tenant } = token;
    const { applied, refusal } = this.#limiter.admit(
      { method, segments, route: route.name, token: label, client, user, tenant, socket: '' },
      now,
    );
    exchange.applied = applied;
    if (refusal !== undefined) {
      tokens.wasRefused(token, now);
      const answer = errors.refused(refusal, this.#settings, this.#clock.wall(), contextId);
      return { do: 'answer', answer, outcome: 'refused' };
    }
    return { do: 'run', strike: this.#faults.strike(method, segments, false) };
  }

  async #playScript(exchange: Exchange, script: ScriptedResponse, body: Body): Promise<void> {
    const { drop } = script;
    if (script.revoke === true && exchange.token !== undefined) exchange.token.revoked = true;
    const isExecuted = script.execute ?? drop === 'after';
    const own = isExecuted ? (await this.#executor.execute(exchange, body)).answer : undefined;
    await this.#timers.pause(script.delayMs ?? 0);
    if (drop !== undefined) return this.#responder.drop(exchange);
    return this.#responder.send(exchange, this.#responder.complete(exchange, script, own?.body), 'scripted');
  }

  async #perform(exchange: Exchange, { fault, delayMs }: Strike, body: Body): Promise<void> {
    const responder = this.#responder;
    if (fault?.kind === 'drop-before') {
      await this.#timers.pause(delayMs);
      return responder.drop(exchange);
    }
    if (fault?.status !== undefined) {
      await this.#timers.pause(delayMs);
      const answer = responder.complete(exchange, { ...fault, status: fault.status });
      if (fault.kind === 'malformed-headers') return responder.sendMalformed(exchange, answer, fault.headers);
      return responder.send(exchange, answer, 'faulted');
    }
    const { min, max } = this.#settings.service;
    const serviceMs = min === max ? min : min + this.#serviceJitter.next() * (max - min);
    // Executed before the wait: a client that stops waiting leaves a write behind that it knows nothing of.
    const { answer, outcome } = await this.#executor.execute(exchange, body);
    await this.#timers.pause(serviceMs + delayMs);
    if (fault?.kind === 'drop-after') return responder.drop(exchange);
    if (fault?.kind === 'malformed-headers') return responder.sendMalformed(exchange, answer, fault.headers);
    if (fault?.kind === 'truncate') return responder.sendHalf(exchange, answer);
    return responder.send(exchange, answer, outcome);
  }

  #newContextId(): string {
    return randomUuid(this.#contextIds);
  }
}
