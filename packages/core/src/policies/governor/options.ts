import type { Call } from '../../contract/call.js';
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
import { checkEnforcement, type Enforcement } from '../../contract/counting.js';
import type { GovernorEngine } from '../../contract/engines.js';
import { ConfigError } from '../../contract/errors.js';
import type { QuotaHeaders } from '../../http/quota-headers.js';

/** Checks a {@link GovernorEngine}. */
export const checkGovernorEngine: Check<GovernorEngine> = (value, key, also = '') => {
  const fits = isRecord(value) && typeof value['name'] === 'string' && typeof value['acquire'] === 'function';
  return fits ? (value as unknown as GovernorEngine) : refuse(key, value, `${also}an engine with name and acquire`);
};

/**
 * What a quota is counted by. A function returns the key.
 * @public
 */
export type QuotaScope = 'credential' | 'tenant' | 'route' | 'host' | ((call: Call) => string);

/**
 * A limit of the platform: at most `limit` attempts per `windowMs` and scope.
 * @public
 */
export interface Quota {
  /** Attempts per window; `discover` learns the limit from refusals, and adapts when it changes. */
  limit: number | 'discover';
  /** Length of the window in ms; with `limit: 'discover'`, a first guess. */
  windowMs: number;
  /**
   * How the platform counts this quota. Overrides the governor's `enforcement`.
   * @defaultValue that of the governor; 'sliding' with `shape: 'smooth'` (a smoothed quota needs no trials)
   */
  enforcement?: Enforcement;
  /**
   * What the quota is counted by. A function returns the key itself, for example an id from the path.
   * @defaultValue 'credential', or 'route' for quotas of an endpoint
   */
  scope?: QuotaScope;
  /**
   * For quotas of an endpoint, instead of `scope`: a parameter of the endpoint's pattern. Each value is counted separately. With
   * `key: 'contactId'` in `'* /contacts/:contactId/**'`, every contact has the quota, over all routes of the pattern.
   * @defaultValue none
   */
  key?: string;
  /**
   * `window` allows the whole limit in one burst, `smooth` spreads it by `burst` and `ratePerSec`. Both keep the limit per window.
   * @defaultValue 'window'
   */
  shape?: 'window' | 'smooth';
  /**
   * Attempts that a full bucket allows at once. With `shape: 'smooth'` this is the line's own bucket; with `enforcement: 'bucket'`
   * it is the platform's, and may be above `limit`.
   * @defaultValue limit
   */
  burst?: number;
  /**
   * Attempts per second that a bucket regains.
   * @defaultValue limit / windowMs
   */
  ratePerSec?: number;
  /**
   * The platform's name of the quota (Genesys: `limit.key` of a 429 body). A 429 with this name closes the gate of this quota and no
   * other. Quotas with the same name are one quota within their scope. So several endpoints count together if their quotas have the
   * same name and the scope `credential`. A name also keeps the quota the same if `update` brings a new function as its scope.
   * @defaultValue scope, limit and window
   */
  name?: string;
}

/**
 * The part of every quota that the governor uses.
 * @public
 */
export interface Headroom {
  /**
   * Part of the limit that may leave in one burst, above 0, at most 1.
   * @defaultValue 1
   */
  capacity?: number;
  /**
   * Part of the limit that is regained per window, above 0, at most 1.
   * @defaultValue 1
   */
  refill?: number;
}

/**
 * Options of the governor.
 * @public
 */
