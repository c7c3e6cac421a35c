import type { Clock } from '../ports.js';
import { serverTime, type ReadHeader } from './retry-after.js';

/** What a platform says is left of a quota. A hint: it may be wrong, late or about another quota. */
export interface QuotaHint {
  /** Attempts left, as the platform saw it when it answered. */
  readonly remaining: number;
  /** Milliseconds until the quota is whole again, if said. */
  readonly resetMs: number | undefined;
  /** Size of the quota, if said. */
  readonly limit: number | undefined;
}

// Below this a reset is a duration in seconds, above it an epoch in seconds, far above it an epoch in ms.
const EPOCH_SECONDS = 1_000_000_000;
const EPOCH_MS = 100_000_000_000;

function count(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const trimmed = value.trim();
  // A list such as "100, 100;w=60" starts with the number that is in force.
  const digits = /^\d{1,15}(?=\s*(?:$|[,;]))/.exec(trimmed)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

function reset(read: ReadHeader, name: string, clock: Pick<Clock, 'wall'>): number | undefined {
  const seconds = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*(?:$|[,;])/.exec(read(name) ?? '')?.[1];
  if (seconds === undefined) return undefined;
  const n = Number(seconds);
  if (n < EPOCH_SECONDS) return Math.ceil(n * 1000);
  return Math.max(0, Math.ceil((n < EPOCH_MS ? n * 1000 : n) - serverTime(read, clock.wall())));
}

/** `"burst";r=50;t=30, "day";r=900` : the tightest of the list. */
function structured(value: string): QuotaHint | undefined {
  // Drafts 03 to 07 wrote `limit=100, remaining=50, reset=30`.
  const older = /(?:^|[\s,])remaining=(\d{1,15})(?:.{0,80}?[\s,]reset=(\d{1,15}))?/.exec(value.slice(0, 1024));
  if (older) {
    return {
      remaining: Number(older[1]),
      resetMs: older[2] === undefined ? undefined : Number(older[2]) * 1000,
      limit: undefined,
    };
  }
  let tightest: QuotaHint | undefined;
  for (const item of value.slice(0, 1024).split(',')) {
    const parameters = new Map<string, number>();
    for (const part of item.split(';').slice(1)) {
      const [key, n] = part.trim().split('=');
      if (key && n !== undefined && /^\d{1,15}$/.test(n)) parameters.set(key, Number(n));
    }
    const remaining = parameters.get('r');
    if (remaining === undefined || (tightest && tightest.remaining <= remaining)) continue;
    const t = parameters.get('t');
    tightest = { remaining, resetMs: t === undefined ? undefined : t * 1000, limit: undefined };
  }
  return tightest;
}

/** Names are made once: every answer is asked for them. */
const DIALECTS = ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'].map((prefix) => ({
  remaining: `${prefix}remaining`,
  reset: `${prefix}reset`,
  limit: `${prefix}limit`,
}));

/** {@link parseQuotaHeaders}, with a calendar that is looked at only where a header has a date: most answers have none. */
export function readQuotaHeaders(read: ReadHeader, clock: Pick<Clock, 'wall'>): QuotaHint | undefined {
  const draft = read('ratelimit');
  const hint = draft === undefined ? undefined : structured(draft);
  if (hint) return hint;
  for (const names of DIALECTS) {
    const remaining = count(read(names.remaining));
    if (remaining === undefined) continue;
    return { remaining, resetMs: reset(read, names.reset, clock), limit: count(read(names.limit)) };
  }
  // Genesys' own dialect (until 2021) counts up.
  const used = count(read('inin-ratelimit-count'));
  if (used === undefined) return undefined;
  const limit = count(read('inin-ratelimit-allowed'));
  if (limit === undefined) return undefined;
  return { remaining: Math.max(0, limit - used), resetMs: reset(read, 'inin-ratelimit-reset', clock), limit };
}

/**
 * Reads the quota headers of an answer, whatever their dialect: `RateLimit` (IETF draft), `RateLimit-Remaining` and
 * siblings (its older drafts), `X-RateLimit-*`, `X-Rate-Limit-*` and `inin-ratelimit-*`.
 */
export function parseQuotaHeaders(read: ReadHeader, nowWall: number): QuotaHint | undefined {
  return readQuotaHeaders(read, { wall: () => nowWall });
}
