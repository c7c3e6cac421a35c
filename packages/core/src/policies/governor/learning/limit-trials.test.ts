import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { isStale, LimitTrials } from './limit-trials.js';

/** 20 per 10 s, all of it answered at 0. */
function usedUp(limit = 20, roundTripMs = 40): Counter {
  const counter = new Counter(limit, 10_000);
  counter.roundTripMs = roundTripMs;
  for (let i = 0; i < limit; i++) {
    counter.take(1);
    counter.end(0, 1);
  }
  return counter;
}

/** The limit of the next step, if it may begin by now. */
const stepIn = (trials: LimitTrials, now: number, counter: Counter): number | undefined =>
  trials.nextStepAt(counter) <= now ? trials.beginStep(now, counter) : undefined;

describe('a trial', () => {
  it('may go out at once where nothing was confirmed yet', () =>
    expect(new LimitTrials().nextTrialAt(100, 10_000, usedUp())).toBe(100));

  it.each<[string, now: number, at: number, expected: number]>([
    ['clear of the moment at which the limit allows one anyway', 100, 10_000, 100],
    ['not in the last quarter of a window before it', 7_501, 10_000, 10_000],
    ['just before that quarter', 7_500, 10_000, 7_500],
  ])('goes out %s', (_, now, at, expected) => {
    const trials = new LimitTrials();
    // Only from now on: one that waited for long is content with less.
    trials.scheduleNext(now, 20, false, true, usedUp());
    expect(trials.nextTrialAt(now, at, usedUp())).toBe(expected);
  });

  it('is content with twice a round trip and a little after two windows', () => {
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

  it('overtakes nobody: it waits until nothing but trials is out', () => {
    const trials = new LimitTrials();
    const counter = usedUp(21);
    counter.take(1);
    expect(trials.nextTrialAt(100, 10_000, counter)).toBe(10_000);
  });

  it('is alone at first; after four that were accepted they go out by twos, fours, up to an eighth of the limit', () => {
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

  it('leaves the limit in mind that held before the first was accepted, until one is refused', () => {
    const trials = new LimitTrials();
    trials.recordAccepted(20);
    trials.recordAccepted(21);
    expect(trials.proven).toBe(20);
    trials.scheduleNext(100, 21, true, true, usedUp());
    expect(trials.proven).toBeUndefined();
    trials.recordAccepted(21);
    expect(trials.proven).toBe(21);
  });

  it('is known by its order until it ended', () => {
    const trials = new LimitTrials();
    trials.recordSent(7);
    expect([trials.has(7), trials.has(8), trials.size]).toEqual([true, false, 1]);
    expect([trials.recordEnd(8), trials.recordEnd(7), trials.recordEnd(7)]).toEqual([false, true, false]);
  });
});

describe('the next trial after a refusal', () => {
  it.each<[string, found: number, sustained: number, sure: boolean, seldom: boolean, afterMs: number]>([
    ['goes out at once where the limit is not sure', 20, 20, false, true, 0],
    ['twelve windows later where it is', 20, 20, true, true, 120_000],
    ['a window later where the limit was given and is lowered', 20, 20, true, false, 10_000],
    ['a window later where it was cut', 10, 20, true, true, 10_000],
    ['at once where it was cut and is not sure', 10, 20, false, true, 0],
    ['twelve windows later where it is a little lower', 18, 20, true, true, 120_000],
    ['twelve windows later where no more had passed before', 10, 10, true, true, 120_000],
    ['twelve windows later where more had passed than the limit, as of a full bucket', 20, 40, true, true, 120_000],
  ])('%s', (_, found, sustained, sure, seldom, afterMs) => {
    const counter = usedUp();
    const trials = new LimitTrials();
    trials.recordThroughput(0, sustained, counter);
    trials.recordThroughput(10_000, 1, counter);
    trials.scheduleNext(20_000, found, sure, seldom, counter);
    const empty = usedUp();
    expect(trials.nextTrialAt(20_000, Infinity, empty)).toBe(20_000 + afterMs);
  });

  it('is never sooner than 5 s after it, short as the window may be', () => {
    const counter = new Counter(5, 100);
    const trials = new LimitTrials();
    trials.scheduleNext(0, 5, true, false, counter);
    expect(trials.nextTrialAt(0, Infinity, counter)).toBe(5_000);
  });

  it('comes in every window while a limit that was cut may come back, then seldom again', () => {
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

  it('what passed since the last refusal is not yet what passes in a window', () => {
    const counter = usedUp();
    const trials = new LimitTrials();
    trials.recordThroughput(0, 20, counter);
    trials.recordRefusal(9_999, false);
    trials.recordThroughput(10_000, 1, counter);
    trials.scheduleNext(20_000, 5, true, true, counter);
    expect(trials.nextTrialAt(20_000, Infinity, counter)).toBe(140_000);
  });
});

describe('what passes in a window', () => {
  it('is all that is accepted from the last refusal until a window is over', () => {
    const counter = usedUp();
    const trials = new LimitTrials();
    trials.recordRefusal(5_000, false);
    for (const now of [6_000, 14_999, 15_000]) trials.recordThroughput(now, 10, counter);
    // Half of the 20 that passed: it was cut.
    trials.scheduleNext(20_000, 10, true, true, counter);
    expect(trials.nextTrialAt(20_000, Infinity, counter)).toBe(30_000);
  });

  it('is known as soon as a whole one went by without a refusal', () => {
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

  it('is tried in steps of 25 permits, higher each time, and goes back to what was proven', () => {
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

describe('issue 13: a call that cannot wait for a refusal to pass', () => {
  /** When such a call may try, after so many series that ended with their first. */
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
  ])('tries after %d trials that were refused at once when %d ms went by', (failed, ms) =>
    expect(after(failed)).toBe(ms),
  );

  it('tries no sooner than 5 s after a refusal, short as the window may be', () => expect(after(0, 100)).toBe(5_000));

  it('goes on at once where a trial was accepted', () => {
    const trials = new LimitTrials();
    trials.recordRefusal(50_000, false);
    trials.scheduleNext(50_000, 20, false, false, usedUp());
    expect(trials.nextTrialAt(60_000, Infinity, usedUp(), false)).toBe(60_000);
    trials.recordAccepted(20, 5);
    expect(trials.nextTrialAt(50_000, Infinity, usedUp(), false)).toBe(50_000);
  });

  it.each<[string, found: number, ms: number]>([
    ['begins anew where what was found is more by a tenth', 23, 10_000],
    ['waits for longer where it is hardly more', 22, 20_000],
  ])('%s', (_, found, ms) => {
    const trials = new LimitTrials();
    const counter = new Counter(20, 10_000);
    trials.recordRefusal(0, false);
    trials.recordAccepted(20);
    trials.recordRefusal(50_000, true);
    trials.scheduleNext(50_000, found, true, false, counter);
    expect(trials.nextTrialAt(50_000, Infinity, counter, false)).toBe(50_000 + ms);
  });

  it('tries a bucket higher by the same rule, step after step once that began', () => {
    const trials = new LimitTrials();
    const counter = new Counter(20, 10_000);
    trials.recordRefusal(50_000, false);
    expect(trials.nextStepAt(counter, false)).toBe(60_000);
    expect(trials.beginStep(60_000, counter)).toBeCloseTo(22);
    expect(trials.nextStepAt(counter, false)).toBe(62_500);
    expect(trials.beginStep(62_500, counter)).toBeCloseTo(30);
  });

  it('takes as many permits as it weighs', () => {
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

describe('issue 13: headers that say there is more', () => {
  it('let a trial go at once, until one is refused', () => {
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

  it('and say nothing while trials are under way', () => {
    const trials = new LimitTrials();
    trials.recordAccepted(20);
    trials.encourage();
    trials.scheduleNext(50_000, 21, true, false, usedUp());
    expect(trials.nextTrialAt(50_000, Infinity, usedUp())).toBe(60_000);
  });
});
