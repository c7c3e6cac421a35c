import type { Clock } from '../contract/clock.js';
import type { ReadHeader } from '../contract/outcome.js';
import { parseHttpDate } from './date.js';
import { serverTime } from './retry-after.js';

/**
 * The state of a quota according to the platform. It may be wrong, late or about another quota.
 * @public
 */
export interface QuotaHint {
  /** Attempts left when the platform answered. */
  readonly remaining: number;
  /** Milliseconds until the quota is full again; undefined if the answer has no reset. */
  readonly resetMs: number | undefined;
  /** Size of the quota; undefined if the answer does not have it. */
  readonly limit: number | undefined;
}

/**
 * Names of quota headers, for platforms with their own names. Case does not matter.
 * @public
 */
export interface QuotaHeaders {
  /**
   * Header with the number of attempts left.
   * @defaultValue none
   */
  remaining?: string;
  /**
   * Header with the time of the reset: seconds from now, seconds or milliseconds since the epoch, or an HTTP date. The magnitude of
   * a number tells its unit.
   * @defaultValue none
   */
  reset?: string;
  /**
   * Header with the size of the quota.
   * @defaultValue none
   */
  limit?: string;
}

/** A wait that a platform requests. */
export interface RequestedWait {
  /** Milliseconds from the arrival of the answer. */
  readonly ms: number;
  /** Rounding error in ms: the platform may mean a wait that is shorter by up to this much. */
  readonly roundedMs: number;
}

interface Dialect {
  readonly remaining: string | undefined;
  /** Header names. The first header present counts, so a duration, which needs no clock, comes first. */
  readonly resets: readonly string[];
  readonly limit: string | undefined;
}

/** Maximal length of a header value that is parsed; the rest is ignored. */
const MAX_VALUE_LENGTH = 1024;
// A reset below EPOCH_SECONDS is a duration in seconds. From EPOCH_MS on it is ms since the epoch, between them seconds.
const EPOCH_SECONDS = 1_000_000_000;
const EPOCH_MS = 100_000_000_000;
/** Maximal time until a reset, ms. Quotas over more than a month are not known. */
const MAX_RESET_MS = 31 * 86_400_000;

function readCount(read: ReadHeader, name: string | undefined): number | undefined {
  const value = name && read(name);
  // A list such as "100, 100;w=60" starts with the current number.
  const digits = value && /^\s*(\d{1,15})\s*(?:$|[,;])/.exec(value)?.[1];
  return digits ? Number(digits) : undefined;
}

/** Reads the time until a reset. A negative time is in the past. */
function readReset(read: ReadHeader, name: string, clock: Pick<Clock, 'wall'>): RequestedWait | undefined {
  const value = read(name);
  if (value === undefined) return undefined;
  const seconds = /^\s*(\d{1,15}(\.\d{1,9})?)\s*(?:$|[,;])/.exec(value);
  if (!seconds) {
    const at = parseHttpDate(value, clock.wall());
    // Both this date and the `Date` header are truncated to seconds.
    return at === undefined ? undefined : { ms: at - serverTime(read, clock.wall()), roundedMs: 2_000 };
  }
  const n = Number(seconds[1]);
  const roundedMs = seconds[2] === undefined ? 1_000 : 0;
  if (n < EPOCH_SECONDS) return { ms: Math.ceil(n * 1000), roundedMs };
  const inMs = n >= EPOCH_MS;
  const ms = Math.ceil((inMs ? n : n * 1000) - serverTime(read, clock.wall()));
  return { ms, roundedMs: inMs ? 1_000 : roundedMs + 1_000 };
}

function readFirstReset(read: ReadHeader, { resets }: Dialect, clock: Pick<Clock, 'wall'>): RequestedWait | undefined {
  for (const name of resets) {
    const reset = readReset(read, name, clock);
    if (reset) return reset;
  }
  return undefined;
}

/** Reads the quotas of a structured header such as `"burst";r=50;t=30, "day";r=900`. */
function parseStructured(value: string): QuotaHint[] {
  const short = value.slice(0, MAX_VALUE_LENGTH);
  // Drafts 03 to 07 have the form `limit=100, remaining=50, reset=30`.
  const older = /(?:^|[\s,])remaining=(\d{1,15})(?:.{0,80}?[\s,]reset=(\d{1,15}))?/.exec(short);
  if (older) {
    const resetMs = older[2] === undefined ? undefined : Number(older[2]) * 1000;
    return [{ remaining: Number(older[1]), resetMs, limit: undefined }];
  }
  const hints: QuotaHint[] = [];
  for (const item of short.split(',')) {
    const parameters = new Map<string, number>();
    for (const part of item.split(';').slice(1)) {
      const [key, n] = part.trim().split('=');
      if (key && n !== undefined && /^\d{1,15}$/.test(n)) parameters.set(key, Number(n));
    }
    const remaining = parameters.get('r');
    if (remaining === undefined) continue;
    const t = parameters.get('t');
    hints.push({ remaining, resetMs: t === undefined ? undefined : t * 1000, limit: undefined });
  }
  return hints;
}

