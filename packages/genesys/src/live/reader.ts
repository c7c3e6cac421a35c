import { callInfo, withOwnReads } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { sendRequest, type PlatformRequest } from '../sdk/send-request.js';
import type { LiveCell } from './cell.js';
import { planReads, type ReadJob } from './read-jobs.js';

/** Reads on the wire or in the queue of the line at the same time. */
const MAX_PARALLEL = 4;
const MAX_PAGES = 100;

/** Hears of failed reads. */
export type OnReadFailed = (failure: { resources: number; error: unknown; retryInMs: number }) => void;

/** Reads cells in as few requests as the platform allows, with the lowest priority. */
export class CellReader {
  readonly #requested = new Set<LiveCell>();
  readonly #jobs: ReadJob[] = [];
  #running = 0;
  #isPlanned = false;
  readonly #abort = new AbortController();

  constructor(
    readonly client: ApiClientLike,
    readonly tenant: string | undefined,
    readonly onFailed: OnReadFailed,
    readonly defer: (fn: () => void) => void,
  ) {}

  /** Reads requested in one turn share requests. */
  request(cell: LiveCell): void {
    if (this.#abort.signal.aborted) return;
    this.#requested.add(cell);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.defer(() => {
      this.#isPlanned = false;
      const cells = [...this.#requested].filter((requested) => !requested.isReading && requested.holders > 0);
      this.#requested.clear();
      for (const one of cells) one.beginRead();
      this.#jobs.push(...planReads(cells));
      this.#runJobs();
    });
  }

  close(reason: unknown): void {
    this.#jobs.length = 0;
    this.#requested.clear();
    this.#abort.abort(reason);
  }

  #runJobs(): void {
    while (this.#running < MAX_PARALLEL) {
      const job = this.#jobs.shift();
      if (!job) return;
      this.#running++;
      void this.#run(job).finally(() => {
        this.#running--;
        this.#runJobs();
      });
    }
  }

  async #run(job: ReadJob): Promise<void> {
    const { cells } = job;
    // The read begins now: notifications since the request for it are older than its answer.
    for (const cell of cells) cell.beginRead();
    let bodies: (cell: LiveCell) => unknown;
    try {
      bodies = job.read(job.isPaged ? await this.#readPages(job.request) : await this.#send(job.request));
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      // One id that the platform does not accept must not keep the others from their values.
      if (job.split && callInfo(error)?.status === 400) {
        this.#jobs.push(...job.split());
        return;
      }
      let retryInMs = 0;
      for (const cell of cells) retryInMs = Math.max(retryInMs, cell.failRead(error));
      this.onFailed({ resources: cells.length, error, retryInMs });
      return;
    }
    for (const cell of cells) {
      if (cell.completeRead(bodies(cell))) continue;
      if (job.alone) this.#jobs.push(job.alone(cell));
      else this.onFailed({ resources: 1, error: NO_VALUE, retryInMs: cell.failRead(NO_VALUE) });
    }
  }

  async #readPages(request: PlatformRequest): Promise<unknown[]> {
    const all: unknown[] = [];
    for (let pageNumber = 1; pageNumber <= MAX_PAGES; pageNumber++) {
      const answer = await this.#send({ ...request, query: { pageSize: 100, pageNumber } });
      const { entities = [], pageCount = 1 } = (answer ?? {}) as { entities?: unknown[]; pageCount?: number };
      all.push(...entities);
      if (pageNumber >= pageCount) break;
    }
    return all;
  }

  #send(request: PlatformRequest): Promise<unknown> {
    const context = { priority: 'background', signal: this.#abort.signal, tenant: this.tenant } as const;
    return withOwnReads(context, () => sendRequest(this.client, request));
  }
}

const NO_VALUE = new Error('the answer of the platform does not have the value');
