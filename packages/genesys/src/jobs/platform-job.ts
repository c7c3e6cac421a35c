import { abortReason, ConfigError, DeadlineError, durationInWords, type Undo, withCall } from '@holdline/core';
import type { JobRow, PagedRow } from '../operations/operation-rows.js';
import { PageFeed } from '../paging/page-feed.js';
import { FedList, type PagedList } from '../paging/paged-list.js';
import { readCursor } from '../paging/cursor.js';
import { answerBody } from '../sdk/answer-body.js';
import { untilAborted } from '../sdk/until-aborted.js';
import { JobError } from './job-error.js';
import type { ResolvedJobOptions } from './options.js';

/**
 * A job of the platform.
 * @public
 */
export interface PlatformJob<T> extends AsyncIterable<T> {
  /** Id of the job. `jobs(api, method, { id })` resumes it, also in another process. */
  readonly id: string;
  /**
   * Waits for the end of the job.
   *
   * @returns the state that the platform reports then.
   * @throws JobError if the job failed, was cancelled or has expired.
   * @throws DeadlineError after `totalTimeoutMs`. The job goes on, and `wait()` may be called again.
   */
  wait(): Promise<Readonly<Record<string, unknown>>>;
  /**
   * The results, page by page, of a job that has ended. `for await (const result of job)` waits for the end first.
   *
   * @param from - `cursor` of an earlier list of results of this job.
   */
  results(from?: string): PagedList<T>;
  /**
   * Cancels the job. `wait()` then rejects with a `JobError`.
   * @throws ConfigError if the SDK has no method for it.
   */
  cancel(): Promise<void>;
}

/** The methods of an API object. */
export type JobApi = Record<string, (...args: unknown[]) => Promise<unknown>>;

// The states of the platform's models, in lower case. Other states mean that the job goes on.
const DONE: ReadonlySet<string> = new Set(['fulfilled', 'succeeded', 'completed', 'completedwitherrors']);
const FAILED: ReadonlySet<string> = new Set(['failed', 'cancelled', 'expired']);

const GROWTH = 1.5;
/** The wait that grows where the first one is none, in ms. */
const LEAST_DELAY_MS = 1_000;

/** A job that was started by its API object, or resumed by its id. */
export class SdkJob<T> implements PlatformJob<T> {
  readonly id: string;
  readonly #api: JobApi;
  readonly #row: JobRow;
  readonly #options: ResolvedJobOptions;
  /** Aborts the waits when the job is cancelled. */
  readonly #cancelled = new AbortController();

  #isNew: boolean;

  constructor(api: JobApi, row: JobRow, { id, isNew }: { id: string; isNew: boolean }, options: ResolvedJobOptions) {
    this.#api = api;
    this.#row = row;
    this.id = id;
    this.#isNew = isNew;
    this.#options = options;
  }

  async wait(): Promise<Readonly<Record<string, unknown>>> {
    const { clock, totalTimeoutMs, firstDelayMs, maxDelayMs } = this.#options;
    const endsAt = clock.now() + totalTimeoutMs;
    if (this.#isNew) await this.#pause(Math.min(firstDelayMs, totalTimeoutMs));
    this.#isNew = false;
    for (let delayMs = firstDelayMs; ; delayMs = Math.min((delayMs || LEAST_DELAY_MS) * GROWTH, maxDelayMs)) {
      const status = await this.#readStatus(Math.max(0, endsAt - clock.now()));
      const state = String(status['state'] ?? '');
      if (DONE.has(state.toLowerCase())) return status;
      if (FAILED.has(state.toLowerCase())) {
        throw new JobError(`the job ${this.id} ended with the state ${state}`, {
          id: this.id,
          state,
          response: status,
        });
      }
      const leftMs = endsAt - clock.now();
      if (leftMs <= 0) throw this.#deadlineError(state);
      await this.#pause(Math.min(delayMs, leftMs));
    }
  }

  results(from?: string): PagedList<T> {
    const { results: name, items, cursor } = this.#row;
    const row: PagedRow = { style: 'cursor', items };
    const list = `${name} ${this.id}`;
    const place = from === undefined ? undefined : readCursor(from, list);
    const { signal } = this.#options;
    const read = async (query: Record<string, unknown>): Promise<unknown> => {
      const answer = answerBody(await this.#api[name]!(this.id, ...(cursor ? [query] : [])));
      // Results of one page have no cursor of the platform.
      return cursor ? answer : { [items]: (answer as Record<string, unknown> | undefined)?.[items] };
    };
    const feed = new PageFeed(
      { name, row, read },
      { start: place?.page, size: undefined, sizeIsAssumed: false, prefetch: true, signal },
    );
    const { page: start, skip = 0, ended = false } = place ?? { page: undefined };
    return new FedList<T>(feed, { list, start, size: undefined, skip, ended, unique: undefined });
  }

  async cancel(): Promise<void> {
    const { cancel } = this.#row;
    if (cancel === undefined) {
      throw new ConfigError(`the SDK has no method to cancel the job of ${this.#row.status}`);
    }
    await this.#call(cancel, this.id);
    const state = 'CANCELLED';
    this.#cancelled.abort(new JobError(`the job ${this.id} was cancelled`, { id: this.id, state }));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    await this.wait();
    yield* this.results();
  }

  async #call(method: string, ...args: unknown[]): Promise<Record<string, unknown>> {
    const { signal } = this.#options;
    const send = (): Promise<unknown> => this.#api[method]!(...args);
    const answer = answerBody(await (signal ? withCall({ signal }, send) : send()));
    return (answer ?? {}) as Record<string, unknown>;
  }

  /** The state, or a `DeadlineError` if the platform does not answer in time. At least one question gets its time. */
  async #readStatus(leftMs: number): Promise<Readonly<Record<string, unknown>>> {
    let stopTimer: Undo = () => undefined;
    const late = new Promise<never>((_, reject) => {
      const end = (): void => reject(this.#deadlineError(''));
      stopTimer = this.#options.clock.setTimer(Math.max(leftMs, LEAST_DELAY_MS), end);
    });
    try {
      return await this.#untilStopped(Promise.race([this.#call(this.#row.status, this.id), late]));
    } finally {
      stopTimer();
    }
  }

  #deadlineError(state: string): DeadlineError {
    const { totalTimeoutMs } = this.#options;
    return new DeadlineError(
      `the job ${this.id} has not ended after totalTimeoutMs (${durationInWords(totalTimeoutMs)}); its state is ${state || 'unknown'}`,
      { waitedMs: totalTimeoutMs },
    );
  }

  #untilStopped<R>(promise: Promise<R>): Promise<R> {
    return untilAborted(untilAborted(promise, this.#options.signal), this.#cancelled.signal);
  }

  #pause(ms: number): Promise<void> {
    const { clock, signal } = this.#options;
    const signals = [signal, this.#cancelled.signal].filter((one) => one !== undefined);
    const aborted = signals.find((one) => one.aborted);
    if (aborted) return Promise.reject(abortReason(aborted) as Error);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => (): void => {
        undo();
        for (const [one, onAbort] of listeners) one.removeEventListener('abort', onAbort);
        settle();
      };
      const undo = clock.setTimer(ms, end(resolve));
      const listeners = signals.map((one) => [one, end(() => reject(abortReason(one) as Error))] as const);
      for (const [one, onAbort] of listeners) one.addEventListener('abort', onAbort, { once: true });
    });
  }
}
