import { expect, it } from 'vitest';
import type { Counting } from '../../../contract/counting.js';
import { classifyRefusal, type RefusalFacts } from './classify-refusal.js';
import { Counter } from './counter.js';

const WINDOW_MS = 60_000;

/** Limit of 10 per minute, with 4 attempts answered after 1 s and a refusal after 10 s. */
function facts(counts: Counting | undefined, waitMs: number, more: Partial<RefusalFacts> = {}): RefusalFacts {
  const counter = new Counter(10, WINDOW_MS);
  counter.setCounting(counts);
  counter.take(4);
  counter.end(1_000, 4);
  return {
    now: 10_000,
    refusal: { until: 10_000 + waitMs, roundedMs: 1_000 },
    enforcement: 'auto',
    isDiscovered: true,
    counter,
    byHeaders: false,
    msPerAccepted: 2_000,
    refills: true,
    doubts: false,
    guesses: 0,
    ...more,
  };
}

// The oldest answer leaves a sliding window after 51 s; a permit of a bucket takes 15 s at most.
it.each<[string, RefusalFacts, shows: Counting | 'wrong headers' | undefined, guesses?: number]>([
  ['a bucket where the wait is that of one permit', facts(undefined, 15_000), 'bucket'],
  ['no bucket where the limit is given', facts(undefined, 15_000, { isDiscovered: false }), 'fixed'],
  [
    'a bucket where permits returned one by one',
    facts(undefined, 20_000, { refills: false, msPerAccepted: 19_500 }),
    'bucket',
  ],
  ['fixed windows where the wait ends before the oldest answer leaves', facts(undefined, 40_000), 'fixed'],
  ['a sliding window where the wait ends as the oldest answer leaves', facts(undefined, 51_000), 'sliding'],
  ['a wrong guess', facts('sliding', 40_000), 'fixed', 1],
  ['the strictest counting after too many wrong guesses', facts('sliding', 40_000, { guesses: 3 }), 'sliding', 4],
  [
    'the strictest counting earlier for a given limit',
    facts('sliding', 40_000, { isDiscovered: false, guesses: 1 }),
    'sliding',
    2,
  ],
  [
    'wrong headers where fixed windows refuse apart from their edge',
    facts('fixed', 40_000, { byHeaders: true }),
    'wrong headers',
  ],
  ['an edge where windows are known to be fixed', facts('fixed', 40_000, { enforcement: 'fixed' }), 'fixed'],
  ['nothing where the edge is too far', facts('fixed', 61_001, { enforcement: 'fixed' }), undefined],
  ['nothing where the counting is configured', facts('sliding', 40_000, { enforcement: 'sliding' }), undefined],
])('a refusal shows %s', (_, known, shows, guesses = 0) => {
  expect(classifyRefusal(known)).toMatchObject({ shows, guesses });
});

it('with doubt, the first refusal that looks like a bucket is ignored, and the second is not', () => {
  const first = classifyRefusal(facts(undefined, 15_000, { doubts: true }));
  expect(first).toMatchObject({ shows: 'fixed', doubts: false });
  expect(classifyRefusal(facts(undefined, 15_000, { doubts: first.doubts })).shows).toBe('bucket');
});

it('a supposed bucket that is none gets the window that the refusal names', () => {
  expect(classifyRefusal(facts('bucket', 40_000))).toMatchObject({ shows: 'sliding', windowMs: 40_000, guesses: 1 });
  expect(classifyRefusal(facts('sliding', 40_000)).windowMs).toBeUndefined();
});
