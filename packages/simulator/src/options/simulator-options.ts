import type { BulkRequestOptions, BulkSettings } from './bulk-options.js';
import type { CallOptions } from './call-options.js';
import type { CacheableRoute, CacheableSettings } from './cache-options.js';
import type { CorsOptions, CorsSettings } from './cors-options.js';
import type { EntityCounts } from './entity-options.js';
import type { JobOptions } from './job-options.js';
import type { Fault, FaultSettings } from './fault-options.js';
import type { LatencyOptions, LatencyProfile } from './latency-options.js';
import type { Limit, LimitSettings } from './limit-options.js';
import type { LongPollOptions } from './long-poll-options.js';
import type { NotificationOptions } from './notification-options.js';
import type { SocketOptions, SocketSettings } from './socket-options.js';
import type { TokenEndpointOptions, TokenSettings } from './token-options.js';

/**
 * Dialects of quota headers. `inin`: `inin-ratelimit-count/-allowed/-reset` (used, limit, seconds). `ratelimit`: the
 * fields of the early drafts, `RateLimit-Limit/-Remaining/-Reset` (seconds). `ratelimit-policy`: the structured fields
 * of draft 10, `RateLimit-Policy` and `RateLimit`, one item for each limit. `x-ratelimit`:
 * `X-RateLimit-Limit/-Remaining/-Reset` (epoch seconds). `x-rate-limit`: `X-Rate-Limit-Limit/-Remaining/-Reset`
 * (seconds). All dialects except `ratelimit-policy` describe the limit with the fewest permits left.
 * @public
 */
export type QuotaHeaders = 'none' | 'inin' | 'ratelimit' | 'ratelimit-policy' | 'x-ratelimit' | 'x-rate-limit';

/**
 * Options of `startSimulator`.
 * @public
 */
