import {
  check,
  ConfigError,
  systemClock,
  systemRandom,
  type Check,
  type Clock,
  type Inboxes,
  type Random,
  type RetryOptions,
  type Store,
} from '@holdline/core';
import type { HttpHandlerOptions } from './http/options.js';
import type { HandleEvent, IncomingEvent, Verifier } from './types.js';

/**
 * The inbound rate that an inbox accepts. It is separate from the quotas of outgoing calls, and each process counts its own.
 * @public
 */
export interface InboundQuota {
  /** Largest number of events in any window. Duplicates count, because each costs an exchange with the store. */
  limit: number;
  /** Length of the window in ms. */
  windowMs: number;
  /**
   * Returns the source of an event, such as its tenant. Each source then has the whole quota for itself, so that a flood from one
   * source does not refuse the events of others.
   * @defaultValue all events have one source
   */
  by?: (event: IncomingEvent) => string;
}

/**
 * How an inbox repeats a handling that failed.
 * @public
 */
export interface HandlingRetryOptions extends Pick<RetryOptions, 'baseDelayMs' | 'maxDelayMs' | 'jitter' | 'backoff'> {
  /**
   * Maximum number of handlings of an event, including the first. A crash of the process during a handling counts.
   * @defaultValue 10 (ours: with the default delays, an event fails for about nine minutes until it is a dead letter)
   */
  maxAttempts?: number;
  /**
   * Maximum delay before the first retry, in ms. The maximum doubles with each further retry.
   * @defaultValue 1,000 (ours)
   */
  baseDelayMs?: number;
  /**
   * Upper limit of the delay, in ms.
   * @defaultValue 300,000 (ours: the longest delay of the retry profile `batch`)
   */
  maxDelayMs?: number;
}

/**
 * Options of the function `inbox`.
 * @public
 */
export interface InboxOptions {
  /** Where the events are: `memoryStore()`, `fileStore()` or `redisStore()`. Inboxes of several processes need a shared store. */
  store: Store;
  /**
   * Handles one event. It may run more than once for an event, and then has to give the same result.
   * @defaultValue none: this process only accepts events, and another process handles them
   */
  handle?: HandleEvent;
  /**
   * Checks requests of one sender and reads their events, such as `genesysOpenMessaging({ secret })`. The inbox then has `fetch`.
   * @defaultValue none: the inbox has no HTTP handler
   */
  verify?: Verifier;
  /**
   * Options of the HTTP handler. They need `verify`.
   * @defaultValue see {@link HttpHandlerOptions}
   */
  http?: Omit<HttpHandlerOptions, 'clock'>;
  /**
   * Name of the inbox. Inboxes with the same name in one store share their events.
   * @defaultValue 'inbox'
   */
  name?: string;
  /**
   * The inbound rate that this process accepts. Above it, events are refused with the wait until the next one is accepted.
   * @defaultValue none: only `maxEvents` limits the events
   */
  quota?: InboundQuota;
  /**
   * Largest number of stored events, dead letters included. Above it, events are refused.
   * @defaultValue 100,000 (ours: some 160 MB in the memory store for events of 1 kB)
   */
  maxEvents?: number;
  /**
   * Largest size of an event as JSON, in characters. A larger event is an error.
   * @defaultValue 1,048,576 (ours: four times the 256 kB of EventBridge)
   */
  maxEventLength?: number;
  /**
   * Largest number of events that this process handles at the same time.
   * @defaultValue 10 (ours)
   */
  concurrency?: number;
  /**
   * How a failed handling is repeated.
   * @defaultValue see {@link HandlingRetryOptions}
   */
  retry?: HandlingRetryOptions;
  /**
   * Longest time for one handling, in ms. Then its signal aborts, the handling counts as failed, and a later result is ignored.
   * @defaultValue 300,000 (ours: a call may wait a minute in the queue of a line, more than once)
   */
  handleTimeoutMs?: number;
  /**
   * Time in ms after which another process takes over the events of a silent process. A working process renews its claims.
   * @defaultValue 30,000 (ours)
   */
  claimMs?: number;
  /**
   * Longest time for `accept`, in ms. Then it refuses the event. If the store has the event nevertheless, its repetition is a duplicate.
   * @defaultValue 4,000 (API destinations of EventBridge wait 5 s, Genesys waits 10 s)
   */
  acceptTimeoutMs?: number;
  /**
   * Time in ms for which the inbox recognises a handled event by its identifier.
   * @defaultValue 86,400,000 (EventBridge repeats an event for 24 hours)
   */
  rememberMs?: number;
  /**
   * Largest number of identifiers to remember. The oldest is forgotten first, and its event would then be accepted again.
   * @defaultValue 500,000 (ours: almost six events a second for a day; some 120 MB in the memory store)
   */
  maxRemembered?: number;
  /**
   * Whether each handling is a transaction with the identifier of its event. Outgoing writes of a repeated handling then have the same
   * idempotency keys.
   * @defaultValue true
   */
  transaction?: boolean;
  /**
   * The clock.
   * @defaultValue the system clock
   */
  clock?: Clock;
  /**
   * The random numbers of the retry delays.
   * @defaultValue the system's random numbers
   */
  random?: Random;
}

