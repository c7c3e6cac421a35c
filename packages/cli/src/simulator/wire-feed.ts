import type { Clock } from '@holdline/core';
import { startBackgroundTimer } from '@holdline/core';
import type { LoadReport, Stats, WireEntry } from '@holdline/simulator';
import { type LoadView, viewLoad } from './load-view.js';
import { showPath } from './show-path.js';

/** Requests that a page gets when it opens, and that it keeps. */
export const MAX_ROWS = 500;
/** Time between two messages, ms. */
const FLUSH_MS = 200;
/** Time between two looks at the load, ms. */
const LOAD_MS = 1000;
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
  /** The limit that would have refused the request in production; empty outside of shadow mode. */
  readonly shadow: string;
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
  /** The load; only in the first message, and then about once a second. */
  readonly load?: LoadView;
}

/** What the feed reads. */
export interface WireSource {
  onRequest(listener: (entry: WireEntry) => void): () => void;
  stats(): Stats;
  report(): LoadReport;
}

/** Collects the requests of a simulator and publishes them in messages of bounded size. */
export class WireFeed {
  readonly #rows: WireRow[] = [];
  #batch: WireRow[] = [];
  #skipped = 0;
  #loadDueAt = 0;
  readonly #listeners = new Set<(message: WireMessage) => void>();
  readonly #stops: (() => void)[];

  constructor(
    readonly source: WireSource,
    readonly clock: Clock,
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
    return { rows: [...this.#rows], skipped: 0, totals: this.#totals(), load: viewLoad(this.source.report()) };
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
    const load = this.#takeLoad();
    if (this.#batch.length === 0 && load === undefined) return;
    const message: WireMessage = {
      rows: this.#batch,
      skipped: this.#skipped,
      totals: this.#totals(),
      ...(load && { load }),
    };
    this.#batch = [];
    this.#skipped = 0;
    for (const listener of this.#listeners) listener(message);
  }

  /** The load, if a page wants it and the last look is a second ago. */
  #takeLoad(): LoadView | undefined {
    const now = this.clock.now();
    if (this.#listeners.size === 0 || now < this.#loadDueAt) return undefined;
    this.#loadDueAt = now + LOAD_MS;
    return viewLoad(this.source.report());
  }

  #rowOf(entry: WireEntry): WireRow {
    const { id, at, finishedAt = at, method, path, route, status, outcome } = entry;
    const { token = '', refusedBy = '', shadowRefusedBy: shadow = '' } = entry;
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
      shadow,
      executedWrite: entry.executed && !isRead && outcome !== 'token',
      duplicate: entry.duplicate === true,
    };
  }

  #totals(): WireTotals {
    const { requests, answered, refused, unauthorized, dropped, executedWrites, duplicateWrites } = this.source.stats();
    return { requests, answered, refused, unauthorized, dropped, executedWrites, duplicateWrites };
  }
}
