import { type Clock, parseRetryAfter, startBackgroundTimer } from '@holdline/core';
import type { DeliveryFailure } from '../types.js';
import { type Notice, printMessage } from './message.js';
import type { ResolvedWebhook } from './options.js';
import { createWebhookId, signWebhook } from './signature.js';

/** Notices that wait for a webhook. Further ones are reported as failed. */
const MAX_WAITING = 100;
/** Longest time for one try, in ms. */
const TRY_MS = 10_000;
/** Number of tries of a notice. */
const MAX_TRIES = 8;
/** Longest time for all tries of a notice, in ms. */
const MAX_MS = 600_000;
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

interface Result {
  /** Undefined if the receiver accepted the notice. */
  failure: string | undefined;
  isPermanent: boolean;
  retryAfterMs: number | undefined;
}

/** Sends notices to one receiver, one after the other. */
export class Webhook {
  readonly #waiting: Notice[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly options: ResolvedWebhook,
    private readonly clock: Clock,
    private readonly send: () => typeof globalThis.fetch,
    private readonly onFailure: (failure: DeliveryFailure) => void,
  ) {}

  /** Sends a notice when those before it are delivered. */
  notify(notice: Notice): void {
    if (!this.options.severities.includes(notice.alert.severity)) return;
    if (this.#waiting.length >= MAX_WAITING) return this.#fail(notice, 0, `more than ${MAX_WAITING} notices wait`);
    this.#waiting.push(notice);
    this.#running ??= this.#deliverAll();
  }

  /** Settles when no notice waits. */
  async drain(): Promise<void> {
    await this.#running;
  }

  async #deliverAll(): Promise<void> {
    for (let notice = this.#waiting[0]; notice; notice = this.#waiting[0]) {
      await this.#deliver(notice);
      this.#waiting.shift();
    }
    this.#running = undefined;
  }

  async #deliver(notice: Notice): Promise<void> {
    const id = createWebhookId();
    const body = printMessage(this.options.format, notice);
    const startedAt = this.clock.now();
    for (let tries = 1; ; tries++) {
      const { failure, isPermanent, retryAfterMs } = await this.#try(id, body);
      if (failure === undefined) return;
      const delay = Math.max(retryAfterMs ?? 0, Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1)));
      const isLate = this.clock.now() - startedAt + delay > MAX_MS;
      if (isPermanent || tries >= MAX_TRIES || isLate) return this.#fail(notice, tries, failure);
      // The timer does not keep the process alive.
      await new Promise<void>((resolve) => void startBackgroundTimer(this.clock, delay, resolve));
    }
  }

  async #try(id: string, body: string): Promise<Result> {
    const { url, secret, headers } = this.options;
    const abort = new AbortController();
    const stop = startBackgroundTimer(this.clock, TRY_MS, () => abort.abort());
    const failed = (failure: string, isPermanent = false, retryAfterMs?: number): Result => ({
      failure,
      isPermanent,
      retryAfterMs,
    });
    // A fetch that ignores its signal must not block the notices after it.
    const timeout = new Promise<undefined>((resolve) =>
      abort.signal.addEventListener('abort', () => resolve(undefined)),
    );
    try {
      const seconds = Math.floor(this.clock.wall() / 1000);
      const all: Record<string, string> = { 'content-type': 'application/json' };
      for (const [name, value] of Object.entries(headers)) all[name] = value.reveal();
      all['webhook-id'] = id;
      all['webhook-timestamp'] = String(seconds);
      if (secret) all['webhook-signature'] = await signWebhook(secret, id, seconds, body);
      const request = { method: 'POST', headers: all, body, redirect: 'manual', signal: abort.signal } as const;
      const sent = this.send()(url.reveal(), request);
      sent.catch(() => undefined);
      const response = await Promise.race([sent, timeout]);
      if (!response) return failed('timeout');
      // An unread body would hold the connection.
      response.body?.cancel().catch(() => undefined);
      return this.#judge(response, failed);
    } catch (error) {
      return failed(abort.signal.aborted ? 'timeout' : `no connection${codeOf(error)}`);
    } finally {
      stop();
    }
  }

  #judge(
    { status, type, headers }: Response,
    failed: (failure: string, isPermanent?: boolean, retryAfterMs?: number) => Result,
  ): Result {
    if (status >= 200 && status < 300) return { failure: undefined, isPermanent: false, retryAfterMs: undefined };
    // In browsers, a redirect has no status.
    if (type === 'opaqueredirect' || (status >= 300 && status < 400)) return failed('redirect', true);
    const isPermanent = status < 500 && status !== 408 && status !== 425 && status !== 429;
    const wait = parseRetryAfter((name) => headers.get(name) ?? undefined, this.clock.wall());
    return failed(`status ${status}`, isPermanent, wait);
  }

  #fail({ alert, what }: Notice, tries: number, reason: string): void {
    this.onFailure({ webhook: this.options.name, alert, what, tries, reason, at: this.clock.wall() });
  }
}

/** The code of a network error. Its message may contain the URL. */
function codeOf(error: unknown): string {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 3; one = one.cause, depth++) {
    const { code } = one as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code)) return ` (${code})`;
  }
  return '';
}
