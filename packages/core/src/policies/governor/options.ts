import type { Call } from '../../call/call.js';
import {
  callable,
  type Check,
  either,
  isRecord,
  list,
  number,
  oneOf,
  orFalse,
  refuse,
  shape,
  text,
} from '../../contract/check.js';
import type { Enforcement } from '../../contract/counting.js';
import type { GovernorEngine } from '../../contract/engines.js';
import { ConfigError } from '../../contract/errors.js';
import type { QuotaHeaders } from '../../http/quota-headers.js';

/** Checks a {@link GovernorEngine}. */
export const checkGovernorEngine: Check<GovernorEngine> = (value, key) => {
  const fits = isRecord(value) && typeof value['name'] === 'string' && typeof value['acquire'] === 'function';
  return fits ? (value as unknown as GovernorEngine) : refuse(key, value, 'an engine with name and acquire');
};

/** What a quota is counted by. */
export type QuotaScope = 'credential' | 'tenant' | 'route' | 'host' | ((call: Call) => string);

/** A platform limit: at most `limit` attempts per `windowMs` and scope, counted as the platform counts. */
export interface Quota {
  /** Attempts per window. `discover`: found out from the platform's refusals, and followed when it moves. */
  limit: number | 'discover';
  /** Length of the window in ms; of a limit to be discovered a first guess. */
  windowMs: number;
  /**
   * How the platform counts this quota, where not as the governor's `enforcement` says.
   * @defaultValue that of the governor; 'sliding' with `shape: 'bucket'` (what is smoothed wants no asking)
   */
  enforcement?: Enforcement;
  /**
   * What it is counted by. A function returns the key itself, for example an id from the path.
   * @defaultValue 'credential', or 'route' for quotas of an endpoint
   */
  scope?: QuotaScope;
  /**
   * Instead of `scope`, in quotas of an endpoint: a parameter of its pattern. Each value of it is counted by itself: with
   * `key: 'contactId'` in `'* /contacts/:contactId/**'` every contact has the quota, over all routes of the pattern.
   * @defaultValue none
   */
  key?: string;
  /**
   * `window` lets the whole limit go in a burst; `bucket` smooths it by `burst` and `ratePerSec`. The window holds in both.
   * @defaultValue 'window'
   */
  shape?: 'window' | 'bucket';
  /**
   * Attempts a full bucket allows at once: ours (`shape: 'bucket'`), or the platform's (`enforcement: 'bucket'`), where it may
   * be above `limit`.
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

/** Parts of a quota to be content with. */
export interface Headroom {
  /**
   * Part of the limit that may go in a burst, above 0, at most 1.
   * @defaultValue 1
   */
  capacity?: number;
  /**
   * Part of the limit that flows in per window, above 0, at most 1.
   * @defaultValue 1
   */
  refill?: number;
}

/** Options of the governor. */
export interface GovernorOptions {
  /**
   * The limits to keep. All that apply to an attempt must allow it.
   * @defaultValue none: gates and priorities work without any; presets bring the documented ones
   */
  quotas?: Quota[];
  /**
   * How the platform counts its quotas: in `fixed` windows, in a `sliding` one, or by a `bucket`. Until `auto` knows, a limit
   * holds in any window, wherever it starts; to know, it sends one attempt beyond each quota, of a call that could wait for
   * the refusal to pass, and where that is accepted up to 4 more (a third of the limit where answers are slow) and one more later. `fixed` sends the
   * first of them too, to find where the windows begin. `sliding` sends none: the limit holds in any window, strictly.
   * @defaultValue 'auto'
   */
  enforcement?: Enforcement;
  /**
   * Leaves a part of every quota unused: bursts of `capacity * limit`, refilled at `refill * limit` per window, while the
   * limit itself still holds in any window. `{ capacity: 0.8, refill: 0.9 }` is often recommended. It costs what it leaves,
   * a tenth of all throughput there; the default needs none, for it counts from the arrival of answers and follows refusals.
   * @defaultValue none
   */
  headroom?: Headroom;
  /**
   * Attempts per second and credential, evenly spaced, never more: for planned load. Up to 20 ms of them may leave together,
   * where timers come late.
   * @defaultValue Infinity
   */
  ratePerSec?: number;
  /**
   * From a credential's first attempt on the rate grows evenly from nothing to `ratePerSec`, in ms; without that, to what its
   * quota allows on average.
   * @defaultValue 0 (none)
   */
  rampUpMs?: number;
  /**
   * How many calls may wait, per credential.
   * @defaultValue 10,000 (ours: about 7 MB when all wait)
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
  /**
   * Headers of the platform's own that tell of its quotas; `false`: none are read. They are read before those that are known:
   * `RateLimit`, `RateLimit-*`, `X-RateLimit-*`, `X-Rate-Limit-*` and `inin-ratelimit-*`.
   * @defaultValue {} (the known names)
   */
  quotaHeaders?: QuotaHeaders | false;
  /**
   * Somebody else's limiter, for teams that run on one: an attempt then needs its slot too. Quotas given beside it hold as well,
   * strictly: as with `enforcement: 'sliding'`, for what waits after its permit tells nothing of how the platform counts.
   * @defaultValue false (none: our own)
   */
  engine?: GovernorEngine | false;
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

const enforcementCheck = oneOf('auto', 'fixed', 'sliding', 'bucket');
const limitCheck: Check<number | 'discover'> = either(
  number({ min: 1, integer: true }),
  oneOf('discover'),
  (value) => typeof value === 'number',
);

const quotaShape = shape<Quota>({
  limit: limitCheck,
  windowMs: number({ min: 1 }),
  enforcement: enforcementCheck,
  scope: scopeCheck,
  key: text,
  shape: oneOf('window', 'bucket'),
  burst: number({ min: 1 }),
  ratePerSec: number({ above: 0 }),
  name: text,
});

/** Checks one {@link Quota}. */
export const checkQuota: Check<Quota> = (value, key) => {
  const quota = quotaShape(value, key);
  if (quota.limit === undefined) refuse(`${key}.limit`, undefined, "an integer of at least 1, or 'discover'");
  if (quota.windowMs === undefined) refuse(`${key}.windowMs`, undefined, 'a number of at least 1');
  const smoothed = quota.shape === 'bucket';
  if (quota.ratePerSec !== undefined && !smoothed)
    throw new ConfigError(`${key}.ratePerSec needs ${key}.shape 'bucket', got ${quota.shape ?? 'none'}`);
  if (quota.burst !== undefined && !smoothed && quota.enforcement !== 'bucket')
    throw new ConfigError(`${key}.burst needs ${key}.shape 'bucket' or ${key}.enforcement 'bucket', got neither`);
  if (quota.limit === 'discover' && (smoothed || quota.burst !== undefined))
    throw new ConfigError(`${key}.limit must be a number where it is smoothed or has a burst, got 'discover'`);
  if (quota.key !== undefined && quota.scope !== undefined)
    throw new ConfigError(`${key}.key takes the place of ${key}.scope: give one of them`);
  return quota;
};

const sharesCheck: Check<Record<string, number>> = (value, key) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(key, value, 'an object of weights by tenant');
  const weight = number({ above: 0 });
  return Object.fromEntries(Object.entries(value).map(([tenant, n]) => [tenant, weight(n, `${key}['${tenant}']`)]));
};

const part = number({ above: 0, max: 1 });

/** A header's name (RFC 9110 §5.6.2). */
const headerName: Check<string> = (value, key) =>
  typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]{1,200}$/.test(value)
    ? value
    : refuse(key, value, 'the name of a header');

