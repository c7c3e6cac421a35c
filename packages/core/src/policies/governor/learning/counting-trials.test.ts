import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { CountingTrials } from './counting-trials.js';
import { ResetEdges } from './reset-edges.js';

/** 20 per 2 s: a permit every 100 ms. All were answered at 0. */
function usedUp(roundTripMs = 10, limit = 20): Counter {
  const counter = new Counter(limit, limit * 100);
  counter.roundTripMs = roundTripMs;
  for (let i = 0; i < limit; i++) {
    counter.take(1);
    counter.end(0, 1);
  }
  return counter;
}

/** The same, after the first trial left at 100 and was answered. */
function askedFirst(roundTripMs = 10, limit = 20): { counter: Counter; now: number } {
  const counter = usedUp(roundTripMs, limit);
  counter.take(1);
  counter.end(100 + roundTripMs, 1);
  return { counter, now: 100 + roundTripMs };
}

describe('counting trials', () => {
  it('do not start where the counting is known', () => {
    const trials = new CountingTrials(false, false);
    expect([trials.isOpen, trials.isUnanswered]).toEqual([false, false]);
  });

  it('begin with one attempt, alone, when a bucket has its next permit', () => {
    const trials = new CountingTrials(true, true);
    const counter = usedUp();
    expect(trials.nextAt(0, counter)).toBe(100);
    expect(trials.nextAt(150, counter)).toBe(150);
    counter.take(1);
    expect(trials.nextAt(150, counter)).toBe(Infinity);
    expect([trials.isOpen, trials.isUnanswered]).toEqual([true, true]);
  });

  it('end with a refusal of the first trial: no bucket', () => {
    const trials = new CountingTrials(true, true);
    expect(trials.recordRefusal()).toBe(false);
    expect(trials.isOpen).toBe(false);
  });

  it.each<[string, roundTripMs: number, limit: number, confirming: number]>([
    ['at most one permit refills meanwhile', 10, 20, 2],
    ['two permits may refill meanwhile', 60, 20, 3],
    ['four confirming trials are allowed', 150, 20, 4],
    ['issue 13: six confirming trials of a limit of twenty are allowed', 250, 20, 6],
    ['more than a third of the limit is too much', 290, 20, 0],
    ['four confirming trials are allowed for any limit', 150, 5, 4],
    ['more than four are too many where they exceed a third', 160, 5, 0],
    ['issue 13: 400 ms at a permit in 200', 200, 50, 5],
    ['eleven confirming trials of a limit of 220 are allowed', 500, 220, 11],
  ])(
    'after an accepted first trial, enough trials follow for a bucket to refuse one: %s',
    (_, roundTripMs, limit, confirming) => {
      const trials = new CountingTrials(true, true);
      const { counter, now } = askedFirst(roundTripMs, limit);
      trials.recordAccepted(now, counter);
      expect(trials.isUnanswered).toBe(false);
      let asked = 0;
      while (trials.nextAt(now, counter) === now) {
        trials.recordSent(now, counter);
        asked++;
      }
      expect(asked).toBe(confirming);
    },
  );

  it('show a bucket where a confirming trial is refused', () => {
    const trials = new CountingTrials(true, true);
    const { counter } = askedFirst();
    trials.recordAccepted(110, counter);
    trials.recordSent(100, counter);
    expect(trials.recordRefusal()).toBe(true);
    expect(trials.isOpen).toBe(false);
  });

  it('repeat a trial that was never sent', () => {
    const trials = new CountingTrials(true, true);
    const { counter } = askedFirst();
    trials.recordAccepted(110, counter);
    trials.recordSent(101, counter);
    trials.recordSent(101, counter);
    expect(trials.nextAt(100, counter)).toBe(Infinity);
    trials.recordUnsent();
    expect(trials.nextAt(100, counter)).toBe(100);
  });

  it('continue half a window later where all were accepted, and then end', () => {
    const trials = new CountingTrials(true, true);
    const { counter } = askedFirst();
    trials.recordAccepted(110, counter);
    trials.recordSent(101, counter);
    trials.endConfirming();
    expect(trials.nextAt(150, counter)).toBe(150);
    trials.recordSent(101, counter);
    trials.recordAccepted(160, counter);
    trials.endConfirming();
    expect(trials.nextAt(160, counter)).toBe(1_110);
    expect(trials.nextAt(1_200, counter)).toBe(1_200);
    counter.take(1);
    expect(trials.nextAt(1_200, counter)).toBe(Infinity);
    trials.recordAccepted(1_210, counter);
    expect(trials.isOpen).toBe(false);
  });

  it('for edges only send one trial at a time: a first and a second', () => {
    const trials = new CountingTrials(true, false);
    const counter = usedUp();
    trials.recordSent(100, counter);
    trials.recordAccepted(100, counter);
    expect(trials.nextAt(110, counter)).toBe(1_100);
    expect(trials.recordRefusal()).toBe(false);
  });

  it('a refused second trial shows an edge, not a bucket', () => {
    const trials = new CountingTrials(true, true);
    trials.recordAccepted(100, usedUp(1_000));
    expect(trials.recordRefusal()).toBe(false);
  });

  it('end where another scope has the answer', () => {
    const trials = new CountingTrials(true, true);
    trials.close();
    expect(trials.isOpen).toBe(false);
  });
});

