import { describe, expect, it } from 'vitest';
import { QuotaEstimate } from './quota-estimate.js';
import { type Enforcement } from '../../../contract/counting.js';
import { type SharedCounting, type QuotaTerms } from './types.js';
import type { Counter } from './counter.js';
import type { Counting } from '../../../contract/counting.js';

interface Heard {
  /** Time of sending, where it differs from the time of the answer. */
  sentAt?: number;
  trial?: boolean;
  roundedMs?: number;
}

/** An estimate that records the results of attempts. */
class Hearing {
  readonly estimate: QuotaEstimate;

  constructor(terms: Partial<QuotaTerms> = {}, shared: SharedCounting = { counts: undefined }) {
    this.estimate = new QuotaEstimate({ limit: Infinity, windowMs: 60_000, enforcement: 'auto', ...terms }, shared);
  }

  get counter(): Counter {
    return this.estimate.counter;
  }

  pass(n: number, now: number, { sentAt = now, trial = false }: Heard = {}): this {
    for (let i = 0; i < n; i++) {
      this.counter.take(1);
      this.estimate.recordEnd();
      this.counter.end(now, 1);
      this.estimate.recordAccepted(now, sentAt, 1, trial);
    }
    return this;
  }

  refuse(now: number, until: number, { sentAt = now, trial = false, roundedMs = 1_000 }: Heard = {}): this {
    this.estimate.recordEnd();
    this.estimate.recordRefusal(now, sentAt, { until, roundedMs }, trial);
    return this;
  }

  /** Returns when a bucket is tried at a higher limit, in steps of one second. */
  stepAt(from: number): number | undefined {
    for (let now = from; now < from + 1_000_000; now += 1_000)
      if (this.estimate.trials.nextStepAt(this.counter) <= now) return now;
    return undefined;
  }
}

const GIVEN = { limit: 10, windowMs: 10_000 };

/** 20 per minute. The first refusal named the moment at which the oldest answer leaves. */
const sliding = (terms?: Partial<QuotaTerms>, shared?: SharedCounting): Hearing =>
  new Hearing(terms, shared).pass(20, 0).refuse(10, 60_000);
/** 20 per minute. The first refusal named an earlier moment. */
const fixed = (): Hearing => new Hearing().pass(20, 0).refuse(10, 58_500);
/** 10 per 10 s. The first refusal named the wait of one permit; the bucket is empty at 9,000. */
const bucket = (): Hearing => new Hearing({ windowMs: 10_000 }).pass(10, 0).refuse(9_000, 10_000);
/** Few attempts accepted within 20 s after a refusal: permits may return one by one, every 5 s. */
const seep = (hearing: Hearing, now: number, waitMs = 6_000): Hearing =>
  hearing.pass(4, now - 5_000).refuse(now, now + waitMs);

describe('a refusal', () => {
  it.each<[string, windowMs: number, waitMs: number, limit: number]>([
    ['for two minutes belongs to this limit', 10_000, 121_000, 5],
    ['for longer does not', 10_000, 121_001, Infinity],
    ['for longer does, within two windows', 100_000, 200_000, 5],
    ['for longer than two windows does not', 100_000, 200_001, Infinity],
  ])('%s: windows of %d ms, a wait of %d ms', (_, windowMs, waitMs, limit) => {
    const { counter } = new Hearing({ windowMs }).pass(5, 0).refuse(10, 10 + waitMs);
    expect(counter.limit).toBe(limit);
  });

  it('is stale after twelve windows', () => {
    const { estimate } = new Hearing({ ...GIVEN, enforcement: 'sliding' }).pass(4, 100_000).refuse(100_000, 110_000);
    expect([estimate.isStale(220_000), estimate.isStale(220_001)]).toEqual([false, true]);
  });

  it.each<[string, sentAt: number, edge: unknown]>([
    ['of an attempt sent before the last refusal shows no new edge', 9, { from: 57_500, to: 58_500 }],
    ['of an attempt sent no sooner shows the named edge', 10, { from: 49_000, to: 50_000 }],
  ])('of an attempt %s', (_, sentAt, edge) => {
    expect(fixed().refuse(12, 50_000, { sentAt }).counter.edge).toEqual(edge);
  });

  it.each<[string, sentAt: number, limit: number]>([
    ['overtakes the answer of an attempt sent before, which is accepted too', 9, 21],
    ['does not overtake the answer of an attempt sent no sooner', 10, 20],
  ])('%s', (_, sentAt, limit) => {
    expect(sliding().pass(1, 30, { sentAt }).counter.limit).toBe(limit);
  });

  it('never changes the window of a given limit', () =>
    expect(new Hearing(GIVEN).pass(10, 0).refuse(10, 15_010).counter.windowMs).toBe(10_000));

  it('before any accepted attempt does not delay the counting trials of a given limit', () => {
    const { estimate, counter } = new Hearing(GIVEN).refuse(0, 1_000, { roundedMs: Infinity }).pass(10, 100);
    expect([estimate.isCountingTrial, estimate.countingTrials.nextAt(100, counter)]).toEqual([true, 1_100]);
  });

  it('of an edge trial shows no limit', () => {
    const hearing = new Hearing({ ...GIVEN, enforcement: 'fixed' }).pass(6, 0).pass(4, 2_000);
    hearing.refuse(3_000, 11_500, { trial: true, roundedMs: 0 });
    expect([hearing.counter.edge, hearing.counter.limit]).toEqual([{ from: 11_500, to: 11_500 }, 10]);
  });

  it('of a trial lowers the limit where less was accepted', () =>
    expect(sliding().pass(12, 60_000).refuse(60_010, 120_000, { trial: true }).counter.limit).toBe(12));
});