/** One check for each of {@link GovernorOptions} but the engine, for adapters whose options hold these too. */
export const GOVERNOR_CHECKS = {
  quotas: list(checkQuota),
  enforcement: enforcementCheck,
  headroom: shape<Headroom>({ capacity: part, refill: part }),
  ratePerSec: number({ above: 0, infinite: true }),
  rampUpMs: number({ min: 0 }),
  maxQueued: number({ min: 0, integer: true, infinite: true }),
  overflow: oneOf('reject', 'shed'),
  agingMs: number({ above: 0, infinite: true }),
  shares: sharesCheck,
  defaultRetryAfterMs: number({ min: 0, max: 86_400_000 }),
  gateJitterMs: number({ min: 0, max: 60_000 }),
  quotaHeaders: orFalse(shape<QuotaHeaders>({ remaining: headerName, reset: headerName, limit: headerName })),
};

const governorShape = shape<GovernorOptions>({ ...GOVERNOR_CHECKS, engine: orFalse(checkGovernorEngine) });

/** Checks {@link GovernorOptions}. */
export const checkGovernor: Check<GovernorOptions> = (value, key) => {
  const options = governorShape(value, key);
  const { quotas = [] } = options;
  for (const [i, quota] of quotas.entries()) {
    if (quota.key !== undefined)
      throw new ConfigError(`${key}.quotas[${i}].key needs an endpoint with such a parameter: give the quota there`);
  }
  return options;
};

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
  enforcement: 'auto',
  headroom: {} as Headroom,
  ratePerSec: Infinity,
  rampUpMs: 0,
  maxQueued: 10_000,
  overflow: 'reject',
  agingMs: 1_000,
  shares: {} as Record<string, number>,
  defaultRetryAfterMs: 3_000,
  gateJitterMs: 100,
  quotaHeaders: {} as QuotaHeaders | false,
  engine: false as GovernorEngine | false,
} as const satisfies Required<GovernorOptions>;

