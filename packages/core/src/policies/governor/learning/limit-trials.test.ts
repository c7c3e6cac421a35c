import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { isStale, LimitTrials } from './limit-trials.js';

/** 20 per 10 s, all answered at 0. */
function usedUp(limit = 20, roundTripMs = 40): Counter {
  const counter = new Counter(limit, 10_000);
  counter.roundTripMs = roundTripMs;
  for (let i = 0; i < limit; i++) {
    counter.take(1);
    counter.end(0, 1);
  }
  return counter;
}

/** Returns the limit of the next step, if the step may begin by now. */
const stepIn = (trials: LimitTrials, now: number, counter: Counter): number | undefined =>
  trials.nextStepAt(counter) <= now ? trials.beginStep(now, counter) : undefined;

describe('a trial', () => {
  it('may leave at once before the limit was confirmed', () =>
    expect(new LimitTrials().nextTrialAt(100, 10_000, usedUp())).toBe(100));

  it.each<[string, now: number, at: number, expected: number]>([
    ['clear of the next free permit', 100, 10_000, 100],
    ['not in the last quarter of a window before the next free permit', 7_501, 10_000, 10_000],
    ['just before that quarter', 7_500, 10_000, 7_500],
  ])('leaves %s', (_, now, at, expected) => {
    const trials = new LimitTrials();
    // The search starts now: a trial that has waited long accepts a shorter distance.
    trials.scheduleNext(now, 20, false, true, usedUp());
    expect(trials.nextTrialAt(now, at, usedUp())).toBe(expected);
  });

  it('accepts a distance of two round trips and a margin after two windows', () => {
    const trials = new LimitTrials();
    trials.scheduleNext(50_000, 20, false, true, usedUp());
    expect(trials.nextTrialAt(70_000, 70_102, usedUp())).toBe(70_102);
    expect(trials.nextTrialAt(70_001, 70_102, usedUp())).toBe(70_001);
    expect(trials.nextTrialAt(70_001, 70_100, usedUp())).toBe(70_100);
  });

  it('keeps clear of the edge of a fixed window too', () => {
    const counter = usedUp();
    counter.setFixed({ from: 4_000, to: 4_100 }, 0);
    const trials = new LimitTrials();
    trials.scheduleNext(0, 20, false, true, counter);
    expect(trials.nextTrialAt(1_500, 10_000, counter)).toBe(1_500);
    expect(trials.nextTrialAt(1_501, 10_000, counter)).toBe(10_000);
  });

  it('overtakes no attempt: a trial waits until only trials are in flight', () => {
    const trials = new LimitTrials();
    const counter = usedUp(21);
    counter.take(1);
    expect(trials.nextTrialAt(100, 10_000, counter)).toBe(10_000);
  });

  it('is alone at first; after four accepted trials the number doubles up to an eighth of the limit', () => {
    const trials = new LimitTrials();
    const counter = usedUp(40);
    const together: number[] = [];
    for (let accepted = 0; accepted < 10; accepted++) {
      let order = 0;
      while (trials.nextTrialAt(100, 10_000, counter) === 100) {
        trials.recordSent(++order);
        counter.take(1);
      }
      together.push(order);
      for (; order > 0; order--) {
        expect(trials.recordEnd(order)).toBe(true);
        counter.undo(1);
      }
      expect(trials.recordAccepted(40 + accepted)).toBe(41 + accepted);
    }
    expect(together).toEqual([1, 1, 1, 1, 1, 2, 4, 5, 5, 5]);
  });

  it('keeps the limit from before the first accepted trial until a refusal', () => {
    const trials = new LimitTrials();
    trials.recordAccepted(20);
    trials.recordAccepted(21);
    expect(trials.proven).toBe(20);
    trials.scheduleNext(100, 21, true, true, usedUp());
    expect(trials.proven).toBeUndefined();
    trials.recordAccepted(21);
    expect(trials.proven).toBe(21);
  });

  it('is known by its order until its end', () => {
    const trials = new LimitTrials();
    trials.recordSent(7);
    expect([trials.has(7), trials.has(8), trials.size]).toEqual([true, false, 1]);
    expect([trials.recordEnd(8), trials.recordEnd(7), trials.recordEnd(7)]).toEqual([false, true, false]);
  });
});

