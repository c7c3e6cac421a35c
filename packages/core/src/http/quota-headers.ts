import type { Clock } from '../contract/clock.js';
import type { ReadHeader } from '../contract/outcome.js';
import { parseHttpDate } from './date.js';
import { serverTime } from './retry-after.js';

/** What a platform says is left of a quota. A hint: it may be wrong, late or about another quota. */
export interface QuotaHint {
  /** Attempts left, as the platform saw it when it answered. */
  readonly remaining: number;
  /** Milliseconds until the quota is whole again, if said. */
  readonly resetMs: number | undefined;
  /** Size of the quota, if said. */
  readonly limit: number | undefined;
}

/** Names of headers that tell of a quota, where a platform has its own. Case does not matter. */
export interface QuotaHeaders {
  /**
   * Header with the attempts that are left.
   * @defaultValue none
   */
  remaining?: string;
  /**
   * Header with the time of the reset: seconds from now, seconds or milliseconds since the epoch, or an HTTP date. Which of them
   * it is shows in the magnitude.
   * @defaultValue none
   */
  reset?: string;
  /**
   * Header with the size of the quota.
   * @defaultValue none
   */
  limit?: string;
}

/** A wait that a platform asks for. */
export interface AskedWait {
  /** From the arrival of the answer on. */
  readonly ms: number;
  /** The platform may mean up to this much less, in ms: it rounds. */
  readonly roundedMs: number;
}

interface Dialect {
  readonly remaining: string | undefined;
  /** The first of them that is there counts: a duration needs no clock. */
  readonly resets: readonly string[];
  readonly limit: string | undefined;
}

/** Longest value that is looked at. */
const LONGEST_VALUE = 1024;
// Below this a reset is a duration in seconds, above it an epoch in seconds, far above it an epoch in ms.
const EPOCH_SECONDS = 1_000_000_000;
const EPOCH_MS = 100_000_000_000;
/** A reset later than this is no reset, ms: longer quotas than a month's are not known. */
const LONGEST_RESET_MS = 31 * 86_400_000;

function count(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const trimmed = value.trim();
  // A list such as "100, 100;w=60" starts with the number that is in force.
  const digits = /^\d{1,15}(?=\s*(?:$|[,;]))/.exec(trimmed)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** When a reset comes. A negative one is past. */
function readReset(read: ReadHeader, name: string, clock: Pick<Clock, 'wall'>): AskedWait | undefined {
  const value = read(name);
  if (value === undefined) return undefined;
  const seconds = /^\s*(\d{1,15}(\.\d{1,9})?)\s*(?:$|[,;])/.exec(value);
  if (!seconds) {
    const at = parseHttpDate(value, clock.wall());
    // A date is cut to seconds twice: itself, and the Date it is compared with.
    return at === undefined ? undefined : { ms: at - serverTime(read, clock.wall()), roundedMs: 2_000 };
  }
  const n = Number(seconds[1]);
  const roundedMs = seconds[2] === undefined ? 1_000 : 0;
  if (n < EPOCH_SECONDS) return { ms: Math.ceil(n * 1000), roundedMs };
  const inMs = n >= EPOCH_MS;
  const ms = Math.ceil((inMs ? n : n * 1000) - serverTime(read, clock.wall()));
  return { ms, roundedMs: inMs ? 1_000 : roundedMs + 1_000 };
}

function resetOf(read: ReadHeader, { resets }: Dialect, clock: Pick<Clock, 'wall'>): AskedWait | undefined {
  for (const name of resets) {
    const reset = readReset(read, name, clock);
    if (reset) return reset;
  }
  return undefined;
}

/** The quotas of a structured header: `"burst";r=50;t=30, "day";r=900`. */
function structured(value: string): QuotaHint[] {
  const short = value.slice(0, LONGEST_VALUE);
  // Drafts 03 to 07 wrote `limit=100, remaining=50, reset=30`.
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

/** Names are made once: every answer is asked for them. */
const DIALECTS: readonly Dialect[] = ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'].map((prefix) => ({
  remaining: `${prefix}remaining`,
  resets: [`${prefix}reset-after`, `${prefix}reset`],
  limit: `${prefix}limit`,
}));
/** Genesys' own dialect (until 2021) counts up. */
const ININ: Dialect = { remaining: undefined, resets: ['inin-ratelimit-reset'], limit: undefined };
const ALL = [...DIALECTS, ININ];