describe('the next trial of windows', () => {
  it.each<[string, found: number, again: number, trial: boolean, afterMs: number]>([
    ['is due at once where the next refusal shows another limit', 20, 22, false, 0],
    ['is due at once where a large limit differs by more than 2 %', 100, 103, false, 0],
    ['is rare where the next refusal shows the same limit', 20, 20, false, 720_000],
    ['is rare where the next refusal shows one more', 20, 21, false, 720_000],
    ['is rare where the next refusal shows one less', 20, 19, false, 720_000],
    ['is rare where a large limit differs by 2 %', 100, 102, false, 720_000],
    ['is rare where a trial was refused, with any limit', 20, 25, true, 720_000],
  ])('%s: %d, then %d', (_, found, again, trial, afterMs) => {
    const hearing = new Hearing().pass(found, 0).refuse(10, 60_000);
    const tryAt = (now: number): number => hearing.estimate.trials.nextTrialAt(now, Infinity, hearing.counter);
    expect(tryAt(10)).toBe(10);
    hearing.pass(again, 60_000).refuse(60_010, 120_000, { trial });
    expect(tryAt(60_010)).toBe(60_010 + afterMs);
  });
});

describe('few leave together after a refusal', () => {
  it.each<[string, windows: number, trial: boolean, narrow: boolean]>([
    ['that is no trial, after a window without a refusal', 2, false, true],
    ['unless a trial was refused', 2, true, false],
    ['unless no window passed without a refusal', 1, false, false],
  ])('%s', (_, windows, trial, narrow) => {
    const hearing = sliding();
    for (let window = 1; window <= windows; window++) hearing.pass(20, window * 60_000);
    const now = windows * 60_000 + 10;
    expect(hearing.refuse(now, now + 59_990, { trial }).estimate.slowStart.isNarrow).toBe(narrow);
  });

  it('unless it is of a bucket', () => {
    const hearing = new Hearing({ windowMs: 10_000 }).pass(10, 0).pass(10, 10_000).refuse(19_000, 20_000);
    expect([hearing.counter.counts, hearing.estimate.slowStart.isNarrow]).toEqual(['bucket', false]);
  });
});

describe('the edge of fixed windows', () => {
  it('is a guess until a whole limit was accepted', () => {
    const hearing = fixed();
    const { estimate } = hearing;
    expect(estimate.isUnproven).toBe(true);
    hearing.pass(20, 60_000);
    expect(estimate.isUnproven).toBe(true);
    estimate.recordEnd();
    expect([estimate.isUnproven, estimate.slowStart.isNarrow]).toEqual([false, false]);
  });

  it('is known within the rounding and the round trip', () => {
    const hearing = new Hearing({ ...GIVEN, enforcement: 'fixed' });
    hearing.counter.roundTripMs = 200;
    expect(hearing.pass(10, 0).refuse(10, 8_000).counter.edge).toEqual({ from: 6_800, to: 8_000 });
  });

  it('is narrowed by the next refusal that agrees', () => {
    const hearing = fixed().pass(20, 60_000).refuse(60_010, 119_000);
    expect(hearing.counter.edge).toEqual({ from: 118_000, to: 118_500 });
  });

  it.each<[string, until: number, edge: unknown]>([
    ['shown by a refusal that names a moment within one window and the rounding', 16_000, { from: 15_000, to: 16_000 }],
    ['not shown by a later moment', 16_001, undefined],
  ])('is %s', (_, until, edge) => {
    const hearing = new Hearing({ ...GIVEN, enforcement: 'fixed' }).pass(10, 4_000).refuse(5_000, until);
    expect(hearing.counter.edge).toEqual(edge);
  });
});