export interface GovernorOptions {
  /**
   * The limits of the platform; an attempt needs a permit of every quota that applies to it.
   * @defaultValue none: gates and priorities work without quotas; presets bring the documented ones
   */
  quotas?: Quota[];
  /**
   * How the platform counts its quotas: in `fixed` windows, in a `sliding` window, or by a `bucket`. `auto` finds out; until then
   * the limit holds in any window, wherever it starts. To find out, `auto` sends one attempt beyond each quota, of a call that can
   * wait after a refusal. If that is accepted, it sends up to 4 more (a third of the limit if answers are slow), and one more
   * later. `fixed` sends the first of these attempts too, to find where the windows begin. `sliding` sends none: the limit holds
   * strictly, in any window.
   * @defaultValue 'auto'
   */
  enforcement?: Enforcement;
  /**
   * Leaves a part of every quota unused: bursts of `capacity * limit`, refilled at `refill * limit` per window. The limit itself
   * still holds in any window. `{ capacity: 0.8, refill: 0.9 }` is often recommended, and costs a tenth of the throughput. The
   * default needs no headroom: the governor counts from the arrival of answers, and follows refusals.
   * @defaultValue none
   */
  headroom?: Headroom;
  /**
   * Upper bound of attempts per second and credential, evenly spaced; for planned load. If timers are late, the attempts of up to
   * 20 ms may leave together.
   * @defaultValue Infinity
   */
  ratePerSec?: number;
  /**
   * Time in ms, from a credential's first attempt, in which its rate grows evenly from nothing to `ratePerSec`. Without
   * `ratePerSec`, the rate grows to the average that the quota allows.
   * @defaultValue 0 (none)
   */
  rampUpMs?: number;
  /**
   * How many calls may wait per credential.
   * @defaultValue 10,000 (ours: about 7 MB when all wait)
   */
  maxQueued?: number;
  /**
   * What a full queue does: `reject` refuses the new call, `shed` the newest waiting call of the lowest priority below it. If there
   * is no such call, `shed` refuses the new call.
   * @defaultValue 'reject'
   */
  overflow?: 'reject' | 'shed';
  /**
   * A priority class without a permit for this long, in ms, gets the next permit, so that no class starves. At most every second
   * permit is given this way.
   * @defaultValue 1,000 (ours)
   */
  agingMs?: number;
  /**
   * Weight of each tenant within its priority class; a tenant without an entry has weight 1.
   * @defaultValue all 1
   */
  shares?: Record<string, number>;
  /**
   * How long a gate stays closed after a 429 that names no time, in ms.
   * @defaultValue 3,000 (`retryAfterDefaultMs` of the vendor's Java and .NET SDKs)
   */
  defaultRetryAfterMs?: number;
  /**
   * Upper bound of the random delay before a gate opens, in ms. The delay keeps processes from starting in step.
   * @defaultValue 100 (ours)
   */
  gateJitterMs?: number;
  /**
   * Names of the platform's own headers that report its quotas; `false` reads no quota headers. The names are tried before the known
   * ones: `RateLimit`, `RateLimit-*`, `X-RateLimit-*`, `X-Rate-Limit-*` and `inin-ratelimit-*`.
   * @defaultValue `{}` (the known names)
   */
  quotaHeaders?: QuotaHeaders | false;
  /**
   * The limiter of another library, for teams that already use one. An attempt then needs a slot of it too. Quotas beside an engine
   * hold strictly, as with `enforcement: 'sliding'`: an attempt that waits after its permit cannot show how the platform counts.
   * @defaultValue false (only the governor's own limits)
   */
  engine?: GovernorEngine | false;
}

/**
 * Options of the bulkhead.
 * @public
 */
export interface BulkheadOptions {
  /** Upper bound of attempts on the wire at the same time. */
  maxConcurrent: number;
  /**
   * What the attempts are counted by.
   * @defaultValue 'credential', or 'route' for an endpoint
   */
  scope?: 'credential' | 'tenant' | 'route' | 'host';
}

const checkPlace = oneOf('credential', 'tenant', 'route', 'host');

const checkScope: Check<QuotaScope> = either(
  callable<(call: Call) => string>(),
  checkPlace,
  (value) => typeof value === 'function',
);

const checkLimit: Check<number | 'discover'> = either(
  number({ min: 1, integer: true }),
  oneOf('discover'),
  (value) => typeof value === 'number',
);

const checkWindow = number({ min: 1 });

const checkQuotaShape = shape<Quota>({
  limit: checkLimit,
  windowMs: checkWindow,
  enforcement: checkEnforcement,
  scope: checkScope,
  key: text,
  shape: oneOf('window', 'smooth'),
  burst: number({ min: 1 }),
  ratePerSec: number({ above: 0 }),
  name: text,
});

/** Checks one {@link Quota}. */
export const checkQuota: Check<Quota> = (value, key) => {
  const quota = checkQuotaShape(value, key);
  if (quota.limit === undefined) refuse(`${key}.limit`, undefined, "an integer of at least 1, or 'discover'");
  checkWindow(quota.windowMs, `${key}.windowMs`);
  const isSmoothed = quota.shape === 'smooth';
  if (quota.ratePerSec !== undefined && !isSmoothed)
    throw new ConfigError(`${key}.ratePerSec needs ${key}.shape 'smooth', got ${quota.shape ?? 'none'}`);
  if (quota.burst !== undefined && !isSmoothed && quota.enforcement !== 'bucket')
    throw new ConfigError(`${key}.burst needs ${key}.shape 'smooth' or ${key}.enforcement 'bucket', got neither`);
  if (quota.limit === 'discover' && (isSmoothed || quota.burst !== undefined))
    throw new ConfigError(`${key}.limit must be a number with shape 'smooth' or a burst, got 'discover'`);
  if (quota.key !== undefined && quota.scope !== undefined)
    throw new ConfigError(`${key}.key replaces ${key}.scope, got both`);
  return quota;
};

