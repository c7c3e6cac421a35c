import type { Counting, Enforcement, Refusal } from '../../../contract/counting.js';
import type { Counter } from './counter.js';

/** So few that passed are weak evidence. */
export const FEW = 4;
/** Wrong guesses about the way of counting before the strictest is kept: of a limit nobody told us, and of a given one. */
const MOST_GUESSES = { discovered: 3, given: 1 };

/** What is known when an attempt was refused with a Retry-After. */
export interface RefusalFacts {
  readonly now: number;
  readonly refusal: Refusal;
  readonly enforcement: Enforcement;
  /** Whether the limit has to be found out. */
  readonly isDiscovered: boolean;
  /** What was counted, and the way it was counted. It is only read. */
  readonly counter: Counter;
  /** Whether that way rests on an edge that headers told. */
  readonly byHeaders: boolean;
  /** What each attempt took that passed since the last refusal, ms. */
  readonly perPassedMs: number;
  /** Whether as much passed between two refusals as a window lets through, and no bucket that fills slowly. */
  readonly refills: boolean;
  /** Whether the first refusal that may be of a bucket is not believed. */
  readonly doubts: boolean;
  /** Wrong guesses so far. */
  readonly guesses: number;
}

/** What a refusal shows of the way the platform counts. */
export interface RefusalVerdict {
  /** How it counts; undefined: nothing new. `wrong headers`: not as the headers said. */
  readonly shows: Counting | 'wrong headers' | undefined;
  /** Length of the window, where what was thought to be a bucket has one. */
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

/** A bucket never asks for more than its next permit takes. Paced like one, fixed windows refuse nothing either. */
function mayBeBucket(facts: RefusalFacts): boolean {
  const { now, refusal, isDiscovered, counter, perPassedMs } = facts;
  const { counts, limit, windowMs, roundTripMs } = counter;
  const waitMs = refusal.until - now;
  const seen = counts === undefined ? Math.max(FEW, counter.used(now)) : Math.max(1, counter.passed(now));
  const perPermitMs = windowMs / Math.min(limit, seen);
  const isSoon = waitMs <= Math.ceil(perPermitMs / 1000) * 1000 + roundTripMs;
  if (isSoon && (counts === undefined ? isDiscovered : counts === 'bucket')) return true;
  // So few passed since the last refusal that they may have come one by one, as this one says it will.
  const mayDrip = isDiscovered && limit < Infinity && !facts.refills;
  return mayDrip && waitMs <= perPassedMs + refusal.roundedMs + roundTripMs;
}
