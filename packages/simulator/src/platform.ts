import { performance } from 'node:perf_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer, errorBody, plainErrorBody, quotaHeaders, refusalAnswer, type Answer } from './answer.js';
import { BoundedMap } from './bounded-map.js';
import { World } from './entities.js';
import { Faults, GARBAGE_HEADERS, Scripts, type Strike } from './faults.js';
import { readBody, render, send, sendHalf, sendRaw, type Body, type Rendered } from './http-io.js';
import { Limiter, type AppliedLimit } from './limiter.js';
import { splitPath, type Pattern } from './match.js';
import { TokenDesk, bearerOf, oauthError, type AccessToken } from './oauth.js';
import type { ScriptedAnswer, ScriptedResponse, Settings } from './options.js';
import { randomStream, randomUuid, type Random } from './random.js';
import { readChange } from './read-options.js';
import { findRoute, paramsOf, type Route } from './routes.js';
import { Tally, type Stats } from './stats.js';
import { WireLog, type WireEntry, type WireOutcome } from './wire.js';

/** Largest request body the platform takes: its key `request.bytes.max`. */
const MAX_BODY_BYTES = 512_000;
/** Answers kept for replay by Idempotency-Key. */
const MAX_KEYED_ANSWERS = 100_000;

type Kind = 'api' | 'token' | 'preflight' | 'elsewhere';

/** One request while it is in the house. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly kind: Kind;
  readonly route: Route;
  readonly segments: readonly string[];
  readonly token: AccessToken | undefined;
  readonly contextId: string;
  readonly entry: WireEntry;
  /** The period of counting it arrived in. */
  readonly tally: Tally;
  applied: readonly AppliedLimit[];
  isOver: boolean;
}

/** What was decided when the headers arrived. */
type Plan =
  | { readonly do: 'answer'; readonly answer: Answer; readonly outcome: WireOutcome }
  | { readonly do: 'script'; readonly script: ScriptedResponse }
  | { readonly do: 'run'; readonly strike: Strike };

const NO_TOKEN: AccessToken = { label: 'none', clientId: 'none', expiresAt: 0, revoked: true };

/** The platform behind the socket: decides on arrival, executes, answers, counts. */
export class Platform {
  /** `127.0.0.1:port`, known once the server listens. */
  host = '';
  readonly #seed: number;
  readonly #startedAt = performance.now();
  readonly #contextIds: Random;
  readonly #serviceJitter: Random;
  readonly #limiter: Limiter;
  readonly #desk: TokenDesk;
  readonly #faults: Faults;
  readonly #scripts = new Scripts();
  readonly #world: World;
  readonly #keyed = new BoundedMap<string, Answer>(MAX_KEYED_ANSWERS);
  readonly #wire = new WireLog();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #open = new Set<Exchange>();
  #settings: Settings;
  #tally = new Tally(0);
  #inFlight = 0;
  #arrivals = 0;

  constructor(seed: number, settings: Settings) {
    this.#seed = seed;
    this.#settings = settings;
    this.#contextIds = randomStream(seed, 'context');
    this.#serviceJitter = randomStream(seed, 'service');
    this.#limiter = new Limiter(settings.limits);
    this.#desk = new TokenDesk(randomStream(seed, 'tokens'), settings.tokens);
    this.#faults = new Faults(settings.faults, seed);
    this.#world = new World(randomStream(seed, 'ids'));
  }