const checkShares: Check<Record<string, number>> = (value, key) => {
  if (!isRecord(value)) return refuse(key, value, 'an object of weights by tenant');
  const weight = number({ above: 0 });
  return Object.fromEntries(Object.entries(value).map(([tenant, n]) => [tenant, weight(n, `${key}['${tenant}']`)]));
};

const checkPart = number({ above: 0, max: 1 });

/** Checks the name of a header (RFC 9110 §5.6.2). */
const checkHeaderName: Check<string> = (value, key) =>
  typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]{1,200}$/.test(value)
    ? value
    : refuse(key, value, 'the name of a header');

/**
 * One check per option of {@link GovernorOptions}, except `engine`. For adapters whose options include the governor's.
 * @public
 */
export const GOVERNOR_CHECKS = {
  quotas: list(checkQuota),
  enforcement: checkEnforcement,
  headroom: shape<Headroom>({ capacity: checkPart, refill: checkPart }),
  ratePerSec: number({ above: 0, infinite: true }),
  rampUpMs: number({ min: 0 }),
  maxQueued: number({ min: 0, integer: true, infinite: true }),
  overflow: oneOf('reject', 'shed'),
  agingMs: number({ above: 0, infinite: true }),
  shares: checkShares,
  defaultRetryAfterMs: number({ min: 0, max: 86_400_000 }),
  gateJitterMs: number({ min: 0, max: 60_000 }),
  quotaHeaders: orFalse(
    shape<QuotaHeaders>({ remaining: checkHeaderName, reset: checkHeaderName, limit: checkHeaderName }),
  ),
};

const checkGovernorShape = shape<GovernorOptions>({ ...GOVERNOR_CHECKS, engine: orFalse(checkGovernorEngine) });

/** Checks {@link GovernorOptions}. */
export const checkGovernor: Check<GovernorOptions> = (value, key, also) => {
  const options = checkGovernorShape(value, key, also);
  const { quotas = [] } = options;
  for (const [i, quota] of quotas.entries()) {
    if (quota.key !== undefined) throw new ConfigError(`${key}.quotas[${i}].key needs an endpoint with this parameter`);
  }
  return options;
};

const checkCount = number({ min: 1, integer: true });

const checkBulkheadShape = shape<BulkheadOptions>({
  maxConcurrent: checkCount,
  scope: checkPlace,
});

/** Checks {@link BulkheadOptions}. */
export const checkBulkhead: Check<BulkheadOptions> = (value, key, also) => {
  const options = checkBulkheadShape(value, key, also);
  checkCount(options.maxConcurrent, `${key}.maxConcurrent`);
  return options;
};

/** Defaults of {@link GovernorOptions}. */
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

/**
 * A quota with the position of its `key` in the path.
 * @internal
 */
export interface PlacedQuota extends Quota {
  /** Index of the path segment that the quota is counted by. */
  readonly segment?: number;
  /** The pattern up to that segment. Patterns with longer paths or other methods share it. */
  readonly entity?: string;
}

/**
 * Checks options that depend on each other, after the options are merged.
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
      `${key}.rampUpMs needs ${key}.ratePerSec or a quota by credential with a number as limit, got neither`,
    );
}

const resolved = new WeakMap<
  Quota,
  { enforcement: Enforcement; headroom: Headroom; isStrict: boolean; quota: PlacedQuota }
>();

/** Merges the governor's options into a quota. Equal options give the same object, by which scopes recognize their quotas. */
export function resolveQuota(quota: PlacedQuota, options: Required<GovernorOptions>): PlacedQuota {
  const { enforcement, headroom, engine } = options;
  const isStrict = engine !== false;
  const known = resolved.get(quota);
  if (known?.enforcement === enforcement && known.headroom === headroom && known.isStrict === isStrict)
    return known.quota;
  const { limit, windowMs, shape } = quota;
  const { capacity = 1, refill = 1 } = headroom;
  const isSmoothed = shape !== 'smooth' && limit !== 'discover' && (capacity < 1 || refill < 1);
  const result: PlacedQuota = isSmoothed
    ? {
        ...quota,
        shape: 'smooth',
        burst: Math.max(1, Math.floor(capacity * limit)),
        ratePerSec: (refill * limit * 1000) / windowMs,
      }
    : { ...quota };
  if (isStrict) result.enforcement = 'sliding';
  else result.enforcement = quota.enforcement ?? (result.shape === 'smooth' ? 'sliding' : enforcement);
  resolved.set(quota, { enforcement, headroom, isStrict, quota: result });
  return result;
}