describe('the counting', () => {
  it.each<[string, Partial<QuotaTerms>, counts: Counting[]]>([
    ['three more times for a discovered limit', {}, ['sliding', 'fixed', 'fixed', 'fixed', 'sliding', 'sliding']],
    ['once more for a given limit', { limit: 20 }, ['sliding', 'fixed', 'sliding', 'sliding', 'sliding', 'sliding']],
  ])('is guessed %s, then the strictest is kept', (_, terms, counts) => {
    const hearing = sliding(terms);
    const guessed = [hearing.counter.counts];
    // Each refusal names an edge that fits none of the windows guessed before.
    for (let i = 1; i <= 5; i++) {
      hearing.pass(20, 61_000 * i).refuse(61_000 * i + 1_000, 61_000 + 57_000 * i, { roundedMs: 0 });
      guessed.push(hearing.counter.counts);
    }
    expect(guessed).toEqual(counts);
  });

  it('counts no wrong guess where every refusal agrees', () => {
    const hearing = sliding();
    for (let i = 1; i <= 4; i++) hearing.pass(20, 60_000 * i).refuse(60_000 * i + 10, 60_000 * i + 60_000);
    expect(hearing.counter.counts).toBe('sliding');
    expect(hearing.pass(20, 301_000).refuse(302_000, 358_000).counter.counts).toBe('fixed');
  });

  it.each<[string, now: number, counts: Counting]>([
    ['is a bucket where the wait is that of one permit, including attempts in flight', 54_000, 'bucket'],
    ['is no bucket where the wait is longer', 53_999, 'sliding'],
  ])('%s', (_, now, counts) => {
    const hearing = new Hearing().pass(5, 0);
    hearing.counter.take(5);
    expect(hearing.refuse(now, 60_000).counter.counts).toBe(counts);
  });

  it('stays a bucket with any attempts in flight: only accepted attempts took tokens', () => {
    const hearing = new Hearing(GIVEN);
    hearing.estimate.adoptEstimate({ ...GIVEN, counts: 'bucket' }, 0);
    hearing.pass(2, 0).counter.take(8);
    expect(hearing.refuse(1_000, 6_000).counter.counts).toBe('bucket');
  });

  it.each<[string, waitMs: number, counts: Counting]>([
    ['a bucket, where the wait is within the time per attempt, the rounding and the round trip', 6_200, 'bucket'],
    ['no bucket, where the wait is longer', 6_201, 'fixed'],
  ])('is, where few passed since the last refusal, that of %s', (_, waitMs, counts) => {
    const hearing = sliding();
    hearing.counter.roundTripMs = 200;
    expect(seep(hearing, 20_010, waitMs).counter.counts).toBe(counts);
  });

  it.each<[string, passed: number, counts: Counting]>([
    ['fixed windows, where half the limit was accepted before', 34, 'fixed'],
    ['a bucket, where less was accepted', 33, 'bucket'],
  ])('that an earlier start has learned is given up at the first refusal for that of %s', (_, passed, counts) => {
    const hearing = new Hearing();
    hearing.estimate.adoptEstimate({ limit: 100, windowMs: 60_000, counts: 'sliding' }, 0);
    // The slow start assumes sixteen accepted attempts before these.
    expect(hearing.pass(passed, 0).refuse(10, 6_000).counter.counts).toBe(counts);
  });

  it('may still be a bucket, where a whole limit was accepted only before refusals about another limit', () => {
    const hearing = sliding().pass(20, 60_000).refuse(60_010, 120_000);
    hearing.estimate.reset(60_020);
    hearing.pass(20, 200_000).refuse(200_010, 260_000);
    // Another scope may have found windows in the meantime, which raises the doubt.
    expect(seep(seep(hearing, 220_010), 240_010).counter.counts).toBe('bucket');
  });

  it('found by another scope as windows makes one bucket-like refusal doubtful, and no second', () => {
    const hearing = sliding({}, { counts: 'sliding' });
    const guessed = [20_010, 40_010].map((now) => seep(hearing, now).counter.counts);
    expect(guessed).toEqual(['fixed', 'bucket']);
  });

  it('found by another scope as a bucket is not doubted', () => {
    const silent = new Hearing({}, { counts: 'bucket' }).pass(20, 0).refuse(10, 1_010, { roundedMs: Infinity });
    const told = new Hearing({}, { counts: 'bucket' }).pass(20, 0).refuse(57_000, 60_000);
    expect([silent.counter.counts, told.counter.counts]).toEqual(['bucket', 'bucket']);
  });
});