/** Defaults of {@link InboxOptions}. */
export const INBOX_DEFAULTS = {
  name: 'inbox',
  maxEvents: 100_000,
  maxEventLength: 1_048_576,
  concurrency: 10,
  handleTimeoutMs: 300_000,
  claimMs: 30_000,
  acceptTimeoutMs: 4_000,
  rememberMs: 86_400_000,
  maxRemembered: 500_000,
  transaction: true,
} as const satisfies Partial<InboxOptions>;

/** Defaults of {@link HandlingRetryOptions}. */
export const HANDLING_RETRY_DEFAULTS = {
  maxAttempts: 10,
  baseDelayMs: 1_000,
  maxDelayMs: 300_000,
} as const satisfies HandlingRetryOptions;

type Defaulted = keyof typeof INBOX_DEFAULTS | 'clock' | 'random';

/** {@link InboxOptions}, checked and complete. */
export interface ResolvedInboxOptions extends Required<Pick<InboxOptions, Defaulted>> {
  readonly inboxes: Inboxes;
  readonly handle: HandleEvent | undefined;
  readonly verify: Verifier | undefined;
  readonly http: Omit<HttpHandlerOptions, 'clock'> | undefined;
  readonly quota: InboundQuota | undefined;
  readonly retry: HandlingRetryOptions & Required<Pick<HandlingRetryOptions, keyof typeof HANDLING_RETRY_DEFAULTS>>;
}

const count = check.number({ min: 1, integer: true });
const positive = check.number({ above: 0 });
const nonNegative = check.number({ min: 0 });

const checkStore: Check<Store> = (value, key) => {
  if (!check.isRecord(value)) check.refuse(key, value, 'a store such as memoryStore()');
  if (!check.isRecord(value.inboxes) || typeof value.inboxes.open !== 'function')
    throw new ConfigError(`${key} must be a store with inboxes, such as memoryStore() or redisStore()`);
  return value as unknown as Store;
};

const port =
  <T extends Clock | Random>(allowed: string, ...methods: (keyof T & string)[]): Check<T> =>
  (value, key) =>
    check.isRecord(value) && methods.every((method) => typeof value[method] === 'function')
      ? (value as unknown as T)
      : check.refuse(key, value, allowed);

const backoff: Check<NonNullable<HandlingRetryOptions['backoff']>> = (value, key) =>
  typeof value === 'function' ? (value as (retry: number) => number) : check.list(nonNegative)(value, key);

const checkShape = check.shape<InboxOptions>({
  store: checkStore,
  handle: check.callable<HandleEvent>(),
  verify: check.callable<Verifier>(),
  // The handler checks its own options.
  http: (value, key) => (check.isRecord(value) ? value : check.refuse(key, value, 'an object')),
  name: check.text,
  quota: check.shape<InboundQuota>({
    limit: count,
    windowMs: positive,
    by: check.callable<(event: IncomingEvent) => string>(),
  }),
  maxEvents: count,
  maxEventLength: count,
  concurrency: count,
  retry: check.shape<HandlingRetryOptions>({
    maxAttempts: count,
    baseDelayMs: nonNegative,
    maxDelayMs: nonNegative,
    jitter: check.oneOf('full', 'none'),
    backoff,
  }),
  handleTimeoutMs: positive,
  claimMs: check.number({ min: 100 }),
  acceptTimeoutMs: positive,
  rememberMs: nonNegative,
  maxRemembered: check.number({ min: 0, integer: true }),
  transaction: check.flag,
  clock: port<Clock>('a clock with now, wall, setTimer', 'now', 'wall', 'setTimer'),
  random: port<Random>('a random source with next', 'next'),
});

/**
 * Checks {@link InboxOptions}.
 * @throws ConfigError naming the key, the value and the allowed values.
 */
export function checkInboxOptions(options: InboxOptions): ResolvedInboxOptions {
  const { store, handle, verify, http, quota, retry, ...rest } = checkShape(options, 'options');
  if (!store) check.refuse('options.store', store, 'a store such as memoryStore()');
  if (quota && (quota.limit === undefined || quota.windowMs === undefined))
    throw new ConfigError('options.quota needs limit and windowMs');
  if (http && !verify) throw new ConfigError('options.http needs verify');
  return {
    clock: systemClock,
    random: systemRandom,
    ...INBOX_DEFAULTS,
    ...rest,
    inboxes: store.inboxes as Inboxes,
    handle,
    verify,
    http,
    quota,
    retry: { ...HANDLING_RETRY_DEFAULTS, ...retry },
  };
}
