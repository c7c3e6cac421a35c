import type { Counting, Enforcement, Refusal } from '../../../contract/counting.js';
import type { Counter } from './counter.js';

/** So few accepted attempts are weak evidence of a limit. */
export const FEW = 4;
/** Wrong guesses of how the platform counts, after which the strictest way is kept: of a discovered limit, and of a given one. */
const MOST_GUESSES = { discovered: 3, given: 1 };

/** What is known when an attempt was refused with a Retry-After. */
export interface RefusalFacts {
  readonly now: number;
  readonly refusal: Refusal;
  readonly enforcement: Enforcement;
  /** Whether the limit has to be found out. */
  readonly isDiscovered: boolean;
  /** The counter of the quota. It is only read. */
  readonly counter: Counter;
  /** Whether headers told where the fixed windows end. */
  readonly byHeaders: boolean;
  /** Average time per accepted attempt since the last refusal, ms. */
  readonly perPassedMs: number;
  /** Whether more was accepted between two refusals than a bucket that fills slowly allows. */
  readonly refills: boolean;
  /** Whether the first refusal that looks like a bucket's is ignored. */
  readonly doubts: boolean;
  /** Wrong guesses so far. */
  readonly guesses: number;
}

/** What a refusal shows of how the platform counts. */
export interface RefusalVerdict {
  /** How the platform counts. `wrong headers`: the headers told a wrong edge. Undefined: nothing new. */
  readonly shows: Counting | 'wrong headers' | undefined;
  /** Length of the window, where a supposed bucket turns out to be one. */
  readonly windowMs?: number;
  readonly doubts: boolean;
  readonly guesses: number;
}

/** Works out from a Retry-After how the platform counts. */
export function classifyRefusal(facts: RefusalFacts): RefusalVerdict {
  const { now, refusal, enforcement, isDiscovered, counter, doubts, guesses } = facts;
  const { counts, windowMs, roundTripMs } = counter;
  const { until, roundedMs } = refusal;
  if (enforcement !== 'auto') {
    const isEdge = enforcement === 'fixed' && until - now <= windowMs + roundedMs;
    return { shows: isEdge ? 'fixed' : undefined, doubts, guesses };
  }
  if (facts.byHeaders && counts === 'fixed') return { shows: 'wrong headers', doubts, guesses };
  const isMaybeBucket = mayBeBucket(facts);
  if (isMaybeBucket && !doubts) return { shows: 'bucket', doubts, guesses };
  const isNoBucket = counts === 'bucket' && isDiscovered;
  const window = isNoBucket ? until - now : windowMs;
  const oldest = counter.oldest(now);
  const seems = oldest !== undefined && until < oldest - roundTripMs + window ? 'fixed' : 'sliding';
  const isWrong = counts !== undefined && (counts !== seems || counts === 'fixed');
  const wrong = isWrong ? guesses + 1 : guesses;
  const isHopeless = isWrong && wrong > MOST_GUESSES[isDiscovered ? 'discovered' : 'given'];
  return {
    shows: isHopeless ? 'sliding' : seems,
    ...(isNoBucket && { windowMs: window }),
    doubts: doubts && !isMaybeBucket,
    guesses: wrong,
  };
}

/** A bucket asks for no more than the time of its next permit. Fixed windows, taken for a bucket, refuse nothing at its pace. */
function mayBeBucket(facts: RefusalFacts): boolean {
  const { now, refusal, isDiscovered, counter, perPassedMs } = facts;
  const { counts, limit, windowMs, roundTripMs } = counter;
  const waitMs = refusal.until - now;
  const seen = counts === undefined ? Math.max(FEW, counter.used(now)) : Math.max(1, counter.passed(now));
  const perPermitMs = windowMs / Math.min(limit, seen);
  const isSoon = waitMs <= Math.ceil(perPermitMs / 1000) * 1000 + roundTripMs;
  if (isSoon && (counts === undefined ? isDiscovered : counts === 'bucket')) return true;
  // So few were accepted since the last refusal that permits may come one by one.
  const mayDrip = isDiscovered && limit < Infinity && !facts.refills;
  return mayDrip && waitMs <= perPassedMs + refusal.roundedMs + roundTripMs;
}