describe('windows of a discovered limit', () => {
  it.each<[string, passed: number, windowMs: number]>([
    ['are shorter where half a limit was accepted before an early refusal', 10, 20_000],
    ['keep their length where less was accepted', 9, 60_000],
  ])('%s', (_, passed, windowMs) => {
    const hearing = fixed().pass(passed, 59_000).refuse(60_000, 78_500);
    expect(hearing.counter.windowMs).toBe(windowMs);
  });
});

describe('the counting trials of a given limit', () => {
  it.each<[string, terms: { enforcement?: Enforcement; believed?: Counting }, askAt: number]>([
    ['continue at once with bucket trials', {}, 1_030],
    ['continue half a window later with configured fixed windows', { enforcement: 'fixed' }, 6_020],
    ['continue half a window later with fixed windows restored from an earlier start', { believed: 'fixed' }, 6_020],
  ])('%s', (_, { enforcement = 'auto', believed }, askAt) => {
    const hearing = new Hearing({ ...GIVEN, enforcement });
    const { estimate, counter } = hearing;
    if (believed) estimate.adoptEstimate({ ...GIVEN, counts: believed }, 0);
    hearing.pass(10, 0).pass(1, 1_020, { sentAt: 1_000, trial: true });
    expect(estimate.countingTrials.nextAt(1_030, counter)).toBe(askAt);
  });

  it('start where an earlier start did not learn the counting', () => {
    const { estimate } = new Hearing(GIVEN);
    estimate.adoptEstimate({ ...GIVEN, counts: undefined }, 0);
    expect(estimate.isCountingTrial).toBe(true);
  });

  it('have an answer for the next start too', () => {
    const { estimate } = new Hearing(GIVEN).pass(10, 0).refuse(1_020, 10_500, { trial: true, sentAt: 1_000 });
    expect(estimate.learnedLimit()).toEqual({ ...GIVEN, counts: 'sliding' });
  });
});

describe('new terms', () => {
  it.each<[string, Partial<QuotaTerms>, counts: Counting | undefined]>([
    ['of another limit keep the found counting', { limit: 30 }, 'sliding'],
    ['that are unchanged keep the counting too', {}, 'sliding'],
    ['of another window drop the counting', { windowMs: 30_000 }, undefined],
    ['of another burst drop the counting', { burst: 40 }, undefined],
    ['that name the counting set it', { enforcement: 'fixed' }, 'fixed'],
  ])('%s', (_, terms, counts) => {
    const given: QuotaTerms = { limit: 20, windowMs: 60_000, enforcement: 'auto' };
    const { estimate, counter } = sliding(given);
    estimate.reconfigure({ ...given, ...terms }, 100);
    expect([counter.counts, counter.limit]).toEqual([counts, terms.limit ?? 20]);
  });
});

describe('resets named by answers', () => {
  const around = { from: 8_000, to: 8_200 };
  const tell = ({ estimate }: Hearing, from: number): void => {
    for (const now of [from, from + 500, from + 1_000]) estimate.recordReset(now, around);
  };
  const edgeOf = ({ estimate }: Hearing): unknown => estimate.countingTrials.resets?.findEdge(2_000, 10_000);

  it.each<[string, () => Hearing, heard: boolean]>([
    ['are recorded while the counting is unknown', () => new Hearing(GIVEN), true],
    ['are recorded with configured fixed windows', () => new Hearing({ ...GIVEN, enforcement: 'fixed' }), true],
    ['are ignored with configured sliding windows', () => new Hearing({ ...GIVEN, enforcement: 'sliding' }), false],
    [
      'are ignored once the counting trials are answered',
      () => {
        const hearing = new Hearing(GIVEN);
        hearing.estimate.countingTrials.close();
        return hearing;
      },
      false,
    ],
    ['are ignored where a bucket was found without trials', bucket, false],
  ])('%s', (_, hearing, heard) => {
    const told = hearing();
    tell(told, 0);
    expect(edgeOf(told)).toEqual(heard ? around : undefined);
  });

  /** Sends a trial just after an edge that three answers named. */
  const asked = (shared?: SharedCounting): Hearing => {
    const hearing = new Hearing(GIVEN, shared);
    tell(hearing, 0);
    hearing.pass(10, 10_000).estimate.countingTrials.recordSent(18_300, hearing.counter);
    return hearing;
  };

  it('show the edge of fixed windows where a trial is accepted just after', () => {
    const shared: SharedCounting = { counts: undefined };
    const { counter } = asked(shared).pass(1, 18_350, { sentAt: 18_300, trial: true });
    expect([counter.counts, counter.edge, shared.counts]).toEqual(['fixed', { from: 28_000, to: 28_200 }, 'fixed']);
  });

  it('are ignored where the trial is refused, which shows the counting', () => {
    const hearing = asked().refuse(18_350, 20_000, { sentAt: 18_300, trial: true });
    expect(hearing.counter.counts).toBe('sliding');
  });

  it('are ignored after a refusal that names another edge, and the trials start again without them', () => {
    const hearing = asked().pass(1, 18_350, { sentAt: 18_300, trial: true }).refuse(19_000, 23_000);
    const { estimate, counter } = hearing;
    expect([counter.counts, estimate.isCountingTrial, estimate.countingTrials.isUnanswered]).toEqual([
      undefined,
      true,
      true,
    ]);
    tell(hearing, 19_000);
    expect(estimate.countingTrials.nextAt(20_500, counter)).toBe(20_500);
  });
});

