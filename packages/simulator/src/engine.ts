import { performance } from 'node:perf_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { quotaHeaders, type Answer } from './answer.js';
import { BoundedMap } from './bounded-map.js';
import { corsHeaders, preflightAnswer } from './cors.js';
import { INCOMPLETE, isCounted, parseJson, pathOf, type Exchange } from './exchange.js';
import { Faults, GARBAGE_HEADERS, Scripts, type Strike } from './faults.js';
import { readBody, render, send, sendHalf, sendRaw, type Body, type Rendered } from './http-io.js';
import { Limiter } from './limiter.js';
import type { PathDialect, Pattern } from './match.js';
import type { ScriptedAnswer, ScriptedResponse, Settings } from './options.js';
import type { Begin, Platform, PlatformKind } from './platform.js';
import { randomStream, randomUuid, type Random } from './random.js';
import { readChange } from './read-options.js';
import { paramsOf } from './route.js';
import { SocketHub } from './sockets/hub.js';
import { Tally, type Stats } from './stats.js';
import { NO_TOKEN } from './tokens.js';
import { WireLog, type WireEntry, type WireOutcome } from './wire.js';

/** Answers kept for replay by Idempotency-Key. */
const MAX_KEYED_ANSWERS = 100_000;

/** What was decided when the headers arrived. */
type Plan =
  | { readonly do: 'answer'; readonly answer: Answer; readonly outcome: WireOutcome }
  | { readonly do: 'script'; readonly script: ScriptedResponse }
  | { readonly do: 'run'; readonly strike: Strike };

/** What every platform stands on: the wire, limits, faults, counters. Decides on arrival, executes, answers, counts. */
export class Engine<P extends Platform = Platform> {
  /** `127.0.0.1:port`, known once the server listens. */
  host = '';
  readonly platform: P;
  readonly sockets: SocketHub;
  readonly #kind: PlatformKind<P>;
  readonly #seed: number;
  readonly #startedAt = performance.now();
  readonly #contextIds: Random;
  readonly #serviceJitter: Random;
  readonly #limiter: Limiter;
  readonly #faults: Faults;
  readonly #scripts = new Scripts();
  readonly #keyed = new BoundedMap<string, Answer>(MAX_KEYED_ANSWERS);
  readonly #wire = new WireLog();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #open = new Set<Exchange>();
  #settings: Settings;
  #tally = new Tally(0);
  #inFlight = 0;
  #arrivals = 0;