/** The names are built once, because the governor reads them from every answer. */
const DIALECTS: readonly Dialect[] = ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'].map((prefix) => ({
  remaining: `${prefix}remaining`,
  resets: [`${prefix}reset-after`, `${prefix}reset`],
  limit: `${prefix}limit`,
}));
/** The dialect of Genesys (until 2021) counts used attempts. */
const ININ: Dialect = { remaining: undefined, resets: ['inin-ratelimit-reset'], limit: undefined };
const ALL = [...DIALECTS, ININ];

const customDialects = new WeakMap<QuotaHeaders, readonly Dialect[]>();

/** The dialects to look for. Names of the platform come first. */
function dialectsOf(names: QuotaHeaders | undefined): readonly Dialect[] {
  if (!names) return ALL;
  let dialects = customDialects.get(names);
  if (!dialects) {
    const { remaining, reset, limit } = names;
    const own = {
      remaining: remaining?.toLowerCase(),
      resets: reset === undefined ? [] : [reset.toLowerCase()],
      limit: limit?.toLowerCase(),
    };
    dialects = remaining === undefined && reset === undefined ? ALL : [own, ...ALL];
    customDialects.set(names, dialects);
  }
  return dialects;
}

/** Reads the attempts left and the size of the quota in one dialect. */
function readRemaining(
  read: ReadHeader,
  dialect: Dialect,
): { remaining: number; limit: number | undefined } | undefined {
  if (dialect === ININ) {
    const used = readCount(read, 'inin-ratelimit-count');
    if (used === undefined) return undefined;
    const limit = readCount(read, 'inin-ratelimit-allowed');
    return limit === undefined ? undefined : { remaining: Math.max(0, limit - used), limit };
  }
  const remaining = readCount(read, dialect.remaining);
  return remaining === undefined ? undefined : { remaining, limit: readCount(read, dialect.limit) };
}

/** As {@link parseQuotaHeaders}, but reads the clock only if a header has a date. Most answers have none. */
export function readQuotaHeaders(
  read: ReadHeader,
  clock: Pick<Clock, 'wall'>,
  names?: QuotaHeaders,
): QuotaHint | undefined {
  const draft = read('ratelimit');
  if (draft !== undefined) {
    let tightest: QuotaHint | undefined;
    for (const hint of parseStructured(draft)) if (!tightest || hint.remaining < tightest.remaining) tightest = hint;
    if (tightest) return tightest;
  }
  for (const dialect of dialectsOf(names)) {
    const left = readRemaining(read, dialect);
    if (!left) continue;
    const reset = readFirstReset(read, dialect, clock);
    return { ...left, resetMs: reset && Math.max(0, reset.ms) };
  }
  return undefined;
}

/**
 * The wait that the quota headers of a refusal request: until the last exhausted quota is full again. Undefined if the headers have
 * no reset, a reset in the past or after more than a month, or attempts left.
 */
export function readQuotaReset(
  read: ReadHeader,
  clock: Pick<Clock, 'wall'>,
  names?: QuotaHeaders,
): RequestedWait | undefined {
  const draft = read('ratelimit');
  let longest: RequestedWait | undefined;
  for (const { remaining, resetMs } of draft === undefined ? [] : parseStructured(draft)) {
    if (remaining > 0 || resetMs === undefined || !isPlausible(resetMs)) continue;
    if (!longest || resetMs > longest.ms) longest = { ms: resetMs, roundedMs: 1_000 };
  }
  if (longest) return longest;
  for (const dialect of dialectsOf(names)) {
    // A reset without a number of attempts left belongs to the quota that refused.
    if ((readRemaining(read, dialect)?.remaining ?? 0) > 0) continue;
    const reset = readFirstReset(read, dialect, clock);
    if (reset && isPlausible(reset.ms)) return reset;
  }
  return undefined;
}

function isPlausible(ms: number): boolean {
  return ms > 0 && ms <= MAX_RESET_MS;
}

/**
 * Reads the quota headers of an answer in any dialect: `RateLimit` (IETF draft), `RateLimit-Remaining` and its siblings (older
 * drafts), `X-RateLimit-*`, `X-Rate-Limit-*` and `inin-ratelimit-*`, each with `-Reset` or `-Reset-After`.
 * @public
 */
export function parseQuotaHeaders(read: ReadHeader, nowWall: number): QuotaHint | undefined {
  return readQuotaHeaders(read, { wall: () => nowWall });
}
