import type { NotificationOptions } from './genesys/notification-options.js';
import type { Pattern } from './match.js';
import type { SocketOptions, SocketSettings } from './sockets/options.js';

/** One limit of the platform. Several apply at once; a request must pass all of those that match it. */
export interface Limit {
  /** Unique name, sent as the key in bodies and quota headers: letters, digits, `.`, `_`, `-`. */
  name: string;
  /**
   * What one counter belongs to: an access token, an OAuth client, a user, a tenant, a thing (one contact, one queue) of a
   * tenant, a route (over all tokens), or everything. With a `match` without wildcards, `route` means that one pattern.
   * Genesys Cloud has one tenant here; on CXone the token says which.
   */
  per: 'token' | 'client' | 'user' | 'tenant' | 'entity' | 'route' | 'org';
  /**
   * Which requests it counts, for example `PUT /api/v2/architect/ivrs/:id` or `POST /api/v2/analytics/**`; several
   * patterns are counted together.
   *
   * @defaultValue every API request
   */
  match?: string | string[];
  /**
   * The `:name` in `match` that says which thing it is. Only with `per: 'entity'`.
   *
   * @defaultValue the last `:name` of the first pattern
   */
  entity?: string;
  /** Requests per window, 1 or more. */
  limit: number;
  /** Length of the window, ms. */
  windowMs: number;
  /**
   * How it counts. `fixed`: windows one after the other. `sliding`: an exact log, any window. `bucket`: `burst`
   * permits, refilled evenly with `limit` per `windowMs`.
   */
  enforcement: 'fixed' | 'sliding' | 'bucket';
  /**
   * Offset of the fixed windows from the start of the simulator, 0 to `windowMs`, ms. Only with `fixed`.
   *
   * @defaultValue random, from `seed` and `name`
   */
  phaseMs?: number;
  /**
   * Capacity of the bucket, permits. Only with `bucket`.
   *
   * @defaultValue `limit`
   */
  burst?: number;
}

/**
 * Something that goes wrong. Faults strike requests that passed authentication and limits, so a struck request has
 * spent its permits. The first fault that fires decides; `delay` adds to whatever else happens.
 */
export interface Fault {
  /**
   * Which requests it may strike.
   *
   * @defaultValue every API request; the token endpoint only when named: `POST /oauth/token`
   */
  match?: string;
  /**
   * - `drop-before`: the socket is destroyed, nothing was executed
   * - `drop-after`: executed, then the socket is destroyed without an answer
   * - `delay`: executed, the answer comes `delayMs` later
   * - `status`: answered with `status` instead of being executed
   * - `truncate`: executed; full content-length, half of the body, then the socket is destroyed
   * - `malformed-headers`: executed (answered with `status` and not executed if `status` is set), written raw with
   *   header values that make no sense but that Node's parser lets through
   */
  kind: 'drop-before' | 'drop-after' | 'delay' | 'status' | 'truncate' | 'malformed-headers';
  /** Chance for each matching request, 0 to 1, from `seed`. Not together with `every`. */
  rate?: number;
  /** Strikes each nth matching request. Not together with `rate`. Without both, each matching request. */
  every?: number;
  /**
   * Strikes so many times, then never again.
   *
   * @defaultValue no end
   */
  times?: number;
  /**
   * The first so many matching requests are spared.
   *
   * @defaultValue 0
   */
  after?: number;
  /** Waits so long before it answers or drops, ms. Required with `delay`. */
  delayMs?: number;
  /** Status to answer with, 200 to 599. Required with `status`, possible with `malformed-headers`. */
  status?: number;
  /** Headers to send: with `status` besides the usual ones, with `malformed-headers` instead of the built-in garbage. */
  headers?: Record<string, string>;
  /**
   * Body to answer with, with `status`. A string is sent as it is, anything else as JSON.
   *
   * @defaultValue the platform's error body
   */
  body?: unknown;
}

/** One answer given by {@link Simulator.script}, or `'pass'` to let one request through untouched. */
export type ScriptedAnswer = ScriptedResponse | 'pass';

export interface ScriptedResponse {
  /** 200 to 599; without meaning together with `drop`. */
  status: number;
  /** Sent besides the usual ones. A scripted 429 has a Retry-After only if it is given here. */
  headers?: Record<string, string>;
  /**
   * A string is sent as it is, anything else as JSON.
   *
   * @defaultValue what was executed answered, else the platform's error body, else `{}`
   */
  body?: unknown;
  /**
   * Answers so much later, ms.
   *
   * @defaultValue 0
   */
  delayMs?: number;
  /** Destroys the socket instead of answering, before or after executing. */
  drop?: 'before' | 'after';
  /**
   * The access token that this request carries dies.
   *
   * @defaultValue false
   */
  revoke?: boolean;
  /**
   * The request takes effect, whatever `status` says.
   *
   * @defaultValue true with `drop: 'after'`, else false
   */
  execute?: boolean;
}

