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

/** Answers kept for replay by Idempotency-Key. */
const MAX_STORED_ANSWERS = 100_000;

/** What the executor needs of the engine. */
export interface ExecutorHost {
  readonly platform: Platform;
  readonly clock: EngineClock;
  readonly timers: Timers;
  /** `127.0.0.1:port`. */
  host(): string;
  settings(): Settings;
}

/** Runs the handler of a request, and counts what took effect. */
export class Executor {
  readonly #host: ExecutorHost;
  readonly #storedAnswers = new BoundedMap<string, Answer>(MAX_STORED_ANSWERS);

  constructor(host: ExecutorHost) {
    this.#host = host;
  }

  /** Does what the request asks for, and counts it. */
  async executeRequest(exchange: Exchange, body: RequestBody): Promise<{ answer: Answer; outcome: WireOutcome }> {
    const { entry, kind, route, counters, contextId } = exchange;
    const { errors, maxBodyBytes } = this.#host.platform;
    const outcome = kind === 'token' ? 'token' : 'answered';
    if (body.isTooLarge) return { answer: errors.forLargeBody(kind, maxBodyBytes, contextId), outcome };
    const json = parseJsonBody(body.text, exchange.request.headers['content-type']);
    // Token endpoints read their bodies themselves: clients send forms there that call themselves JSON.
    if (json.isBroken && kind !== 'token') {
      return { answer: errors.forStatus(kind, 400, undefined, contextId), outcome };
    }
    const replayKey = buildReplayKey(exchange);
    const stored = replayKey === undefined ? undefined : this.#storedAnswers.get(replayKey);
    if (stored !== undefined) return { answer: stored, outcome: 'replayed' };
    const coming = this.#runHandler(exchange, body.text, json.value);
    // Only what really waits is waited for: an answer that is there is stored before the next request is read.
    const answer = coming instanceof Promise ? await coming : coming;
    if (kind !== 'token' && answer.status < 400) {
      entry.executed = true;
      counters.countExecution(route.name, route.isReadOnly ? undefined : `${entry.method} ${entry.path} ${body.hash}`);
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