  stats(): Stats {
    return structuredClone(this.#tally.stats);
  }

  wire(): readonly WireEntry[] {
    return this.#wire.list();
  }

  resetStats(): void {
    this.#tally = new Tally(this.#inFlight);
    this.#wire.clear();
  }

  script(pattern: Pattern, answers: readonly ScriptedAnswer[]): void {
    this.#scripts.add(pattern, answers);
  }

  set(change: unknown): void {
    const read = readChange(change, this.#seed, this.#settings.tokens);
    this.#settings = { ...this.#settings, ...read };
    if (read.limits !== undefined) this.#limiter.update(read.limits);
    if (read.tokens !== undefined) this.#desk.update(read.tokens);
    if (read.faults !== undefined) this.#faults.arm(read.faults, this.#seed);
  }

  revokeTokens(): number {
    return this.#desk.revokeAll(this.#now());
  }

  /** Answers that were still to come never come; the caller destroys the sockets. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    // Now, not when the sockets report it: after stop() the log is final.
    for (const exchange of this.#open) this.#finish(exchange, 0, 'dropped');
  }

  /** Serves one request of the HTTP server. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const exchange = this.#receive(request, response);
    this.#run(exchange).catch((error: unknown) => {
      // Only a mistake in this package leads here. Said aloud, it is found; a hanging request is not.
      const message = `simulator failed: ${error instanceof Error ? error.message : String(error)}`;
      const body = errorBody(500, 'simulator.failed', message, exchange.contextId);
      this.#send(exchange, { status: 500, body }, 'answered');
    });
  }

  async #run(exchange: Exchange): Promise<void> {
    // Judged by the time of arrival, so that the wire log shows what the limits saw, however slow the body is.
    const plan = this.#decide(exchange, exchange.entry.at - this.#startedAt);
    const body = await readBody(exchange.request, MAX_BODY_BYTES);
    if (body === undefined) return;
    exchange.entry.bodyHash = body.hash;
    if (plan.do === 'answer') this.#send(exchange, plan.answer, plan.outcome);
    else if (plan.do === 'script') await this.#playScript(exchange, plan.script, body);
    else await this.#perform(exchange, plan.strike, body);
  }

  #receive(request: IncomingMessage, response: ServerResponse): Exchange {
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const segments = splitPath(pathOf(path));
    const kind = kindOf(method, segments);
    const route = findRoute(method, segments);
    const token = this.#desk.find(request.headers.authorization);
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
      contextId: randomUuid(this.#contextIds),
      entry,
      tally: this.#tally,
      applied: [],
      isOver: false,
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
    const method = exchange.entry.method;
    if (kind === 'preflight') return { do: 'answer', answer: preflightAnswer(request), outcome: 'preflight' };
    const script = this.#scripts.next(method, segments);
    if (script !== undefined && script !== 'pass') return { do: 'script', script };
    if (kind === 'token') return { do: 'run', strike: this.#faults.strike(method, segments, true) };
    if (kind === 'elsewhere') {
      const answer = errorAnswer(404, 'not.found', 'The requested resource was not found.', contextId);
      return { do: 'answer', answer, outcome: 'answered' };
    }
    if (token === undefined || !this.#desk.isAlive(token, now)) {
      const answer = unauthorizedAnswer(request.headers.authorization, contextId);
      return { do: 'answer', answer, outcome: 'unauthorized' };
    }
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      return { do: 'answer', answer: tooLargeAnswer(contextId), outcome: 'answered' };
    }
    const subject = { method, segments, route: route.name, token: token.label, client: token.clientId };
    const { applied, refusal } = this.#limiter.admit(subject, now);
    exchange.applied = applied;
    if (refusal !== undefined) {
      const answer = refusalAnswer(refusal, this.#settings, this.#wall(), contextId);
      return { do: 'answer', answer, outcome: 'refused' };
    }
    return { do: 'run', strike: this.#faults.strike(method, segments, false) };
  }

  async #playScript(exchange: Exchange, script: ScriptedResponse, body: Body): Promise<void> {
    const { drop, status } = script;
    if (script.revoke === true && exchange.token !== undefined) exchange.token.revoked = true;
    const isExecuted = script.execute ?? drop === 'after';
    const own = isExecuted ? this.#execute(exchange, body).answer : undefined;
    await this.#pause(script.delayMs ?? 0);
    if (drop !== undefined) return this.#drop(exchange);
    const fallback = status >= 400 ? this.#plainBody(exchange, status, script.headers) : (own?.body ?? {});
    const answer = { status, headers: script.headers ?? {}, body: script.body === undefined ? fallback : script.body };
    return this.#send(exchange, answer, 'scripted');
  }

  async #perform(exchange: Exchange, { fault, delayMs }: Strike, body: Body): Promise<void> {
    if (fault?.kind === 'drop-before') {
      await this.#pause(delayMs);
      return this.#drop(exchange);
    }
    if (fault?.status !== undefined) {
      await this.#pause(delayMs);
      const { status, headers = {} } = fault;
      const plain = status >= 400 ? this.#plainBody(exchange, status, headers) : {};
      const answer = { status, body: fault.body === undefined ? plain : fault.body };
      if (fault.kind === 'malformed-headers') return this.#sendMalformed(exchange, answer, fault.headers);
      return this.#send(exchange, { ...answer, headers }, 'faulted');
    }
    const { min, max } = this.#settings.service;
    const serviceMs = min === max ? min : min + this.#serviceJitter.next() * (max - min);
    // Executed before the wait: a client that stops waiting leaves a write behind that it knows nothing of.
    const { answer, outcome } = this.#execute(exchange, body);
    await this.#pause(serviceMs + delayMs);
    if (fault?.kind === 'drop-after') return this.#drop(exchange);
    if (fault?.kind === 'malformed-headers') return this.#sendMalformed(exchange, answer, fault.headers);
    if (fault?.kind === 'truncate') return this.#sendHalf(exchange, answer);
    return this.#send(exchange, answer, outcome);
  }

  /** Does what the request asks for, and counts it. */
  #execute(exchange: Exchange, body: Body): { answer: Answer; outcome: WireOutcome } {
    const { entry, kind, route, tally } = exchange;
    if (kind === 'token') return { answer: this.#grant(exchange, body), outcome: 'token' };
    const outcome = 'answered';
    if (body.isTooLarge) return { answer: tooLargeAnswer(exchange.contextId), outcome };
    const json = parseJson(body.text, exchange.request.headers['content-type']);
    if (json.isBroken) {
      const message = 'The request could not be understood by the server due to malformed syntax.';
      return { answer: errorAnswer(400, 'bad.request', message, exchange.contextId), outcome };
    }
    const replayKey = this.#replayKey(exchange);
    const stored = replayKey === undefined ? undefined : this.#keyed.get(replayKey);
    if (stored !== undefined) return { answer: stored, outcome: 'replayed' };
    const answer = this.#handle(exchange, json.value);
    if (answer.status < 300) {
      entry.executed = true;
      tally.executed(route.name, route.isRead ? undefined : `${entry.method} ${entry.path} ${body.hash}`);
      if (replayKey !== undefined) this.#keyed.set(replayKey, answer);
    }
    return { answer, outcome };
  }

  #handle(exchange: Exchange, body: unknown): Answer {
    const { entry, route, segments, contextId } = exchange;
    const token = exchange.token ?? NO_TOKEN;
    const path = pathOf(entry.path);
    return route.handle({
      method: entry.method,
      path,
      params: paramsOf(route, segments),
      query: new URLSearchParams(entry.path.slice(path.length)),
      body,
      token,
      world: this.#world,
      limits: this.#settings.limits,
      maxBodyBytes: MAX_BODY_BYTES,
      host: this.host,
      wallMs: this.#wall(),
      contextId,
      revoke: () => {
        token.revoked = true;
      },
    });
  }

  #grant(exchange: Exchange, body: Body): Answer {
    if (body.isTooLarge) return oauthError(413, 'invalid_request', 'The body is too large.');
    const { headers } = exchange.request;
    const { answer, token } = this.#desk.grant(
      { authorization: headers.authorization, contentType: headers['content-type'], body: body.text },
      this.#now(),
    );
    if (token !== undefined) {
      exchange.entry.token = token.label;
      exchange.entry.executed = true;
      exchange.tally.stats.tokensIssued += 1;
    }
    return answer;
  }

  #replayKey({ entry, route, token }: Exchange): string | undefined {
    if (!route.isKeyed || entry.idempotencyKey === undefined) return undefined;
    return `${token?.clientId ?? ''} ${pathOf(entry.path)} ${entry.idempotencyKey}`;
  }

  #plainBody({ kind, contextId }: Exchange, status: number, headers: Readonly<Record<string, string>> | undefined) {
    if (kind === 'token') return oauthError(status, status < 500 ? 'invalid_request' : 'server_error', 'failed').body;
    return plainErrorBody(status, headers, contextId);
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
      'ININ-Correlation-Id': exchange.contextId,
      'Access-Control-Allow-Origin': '*',
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

  #now(): number {
    return performance.now() - this.#startedAt;
  }

  #wall(): number {
    return Date.now() + this.#settings.clockSkewMs;
  }
}