const owned = new WeakMap<QuotaHeaders, readonly Dialect[]>();

/** The dialects to look for: a platform's own names first. */
function dialectsOf(names: QuotaHeaders | undefined): readonly Dialect[] {
  if (!names) return ALL;
  let dialects = owned.get(names);
  if (!dialects) {
    const { remaining, reset, limit } = names;
    const own = {
      remaining: remaining?.toLowerCase(),
      resets: reset === undefined ? [] : [reset.toLowerCase()],
      limit: limit?.toLowerCase(),
    };
    dialects = remaining === undefined && reset === undefined ? ALL : [own, ...ALL];
    owned.set(names, dialects);
  }
  return dialects;
}

/** What is left by a dialect, and of how much. */
function leftOf(read: ReadHeader, dialect: Dialect): { remaining: number; limit: number | undefined } | undefined {
  if (dialect === ININ) {
    const used = count(read('inin-ratelimit-count'));
    const limit = used === undefined ? undefined : count(read('inin-ratelimit-allowed'));
    return used === undefined || limit === undefined ? undefined : { remaining: Math.max(0, limit - used), limit };
  }
  const remaining = dialect.remaining === undefined ? undefined : count(read(dialect.remaining));
  if (remaining === undefined) return undefined;
  return { remaining, limit: dialect.limit === undefined ? undefined : count(read(dialect.limit)) };
}

/** {@link parseQuotaHeaders}, with a calendar that is looked at only where a header has a date: most answers have none. */
export function readQuotaHeaders(
  read: ReadHeader,
  clock: Pick<Clock, 'wall'>,
  names?: QuotaHeaders,
): QuotaHint | undefined {
  const draft = read('ratelimit');
  if (draft !== undefined) {
    let tightest: QuotaHint | undefined;
    for (const hint of structured(draft)) if (!tightest || hint.remaining < tightest.remaining) tightest = hint;
    if (tightest) return tightest;
  }
  for (const dialect of dialectsOf(names)) {
    const left = leftOf(read, dialect);
    if (!left) continue;
    const reset = resetOf(read, dialect, clock);
    return { ...left, resetMs: reset && Math.max(0, reset.ms) };
  }
  return undefined;
}

/**
 * The wait that the quota headers of a refusal ask for: until the last of what is used up is whole again. Undefined where they
 * tell no reset, one that is past or beyond a month, or say that something is left.
 */
export function readQuotaReset(
  read: ReadHeader,
  clock: Pick<Clock, 'wall'>,
  names?: QuotaHeaders,
): AskedWait | undefined {
  const draft = read('ratelimit');
  let longest: AskedWait | undefined;
  for (const { remaining, resetMs } of draft === undefined ? [] : structured(draft)) {
    if (remaining > 0 || resetMs === undefined || !isSensible(resetMs)) continue;
    if (!longest || resetMs > longest.ms) longest = { ms: resetMs, roundedMs: 1_000 };
  }
  if (longest) return longest;
  for (const dialect of dialectsOf(names)) {
    // A reset alone is that of the quota that refused.
    if ((leftOf(read, dialect)?.remaining ?? 0) > 0) continue;
    const reset = resetOf(read, dialect, clock);
    if (reset && isSensible(reset.ms)) return reset;
  }
  return undefined;
}

function isSensible(ms: number): boolean {
  return ms > 0 && ms <= LONGEST_RESET_MS;
}

/**
 * Reads the quota headers of an answer, whatever their dialect: `RateLimit` (IETF draft), `RateLimit-Remaining` and
 * siblings (its older drafts), `X-RateLimit-*`, `X-Rate-Limit-*` and `inin-ratelimit-*`, each with `-Reset` or `-Reset-After`.
 */
export function parseQuotaHeaders(read: ReadHeader, nowWall: number): QuotaHint | undefined {
  return readQuotaHeaders(read, { wall: () => nowWall });
}
