import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { CountingTrials } from './counting-trials.js';
import { ResetEdges } from './reset-edges.js';

/** 20 per 2 s: a permit every 100 ms. All of it was answered at 0. */
function usedUp(roundTripMs = 10, limit = 20): Counter {
  const counter = new Counter(limit, limit * 100);
  counter.roundTripMs = roundTripMs;
  for (let i = 0; i < limit; i++) {
    counter.take(1);
    counter.end(0, 1);
  }
  return counter;
}

/** The same, after the first attempt that asks went out at 100, and was answered. */
function askedFirst(roundTripMs = 10, limit = 20): { counter: Counter; now: number } {
  const counter = usedUp(roundTripMs, limit);
  counter.take(1);
  counter.end(100 + roundTripMs, 1);
  return { counter, now: 100 + roundTripMs };
}

describe('the question how a platform counts', () => {
  it('is not asked where the answer is known', () => {
    const question = new CountingTrials(false, false);
    expect([question.isOpen, question.isUnanswered]).toEqual([false, false]);
  });

  it('begins with one attempt, alone, at the moment at which a bucket would have its next permit', () => {
    const question = new CountingTrials(true, true);
    const counter = usedUp();
    expect(question.nextAt(0, counter)).toBe(100);
    expect(question.nextAt(150, counter)).toBe(150);
    counter.take(1);
    expect(question.nextAt(150, counter)).toBe(Infinity);
    expect([question.isOpen, question.isUnanswered]).toEqual([true, true]);
  });

  it('is answered by a refusal of the first: that is no bucket', () => {
    const question = new CountingTrials(true, true);
    expect(question.recordRefusal()).toBe(false);
    expect(question.isOpen).toBe(false);
  });

  it.each<[string, roundTripMs: number, limit: number, confirming: number]>([
    ['no more than a permit flows in meanwhile', 10, 20, 2],
    ['two may flow in meanwhile', 60, 20, 3],
    ['as many as four are few enough', 150, 20, 4],
    ['issue 13: as many as six are few enough of twenty', 250, 20, 6],
    ['more than a third of the limit are too many', 290, 20, 0],
    ['four are few enough of any limit', 150, 5, 4],
    ['more than four are too many where that is more than a third', 160, 5, 0],
    ['issue 13: 400 ms at a permit in 200', 200, 50, 5],
    ['eleven are few enough of 220', 500, 220, 11],
  ])(
    'an accepted first is followed by so many that a bucket must refuse one: %s',
    (_, roundTripMs, limit, confirming) => {
      const question = new CountingTrials(true, true);
      const { counter, now } = askedFirst(roundTripMs, limit);
      question.recordAccepted(now, counter);
      expect(question.isUnanswered).toBe(false);
      let asked = 0;
      while (question.nextAt(now, counter) === now) {
        question.recordSent(now, counter);
        asked++;
      }
      expect(asked).toBe(confirming);
    },
  );

  it('one of which is refused is answered: a bucket', () => {
    const question = new CountingTrials(true, true);
    const { counter } = askedFirst();
    question.recordAccepted(110, counter);
    question.recordSent(100, counter);
    expect(question.recordRefusal()).toBe(true);
    expect(question.isOpen).toBe(false);
  });

  it('that was never sent is asked again', () => {
    const question = new CountingTrials(true, true);
    const { counter } = askedFirst();
    question.recordAccepted(110, counter);
    question.recordSent(101, counter);
    question.recordSent(101, counter);
    expect(question.nextAt(100, counter)).toBe(Infinity);
    question.recordUnsent();
    expect(question.nextAt(100, counter)).toBe(100);
  });

  it('goes on half a window after the first where all were accepted, and ends with that', () => {
    const question = new CountingTrials(true, true);
    const { counter } = askedFirst();
    question.recordAccepted(110, counter);
    question.recordSent(101, counter);
    question.endConfirming();
    expect(question.nextAt(150, counter)).toBe(150);
    question.recordSent(101, counter);
    question.recordAccepted(160, counter);
    question.endConfirming();
    expect(question.nextAt(160, counter)).toBe(1_110);
    expect(question.nextAt(1_200, counter)).toBe(1_200);
    counter.take(1);
    expect(question.nextAt(1_200, counter)).toBe(Infinity);
    question.recordAccepted(1_210, counter);
    expect(question.isOpen).toBe(false);
  });

  it('that asks for edges only sends no more than one at a time: a first and a second', () => {
    const question = new CountingTrials(true, false);
    const counter = usedUp();
    question.recordSent(100, counter);
    question.recordAccepted(100, counter);
    expect(question.nextAt(110, counter)).toBe(1_100);
    expect(question.recordRefusal()).toBe(false);
  });

  it('a refused second was about an edge, not about a bucket', () => {
    const question = new CountingTrials(true, true);
    question.recordAccepted(100, usedUp(1_000));
    expect(question.recordRefusal()).toBe(false);
  });

  it('is closed where somebody else has the answer', () => {
    const question = new CountingTrials(true, true);
    question.close();
    expect(question.isOpen).toBe(false);
  });
});

