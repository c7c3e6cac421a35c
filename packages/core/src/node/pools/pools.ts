import type { Agent } from 'node:http';
import { definePrintedForm } from '../../contract/printed.js';
import type { ConnectionPools, LinePools, PoolHost } from '../../contract/pools.js';
import { createAgent, destroyAgent } from './agents.js';
import { type PoolChoice, WatchedPools } from './line-pools.js';
import { type PoolsOptions, type ResolvedPools, resolvePools } from './options.js';
import { readPool } from './pool-use.js';

/**
 * The agents of one pool.
 * @public
 */
export interface SocketPool<D = undefined> {
  /** For axios, and for `http.request` to `http:`. */
  readonly httpAgent: Agent;
  /** For axios, for `setProxyAgent` of the Genesys SDK, and for `https.request`. */
  readonly httpsAgent: Agent;
  /** For fetch, made by the option `dispatcher`. */
  readonly dispatcher: D;
}

/**
 * The sockets of a pool to all origins.
 * @public
 */
export interface SocketCounts {
  /** Maximal number of sockets per origin. */
  maxSockets: number;
  /** Sockets that a request uses. */
  inUse: number;
  /** Open sockets that wait for a request. */
  free: number;
  /** Requests that wait for a socket. */
  waiting: number;
}

/**
 * Connection pools for Node. Pass them to a line as `pools`, and all its attempts use them. Other code takes the agents.
 * @public
 */
export interface Pools<D = undefined> extends SocketPool<D>, ConnectionPools {
  /** The pool of long polls. A line uses it for routes with `governor: { apart: true }`. */
  readonly longPoll: SocketPool<D>;
  /** The pool for webhooks that you send. Give it to the line that sends them, as `pools`. */
  readonly webhooks: SocketPool<D> & ConnectionPools;
  /** The sockets of each pool now. A dispatcher of undici before version 7 tells no numbers and counts as 0. */
  snapshot(): { calls: SocketCounts; longPoll: SocketCounts; webhooks: SocketCounts };
  /** Closes all sockets, also those in use. Close the lines first. */
  close(): Promise<void>;
}

/**
 * Makes connection pools for axios, the Genesys SDK and fetch in Node, of `maxConcurrent × (1 + maxRetries)` sockets per origin. Long polls
 * and webhooks have pools of their own, so that they never take the sockets of calls.
 *
 * @throws ConfigError that names the key, the value and the allowed values.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { pools } from '@holdline/core/node';
 *
 * const sockets = pools({ maxConcurrent: 20 });
 * const line = createHoldline({ pools: sockets, bulkhead: { maxConcurrent: 20 } });
 * line.on('pool', ({ reason, origin, wanted }) => console.warn(`${origin}: ${reason}, ${wanted} sockets wanted`));
 * await line.close();
 * await sockets.close();
 * ```
 * @public
 */
export function pools<D = undefined>(options: PoolsOptions<D>): Pools<D> {
  return new ProcessPools(resolvePools(options));
}

/** One pool: its agents and its dispatcher. */
class AgentPool<D> implements SocketPool<D>, PoolChoice {
  readonly httpAgent: Agent;
  readonly httpsAgent: Agent;
  readonly dispatcher: D;
  readonly agents: readonly object[];
  readonly options: PoolChoice['options'];

  constructor(
    readonly name: string,
    readonly maxSockets: number,
    { keepAliveMs, httpAgent, httpsAgent, dispatcher }: ResolvedPools<D>,
  ) {
    this.httpAgent = createAgent('http:', maxSockets, keepAliveMs, httpAgent);
    this.httpsAgent = createAgent('https:', maxSockets, keepAliveMs, httpsAgent);
    const times = { keepAliveTimeout: keepAliveMs, keepAliveMaxTimeout: keepAliveMs };
    this.dispatcher = dispatcher?.({ connections: maxSockets, pipelining: 1, ...times }) as D;
    const own = { httpAgent: this.httpAgent, httpsAgent: this.httpsAgent };
    this.agents = [...Object.values(own), ...(this.dispatcher ? [this.dispatcher] : [])];
    this.options = {
      ...own,
      ...(this.dispatcher && { dispatcher: this.dispatcher }),
      // For node-fetch.
      agent: ({ protocol }: URL) => (protocol === 'https:' ? this.httpsAgent : this.httpAgent),
    };
  }

  serve(host: PoolHost): LinePools {
    return new WatchedPools(host, this, this);
  }

  count(): SocketCounts {
    return { maxSockets: this.maxSockets, ...readPool(this, '') };
  }

  async close(): Promise<void> {
    destroyAgent(this.httpAgent);
    destroyAgent(this.httpsAgent);
    await (this.dispatcher as { destroy?(): Promise<void> } | undefined)?.destroy?.();
  }
}

/** The three pools of `pools()`. */
class ProcessPools<D> implements Pools<D> {
  readonly longPoll: AgentPool<D>;
  readonly webhooks: AgentPool<D>;
  readonly #calls: AgentPool<D>;

  constructor(options: ResolvedPools<D>) {
    const { maxConcurrent, maxRetries, longPolls, webhooks } = options;
    const pool = (name: string, concurrent: number): AgentPool<D> =>
      new AgentPool(name, concurrent * (1 + maxRetries), options);
    this.#calls = pool('calls', maxConcurrent);
    this.longPoll = pool('longPoll', longPolls);
    this.webhooks = pool('webhooks', webhooks);
  }

  get httpAgent(): Agent {
    return this.#calls.httpAgent;
  }

  get httpsAgent(): Agent {
    return this.#calls.httpsAgent;
  }

  get dispatcher(): D {
    return this.#calls.dispatcher;
  }

  serve(host: PoolHost): LinePools {
    return new WatchedPools(host, this.#calls, this.longPoll);
  }

  snapshot(): ReturnType<Pools['snapshot']> {
    return { calls: this.#calls.count(), longPoll: this.longPoll.count(), webhooks: this.webhooks.count() };
  }

  async close(): Promise<void> {
    await Promise.all([this.#calls, this.longPoll, this.webhooks].map((pool) => pool.close()));
  }
}

// Sockets lead to requests with credentials, which must not be printed.
definePrintedForm(AgentPool, (pool) => pool.count());
definePrintedForm(ProcessPools, (pools) => pools.snapshot());
