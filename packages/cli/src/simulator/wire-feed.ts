import type { Clock } from '@holdline/core';
import { startBackgroundTimer } from '@holdline/core';
import type { Stats, WireEntry } from '@holdline/simulator';
import { showPath } from './show-path.js';

/** Requests that a page gets when it opens, and that it keeps. */
export const MAX_ROWS = 500;
/** Time between two messages, ms. */
const FLUSH_MS = 200;
/** Requests in one message. Further ones are counted. */
const MAX_BATCH = 200;

/** One request as the page shows it. Nothing in it is secret. */
export interface WireRow {
  readonly id: number;
  /** Wall ms of its arrival. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly outcome: string;
  readonly tookMs: number;
  readonly token: string;
  readonly refusedBy: string;
  readonly executedWrite: boolean;
  readonly duplicate: boolean;
}

/** Numbers above the table. */
export interface WireTotals {
  readonly requests: number;
  readonly answered: number;
  readonly refused: number;
  readonly unauthorized: number;
  readonly dropped: number;
  readonly executedWrites: number;
  readonly duplicateWrites: number;
}

/** One message of the stream. */
export interface WireMessage {
  readonly rows: readonly WireRow[];
  /** Requests that were too many for one message. */
  readonly skipped: number;
  readonly totals: WireTotals;
}

/** What the feed reads. */
export interface WireSource {
  onRequest(listener: (entry: WireEntry) => void): () => void;
  stats(): Stats;
}

/** Collects the requests of a simulator and publishes them in messages of bounded size. */
export class WireFeed {
  readonly #rows: WireRow[] = [];
  #batch: WireRow[] = [];
  #skipped = 0;
  readonly #listeners = new Set<(message: WireMessage) => void>();
  readonly #stops: (() => void)[];

  constructor(
    readonly source: WireSource,
    clock: Clock,
    /** Wall ms at which `at` of the entries was 0. */
    readonly startedAt: number,
  ) {
    const tick = (): void => {
      this.#flush();
      stopTimer = startBackgroundTimer(clock, FLUSH_MS, tick);
    };
    let stopTimer = startBackgroundTimer(clock, FLUSH_MS, tick);
    this.#stops = [source.onRequest((entry) => this.#add(entry)), () => stopTimer()];
  }

  /** The message for a page that opens. Other pages get what waits for the next message, which would repeat its rows for this page. */
  whole(): WireMessage {
    this.#flush();
    return { rows: [...this.#rows], skipped: 0, totals: this.#totals() };
  }

  onMessage(listener: (message: WireMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#listeners.clear();
  }

  #add(entry: WireEntry): void {
    const row = this.#rowOf(entry);
    this.#rows.push(row);
    if (this.#rows.length > MAX_ROWS) this.#rows.shift();
    if (this.#batch.length < MAX_BATCH) this.#batch.push(row);
    else this.#skipped++;
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const message: WireMessage = { rows: this.#batch, skipped: this.#skipped, totals: this.#totals() };
    this.#batch = [];
    this.#skipped = 0;
    for (const listener of this.#listeners) listener(message);
  }

  #rowOf(entry: WireEntry): WireRow {
    const { id, at, finishedAt = at, method, path, route, status, outcome, token = '', refusedBy = '' } = entry;
    const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || /\/(?:query|search)$/.test(route);
    return {
      id,
      at: Math.round(this.startedAt + at),
      method,
      path: showPath(path),
      route,
      status,
      outcome,
      tookMs: Math.round((finishedAt - at) * 10) / 10,
      token,
      refusedBy,
      executedWrite: entry.executed && !isRead && outcome !== 'token',
      duplicate: entry.duplicate === true,
    };
  }

  #totals(): WireTotals {
    const { requests, answered, refused, unauthorized, dropped, executedWrites, duplicateWrites } = this.source.stats();
    return { requests, answered, refused, unauthorized, dropped, executedWrites, duplicateWrites };
  }
}
