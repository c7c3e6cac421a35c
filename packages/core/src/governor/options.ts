import type { Call } from '../call.js';
import { callable, either, list, number, oneOf, refuse, shape, text, type Check } from '../check.js';
import { ConfigError } from '../errors.js';

/** What a quota is counted by. */
export type QuotaScope = 'credential' | 'tenant' | 'route' | 'host' | ((call: Call) => string);

/** A platform limit: at most `limit` attempts in any `windowMs`, per scope. */
export interface Quota {
  /** Attempts per window. */
  limit: number;
  /** Length of the window in ms. */
  windowMs: number;
  /**
   * What it is counted by. A function returns the key itself, for example an id from the path.
   * @defaultValue 'credential', or 'route' for quotas of an endpoint
   */
  scope?: QuotaScope;
  /**
   * `window` lets the whole limit go in a burst; `bucket` smooths it by `burst` and `ratePerSec`. The window holds in both.
   * @defaultValue 'window'
   */
  shape?: 'window' | 'bucket';
  /**
   * Attempts a full bucket allows at once.
   * @defaultValue limit
   */
  burst?: number;
  /**
   * Attempts per second a bucket regains.
   * @defaultValue limit / windowMs
   */
  ratePerSec?: number;
  /**
   * The platform's own name of it (Genesys: `limit.key` of a 429 body). A 429 that names it closes its gate and no other.
   * Quotas of one name are one quota: give it where several endpoints count together, or where `update` brings a new function.
   * @defaultValue scope and numbers
   */
  name?: string;
}

/** Options of the governor. */
export interface GovernorOptions {
  /**
   * The limits to keep. All that apply to an attempt must allow it.
   * @defaultValue none: gates and priorities work without any; presets bring the documented ones
   */
  quotas?: Quota[];
  /**
   * How many calls may wait, per credential.
   * @defaultValue 10,000 (ours: about 25 MB when all wait)
   */
  maxQueued?: number;
  /**
   * What a full queue does: `reject` refuses the newcomer, `shed` gives up the newest call of the lowest priority below it.
   * @defaultValue 'reject'
   */
  overflow?: 'reject' | 'shed';
  /**
   * A priority class that has had no permit for this long, in ms, gets the next one, so that none starves. At most every
   * second permit is given that way.
   * @defaultValue 1,000 (ours)
   */
  agingMs?: number;
  /**
   * Weight of each tenant inside its priority class; tenants not named weigh 1.
   * @defaultValue all 1
   */
  shares?: Record<string, number>;
  /**
   * How long a gate stays closed after a 429 that does not say, in ms.
   * @defaultValue 3,000 (`retryAfterDefaultMs` of the vendor's Java and .NET SDKs)
   */
  defaultRetryAfterMs?: number;
  /**
   * Upper bound of the random delay added when a gate opens, in ms, so that processes do not start in step.
   * @defaultValue 100 (ours)
   */
  gateJitterMs?: number;
}

/** Options of the bulkhead. */
export interface BulkheadOptions {
  /** Attempts on the wire at the same time. */
  maxConcurrent: number;
  /**
   * What they are counted by.
   * @defaultValue 'credential', or 'route' for an endpoint
   */
  scope?: 'credential' | 'tenant' | 'route' | 'host';
}

const scopeCheck: Check<QuotaScope> = either(
  callable<(call: Call) => string>(),
  oneOf('credential', 'tenant', 'route', 'host'),
  (value) => typeof value === 'function',
);

const quotaShape = shape<Quota>({
  limit: number({ min: 1, integer: true }),
  windowMs: number({ min: 1 }),
  scope: scopeCheck,
  shape: oneOf('window', 'bucket'),
  burst: number({ min: 1 }),
  ratePerSec: number({ above: 0 }),
  name: text,
});

/** Checks one {@link Quota}. */
export const checkQuota: Check<Quota> = (value, key) => {
  const quota = quotaShape(value, key);
  if (quota.limit === undefined) refuse(`${key}.limit`, undefined, 'an integer of at least 1');
  if (quota.windowMs === undefined) refuse(`${key}.windowMs`, undefined, 'a number of at least 1');
  for (const name of ['burst', 'ratePerSec'] as const) {
    if (quota[name] !== undefined && quota.shape !== 'bucket') {
      throw new ConfigError(`${key}.${name} needs ${key}.shape 'bucket', got ${quota.shape ?? 'none'}`);
    }
  }
  return quota;
};

const sharesCheck: Check<Record<string, number>> = (value, key) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(key, value, 'an object of weights by tenant');
  const weight = number({ above: 0 });
  return Object.fromEntries(Object.entries(value).map(([tenant, n]) => [tenant, weight(n, `${key}['${tenant}']`)]));
};

/** Checks {@link GovernorOptions}. */
export const checkGovernor = shape<GovernorOptions>({
  quotas: list(checkQuota),
  maxQueued: number({ min: 0, integer: true, infinite: true }),
  overflow: oneOf('reject', 'shed'),
  agingMs: number({ above: 0, infinite: true }),
  shares: sharesCheck,
  defaultRetryAfterMs: number({ min: 0, max: 86_400_000 }),
  gateJitterMs: number({ min: 0, max: 60_000 }),
});

const bulkheadShape = shape<BulkheadOptions>({
  maxConcurrent: number({ min: 1, integer: true }),
  scope: oneOf('credential', 'tenant', 'route', 'host'),
});

/** Checks {@link BulkheadOptions}. */
export const checkBulkhead: Check<BulkheadOptions> = (value, key) => {
  const options = bulkheadShape(value, key);
  if (options.maxConcurrent === undefined) refuse(`${key}.maxConcurrent`, undefined, 'an integer of at least 1');
  return options;
};

/** Options in force where the user gave none. */
export const GOVERNOR_DEFAULTS = {
  quotas: [] as Quota[],
  maxQueued: 10_000,
  overflow: 'reject',
  agingMs: 1_000,
  shares: {} as Record<string, number>,
  defaultRetryAfterMs: 3_000,
  gateJitterMs: 100,
} as const satisfies Required<GovernorOptions>;