const INCOMPLETE: ReadonlySet<WireOutcome> = new Set(['dropped', 'truncated', 'aborted']);

function isCounted({ kind }: Exchange): boolean {
  return kind === 'api' || kind === 'elsewhere';
}

function kindOf(method: string, segments: readonly string[]): Kind {
  if (method === 'OPTIONS') return 'preflight';
  if (segments[0] === 'api' && segments[1] === 'v2') return 'api';
  const isToken = method === 'POST' && segments.length === 2 && segments[0] === 'oauth' && segments[1] === 'token';
  return isToken ? 'token' : 'elsewhere';
}

function pathOf(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

function preflightAnswer(request: IncomingMessage): Answer {
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '*',
      'Access-Control-Max-Age': '600',
    },
  };
}

function unauthorizedAnswer(authorization: string | undefined, contextId: string): Answer {
  if (bearerOf(authorization) === undefined) {
    const message = 'No authentication bearer token specified in authorization header.';
    return errorAnswer(401, 'authentication.required', message, contextId);
  }
  return errorAnswer(401, 'bad.credentials', 'Invalid login credentials.', contextId);
}

function tooLargeAnswer(contextId: string): Answer {
  const message = `The request is larger than the maximum of ${MAX_BODY_BYTES} bytes.`;
  return errorAnswer(413, 'request.bytes.max', message, contextId);
}

/** What calls itself JSON must be JSON; anything else is read if it can be, and left alone if not. */
function parseJson(text: string, contentType: string | undefined): { isBroken: boolean; value?: unknown } {
  if (text === '') return { isBroken: false };
  try {
    return { isBroken: false, value: JSON.parse(text) as unknown };
  } catch {
    return { isBroken: contentType?.toLowerCase().includes('json') === true };
  }
}