describe('where headers name an edge, the first trial', () => {
  /** Three answers of the previous window that name an edge between 900 and 1,000, in windows of 2 s. */
  function told(times = [-2_000, -1_900, -1_750]): ResetEdges {
    const resets = new ResetEdges();
    for (const at of times) resets.recordReset(at, { from: -1_100, to: -1_000 }, 2_000);
    return resets;
  }

  it.each<[string, now: number, nextAt: number]>([
    ['waits for the edge', 300, 1_000],
    ['leaves just after the edge', 1_000, 1_000],
    ['leaves later too, while all counted answers are older', 1_400, 1_400],
  ])('%s (at %d ms)', (_, now, nextAt) => {
    expect(new CountingTrials(true, true, told()).nextAt(now, usedUp())).toBe(nextAt);
  });

  it.each<[string, answeredAt: number, nextAt: number]>([
    ['leaves where all counted answers arrived before the edge', 899, 1_050],
    ['leaves where an answer arrived as the edge may just have begun', 900, 1_050],
    ['waits for the next edge where a younger answer counts', 901, 3_000],
  ])('%s', (_, answeredAt, nextAt) => {
    const counter = new Counter(20, 2_000);
    counter.take(1);
    counter.end(answeredAt, 1);
    expect(new CountingTrials(true, true, told()).nextAt(1_050, counter)).toBe(nextAt);
  });

  it('proves the edge where accepted, and ends the trials', () => {
    const resets = told();
    const trials = new CountingTrials(true, true, resets);
    expect(trials.byHeaders).toBe(false);
    trials.recordSent(1_050, usedUp());
    expect(trials.byHeaders).toBe(true);
    expect(trials.recordAccepted(1_090, usedUp())).toEqual({ from: 2_900, to: 3_000 });
    expect([trials.isOpen, resets.findEdge(1_100, 2_000)]).toEqual([false, { from: 2_900, to: 3_000 }]);
  });

  it('refutes the headers where refused, which shows no bucket', () => {
    const resets = told();
    const trials = new CountingTrials(true, true, resets);
    trials.recordSent(1_050, usedUp());
    expect(trials.recordRefusal()).toBe(false);
    expect([trials.isOpen, resets.findEdge(1_100, 2_000)]).toEqual([false, undefined]);
  });

  it('does not rest on later edges: a later refusal does not refute them', () => {
    const resets = told([0]);
    const trials = new CountingTrials(true, true, resets);
    const counter = usedUp(1_000);
    trials.recordSent(100, counter);
    expect(trials.recordAccepted(110, counter)).toBeUndefined();
    for (const at of [200, 300]) resets.recordReset(at, { from: 900, to: 1_000 }, 2_000);
    trials.recordSent(2_300, counter);
    expect([trials.byHeaders, trials.recordRefusal()]).toEqual([false, false]);
    expect(resets.findEdge(2_350, 2_000)).toEqual({ from: 2_900, to: 3_000 });
  });

  it('refutes nothing where refused without an edge', () => {
    const resets = told([0]);
    const trials = new CountingTrials(true, true, resets);
    trials.recordSent(1_050, usedUp());
    trials.recordRefusal();
    expect(resets.isConsistent(1_100, 2_000)).toBe(true);
  });

  it('waits up to two windows for the headers to name an edge', () => {
    const trials = new CountingTrials(true, true, told([0]));
    expect([trials.nextAt(3_999, usedUp()), trials.nextAt(4_000, usedUp())]).toEqual([Infinity, 4_000]);
  });
});
