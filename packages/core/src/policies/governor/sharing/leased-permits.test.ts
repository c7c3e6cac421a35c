import { describe, expect, it } from 'vitest';
import { LeasedPermits, type Block } from './leased-permits.js';

const block = (count: number, from: number, until: number, more: Partial<Block> = {}): Block => ({
  count,
  from,
  until,
  tick: from / 10,
  place: from / 10 + 1,
  isTrial: false,
  ...more,
});

function permitsOf(...blocks: Block[]): LeasedPermits {
  const permits = new LeasedPermits();
  for (const one of blocks) permits.add(one);
  return permits;
}

describe('leased permits', () => {
  it('are empty at first, and keep the order of their blocks', () => {
    const permits = permitsOf();
    expect([permits.isEmpty, permits.count, permits.first, permits.last]).toEqual([true, 0, undefined, undefined]);
    const [a, b, c] = [block(2, 0, 100), block(3, 50, 150), block(1, 90, 190)];
    for (const one of [a, b, c]) permits.add(one);
    expect([permits.isEmpty, permits.count, permits.first === a, permits.last === c]).toEqual([false, 6, true, true]);
  });

  it.each<[string, n: number, now: number, withTrials: boolean, at: number | undefined]>([
    ['started permits at once', 2, 10, false, 10],
    ['more permits when the next block starts', 3, 10, false, 50],
    ['later permits at once, after their start', 3, 60, false, 60],
    ['no expired permits', 1, 100, false, 100],
    ['only the rest after an expiry', 4, 100, false, undefined],
    ['all until the expiry', 5, 99, false, 99],
    ['no trials without refusal tolerance', 6, 10, false, undefined],
    ['trials with refusal tolerance', 6, 10, true, 70],
    ['never more than the permits at hand', 8, 10, true, undefined],
  ])('grants %s', (_, n, now, withTrials, at) => {
    const permits = permitsOf(block(2, 0, 100), block(3, 50, 200), block(2, 70, 200, { isTrial: true }));
    expect(permits.freeAt(now, n, withTrials)).toBe(at);
  });

  it('are used from the front, trials last, with their ledger places', () => {
    const permits = permitsOf(block(2, 0, 100, { isTrial: true }), block(2, 10, 100), block(3, 20, 100));
    expect(permits.take(50, 3)).toEqual([
      { count: 2, place: 2, tick: 1 },
      { count: 1, place: 3, tick: 2 },
    ]);
    expect([permits.count, permits.first?.count, permits.last?.count]).toEqual([4, 2, 2]);
    expect(permits.take(50, 2)).toEqual([{ count: 2, place: 3, tick: 2 }]);
    // Blocks without permits are dropped.
    expect(permits.first).toBe(permits.last);
    expect(permits.take(50, 5)).toEqual([{ count: 2, place: 1, tick: 0, isTrial: true }]);
    expect([permits.isEmpty, permits.take(50, 1)]).toEqual([true, []]);
  });

  it('drop expired blocks from the front', () => {
    const [a, b, c] = [block(1, 0, 100), block(1, 0, 150), block(1, 0, 200)];
    const permits = permitsOf(a, b, c);
    expect([permits.takeExpired(99), permits.count]).toEqual([[], 3]);
    expect([permits.takeExpired(150), permits.count]).toEqual([[a, b], 1]);
    expect([permits.takeExpired(1_000), permits.takeExpired(1_000)]).toEqual([[c], []]);
  });

  it('are sorted by the start of their validity, in any lending order (issue 13, c12)', () => {
    const permits = permitsOf(block(1, 2_000, 3_000), block(1, 100, 1_100));
    expect([permits.first?.from, permits.last?.from]).toEqual([100, 2_000]);
    expect(permits.freeAt(150, 1, false)).toBe(150);
    expect(permits.take(150, 1)).toEqual([{ count: 1, place: 11, tick: 10 }]);
  });

  it('are not used before or after their validity', () => {
    const permits = permitsOf(block(1, 0, 100), block(1, 50, 150), block(1, 200, 300));
    expect(permits.take(120, 3)).toEqual([{ count: 1, place: 6, tick: 5 }]);
    expect([permits.takeExpired(120).length, permits.count, permits.endsAt]).toEqual([1, 1, 300]);
  });

  it('are not free together where they are never valid together', () => {
    const permits = permitsOf(block(1, 0, 100), block(2, 100, 200), block(1, 150, 250));
    expect([permits.freeAt(0, 2, false), permits.freeAt(0, 3, false), permits.freeAt(0, 4, false)]).toEqual([
      100,
      150,
      undefined,
    ]);
  });

  it('end with the first expiry, although others began earlier', () => {
    const permits = permitsOf(block(1, 0, 400), block(1, 100, 200));
    expect([permits.endsAt, permits.takeExpired(250).map(({ until }) => until), permits.endsAt]).toEqual([
      200,
      [200],
      400,
    ]);
  });

  it('drop all blocks', () => {
    const [a, b] = [block(1, 0, 100), block(2, 0, 150)];
    const permits = permitsOf(a, b);
    expect([permits.takeAll(), permits.isEmpty]).toEqual([[a, b], true]);
  });
});
