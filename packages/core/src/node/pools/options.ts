import type { Agent as HttpAgent, AgentOptions } from 'node:http';
import { callable, count, number, positive, shape } from '../../contract/check.js';
import { ConfigError } from '../../contract/errors.js';

/**
 * Options for a dispatcher of undici. `Agent`, `ProxyAgent` and `EnvHttpProxyAgent` accept them.
 * @public
 */
export interface DispatcherOptions {
  /** Maximal number of sockets per origin. */
  connections: number;
  /** Requests at the same time on one socket. */
  pipelining: number;
  /** How long a free socket stays open, in ms. */
  keepAliveTimeout: number;
  /** Upper bound for the time that a server names, in ms. */
  keepAliveMaxTimeout: number;
}

/**
 * Options of `pools()`.
 * @public
 */
export interface PoolsOptions<D = undefined> {
  /**
   * Attempts at the same time per origin. Give the line the same number: `bulkhead: { maxConcurrent }`. A rule for the number: calls per
   * second × seconds per answer, of the slow answers.
   */
  maxConcurrent: number;
  /**
   * Sockets for each attempt besides its first, for answers whose body is still read while the next attempt leaves. Each pool has
   * `maxConcurrent × (1 + maxRetries)` sockets per origin.
   * @defaultValue 1 (ours: a call whose answer is a stream has one open answer and one attempt)
   */
  maxRetries?: number;
  /**
   * Long polls at the same time per origin.
   * @defaultValue `maxConcurrent`
   */
  longPolls?: number;
  /**
   * Webhooks that you send at the same time per origin.
   * @defaultValue `maxConcurrent`
   */
  webhooks?: number;
  /**
   * How long a free socket stays open, in ms. A socket that the server closes at the moment of a request leaves the outcome of the request
   * unknown. So the time must be shorter than that of the server and of each proxy on the way.
   * @defaultValue 4,000 (undici: the shortest common time is 5 s, of the servers of Node and Apache)
   */
  keepAliveMs?: number;
  /**
   * Makes an agent for `http:`, for example an agent of a proxy.
   * @defaultValue `new http.Agent(options)`
   */
  httpAgent?: (options: AgentOptions) => HttpAgent;
  /**
   * Makes an agent for `https:`, for example an agent of a proxy or with a client certificate.
   * @defaultValue `new https.Agent(options)`
   */
  httpsAgent?: (options: AgentOptions) => HttpAgent;
  /**
   * Makes a dispatcher of undici for fetch: `(options) => new Agent(options)`.
   * @defaultValue none: requests of fetch use the dispatcher of the process, without a limit
   */
  dispatcher?: (options: DispatcherOptions) => D;
}

/** The options with their defaults. */
export type ResolvedPools<D> = Required<Omit<PoolsOptions<D>, 'httpAgent' | 'httpsAgent' | 'dispatcher'>> &
  Pick<PoolsOptions<D>, 'httpAgent' | 'httpsAgent' | 'dispatcher'>;

export const POOLS_DEFAULTS = { maxRetries: 1, keepAliveMs: 4_000 } as const satisfies Partial<PoolsOptions>;

/** Checks the options and adds the defaults. */
export function resolvePools<D>(options: PoolsOptions<D>): ResolvedPools<D> {
  const given = shape<PoolsOptions<D>>({
    maxConcurrent: count,
    maxRetries: number({ min: 0, integer: true }),
    longPolls: count,
    webhooks: count,
    keepAliveMs: positive,
    httpAgent: callable<NonNullable<PoolsOptions['httpAgent']>>(),
    httpsAgent: callable<NonNullable<PoolsOptions['httpsAgent']>>(),
    dispatcher: callable<NonNullable<PoolsOptions<D>['dispatcher']>>(),
  })(options, 'pools');
  const { maxConcurrent } = given;
  if (maxConcurrent === undefined) throw new ConfigError('pools.maxConcurrent is missing');
  return { ...POOLS_DEFAULTS, longPolls: maxConcurrent, webhooks: maxConcurrent, ...given, maxConcurrent };
}
