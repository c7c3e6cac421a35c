import { GARBAGE_HEADERS } from '../faults/garbage-headers.js';
import type { Answer } from '../http/answer.js';
import { corsHeaders } from '../http/cors.js';
import { render, type Rendered, send, sendHalf, sendRaw } from '../http/write-answer.js';
import { quotaHeaders } from '../limits/quota-headers.js';
import type { Settings } from '../options/simulator-options.js';
import type { Platform } from '../platform/platform.js';
import type { WireOutcome } from '../statistics/wire-log.js';
import type { EngineClock } from './clock.js';
import type { Exchange } from './exchange.js';
import type { Traffic } from './traffic.js';

/** Ends a request on the wire: with an answer, half an answer, a malformed one, or none. */
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

  send(exchange: Exchange, answer: Answer, outcome: WireOutcome): void {
    if (!this.#traffic.finish(exchange, answer.status, outcome)) return;
    send(exchange.response, this.#render(exchange, answer));
  }

  sendHalf(exchange: Exchange, answer: Answer): void {
    if (exchange.isOver) return;
    if (sendHalf(exchange.request, exchange.response, this.#render(exchange, answer))) {
      this.#traffic.finish(exchange, answer.status, 'truncated');
    } else this.drop(exchange);
  }

  sendMalformed(exchange: Exchange, answer: Answer, headers: Readonly<Record<string, string>> | undefined): void {
    if (!this.#traffic.finish(exchange, answer.status, 'malformed')) return;
    sendRaw(exchange.request, this.#render(exchange, answer), headers ? Object.entries(headers) : GARBAGE_HEADERS);
  }

  drop(exchange: Exchange): void {
    if (this.#traffic.finish(exchange, 0, 'dropped')) exchange.request.socket.destroy();
  }

  /** An answer of which the status is given, and perhaps more; for the rest the platform has its words. */
  complete({ kind, contextId }: Exchange, given: Answer, success: unknown = {}): Answer {
    const { status, headers, body } = given;
    const plain: Answer =
      status >= 400 ? this.#platform.errors.plain(kind, status, headers, contextId) : { status, body: success };
    return { status, headers: { ...plain.headers, ...headers }, body: body === undefined ? plain.body : body };
  }

  #render(exchange: Exchange, answer: Answer): Rendered {
    const wallMs = this.#clock.wall();
    const settings = this.#settings();
    return render(answer, {
      Date: new Date(wallMs).toUTCString(),
      ...this.#platform.usualHeaders(exchange.contextId),
      ...corsHeaders(settings.cors, exchange.request.headers),
      ...quotaHeaders(settings.quotaHeaders, exchange.applied, this.#clock.now(), wallMs),
    });
  }
}
