import { describe, expect, it } from 'vitest';
import { UsageReport } from './usage-report.js';
import { InFlightPermits } from './in-flight-permits.js';
import type { Place } from './usage-report.js';

const at = (place: number, count = 1, tick = 3): Place => ({ count, place, tick });
const outOf = (...attempts: Place[][]): InFlightPermits => {
  const out = new InFlightPermits(new UsageReport());
  for (const [i, places] of attempts.entries()) out.add(i + 1, places);
  return out;
};
/** Returns the reported moves: from, to, count. */
const told = ({ report }: InFlightPermits): readonly number[] => report.nextBatch().moves;

describe('permits in flight', () => {
  it('are known by order until the attempt ends', () => {
    const out = outOf([at(4, 2), at(5)], [at(6)]);
    expect([out.isEmpty, out.count, out.firstPlace]).toEqual([false, 4, 4]);
    expect([out.end(1), out.end(1), out.count, out.firstPlace]).toEqual([[at(4, 2), at(5)], undefined, 1, 6]);
    out.end(2);
    expect([out.isEmpty, out.count, out.firstPlace]).toEqual([true, 0, undefined]);
  });

  it('without a place are at 0', () => {
    expect(outOf([]).firstPlace).toBe(0);
  });

  it('have no place in another ledger', () => {
    const out = outOf([at(4, 2)]);
    const other = outOf([], [at(7)]);
    out.adopt(other);
    expect([out.count, out.end(1), out.end(2)]).toEqual([1, [], [at(0, 1, 0)]]);
    expect(told(out)).toEqual([]);
  });

  it('get a reported place where they have none', () => {
    const out = outOf([at(4)], [at(0, 2), at(9), at(0)]);
    out.place(8);
    expect(told(out)).toEqual([0, 8, 3]);
    expect([out.end(1), out.end(2)]).toEqual([[at(4)], [at(8, 2, 0), at(9), at(8, 1, 0)]]);
  });

  it('keep their places in long attempts: the oldest first, as far as due', () => {
    const out = outOf([at(0)], [at(4), at(5, 2)], [at(6)], [at(4)]);
    expect(out.extend(9, (place) => place < 4)).toBe(false);
    expect(out.extend(9, (place) => place < 6)).toBe(true);
    expect(told(out)).toEqual([4, 9, 1, 5, 9, 2]);
    // Its place is now the last to be extended.
    expect([out.firstPlace, out.end(2), out.end(3), out.end(4)]).toEqual([0, [at(9), at(9, 2)], [at(6)], [at(4)]]);
  });

  it('without a place are not extended', () => {
    const out = outOf([], [at(0)]);
    expect(out.extend(9, () => true)).toBe(false);
    expect(told(out)).toEqual([]);
  });
});