describe('the next trial after a refusal', () => {
  it.each<[string, found: number, sustained: number, sure: boolean, seldom: boolean, afterMs: number]>([
    ['leaves at once where the limit is not sure', 20, 20, false, true, 0],
    ['leaves twelve windows later where the limit is sure', 20, 20, true, true, 120_000],
    ['leaves a window later where a given limit is lowered', 20, 20, true, false, 10_000],
    ['leaves a window later where the limit was cut', 10, 20, true, true, 10_000],
    ['leaves at once where the limit was cut and is not sure', 10, 20, false, true, 0],
    ['leaves twelve windows later where the limit is slightly lower', 18, 20, true, true, 120_000],
    ['leaves twelve windows later where no more was accepted before', 10, 10, true, true, 120_000],
    [
      'leaves twelve windows later where more than the limit was accepted, as of a full bucket',
      20,
      40,
      true,
      true,
      120_000,
    ],
  ])('%s', (_, found, sustained, sure, seldom, afterMs) => {
    const counter = usedUp();
    const trials = new LimitTrials();
    trials.recordThroughput(0, sustained, counter);
    trials.recordThroughput(10_000, 1, counter);
    trials.scheduleNext(20_000, found, sure, seldom, counter);
    const empty = usedUp();
    expect(trials.nextTrialAt(20_000, Infinity, empty)).toBe(20_000 + afterMs);
  });

  it('leaves at least 5 s after the refusal, even for short windows', () => {
    const counter = new Counter(5, 100);
    const trials = new LimitTrials();
    trials.scheduleNext(0, 5, true, false, counter);
    expect(trials.nextTrialAt(0, Infinity, counter)).toBe(5_000);
  });

  it('leaves in every window while a cut may be taken back, then rarely again', () => {
    const counter = usedUp();
    const trials = new LimitTrials();
    trials.recordThroughput(0, 20, counter);
    trials.recordThroughput(10_000, 1, counter);
    trials.scheduleNext(20_000, 10, true, true, counter);
    trials.scheduleNext(60_000, 10, true, true, counter);
    expect(trials.nextTrialAt(60_000, Infinity, counter)).toBe(70_000);
    trials.scheduleNext(100_000, 10, true, true, counter);
    expect(trials.nextTrialAt(100_000, Infinity, counter)).toBe(220_000);
  });

  it('attempts accepted since the last refusal are no window throughput yet', () => {
    const counter = usedUp();
    const trials = new LimitTrials();
    trials.recordThroughput(0, 20, counter);
    trials.recordRefusal(9_999, false);
    trials.recordThroughput(10_000, 1, counter);
    trials.scheduleNext(20_000, 5, true, true, counter);
    expect(trials.nextTrialAt(20_000, Infinity, counter)).toBe(140_000);
  });
});

describe('throughput per window', () => {
  it('counts all attempts accepted from the last refusal until a window is over', () => {
    const counter = usedUp();
    const trials = new LimitTrials();
    trials.recordRefusal(5_000, false);
    for (const now of [6_000, 14_999, 15_000]) trials.recordThroughput(now, 10, counter);
    // Half of the 20 accepted before: the limit was cut.
    trials.scheduleNext(20_000, 10, true, true, counter);
    expect(trials.nextTrialAt(20_000, Infinity, counter)).toBe(30_000);
  });

  it('is known after a whole window without a refusal', () => {
    const counter = usedUp();
    const trials = new LimitTrials();
    const known = [trials.hasSustained];
    const note = (): unknown => known.push(trials.hasSustained);
    for (const step of [
      () => trials.recordThroughput(0, 1, counter),
      () => trials.recordThroughput(9_999, 1, counter),
      () => trials.recordRefusal(9_999, false),
      () => trials.recordThroughput(19_998, 1, counter),
      () => trials.recordThroughput(19_999, 1, counter),
      () => trials.recordRefusal(20_000, false),
    ]) {
      step();
      note();
    }
    expect(known).toEqual([false, false, false, false, false, true, true]);
  });
});

describe('a bucket', () => {
  it('is tried higher after a quarter of its window where fewer permits take longer', () => {
    const trials = new LimitTrials();
    const steps = [0, 2_499, 2_500, 4_999, 5_000].map((now) => stepIn(trials, now, usedUp()));
    expect(steps.map((limit) => limit !== undefined)).toEqual([true, false, true, false, true]);
  });

  it('is tried in growing steps of 25 permits, and returns to the proven limit', () => {
    const counter = usedUp(200);
    const trials = new LimitTrials();
    expect(trials.proven).toBeUndefined();
    const steps = [0, 1_249, 1_250, 2_500, 3_750].map((now) => {
      const limit = stepIn(trials, now, counter);
      return limit === undefined ? undefined : Math.round(limit);
    });
    // 25 permits take 1,250 ms, less than a quarter of a window.
    expect(steps).toEqual([220, undefined, 300, 400, 400]);
    expect(trials.proven).toBe(200);
    counter.setCounting('bucket');
    trials.scheduleNext(4_000, 200, false, true, counter);
    expect(trials.proven).toBeUndefined();
    expect(trials.nextStepAt(counter)).toBe(14_000);
    expect(Math.round(trials.beginStep(14_000, counter))).toBe(220);
  });
});