  constructor(kind: PlatformKind<P>, seed: number, settings: Settings) {
    this.#kind = kind;
    this.#seed = seed;
    this.#settings = settings;
    this.platform = kind.create({ seed, settings: () => this.#settings, now: () => this.#now() });
    this.#contextIds = randomStream(seed, 'context');
    this.#serviceJitter = randomStream(seed, 'service');
    this.#limiter = new Limiter(settings.limits);
    this.#faults = new Faults(settings.faults, seed);
    this.sockets = new SocketHub(
      {
        paths: kind.paths,
        startedAt: this.#startedAt,
        settings: () => this.#settings,
        script: (segments) => this.#scripts.next('GET', segments),
        refused: (refusal) => this.platform.errors.refused(refusal, this.#settings, this.#wall(), this.#newContextId()),
        plain: (status, headers) => this.platform.errors.plain('open', status, headers, this.#newContextId()),
      },
      this.platform.endpoints,
    );
  }

  get paths(): PathDialect {
    return this.#kind.paths;
  }

  stats(): Stats {
    return { ...structuredClone(this.#tally.stats), sockets: this.sockets.log.stats() };
  }

  wire(): readonly WireEntry[] {
    return this.#wire.list();
  }

  resetStats(): void {
    this.#tally = new Tally(this.#inFlight);
    this.#wire.clear();
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
    if (read.sockets !== undefined) this.sockets.update(this.#settings);
    if (read.faults !== undefined) this.#faults.arm(read.faults, this.#seed);
  }

  revokeTokens(): number {
    return this.platform.tokens.revokeAll(this.#now());
  }

  /** Answers that were still to come never come; the caller destroys the sockets. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    // Now, not when the sockets report it: after stop() the log is final.
    for (const exchange of this.#open) this.#finish(exchange, 0, 'dropped');
    this.sockets.stop();
  }

  /** Serves one request of the HTTP server. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const exchange = this.#receive(request, response);
    this.#run(exchange).catch((error: unknown) => {
      // Only a mistake in this package leads here. Said aloud, it is found; a hanging request is not.
      const message = `simulator failed: ${error instanceof Error ? error.message : String(error)}`;
      this.#send(exchange, this.platform.errors.failed(message, exchange.contextId), 'answered');
    });
  }

  async #run(exchange: Exchange): Promise<void> {
    // Judged by the time of arrival, so that the wire log shows what the limits saw, however slow the body is.
    const plan = this.#decide(exchange, exchange.entry.at - this.#startedAt);
    const body = await readBody(exchange.request, this.platform.maxBodyBytes);
    if (body === undefined) return;
    exchange.entry.bodyHash = body.hash;
    if (plan.do === 'answer') this.#send(exchange, plan.answer, plan.outcome);
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
      tally: this.#tally,
      applied: [],
      isOver: false,
      atEnd: [],
    };
    this.#wire.add(entry);
    this.#open.add(exchange);
    if (isCounted(exchange)) {
      this.#inFlight += 1;
      this.#tally.arrived(route.name, this.#inFlight);
    } else if (kind === 'token') this.#tally.stats.tokenRequests += 1;
    else this.#tally.stats.preflights += 1;
    response.on('close', () => this.#finish(exchange, 0, 'aborted'));
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
      const answer = errors.refused(refusal, this.#settings, this.#wall(), contextId);
      return { do: 'answer', answer, outcome: 'refused' };
    }
    return { do: 'run', strike: this.#faults.strike(method, segments, false) };
  }

  async #playScript(exchange: Exchange, script: ScriptedResponse, body: Body): Promise<void> {
    const { drop } = script;
    if (script.revoke === true && exchange.token !== undefined) exchange.token.revoked = true;
    const isExecuted = script.execute ?? drop === 'after';
    const own = isExecuted ? (await this.#execute(exchange, body)).answer : undefined;
    await this.#pause(script.delayMs ?? 0);
    if (drop !== undefined) return this.#drop(exchange);
    return this.#send(exchange, this.#worded(exchange, script, own?.body), 'scripted');
  }

  async #perform(exchange: Exchange, { fault, delayMs }: Strike, body: Body): Promise<void> {
    if (fault?.kind === 'drop-before') {
      await this.#pause(delayMs);
      return this.#drop(exchange);
    }
    if (fault?.status !== undefined) {
      await this.#pause(delayMs);
      const answer = this.#worded(exchange, { ...fault, status: fault.status });
      if (fault.kind === 'malformed-headers') return this.#sendMalformed(exchange, answer, fault.headers);
      return this.#send(exchange, answer, 'faulted');
    }
    const { min, max } = this.#settings.service;
    const serviceMs = min === max ? min : min + this.#serviceJitter.next() * (max - min);
    // Executed before the wait: a client that stops waiting leaves a write behind that it knows nothing of.
    const { answer, outcome } = await this.#execute(exchange, body);
    await this.#pause(serviceMs + delayMs);
    if (fault?.kind === 'drop-after') return this.#drop(exchange);
    if (fault?.kind === 'malformed-headers') return this.#sendMalformed(exchange, answer, fault.headers);
    if (fault?.kind === 'truncate') return this.#sendHalf(exchange, answer);
    return this.#send(exchange, answer, outcome);
  }

  /** Does what the request asks for, and counts it. */
  async #execute(exchange: Exchange, body: Body): Promise<{ answer: Answer; outcome: WireOutcome }> {
    const { entry, kind, route, tally, contextId } = exchange;
    const { errors, maxBodyBytes } = this.platform;
    const outcome = kind === 'token' ? 'token' : 'answered';
    if (body.isTooLarge) return { answer: errors.tooLarge(kind, maxBodyBytes, contextId), outcome };
    const json = parseJson(body.text, exchange.request.headers['content-type']);
    // Token endpoints read their bodies themselves: clients send forms there that call themselves JSON.
    if (json.isBroken && kind !== 'token') {
      return { answer: errors.plain(kind, 400, undefined, contextId), outcome };
    }
    const replayKey = this.#replayKey(exchange);
    const stored = replayKey === undefined ? undefined : this.#keyed.get(replayKey);
    if (stored !== undefined) return { answer: stored, outcome: 'replayed' };
    const coming = this.#handle(exchange, body.text, json.value);
    // Only what really waits is waited for: an answer that is there is stored before the next request is read.
    const answer = coming instanceof Promise ? await coming : coming;
    if (kind !== 'token' && answer.status < 400) {
      entry.executed = true;
      tally.executed(route.name, route.isRead ? undefined : `${entry.method} ${entry.path} ${body.hash}`);
      if (replayKey !== undefined) this.#keyed.set(replayKey, answer);
    }
    return { answer, outcome };
  }

  #handle(exchange: Exchange, text: string, body: unknown): Answer | Promise<Answer> {
    const { entry, route, segments, contextId, request } = exchange;
    const token = exchange.token ?? NO_TOKEN;
    const path = pathOf(entry.path);
    return route.handle({
      method: entry.method,
      path,
      params: paramsOf(route, segments),
      query: new URLSearchParams(entry.path.slice(path.length)),
      headers: request.headers,
      text,
      body,
      token,
      limits: this.#settings.limits,
      settings: this.#settings,
      host: this.host,
      now: this.#now(),
      wallMs: this.#wall(),
      contextId,
      revoke: () => {
        token.revoked = true;
      },
      issued: ({ label }) => {
        entry.token = label;
        entry.executed = true;
        exchange.tally.stats.tokensIssued += 1;
      },
      hold: (ms, late, begin) => this.#hold(exchange, ms, late, begin),
    });
  }

  #hold(exchange: Exchange, ms: number, late: Answer, begin: Begin): Promise<Answer> {
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (answer: Answer): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        this.#timers.delete(timer);
        end();
        resolve(answer);
      };
      const timer = setTimeout(() => settle(late), ms);
      this.#timers.add(timer);
      exchange.atEnd.push(() => settle(late));
      const end = begin(settle);
    });
  }

  #replayKey({ entry, route, token }: Exchange): string | undefined {
    if (!route.isKeyed || entry.idempotencyKey === undefined) return undefined;
    return `${token?.clientId ?? ''} ${pathOf(entry.path)} ${entry.idempotencyKey}`;
  }

  /** An answer of which the status is given, and perhaps more; for the rest the platform has its words. */
  #worded({ kind, contextId }: Exchange, given: Answer, success: unknown = {}): Answer {
    const { status, headers, body } = given;
    const plain: Answer =
      status >= 400 ? this.platform.errors.plain(kind, status, headers, contextId) : { status, body: success };
    return { status, headers: { ...plain.headers, ...headers }, body: body === undefined ? plain.body : body };
  }

