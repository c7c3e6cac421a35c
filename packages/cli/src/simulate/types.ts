import type { HoldlineConfig, HoldlineErrorCode, Priority } from '@holdline/core';

/**
 * A duration: milliseconds as a number, or a text such as `250ms`, `60s`, `5m` or `2h`.
 * @public
 */
export type Duration = number | string;

/**
 * One limit of the modelled platform. Several limits apply at once. A request takes a permit of each limit that counts it, or of none.
 * @public
 */
export interface PlatformLimit {
  /**
   * Name of the limit in a 429, as Genesys Cloud sends it in `limit.key`.
   * @defaultValue none: the 429 names no limit
   */
  name?: string;
  /** Requests per window. */
  limit: number;
  /** Length of the window. */
  window: Duration;
  /**
   * What the limit is counted by: each credential, each route over all credentials, or the whole organization.
   * @defaultValue 'token'
   */
  per?: 'token' | 'route' | 'org';
  /**
   * The endpoint pattern that the limit counts, such as `PUT /api/v2/architect/ivrs/:id` or `POST /api/v2/analytics/**`.
   * @defaultValue every request
   */
  match?: string;
  /**
   * How the platform counts: in `fixed` windows, in a `sliding` window, or by a token `bucket`.
   * @defaultValue 'fixed'
   */
  counts?: 'fixed' | 'sliding' | 'bucket';
  /**
   * Start of a fixed window after the start of the load. Only with `fixed`.
   * @defaultValue 0
   */
  phase?: Duration;
  /**
   * Capacity of the bucket. Only with `bucket`.
   * @defaultValue `limit`
   */
  burst?: number;
}

/**
 * The modelled platform.
 * @public
 */
export interface Platform {
  /**
   * The limits of the platform.
   * @defaultValue none
   */
  limits?: PlatformLimit[];
  /**
   * Time from the arrival of a request to its answer: constant, or a log-normal distribution with this median and 95th percentile.
   * @defaultValue 100 ms; of a recording, the distribution of its attempts
   */
  service?: Duration | { p50: Duration; p95: Duration };
  /**
   * Part of the accepted requests that fail with `errorStatus`, 0 to 1.
   * @defaultValue 0
   */
  errorRate?: number;
  /**
   * Status of a failed request.
   * @defaultValue 503
   */
  errorStatus?: 500 | 502 | 503 | 504;
  /**
   * Form of `Retry-After` in a 429: whole seconds rounded up, exact seconds with decimals, or no header.
   * @defaultValue 'seconds'
   */
  retryAfter?: 'seconds' | 'exact' | 'none';
  /**
   * Requests of other clients, evenly spaced. They spend the limits `per: 'route'` and `per: 'org'`.
   * @defaultValue none
   */
  others?: { count: number; window: Duration; route?: string };
}

/**
 * Calls that each agent of a group makes.
 * @public
 */
export interface LoadCall {
  /** Method and path pattern, such as `GET /api/v2/users/:id`. */
  route: string;
  /**
   * How often the agent makes the call.
   * @defaultValue 1
   */
  times?: number;
  /**
   * Interval between these calls.
   * @defaultValue 0: all at once
   */
  every?: Duration;
  /**
   * When the first of these calls begins, after the arrival of the agent.
   * @defaultValue 0
   */
  after?: Duration;
  /**
   * What the call asks for: something else each time (`each`), the same for all calls of an agent (`agent`), the same for all agents
   * (`all`), or one of so many things at random. A cache and joined calls save requests for the same thing.
   * @defaultValue 'each' for a route with a parameter, otherwise 'agent'
   */
  asks?: 'each' | 'agent' | 'all' | number;
  /**
   * Priority of these calls.
   * @defaultValue that of the group
   */
  priority?: Priority;
  /**
   * Tenant of these calls.
   * @defaultValue that of the group
   */
  tenant?: string;
}

/**
 * A group of agents with the same calls.
 * @public
 */
export interface LoadGroup {
  /** Unique name. */
  name: string;
  /** Number of agents. */
  count: number;
  /**
   * Time in which the agents arrive.
   * @defaultValue 0: all at once
   */
  within?: Duration;
  /**
   * When the first agent may arrive, after the start.
   * @defaultValue 0
   */
  start?: Duration;
  /**
   * How arrivals are spread over `within`: each at a random moment (`uniform`), in equal intervals (`even`), all at the start (`burst`), or
   * with random intervals of the same mean (`poisson`); the last agents may then arrive later.
   * @defaultValue 'uniform'
   */
  arrival?: 'uniform' | 'even' | 'burst' | 'poisson';
  /** The calls of each agent. */
  calls: LoadCall[];
  /**
   * Whether an agent begins a call when the one before has ended.
   * @defaultValue false: the calls of an agent do not wait for each other
   */
  inOrder?: boolean;
  /**
   * How often an agent makes all its calls.
   * @defaultValue 1
   */
  repeat?: number;
  /**
   * Interval between the repetitions.
   * @defaultValue 0
   */
  repeatEvery?: Duration;
  /**
   * Priority of the calls.
   * @defaultValue 'normal', or the priority of the endpoint in the configuration
   */
  priority?: Priority;
  /**
   * Tenant of the calls.
   * @defaultValue none
   */
  tenant?: string;
}

