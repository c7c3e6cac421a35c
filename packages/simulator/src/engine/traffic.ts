import { performance } from 'node:perf_hooks';
import { type Stats, Tally } from '../statistics/stats.js';
import { type WireEntry, WireLog, type WireOutcome } from '../statistics/wire-log.js';
import { type Exchange, INCOMPLETE, isCounted } from './exchange.js';

/** The requests under way, the wire log and the counters. */
export class Traffic {
  readonly #wire = new WireLog();
  readonly #open = new Set<Exchange>();
  #tally = new Tally(0);
  #inFlight = 0;

  /** Counters of the present period. */
  get tally(): Tally {
    return this.#tally;
  }

  stats(): Omit<Stats, 'sockets'> {
    return structuredClone(this.#tally.stats);
  }

  wire(): readonly WireEntry[] {
    return this.#wire.list();
  }

  /** Starts a new period of counting, with an empty log. */
  reset(): void {
    this.#tally = new Tally(this.#inFlight);
    this.#wire.clear();
  }

  /** Logs and counts a request that arrived. */
  add(exchange: Exchange): void {
    this.#wire.add(exchange.entry);
    this.#open.add(exchange);
    if (isCounted(exchange)) {
      this.#inFlight += 1;
      this.#tally.arrived(exchange.route.name, this.#inFlight);
    } else if (exchange.kind === 'token') this.#tally.stats.tokenRequests += 1;
    else this.#tally.stats.preflights += 1;
  }

  /** Logs and counts the end of a request, once. False: it had ended before, and there is nobody left to answer. */
  finish(exchange: Exchange, status: number, outcome: WireOutcome): boolean {
    if (exchange.isOver) return false;
    exchange.isOver = true;
    this.#open.delete(exchange);
    const { entry } = exchange;
    entry.status = status;
    entry.outcome = outcome;
    entry.finishedAt = performance.now();
    for (const end of exchange.atEnd) end();
    if (isCounted(exchange)) {
      this.#inFlight -= 1;
      exchange.tally.finished(exchange.route.name, status, !INCOMPLETE.has(outcome));
    }
    return true;
  }

  /** Ends all requests under way as dropped. */
  dropAll(): void {
    for (const exchange of this.#open) this.finish(exchange, 0, 'dropped');
  }
}