  #send(exchange: Exchange, answer: Answer, outcome: WireOutcome): void {
    if (!this.#finish(exchange, answer.status, outcome)) return;
    send(exchange.response, this.#render(exchange, answer));
  }

  #sendHalf(exchange: Exchange, answer: Answer): void {
    if (exchange.isOver) return;
    if (sendHalf(exchange.request, exchange.response, this.#render(exchange, answer))) {
      this.#finish(exchange, answer.status, 'truncated');
    } else this.#drop(exchange);
  }

  #sendMalformed(exchange: Exchange, answer: Answer, headers: Readonly<Record<string, string>> | undefined): void {
    if (!this.#finish(exchange, answer.status, 'malformed')) return;
    sendRaw(exchange.request, this.#render(exchange, answer), headers ? Object.entries(headers) : GARBAGE_HEADERS);
  }

  #drop(exchange: Exchange): void {
    if (this.#finish(exchange, 0, 'dropped')) exchange.request.socket.destroy();
  }

  #render(exchange: Exchange, answer: Answer): Rendered {
    const wallMs = this.#wall();
    return render(answer, {
      Date: new Date(wallMs).toUTCString(),
      ...this.platform.usualHeaders(exchange.contextId),
      ...corsHeaders(this.#settings.cors, exchange.request.headers),
      ...quotaHeaders(this.#settings.quotaHeaders, exchange.applied, this.#now(), wallMs),
    });
  }

  /** Closes the books on a request, once. False: they were closed, and there is nobody left to answer. */
  #finish(exchange: Exchange, status: number, outcome: WireOutcome): boolean {
    if (exchange.isOver) return false;
    exchange.isOver = true;
    this.#open.delete(exchange);
    const { entry } = exchange;
    entry.status = status;
    entry.outcome = outcome;
    entry.finishedAt = performance.now();
    for (const end of exchange.atEnd) end();
    if (isCounted(exchange)) {
      this.#inFlight -= 1;
      exchange.tally.finished(exchange.route.name, status, !INCOMPLETE.has(outcome));
    }
    return true;
  }

  #pause(ms: number): Promise<void> | undefined {
    if (ms <= 0) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
  }

  #newContextId(): string {
    return randomUuid(this.#contextIds);
  }

  #now(): number {
    return performance.now() - this.#startedAt;
  }

  #wall(): number {
    return Date.now() + this.#settings.clockSkewMs;
  }
}