export interface SimulatorOptions {
  /** Platform to simulate. */
  platform: 'genesys' | 'cxone' | 'aws-connect' | 'twilio';
  /**
   * Port on 127.0.0.1.
   *
   * @defaultValue 0, any free one
   */
  port?: number;
  /**
   * Seed of all random values: faults by rate, jitter of `serviceMs`, ids, tokens, phases. The same seed and order of
   * requests give the same answers.
   *
   * @defaultValue 1
   */
  seed?: number;
  /**
   * Time between the execution of a request and its answer, ms. Refusals (401, 429) are immediate.
   *
   * @defaultValue 0
   */
  serviceMs?: number | { min: number; max: number };
  /**
   * Latency profile: times by route, slow start and stalls. Routes without a distribution take `serviceMs`.
   *
   * @defaultValue none
   */
  latency?: LatencyOptions;
  /**
   * Limits of the API; all apply at once.
   *
   * @defaultValue the limits that the platform documents. Genesys Cloud: `token.rate.per.minute`, 300 per token in
   * fixed windows of 60,000 ms. CXone: five of Digital Engagement: updates of contacts, of one contact, outbound,
   * inbound, reads. Amazon Connect: 5 per second with a burst of 8 for metrics, chats and streaming, 2 per second with
   * a burst of 5 for each other operation, all by account. Twilio: 20 per second for each operation of Flex interactions
   */
  limits?: Limit[];
  /**
   * Limits refuse. With `false` (shadow mode) all limits count and report, but nothing is refused: limits of requests,
   * upgrades, frames and the token endpoint. `report()` says who would have been refused.
   *
   * @defaultValue true
   */
  enforce?: boolean;
  /**
   * Options of the token endpoints.
   *
   * @defaultValue see {@link TokenEndpointOptions}
   */
  tokens?: TokenEndpointOptions;
  /**
   * Dialect of the quota headers on every answer to an authorised API request.
   *
   * @defaultValue 'none' (Genesys Cloud since June 2021)
   */
  quotaHeaders?: QuotaHeaders;
  /**
   * Form of Retry-After on a 429: whole seconds rounded up, an HTTP-date, no header, or seconds with decimals. Any
   * other string is sent unchanged.
   *
   * @defaultValue 'seconds'; 'none' for Amazon Connect and Twilio, which document no such header
   */
  retryAfter?: 'seconds' | 'date' | 'none' | 'float' | (string & {});
  /**
   * Offset of the server's wall clock, ms; may be negative. It shifts `Date`, the date form of Retry-After and epoch
   * resets.
   *
   * @defaultValue 0
   */
  clockSkewMs?: number;
  /**
   * Names the limit in the body of a 429: `limit: { key, namespace, value }`.
   *
   * @defaultValue false
   */
  limitKeyInBody?: boolean;
  /**
   * Routes whose answers may be cached, by pattern: `{ 'GET /api/v2/scripts/:id': { maxAgeSec: 60, etag: true } }`. The
   * first pattern that matches decides.
   *
   * @defaultValue none (Genesys Cloud answers all of its API with `no-cache, no-store, must-revalidate`)
   */
  cacheable?: Record<string, CacheableRoute>;
  /**
   * CORS headers for browsers; with `false`, pages cannot read any answer.
   *
   * @defaultValue see {@link CorsOptions}
   */
  cors?: CorsOptions | false;
  /**
   * Options of get-next-event. CXone only.
   *
   * @defaultValue see {@link LongPollOptions}
   */
  longPoll?: LongPollOptions;
  /**
   * Largest number of open requests of an account. One more gets a 429 with code 20429. Each answer says how many are open, in
   * `Twilio-Concurrent-Requests`. Twilio only.
   *
   * @defaultValue no limit (Twilio publishes no number)
   */
  maxConcurrent?: number;
  /**
   * Options of WebSockets: limits on upgrades and frames, read rate, compression.
   *
   * @defaultValue see {@link SocketOptions}
   */
  sockets?: SocketOptions;
  /**
   * Options of notification channels. Genesys Cloud only.
   *
   * @defaultValue see {@link NotificationOptions}
   */
  notifications?: NotificationOptions;
  /**
   * Options of calls to softphones. Genesys Cloud only.
   *
   * @defaultValue see {@link CallOptions}
   */
  calls?: CallOptions;
  /**
   * Options of lists by id and of bulk writes. Genesys Cloud only.
   *
   * @defaultValue see {@link BulkRequestOptions}
   */
  bulk?: BulkRequestOptions;
  /**
   * Options of asynchronous analytics jobs. Genesys Cloud only.
   *
   * @defaultValue see {@link JobOptions}
   */
  jobs?: JobOptions;
  /**
   * Number of entities at the start, for example `{ users: 10_000, contacts: 5_000 }`. Genesys Cloud only.
   *
   * @defaultValue see {@link EntityCounts}
   */
  entities?: EntityCounts;
  /**
   * Serves all operations of the Genesys SDK with plausible bodies. A path without a route of its own answers a body of
   * the operation's model, which is the same for the same id and seed. Unknown paths below `/api/v2` get 404, and
   * methods that a path does not have 405. Without the option, any path gets a short generic body. Genesys Cloud only.
   *
   * @defaultValue false
   */
  operations?: boolean;
  /**
   * Simulated faults.
   *
   * @defaultValue none
   */
  faults?: Fault[];
}

/**
 * Options that `set()` of a simulator accepts: all except the platform, the port, the seed, the
 * entities and the operations.
 * @public
 */
export type SimulatorChange = Partial<Omit<SimulatorOptions, 'platform' | 'port' | 'seed' | 'entities' | 'operations'>>;

/** All settings that can change at run time, with their defaults. */
export interface Settings {
  readonly service: { readonly min: number; readonly max: number };
  readonly latency: LatencyProfile;
  readonly limits: readonly LimitSettings[];
  readonly enforce: boolean;
  readonly tokens: TokenSettings;
  readonly quotaHeaders: QuotaHeaders;
  readonly retryAfter: string;
  readonly clockSkewMs: number;
  readonly limitKeyInBody: boolean;
  readonly cacheable: readonly CacheableSettings[];
  readonly cors: CorsSettings | undefined;
  readonly longPoll: Required<LongPollOptions>;
  readonly maxConcurrent: number;
  readonly sockets: SocketSettings;
  readonly notifications: Required<NotificationOptions>;
  readonly calls: Required<CallOptions>;
  readonly bulk: BulkSettings;
  readonly jobs: Required<JobOptions>;
  readonly faults: readonly FaultSettings[];
}
