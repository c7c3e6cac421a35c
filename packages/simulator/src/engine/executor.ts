import { BoundedMap } from '../bounded-map.js';
import type { Answer } from '../http/answer.js';
import { type RequestBody, parseJsonBody } from '../http/request-body.js';
import type { Settings } from '../options/simulator-options.js';
import { removeQuery } from '../paths/request-path.js';
import type { Platform } from '../platform/platform.js';
import type { StartWaiting } from '../platform/request.js';
import { extractRouteParams } from '../platform/route-table.js';
import type { WireOutcome } from '../statistics/wire-log.js';
import { NO_TOKEN } from '../tokens/token-store.js';
import type { EngineClock } from './clock.js';
import type { Exchange } from './exchange.js';
import type { Timers } from './timers.js';

/** Maximum number of answers stored for replay by Idempotency-Key. */
const MAX_STORED_ANSWERS = 100_000;

/** The parts of the engine that the executor uses. */
export interface ExecutorHost {
  readonly platform: Platform;
  readonly clock: EngineClock;
  readonly timers: Timers;
  /** `127.0.0.1:port`. */
  host(): string;
  settings(): Settings;
}

/** Runs the handlers of requests and counts the requests that took effect. */
export class Executor {
  readonly #host: ExecutorHost;
  readonly #storedAnswers = new BoundedMap<string, Answer>(MAX_STORED_ANSWERS);

  constructor(host: ExecutorHost) {
    this.#host = host;
  }

  /** Executes a request, counts it and returns its answer. */
  async executeRequest(exchange: Exchange, body: RequestBody): Promise<{ answer: Answer; outcome: WireOutcome }> {
    const { entry, kind, route, counters, contextId } = exchange;
    const { errors, maxBodyBytes } = this.#host.platform;
    const outcome = kind === 'token' ? 'token' : 'answered';
    if (body.isTooLarge) return { answer: errors.forLargeBody(kind, maxBodyBytes, contextId), outcome };
    const json = parseJsonBody(body.text, exchange.request.headers['content-type']);
    // Token endpoints parse their bodies themselves, because clients send forms there with a JSON content type.
    if (json.isBroken && kind !== 'token') {
      return { answer: errors.forStatus(kind, 400, undefined, contextId), outcome };
    }
    const replayKey = buildReplayKey(exchange);
    const stored = replayKey === undefined ? undefined : this.#storedAnswers.get(replayKey);
    if (stored !== undefined) return { answer: stored, outcome: 'replayed' };
    const pending = this.#runHandler(exchange, body.text, json.value);
    // A synchronous answer is not awaited, so that it is stored before the next request is read.
    const answer = pending instanceof Promise ? await pending : pending;
    if (answer.isReplay) return { answer, outcome: 'replayed' };
    if (kind !== 'token' && answer.status < 400) {
      entry.executed = true;
      const write = route.isReadOnly ? undefined : `${entry.method} ${entry.path} ${body.hash}`;
      if (counters.countExecution(route.name, write)) entry.duplicate = true;
      if (replayKey !== undefined) this.#storedAnswers.set(replayKey, answer);
    }
    return { answer, outcome };
  }

  #runHandler(exchange: Exchange, text: string, body: unknown): Answer | Promise<Answer> {
    const { entry, route, segments, contextId, request } = exchange;
    const { clock } = this.#host;
    const settings = this.#host.settings();
    const token = exchange.token ?? NO_TOKEN;
    const path = removeQuery(entry.path);
    return route.handle({
      method: entry.method,
      path,
      params: extractRouteParams(route, segments),
      query: new URLSearchParams(entry.path.slice(path.length)),
      headers: request.headers,
      text,
      body,
      token,
      limits: settings.limits,
      settings,
      host: this.#host.host(),
      now: clock.now(),
      wallMs: clock.wall(),
      contextId,
      revokeToken: () => {
        token.revoked = true;
      },
      reportIssuedToken: ({ label }) => {
        entry.token = label;
        entry.executed = true;
        exchange.counters.stats.tokensIssued += 1;
      },
      waitForAnswer: (ms, late, startWaiting) => this.#waitForAnswer(exchange, ms, late, startWaiting),
    });
  }

  #waitForAnswer(exchange: Exchange, ms: number, late: Answer, startWaiting: StartWaiting): Promise<Answer> {
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (answer: Answer): void => {
        if (isSettled) return;
        isSettled = true;
        cancelTimer();
        end();
        resolve(answer);
      };
      const cancelTimer = this.#host.timers.start(ms, () => settle(late));
      exchange.endHandlers.push(() => settle(late));
      const end = startWaiting(settle);
    });
  }
}

function buildReplayKey({ entry, route, token }: Exchange): string | undefined {
  if (!route.acceptsIdempotencyKey || entry.idempotencyKey === undefined) return undefined;
  return `${token?.clientId ?? ''} ${removeQuery(entry.path)} ${entry.idempotencyKey}`;
}