describe('a limit', () => {
  it.each([
    [120_000, false],
    [120_001, true],
  ])('that was last refused %d ms ago is stale: %s', (sinceMs, stale) => {
    expect(isStale(sinceMs, 10_000)).toBe(stale);
  });
});

describe('issue 13: a call that cannot wait after a refusal', () => {
  /** Returns when such a call may try, after a number of failed series. */
  function after(failed: number, windowMs = 10_000): number {
    const trials = new LimitTrials();
    const counter = new Counter(20, windowMs);
    for (let i = 0; i <= failed; i++) {
      trials.recordRefusal(50_000, i > 0);
      trials.scheduleNext(50_000, 20, true, false, counter);
    }
    return trials.nextTrialAt(50_000, Infinity, counter, false) - 50_000;
  }

  it.each([
    [0, 10_000],
    [1, 20_000],
    [2, 40_000],
    [3, 80_000],
    [4, 120_000],
    [40, 120_000],
  ])('tries after %d trials refused at once, when %d ms have passed', (failed, ms) => expect(after(failed)).toBe(ms));

  it('tries at the earliest 5 s after a refusal, even for short windows', () => expect(after(0, 100)).toBe(5_000));

  it('continues at once where a trial was accepted', () => {
    const trials = new LimitTrials();
    trials.recordRefusal(50_000, false);
    trials.scheduleNext(50_000, 20, false, false, usedUp());
    expect(trials.nextTrialAt(60_000, Infinity, usedUp(), false)).toBe(60_000);
    trials.recordAccepted(20, 5);
    expect(trials.nextTrialAt(50_000, Infinity, usedUp(), false)).toBe(50_000);
  });

  it.each<[string, found: number, ms: number]>([
    ['starts again where the found limit is a tenth higher', 23, 10_000],
    ['waits longer where the found limit is hardly higher', 22, 20_000],
  ])('%s', (_, found, ms) => {
    const trials = new LimitTrials();
    const counter = new Counter(20, 10_000);
    trials.recordRefusal(0, false);
    trials.recordAccepted(20);
    trials.recordRefusal(50_000, true);
    trials.scheduleNext(50_000, found, true, false, counter);
    expect(trials.nextTrialAt(50_000, Infinity, counter, false)).toBe(50_000 + ms);
  });

  it('tries a bucket higher by the same rule, then step after step', () => {
    const trials = new LimitTrials();
    const counter = new Counter(20, 10_000);
    trials.recordRefusal(50_000, false);
    expect(trials.nextStepAt(counter, false)).toBe(60_000);
    expect(trials.beginStep(60_000, counter)).toBeCloseTo(22);
    expect(trials.nextStepAt(counter, false)).toBe(62_500);
    expect(trials.beginStep(62_500, counter)).toBeCloseTo(30);
  });

  it('takes as many permits as its weight', () => {
    const trials = new LimitTrials();
    const counter = usedUp(40);
    for (let i = 0; i < 6; i++) trials.recordAccepted(40);
    trials.recordSent(1, 3);
    counter.take(3);
    expect(trials.nextTrialAt(100, 10_000, counter)).toBe(100);
    trials.recordSent(2, 3);
    counter.take(3);
    expect(trials.nextTrialAt(100, 10_000, counter)).toBe(10_000);
  });
});

describe('issue 13: headers that report more remaining permits', () => {
  it('allow a trial at once, until one is refused', () => {
    const trials = new LimitTrials();
    trials.recordRefusal(50_000, false);
    trials.scheduleNext(50_000, 20, true, true, usedUp());
    trials.encourage();
    expect(trials.nextTrialAt(51_000, Infinity, usedUp(), false)).toBe(51_000);
    trials.recordRefusal(51_000, true);
    trials.scheduleNext(51_000, 20, true, false, usedUp());
    trials.encourage();
    expect(trials.nextTrialAt(51_000, Infinity, usedUp())).toBe(61_000);
  });

  it('change nothing while trials are under way', () => {
    const trials = new LimitTrials();
    trials.recordAccepted(20);
    trials.encourage();
    trials.scheduleNext(50_000, 21, true, false, usedUp());
    expect(trials.nextTrialAt(50_000, Infinity, usedUp())).toBe(60_000);
  });
});
