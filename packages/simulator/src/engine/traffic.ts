import { performance } from 'node:perf_hooks';
import type { LoadRecorder } from '../statistics/load/load-recorder.js';
import { type Stats, RequestCounters } from '../statistics/stats.js';
import { type WireEntry, WireLog, type WireOutcome } from '../statistics/wire-log.js';
import type { EngineClock } from './clock.js';
import { type Exchange, INCOMPLETE_OUTCOMES, isApiRequest } from './exchange.js';

/** The open requests, the wire log and the counters. */
export class Traffic {
  readonly #load: LoadRecorder;
  readonly #startedAt: number;
  readonly #wire = new WireLog();
  readonly #open = new Set<Exchange>();
  #counters = new RequestCounters(0);
  #inFlight = 0;
  readonly #listeners = new Set<(entry: WireEntry) => void>();

  constructor(load: LoadRecorder, { startedAt }: EngineClock) {
    this.#load = load;
    this.#startedAt = startedAt;
  }

  /** Counters of the current period. */
  get counters(): RequestCounters {
    return this.#counters;
  }

  stats(): Omit<Stats, 'sockets'> {
    return this.#counters.copyStats();
  }

  wire(): readonly WireEntry[] {
    return this.#wire.list();
  }

  onRequest(listener: (entry: WireEntry) => void): () => void {
    const own = (entry: WireEntry): void => listener(entry);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Starts a new counting period with an empty log. */
  reset(): void {
    this.#counters = new RequestCounters(this.#inFlight);
    this.#wire.clear();
  }

  /** Logs and counts a new request. */
  recordArrival(exchange: Exchange): void {
    this.#wire.add(exchange.entry);
    this.#open.add(exchange);
    if (isApiRequest(exchange)) {
      this.#inFlight += 1;
      this.#counters.countArrival(exchange.route.name, this.#inFlight);
      this.#load.recordRequest(exchange.route.name, exchange.entry.at - this.#startedAt);
    } else if (exchange.kind === 'token') {
      this.#counters.stats.tokenRequests += 1;
      this.#load.recordTokenRequest();
    } else this.#counters.stats.preflights += 1;
  }

  /** Logs and counts the end of a request, once. Returns false when the request had ended before. */
  recordEnd(exchange: Exchange, status: number, outcome: WireOutcome): boolean {
    if (exchange.isOver) return false;
    exchange.isOver = true;
    this.#open.delete(exchange);
    const { entry } = exchange;
    entry.status = status;
    entry.outcome = outcome;
    entry.finishedAt = performance.now();
    for (const end of exchange.endHandlers) end();
    if (isApiRequest(exchange)) {
      this.#inFlight -= 1;
      const isComplete = !INCOMPLETE_OUTCOMES.has(outcome);
      exchange.counters.countEnd(exchange.route.name, status, isComplete);
      const isThrottled = (entry.refusedBy ?? entry.shadowRefusedBy) !== undefined;
      const { at, finishedAt } = entry;
      const isAnswered = isComplete && outcome !== 'refused';
      this.#load.recordEnd(exchange.route.name, finishedAt - at, isThrottled, isAnswered, finishedAt - this.#startedAt);
    }
    for (const listener of this.#listeners) callListener(listener, { ...entry });
    return true;
  }

  /** Ends all open requests with the outcome `dropped`. */
  dropOpenRequests(): void {
    for (const exchange of this.#open) this.recordEnd(exchange, 0, 'dropped');
  }
}

/** A listener that throws disturbs no request. Its error ends the process like any uncaught one. */
function callListener(listener: (entry: WireEntry) => void, entry: WireEntry): void {
  try {
    listener(entry);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
