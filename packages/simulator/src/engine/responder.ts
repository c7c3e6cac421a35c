import { MALFORMED_HEADERS } from '../faults/malformed-headers.js';
import type { Answer } from '../http/answer.js';
import { buildCorsHeaders } from '../http/cors.js';
import { renderAnswer, type RenderedAnswer, sendAnswer, sendHalfAnswer, sendRawAnswer } from '../http/write-answer.js';
import { buildQuotaHeaders } from '../limits/quota-headers.js';
import type { Settings } from '../options/simulator-options.js';
import type { Platform } from '../platform/platform.js';
import type { WireOutcome } from '../statistics/wire-log.js';
import type { EngineClock } from './clock.js';
import type { Exchange } from './exchange.js';
import type { Traffic } from './traffic.js';

/** Ends a request on the wire: with a complete, half or malformed answer, or without one. */
export class Responder {
  readonly #platform: Platform;
  readonly #traffic: Traffic;
  readonly #clock: EngineClock;
  readonly #settings: () => Settings;

  constructor(platform: Platform, traffic: Traffic, clock: EngineClock, settings: () => Settings) {
    this.#platform = platform;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#settings = settings;
  }

  sendAnswer(exchange: Exchange, answer: Answer, outcome: WireOutcome): void {
    if (!this.#traffic.recordEnd(exchange, answer.status, outcome)) return;
    sendAnswer(exchange.response, this.#renderAnswer(exchange, answer));
  }

  sendHalfAnswer(exchange: Exchange, answer: Answer): void {
    if (exchange.isOver) return;
    if (sendHalfAnswer(exchange.request, exchange.response, this.#renderAnswer(exchange, answer))) {
      this.#traffic.recordEnd(exchange, answer.status, 'truncated');
    } else this.dropConnection(exchange);
  }

  sendMalformedAnswer(exchange: Exchange, answer: Answer, headers: Readonly<Record<string, string>> | undefined): void {
    if (!this.#traffic.recordEnd(exchange, answer.status, 'malformed')) return;
    sendRawAnswer(
      exchange.request,
      this.#renderAnswer(exchange, answer),
      headers ? Object.entries(headers) : MALFORMED_HEADERS,
    );
  }

  dropConnection(exchange: Exchange): void {
    if (this.#traffic.recordEnd(exchange, 0, 'dropped')) exchange.request.socket.destroy();
  }

  /** Completes an answer of which the status is given. Missing headers and body come from the platform. */
  completeAnswer({ kind, contextId }: Exchange, given: Answer, success: unknown = {}): Answer {
    const { status, headers, body } = given;
    const statusError: Answer =
      status >= 400 ? this.#platform.errors.forStatus(kind, status, headers, contextId) : { status, body: success };
    return {
      status,
      headers: { ...statusError.headers, ...headers },
      body: body === undefined ? statusError.body : body,
    };
  }

  #renderAnswer(exchange: Exchange, answer: Answer): RenderedAnswer {
    const wallMs = this.#clock.wall();
    const settings = this.#settings();
    const isCacheable = answer.headers?.['Cache-Control'] !== undefined;
    const cors = buildCorsHeaders(settings.cors, exchange.request.headers);
    return renderAnswer(joinVary(answer, cors), {
      Date: new Date(wallMs).toUTCString(),
      ...this.#platform.buildCommonHeaders(exchange.contextId),
      ...(exchange.kind === 'api' && !isCacheable && this.#platform.cacheHeaders),
      ...exchange.limitHeaders,
      ...cors,
      ...buildQuotaHeaders(settings.quotaHeaders, exchange.applied, this.#clock.now(), wallMs),
    });
  }
}

/** An answer that varies by its own headers still varies by the origin where CORS names it. */
function joinVary(answer: Answer, { Vary: origin }: Readonly<Record<string, string>>): Answer {
  const own = answer.headers?.['Vary'];
  if (own === undefined || origin === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, Vary: `${own}, ${origin}` } };
}
