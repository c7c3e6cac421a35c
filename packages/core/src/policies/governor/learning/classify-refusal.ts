import type { Counting, Enforcement, Refusal } from '../../../contract/counting.js';
import type { Counter } from './counter.js';

/** Accepted attempts below which the evidence for a limit is weak. */
export const FEW_ACCEPTED = 4;
/**
 * Wrong guesses after which the strictest counting (`sliding`) is kept: for a discovered limit, and for a given one.
 */
const MAX_DISCOVERED_GUESSES = 3;
const MAX_GIVEN_GUESSES = 1;

/** Facts about a refusal that carries a Retry-After. */
export interface RefusalFacts {
  readonly now: number;
  readonly refusal: Refusal;
  readonly enforcement: Enforcement;
  /** Whether the limit is to be discovered. */
  readonly isDiscovered: boolean;
  /** Counter of the quota. The function does not change the counter. */
  readonly counter: Counter;
  /** Whether the edge of the fixed windows comes from headers. */
  readonly byHeaders: boolean;
  /** Average time per accepted attempt since the last refusal, ms. */
  readonly msPerAccepted: number;
  /** Whether more was accepted between two refusals than a slowly filling bucket allows. */
  readonly refills: boolean;
  /** Whether the next refusal that looks like a bucket is ignored. */
  readonly doubts: boolean;
  /** Wrong guesses so far. */
  readonly guesses: number;
}

/** What a refusal shows about how the platform counts. */
export interface RefusalVerdict {
  /** How the platform counts. `wrong headers`: the headers named a wrong edge. Undefined: nothing new. */
  readonly shows: Counting | 'wrong headers' | undefined;
  /** Length of the window, where a supposed bucket turns out to be a window. */
  readonly windowMs?: number | undefined;
  readonly doubts: boolean;
  readonly guesses: number;
}

/** Infers from a Retry-After how the platform counts. */
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
  const oldest = counter.oldestAt(now);
  const apparent = oldest !== undefined && until < oldest - roundTripMs + window ? 'fixed' : 'sliding';
  const isWrong = counts !== undefined && (counts !== apparent || counts === 'fixed');
  const wrong = isWrong ? guesses + 1 : guesses;
  const isHopeless = isWrong && wrong > (isDiscovered ? MAX_DISCOVERED_GUESSES : MAX_GIVEN_GUESSES);
  return {
    shows: isHopeless ? 'sliding' : apparent,
    windowMs: isNoBucket ? window : undefined,
    doubts: doubts && !isMaybeBucket,
    guesses: wrong,
  };
}

/**
 * Whether the platform may count like a bucket. A bucket asks to wait for its next permit only.
 *
 * Fixed windows that are mistaken for a bucket refuse nothing at its pace.
 */
function mayBeBucket(facts: RefusalFacts): boolean {
  const { now, refusal, isDiscovered, counter, msPerAccepted } = facts;
  const { counts, limit, windowMs, roundTripMs } = counter;
  const waitMs = refusal.until - now;
  const seen = counts === undefined ? Math.max(FEW_ACCEPTED, counter.used(now)) : Math.max(1, counter.answered(now));
  const perPermitMs = windowMs / Math.min(limit, seen);
  const isSoon = waitMs <= Math.ceil(perPermitMs / 1000) * 1000 + roundTripMs;
  if (isSoon && (counts === undefined ? isDiscovered : counts === 'bucket')) return true;
  // So few attempts were accepted since the last refusal that permits may return one by one.
  const mayBeSlowBucket = isDiscovered && limit < Infinity && !facts.refills;
  return mayBeSlowBucket && waitMs <= msPerAccepted + refusal.roundedMs + roundTripMs;
}
