import type { CorsOptions, CorsSettings } from './cors-options.js';
import type { Fault, FaultSettings } from './fault-options.js';
import type { Limit, LimitSettings } from './limit-options.js';
import type { LongPollOptions } from './long-poll-options.js';
import type { NotificationOptions } from './notification-options.js';
import type { SocketOptions, SocketSettings } from './socket-options.js';
import type { TokenEndpointOptions, TokenSettings } from './token-options.js';

/**
 * Dialects of quota hints. `inin`: `inin-ratelimit-count/-allowed/-reset` (used, limit, seconds). `ratelimit`: the
 * fields of the early drafts, `RateLimit-Limit/-Remaining/-Reset` (seconds). `ratelimit-policy`: the structured fields
 * of draft 10, `RateLimit-Policy` and `RateLimit`, one item for each limit. `x-ratelimit`:
 * `X-RateLimit-Limit/-Remaining/-Reset` (epoch seconds). `x-rate-limit`: `X-Rate-Limit-Limit/-Remaining/-Reset`
 * (seconds). All but `ratelimit-policy` speak of the limit with the fewest permits left.
 */
export type QuotaHeaders = 'none' | 'inin' | 'ratelimit' | 'ratelimit-policy' | 'x-ratelimit' | 'x-rate-limit';

export interface SimulatorOptions {
  /** The platform to be. */
  platform: 'genesys' | 'cxone';
  /**
   * Port on 127.0.0.1.
   *
   * @defaultValue 0, any free one
   */
  port?: number;
  /**
   * Seed of all chance: faults by rate, jitter of `serviceMs`, ids, tokens, phases. Same seed and same order of
   * requests, same answers.
   *
   * @defaultValue 1
   */
  seed?: number;
  /**
   * Time between executing a request and answering it, ms. Refusals (401, 429) are immediate.
   *
   * @defaultValue 0
   */
  serviceMs?: number | { min: number; max: number };
  /**
   * Limits that apply at once.
   *
   * @defaultValue what the platform documents. Genesys Cloud: `token.rate.per.minute`, 300 per token in fixed windows of
   * 60,000 ms. CXone: five of Digital Engagement (updates of contacts, of one contact, outbound, inbound, reads)
   */
  limits?: Limit[];
  /**
   * The token endpoint.
   * @defaultValue see {@link TokenEndpointOptions}
   */
  tokens?: TokenEndpointOptions;
  /**
   * Quota hints on every answer to an authorised API request.
   *
   * @defaultValue 'none', as Genesys Cloud since June 2021
   */
  quotaHeaders?: QuotaHeaders;
  /**
   * How a 429 says when: whole seconds rounded up, an HTTP-date, not at all, or seconds with decimals. Any other
   * string is sent as it is.
   *
   * @defaultValue 'seconds'
   */
  retryAfter?: 'seconds' | 'date' | 'none' | 'float' | (string & {});
  /**
   * How far the server's wall clock is ahead: `Date`, the date form of Retry-After, epoch resets. ms, may be negative.
   *
   * @defaultValue 0
   */
  clockSkewMs?: number;
  /**
   * A 429 names the limit in its body: `limit: { key, namespace, value }`.
   *
   * @defaultValue false
   */
  limitKeyInBody?: boolean;
  /**
   * What browsers let pages see. `false`: nothing, not even the answer.
   *
   * @defaultValue see {@link CorsOptions}
   */
  cors?: CorsOptions | false;
  /**
   * How get-next-event waits. CXone only.
   *
   * @defaultValue see {@link LongPollOptions}
   */
  longPoll?: LongPollOptions;
  /**
   * WebSockets: limits on upgrades and frames, speed, compression.
   *
   * @defaultValue see {@link SocketOptions}
   */
  sockets?: SocketOptions;
  /**
   * Notification channels. Genesys Cloud only.
   *
   * @defaultValue see {@link NotificationOptions}
   */
  notifications?: NotificationOptions;
  /**
   * What goes wrong.
   *
   * @defaultValue nothing
   */
  faults?: Fault[];
}

/** What `set()` of a simulator takes: everything but the platform, the port and the seed. */
export type SimulatorChange = Partial<Omit<SimulatorOptions, 'platform' | 'port' | 'seed'>>;

/** What can change at run time, complete. */
export interface Settings {
  readonly service: { readonly min: number; readonly max: number };
  readonly limits: readonly LimitSettings[];
  readonly tokens: TokenSettings;
  readonly quotaHeaders: QuotaHeaders;
  readonly retryAfter: string;
  readonly clockSkewMs: number;
  readonly limitKeyInBody: boolean;
  readonly cors: CorsSettings | undefined;
  readonly longPoll: Required<LongPollOptions>;
  readonly sockets: SocketSettings;
  readonly notifications: Required<NotificationOptions>;
  readonly faults: readonly FaultSettings[];
}