/** So many in any window of this length. */
export interface Rate {
  /** 1 or more. */
  limit: number;
  /** ms. */
  windowMs: number;
}

export interface TokenEndpointOptions {
  /**
   * Known OAuth clients, id to secret.
   *
   * @defaultValue any id with any secret is accepted
   */
  clients?: Record<string, string>;
  /**
   * How long an access token lives, ms. `expires_in` says it in whole seconds, rounded down, at least 1.
   *
   * @defaultValue 86_400_000, the platform's default of 24 hours
   */
  lifetimeMs?: number;
  /**
   * A refresh gives a new refresh token and the old one dies; otherwise the same one comes back and lives on.
   *
   * @defaultValue true
   */
  rotateRefreshTokens?: boolean;
  /**
   * The token endpoint's own limit, per client, over a sliding window. Genesys Cloud refuses with HTTP 400
   * `invalid_request`, "rate limit exceeded", not with 429; CXone with 429. `false` takes it away again at run time.
   *
   * @defaultValue false
   */
  throttle?: Rate | false;
  /**
   * An access token that limits refuse more often than this dies: 401 from then on. Neither vendor documents it; some
   * texts claim it, and a client should survive it.
   *
   * @defaultValue false
   */
  revokeOnFlood?: Rate | false;
  /**
   * Which tenant a client, access key or user belongs to, by id. CXone only.
   *
   * @defaultValue what stands behind the last `@` of the id, else `tenant-1`
   */
  tenants?: Record<string, string>;
  /**
   * The next so many token requests answer 500.
   *
   * @defaultValue 0
   */
  fail?: number;
}

/**
 * Dialects of quota hints. `inin`: `inin-ratelimit-count/-allowed/-reset` (used, limit, seconds). `ratelimit`: the
 * fields of the early drafts, `RateLimit-Limit/-Remaining/-Reset` (seconds). `ratelimit-policy`: the structured fields
 * of draft 10, `RateLimit-Policy` and `RateLimit`, one item for each limit. `x-ratelimit`:
 * `X-RateLimit-Limit/-Remaining/-Reset` (epoch seconds). `x-rate-limit`: `X-Rate-Limit-Limit/-Remaining/-Reset`
 * (seconds). All but `ratelimit-policy` speak of the limit with the fewest permits left.
 */
export type QuotaHeaders = 'none' | 'inin' | 'ratelimit' | 'ratelimit-policy' | 'x-ratelimit' | 'x-rate-limit';

export interface CorsOptions {
  /**
   * Headers that pages may read besides the few a browser always shows: `['Retry-After']`. Preflights allow all that
   * is asked for, Authorization too.
   *
   * @defaultValue []
   */
  exposeHeaders?: string[];
  /**
   * Pages may send cookies: the origin is named instead of `*`, and `Access-Control-Allow-Credentials` is sent.
   *
   * @defaultValue false
   */
  credentials?: boolean;
}

/** How get-next-event waits. CXone only. */
export interface LongPollOptions {
  /**
   * Status of a poll that waited for nothing: 304 or 204 without a body, 200 with an empty list of events.
   *
   * @defaultValue 304
   */
  empty?: 200 | 204 | 304;
  /**
   * Longest wait, whatever the client asks for, ms.
   *
   * @defaultValue 60_000
   */
  maxWaitMs?: number;
}

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

/** A limit with its defaults filled in and its pattern parsed. */
export interface LimitSettings extends Required<Omit<Limit, 'match' | 'per'>> {
  readonly per: Limit['per'] | 'socket';
  readonly patterns: readonly Pattern[] | undefined;
}

/** A fault with its pattern parsed. */
export interface FaultSettings extends Omit<Fault, 'match'> {
  readonly pattern: Pattern | undefined;
  readonly after: number;
  readonly delayMs: number;
}

export interface TokenSettings {
  readonly clients: ReadonlyMap<string, string> | undefined;
  readonly lifetimeMs: number;
  readonly rotateRefreshTokens: boolean;
  readonly throttle: Readonly<Rate> | undefined;
  readonly revokeOnFlood: Readonly<Rate> | undefined;
  readonly tenants: ReadonlyMap<string, string> | undefined;
  /** Undefined in a change that leaves the failures still due alone. */
  readonly fail: number | undefined;
}

/** CORS with its defaults filled in; undefined where it is off. */
export interface CorsSettings {
  readonly exposeHeaders: readonly string[];
  readonly credentials: boolean;
}

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