/**
 * The calls of a recording.
 * @public
 */
export interface RecordedLoad {
  /** File that `holdline record`, or `record` of `@holdline/monitor/node`, wrote. */
  recording: string;
  /**
   * What makes a group.
   * @defaultValue 'priority'
   */
  groupBy?: 'priority' | 'tenant' | 'route';
}

/**
 * Configuration of the simulated line. Time, random numbers, tokens, stores and pools belong to the simulation.
 * @public
 */
export type SimulatedConfig = Omit<
  HoldlineConfig,
  'clock' | 'random' | 'token' | 'store' | 'pools' | 'state' | 'deadLetters'
>;

/**
 * What `simulate` runs: a platform, a line and a load, and the changes to try.
 * @public
 */
export interface Scenario {
  /** The modelled platform. */
  platform?: Platform;
  /**
   * Configuration of the line. If it has no quotas, the line has those of the platform.
   * @defaultValue the defaults of the line
   */
  holdline?: SimulatedConfig;
  /**
   * Number of credentials in the token pool of the line.
   * @defaultValue 1
   */
  credentials?: number;
  /** Groups of agents, or a recording. */
  load: LoadGroup[] | RecordedLoad;
  /**
   * Changes to try, each in its own run: `limit=600/60s`, `credentials=2`, `priority=low:GROUP`, `cache=ROUTE:60s`, `coalesce`,
   * `bulk=ROUTE:50`, `drop=GROUP`. Changes joined by ` + ` are tried together. An empty list tries nothing.
   * @defaultValue changes that fit the load
   */
  whatIf?: string[];
  /**
   * Seed of all random values. The same scenario and seed give the same result.
   * @defaultValue 1
   */
  seed?: number;
  /**
   * Simulated time after which a run stops.
   * @defaultValue 7 days
   */
  until?: Duration;
}

/**
 * Times in ms. The waits of calls are the time in queues, at gates and for retry delays.
 * @public
 */
export interface Waits {
  p50: number;
  p95: number;
  max: number;
}

/**
 * Result of the calls of one group and priority.
 * @public
 */
export interface GroupResult {
  group: string;
  priority: Priority;
  calls: number;
  /** Calls that ended with an answer below 400. */
  ok: number;
  /** Calls that ended with an error or an answer from 400 on, refused ones included. */
  failed: number;
  /** Calls that the line refused: queue full, deadline, breaker. */
  refused: number;
  /** Calls that had not ended when the run stopped. */
  unfinished: number;
  /** Waits of the calls that ended and were not refused. */
  waits: Waits;
  /** Time from the start to the end of the last call, ms; 0 without calls. */
  lastEndedMs: number;
  /** Requests on the wire, repetitions included. */
  requests: number;
  /** Requests answered 429. */
  throttled: number;
  /** Calls that cost no request of their own. */
  saved: number;
  /** Part of all requests of the run, 0 to 1. */
  share: number;
}

/**
 * How long the agents of a group take: from the arrival of an agent to the end of its last call.
 * @public
 */
export interface AgentTimes extends Waits {
  group: string;
  /** Agents whose calls have all ended. */
  agents: number;
}

/**
 * A number over time. `values[i]` belongs to the interval that begins `startMs + i * stepMs` after the start of the load.
 * @public
 */
export interface Series {
  startMs: number;
  stepMs: number;
  values: number[];
}

/**
 * Result of one run.
 * @public
 */
export interface RunResult {
  /** `base`, or the change. */
  name: string;
  groups: GroupResult[];
  /** All groups together. */
  total: Omit<GroupResult, 'group' | 'priority'>;
  /** Times of the agents of each group; empty for a recording. */
  agents: AgentTimes[];
  /** Calls that the line refused, by error code. */
  refusedBy: Partial<Record<HoldlineErrorCode, number>>;
  /** Requests per window. A long run has intervals of several windows, with the mean of these windows. */
  sent: Series;
  /** Window of the first limit in ms; 1,000 without a limit. */
  windowMs: number;
  /** Largest number of waiting calls. */
  waiting: Series;
  /** Requests per window that the first limit allows over all credentials; undefined without a limit. */
  allowed: number | undefined;
}

/**
 * A change and what it does.
 * @public
 */
export interface WhatIfResult {
  /** The change as given, such as `credentials=2`. */
  change: string;
  /** The change in words, such as `A second credential`. */
  title: string;
  run: RunResult;
  /** The differences to the base. */
  sentences: string[];
}

/**
 * Result of {@link simulate}. Everything is plain data.
 * @public
 */
export interface SimulationResult {
  /** Platform, line and load in one sentence. */
  summary: string;
  seed: number;
  base: RunResult;
  whatIf: WhatIfResult[];
  /** What the reader should know about the result. */
  notes: string[];
}

/**
 * Options of {@link simulate}.
 * @public
 */
export interface SimulateOptions {
  /**
   * Called while a run is under way.
   * @defaultValue none
   */
  onProgress?: (progress: { run: string; ended: number; calls: number; runs: number; of: number }) => void;
}