/** A quota of an endpoint, with the place of its `key` in the path. */
export interface PlacedQuota extends Quota {
  /** Index of the segment by which it is counted. */
  readonly segment?: number;
  /** The pattern as far as that segment: what is counted. Longer paths, and other methods, may be about the same. */
  readonly entity?: string;
}

/**
 * Checks what options need of each other, once they are laid over those before.
 *
 * @throws ConfigError
 */
export function checkTogether(
  { rampUpMs = 0, ratePerSec = Infinity, quotas = [] }: GovernorOptions,
  key: string,
): void {
  const known = quotas.some(({ limit, scope = 'credential' }) => limit !== 'discover' && scope === 'credential');
  if (rampUpMs > 0 && ratePerSec === Infinity && !known)
    throw new ConfigError(
      `${key}.rampUpMs needs ${key}.ratePerSec or a quota of the credential whose limit is a number, got neither`,
    );
}

const resolved = new WeakMap<
  Quota,
  { enforcement: Enforcement; headroom: Headroom; strict: boolean; quota: PlacedQuota }
>();

/** A quota with what the governor's options say of all. The same object for the same options: scopes know quotas by it. */
export function resolveQuota(quota: PlacedQuota, options: Required<GovernorOptions>): PlacedQuota {
  const { enforcement, headroom, engine } = options;
  const strict = engine !== false;
  const known = resolved.get(quota);
  if (known?.enforcement === enforcement && known.headroom === headroom && known.strict === strict) return known.quota;
  const { limit, windowMs, shape } = quota;
  const { capacity = 1, refill = 1 } = headroom;
  const smooth = shape !== 'bucket' && limit !== 'discover' && (capacity < 1 || refill < 1);
  const result: PlacedQuota = smooth
    ? {
        ...quota,
        shape: 'bucket',
        burst: Math.max(1, Math.floor(capacity * limit)),
        ratePerSec: (refill * limit * 1000) / windowMs,
      }
    : { ...quota };
  if (strict) result.enforcement = 'sliding';
  else result.enforcement = quota.enforcement ?? (result.shape === 'bucket' ? 'sliding' : enforcement);
  resolved.set(quota, { enforcement, headroom, strict, quota: result });
  return result;
}
