import type { Call } from './call.js';
import type { Undo } from './clock.js';
import type { EventSink, PoolReason } from './events.js';
import type { Ports } from './store.js';

/**
 * A connection pool of a line and one origin.
 * @public
 */
export interface PoolReport {
  /** `calls`, `longPoll` or `webhooks` for a pool of `pools()`; `own` for an agent that the client brought. */
  name: string;
  origin: string;
  /** Maximal number of sockets; Infinity for a pool without a limit, undefined if the pool does not tell it. */
  maxSockets: number | undefined;
  /** Sockets that a request uses. */
  inUse: number;
  /** Open sockets that wait for a request. */
  free: number;
  /** Requests that wait for a socket. */
  waiting: number;
  /** Whether long polls use the pool. */
  longPolls: boolean;
  /** What is wrong with the pool, and the number of sockets that the line wants. */
  warnings: { reason: PoolReason; wanted: number }[];
}

/**
 * The part of a line that connection pools use.
 * @public
 */
export interface PoolHost {
  readonly events: EventSink;
  readonly ports: Pick<Ports, 'clock'>;
  onClose(end: () => void): Undo;
}

/**
 * The connection pools of one line.
 * @public
 */
export interface LinePools {
  /**
   * Chooses the pool of an attempt.
   *
   * @param own - Options of the request. The agents in them have precedence.
   * @returns options for the native client, which put the request into the pool.
   */
  choose(call: Call, own: object): object | undefined;
  /** The pools that requests to an origin used. An empty origin means all. */
  report(origin: string): PoolReport[];
}

/**
 * Connection pools for the attempts of a line. `pools()` of `@holdline/core/node` makes them.
 * @public
 */
export interface ConnectionPools {
  /** Returns the pools for one line. */
  serve(line: PoolHost): LinePools;
}