describe('a discovered bucket', () => {
  it('holds the permits accepted in a burst, at any refill rate', () => {
    const { estimate, counter } = bucket();
    estimate.setLimit(9_000, 20);
    expect([counter.limit, counter.capacity]).toEqual([20, 10]);
  });

  it('holds more where more was accepted before the refusal', () => {
    const { counter } = bucket().pass(2, 9_010, { sentAt: 8_999 });
    expect([counter.limit, counter.capacity]).toEqual([12, 12]);
  });

  it('holds the limit learned by an earlier start; windows hold nothing', () => {
    const capacities = (['bucket', 'sliding'] as const).map((counts) => {
      const { estimate, counter } = new Hearing();
      estimate.adoptEstimate({ ...GIVEN, counts }, 0);
      estimate.setLimit(0, 12);
      return counter.capacity;
    });
    expect(capacities).toEqual([10, 12]);
  });

  it('is not raised by an accepted trial: its refill shows the limit', () =>
    expect(bucket().pass(1, 9_500, { trial: true }).counter.limit).toBe(10));

  it('has no window length to measure', () => {
    const { counter } = bucket().pass(15, 20_000).refuse(24_000, 25_000);
    expect([counter.counts, counter.limit, counter.windowMs]).toEqual(['bucket', 10, 10_000]);
  });

  it('is tried higher after a refill of 25 permits', () => expect(bucket().stepAt(9_000)).toBe(34_000));

  it.each<[string, passed: number, inMs: number, stepAfterMs: number]>([
    ['after 25 permits of the upper bound of its refill, with too few accepted permits', 5, 10_000, 42_000],
    ['in twice the time with an unsure rate', 10, 10_000, 20_000],
    ['twelve windows later with the assumed rate', 40, 40_000, 120_000],
    ['twelve windows later with a rate one tenth lower', 45, 50_000, 134_000],
    ['a window later with a lower rate', 40, 50_000, 13_000],
  ])('is tried higher %s: %d in %d ms', (_, passed, inMs, stepAfterMs) => {
    const now = 9_000 + inMs;
    const hearing = bucket()
      .pass(passed, now - 2_000)
      .refuse(now, now + 1_000);
    expect(hearing.counter.counts).toBe('bucket');
    expect(hearing.stepAt(now)).toBe(now + stepAfterMs);
  });
});

describe('a bucket of a given limit', () => {
  it('is not lowered before its refill is measured', () => {
    const hearing = new Hearing({ ...GIVEN, enforcement: 'bucket' }).pass(4, 0).refuse(10, 1_010);
    expect(hearing.counter.limit).toBe(10);
  });

  it('is lowered to the refill between two refusals, in the configured window', () => {
    const hearing = new Hearing({ ...GIVEN, enforcement: 'bucket' }).refuse(0, 1_000);
    const { counter } = hearing.pass(40, 79_000).refuse(80_000, 81_000);
    expect([counter.limit, counter.windowMs, counter.capacity]).toEqual([5, 10_000, 5]);
  });

  it('found by another scope holds its configured limit, although the limit was lowered', () => {
    const shared: SharedCounting = { counts: undefined };
    const hearing = new Hearing(GIVEN, shared).pass(4, 0).refuse(10, 1_000, { roundedMs: Infinity });
    const { estimate, counter } = hearing;
    shared.counts = 'bucket';
    expect(estimate.adoptSharedCounting()).toBe(true);
    hearing.pass(1, 20, { sentAt: 5 });
    expect([counter.counts, counter.limit]).toEqual(['bucket', 5]);
    estimate.setLimit(30, 10);
    expect(counter.capacity).toBe(10);
  });
});
