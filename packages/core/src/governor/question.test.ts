import { describe, expect, it } from 'vitest';
import { Counter } from './counter.js';
import { Question } from './question.js';

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

describe('the question how a platform counts', () => {
  it('is not asked where the answer is known', () => {
    const question = new Question(false, false);
    expect([question.isOpen, question.isUnanswered]).toEqual([false, false]);
  });

  it('begins with one attempt, alone, at the moment at which a bucket would have its next permit', () => {
    const question = new Question(true, true);
    const counter = usedUp();
    expect(question.askAt(0, counter)).toBe(100);
    expect(question.askAt(150, counter)).toBe(150);
    counter.take(1);
    expect(question.askAt(150, counter)).toBe(Infinity);
    expect([question.isOpen, question.isUnanswered]).toEqual([true, true]);
  });

  it('is answered by a refusal of the first: that is no bucket', () => {
    const question = new Question(true, true);
    expect(question.refused()).toBe(false);
    expect(question.isOpen).toBe(false);
  });

  it.each<[string, roundTripMs: number, limit: number, confirming: number]>([
    ['no more than a permit flows in meanwhile', 10, 20, 2],
    ['two may flow in meanwhile', 60, 20, 3],
    ['as many as four are few enough', 150, 20, 4],
    ['more than four are too many', 151, 20, 0],
    ['but not where they are 5 % of the limit', 500, 220, 11],
  ])(
    'an accepted first is followed by so many that a bucket must refuse one: %s',
    (_, roundTripMs, limit, confirming) => {
      const question = new Question(true, true);
      const counter = usedUp(roundTripMs, limit);
      question.accepted(100, counter);
      expect(question.isUnanswered).toBe(false);
      let asked = 0;
      while (question.askAt(101, counter) === 101) {
        question.asked(101, counter);
        asked++;
      }
      expect(asked).toBe(confirming);
    },
  );

  it('one of which is refused is answered: a bucket', () => {
    const question = new Question(true, true);
    const counter = usedUp();
    question.accepted(100, counter);
    question.asked(100, counter);
    expect(question.refused()).toBe(true);
    expect(question.isOpen).toBe(false);
  });

  it('that was never sent is asked again', () => {
    const question = new Question(true, true);
    const counter = usedUp();
    question.accepted(100, counter);
    question.asked(101, counter);
    question.asked(101, counter);
    expect(question.askAt(100, counter)).toBe(Infinity);
    question.undone();
    expect(question.askAt(100, counter)).toBe(100);
  });

  it('goes on half a window after the first where all were accepted, and ends with that', () => {
    const question = new Question(true, true);
    const counter = usedUp();
    question.accepted(100, counter);
    question.asked(101, counter);
    question.settled();
    expect(question.askAt(150, counter)).toBe(150);
    question.asked(101, counter);
    question.accepted(160, counter);
    question.settled();
    expect(question.askAt(160, counter)).toBe(1_100);
    expect(question.askAt(1_200, counter)).toBe(1_200);
    counter.take(1);
    expect(question.askAt(1_200, counter)).toBe(Infinity);
    question.accepted(1_210, counter);
    expect(question.isOpen).toBe(false);
  });

  it('that asks for edges only sends no more than one at a time: a first and a second', () => {
    const question = new Question(true, false);
    const counter = usedUp();
    question.accepted(100, counter);
    expect(question.askAt(110, counter)).toBe(1_100);
    expect(question.refused()).toBe(false);
  });

  it('a refused second was about an edge, not about a bucket', () => {
    const question = new Question(true, true);
    question.accepted(100, usedUp(1_000));
    expect(question.refused()).toBe(false);
  });

  it('is closed where somebody else has the answer', () => {
    const question = new Question(true, true);
    question.close();
    expect(question.isOpen).toBe(false);
  });
});
