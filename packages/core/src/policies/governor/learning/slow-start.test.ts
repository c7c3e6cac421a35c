import { describe, expect, it } from 'vitest';
import type { Counter } from './counter.js';
import { SlowStart } from './slow-start.js';

/** The used part of a counter: 100 permits per 10 s, with a round trip of 100 ms. */
const counter = (inFlight: number, roundTripMs = 100): Counter =>
  ({ limit: 100, windowMs: 10_000, inFlight, roundTripMs }) as Counter;

/** A slow start that began at 0, and attempts accepted since. */
function begun(passed: number, narrow = false): SlowStart {
  const start = new SlowStart();
  start.begin(0);
  start.isNarrow = narrow;
  for (let i = 0; i < passed; i++) start.recordAccepted();
  return start;
}

/** Returns how many attempts may be in flight before the next must wait, at 1 ms. */
function width(start: SlowStart, whole: boolean, roundTripMs?: number): number {
  let inFlight = 0;
  while (inFlight < 50 && start.freeAt(1, counter(inFlight, roundTripMs), whole) === 1) inFlight++;
  return inFlight;
}

describe('number of attempts in flight', () => {
  it('is unbounded before the first refusal', () => {
    expect(width(new SlowStart(), false)).toBe(50);
  });

  it.each<[string, passed: number, narrow: boolean, whole: boolean, roundTripMs: number, width: number]>([
    ['one, where none was accepted', 0, false, false, 100, 1],
    ['as many as were accepted', 7, false, false, 100, 7],
    ['as many as were accepted, up to the full width', 15, false, false, 100, 15],
    ['all, from the full width on', 16, false, false, 100, 50],
    ['all, where the limit is not lowered', 0, false, true, 100, 50],
    ['two, while the limit is a guess', 20, true, false, 100, 2],
    ['two, also where the limit is not lowered', 20, true, true, 100, 2],
    ['one, where one was accepted', 1, true, false, 100, 1],
    ['as many as half a window needs', 20, true, false, 500, 10],
  ])('%s', (_, passed, narrow, whole, roundTripMs, expected) => {
    expect(width(begun(passed, narrow), whole, roundTripMs)).toBe(expected);
  });

  it('is bounded for two windows at most', () => {
    const start = begun(0);
    expect(start.freeAt(1, counter(1), false)).toBe(20_000);
    expect(start.freeAt(20_000, counter(1), false)).toBe(20_000);
    expect(start.freeAt(30_000, counter(1), false)).toBe(30_000);
  });

  it('is unbounded after a skip', () => {
    const start = begun(0);
    start.skip();
    expect(width(start, false)).toBe(50);
  });
});

describe('while the limit is a guess', () => {
  it('the bound ends once a whole limit was accepted, which is reported once', () => {
    const start = begun(99, true);
    expect(start.endNarrow(100)).toBe(false);
    start.recordAccepted();
    expect(start.endNarrow(100)).toBe(true);
    expect(start.isNarrow).toBe(false);
    expect(start.endNarrow(100)).toBe(false);
  });

  it('no end is reported where the limit is no guess', () => {
    expect(begun(100).endNarrow(100)).toBe(false);
  });
});

it('returns the attempts accepted between the last two refusals', () => {
  const start = begun(3);
  expect(start.acceptedBefore).toBe(16);
  start.begin(1_000);
  expect(start.acceptedBefore).toBe(3);
});