describe('where headers tell an edge, the first', () => {
  /** Three answers of the window before, that point at an edge between 900 and 1,000, as in every window of 2 s. */
  function told(times = [-2_000, -1_900, -1_750]): ResetEdges {
    const resets = new ResetEdges();
    for (const at of times) resets.recordReset(at, { from: -1_100, to: -1_000 }, 2_000);
    return resets;
  }

  it.each<[string, now: number, askAt: number]>([
    ['waits for it', 300, 1_000],
    ['goes out just after it', 1_000, 1_000],
    ['goes out later too, while all that counts is older', 1_400, 1_400],
  ])('%s (at %d ms)', (_, now, askAt) => {
    expect(new CountingTrials(true, true, told()).nextAt(now, usedUp())).toBe(askAt);
  });

  it.each<[string, answeredAt: number, askAt: number]>([
    ['goes out where all that counts was answered before', 899, 1_050],
    ['goes out where it was answered when the edge may just have begun', 900, 1_050],
    ['waits for the next edge where something younger counts', 901, 3_000],
  ])('%s', (_, answeredAt, askAt) => {
    const counter = new Counter(20, 2_000);
    counter.take(1);
    counter.end(answeredAt, 1);
    expect(new CountingTrials(true, true, told()).nextAt(1_050, counter)).toBe(askAt);
  });

  it('proves it where it is accepted, and nothing more is asked', () => {
    const resets = told();
    const question = new CountingTrials(true, true, resets);
    expect(question.byHeaders).toBe(false);
    question.recordSent(1_050, usedUp());
    expect(question.byHeaders).toBe(true);
    expect(question.recordAccepted(1_090, usedUp())).toEqual({ from: 2_900, to: 3_000 });
    expect([question.isOpen, resets.findEdge(1_100, 2_000)]).toEqual([false, { from: 2_900, to: 3_000 }]);
  });

  it('refutes them where it is refused, which says nothing of a bucket', () => {
    const resets = told();
    const question = new CountingTrials(true, true, resets);
    question.recordSent(1_050, usedUp());
    expect(question.recordRefusal()).toBe(false);
    expect([question.isOpen, resets.findEdge(1_100, 2_000)]).toEqual([false, undefined]);
  });

  it('rests on no edge that they tell after it: what is refused later does not refute them', () => {
    const resets = told([0]);
    const question = new CountingTrials(true, true, resets);
    const counter = usedUp(1_000);
    question.recordSent(100, counter);
    expect(question.recordAccepted(110, counter)).toBeUndefined();
    for (const at of [200, 300]) resets.recordReset(at, { from: 900, to: 1_000 }, 2_000);
    question.recordSent(2_300, counter);
    expect([question.byHeaders, question.recordRefusal()]).toEqual([false, false]);
    expect(resets.findEdge(2_350, 2_000)).toEqual({ from: 2_900, to: 3_000 });
  });

  it('refused without an edge refutes nothing', () => {
    const resets = told([0]);
    const question = new CountingTrials(true, true, resets);
    question.recordSent(1_050, usedUp());
    question.recordRefusal();
    expect(resets.isConsistent(1_100, 2_000)).toBe(true);
  });

  it('waits until they have told it, for two windows', () => {
    const question = new CountingTrials(true, true, told([0]));
    expect([question.nextAt(3_999, usedUp()), question.nextAt(4_000, usedUp())]).toEqual([Infinity, 4_000]);
  });
});
