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

function purseOf(...blocks: Block[]): LeasedPermits {
  const purse = new LeasedPermits();
  for (const one of blocks) purse.add(one);
  return purse;
}

describe('a purse', () => {
  it('is empty at first, and holds what is put in, in that order', () => {
    const purse = purseOf();
    expect([purse.isEmpty, purse.count, purse.first, purse.last]).toEqual([true, 0, undefined, undefined]);
    const [a, b, c] = [block(2, 0, 100), block(3, 50, 150), block(1, 90, 190)];
    for (const one of [a, b, c]) purse.add(one);
    expect([purse.isEmpty, purse.count, purse.first === a, purse.last === c]).toEqual([false, 6, true, true]);
  });

  it.each<[string, n: number, now: number, trialsToo: boolean, at: number | undefined]>([
    ['at once what has begun', 2, 10, false, 10],
    ['more than that when the next begins', 3, 10, false, 50],
    ['at once what began later, when that is', 3, 60, false, 60],
    ['nothing of what is over', 1, 100, false, 100],
    ['no more than there is without that', 4, 100, false, undefined],
    ['but until then', 5, 99, false, 99],
    ['what is only tried to nobody who cannot bear to be refused', 6, 10, false, undefined],
    ['what is only tried to those who can', 6, 10, true, 70],
    ['never more than there is', 8, 10, true, undefined],
  ])('grants %s', (_, n, now, trialsToo, at) => {
    const purse = purseOf(block(2, 0, 100), block(3, 50, 200), block(2, 70, 200, { isTrial: true }));
    expect(purse.freeAt(now, n, trialsToo)).toBe(at);
  });

  it('is spent from the front, what is only tried last, and says where it was counted, and what was tried', () => {
    const purse = purseOf(block(2, 0, 100, { isTrial: true }), block(2, 10, 100), block(3, 20, 100));
    expect(purse.take(50, 3)).toEqual([
      { count: 2, place: 2, tick: 1 },
      { count: 1, place: 3, tick: 2 },
    ]);
    expect([purse.count, purse.first?.count, purse.last?.count]).toEqual([4, 2, 2]);
    expect(purse.take(50, 2)).toEqual([{ count: 2, place: 3, tick: 2 }]);
    // No block without permits is left behind.
    expect(purse.first).toBe(purse.last);
    expect(purse.take(50, 5)).toEqual([{ count: 2, place: 1, tick: 0, isTrial: true }]);
    expect([purse.isEmpty, purse.take(50, 1)]).toEqual([true, []]);
  });

  it('lets go of what is over, from the front', () => {
    const [a, b, c] = [block(1, 0, 100), block(1, 0, 150), block(1, 0, 200)];
    const purse = purseOf(a, b, c);
    expect([purse.takeExpired(99), purse.count]).toEqual([[], 3]);
    expect([purse.takeExpired(150), purse.count]).toEqual([[a, b], 1]);
    expect([purse.takeExpired(1_000), purse.takeExpired(1_000)]).toEqual([[c], []]);
  });

  it('keeps them in the order in which they begin, in whatever order they were lent (issue 13, c12)', () => {
    const purse = purseOf(block(1, 2_000, 3_000), block(1, 100, 1_100));
    expect([purse.first?.from, purse.last?.from]).toEqual([100, 2_000]);
    expect(purse.freeAt(150, 1, false)).toBe(150);
    expect(purse.take(150, 1)).toEqual([{ count: 1, place: 11, tick: 10 }]);
  });

  it('spends none before its time, and none after it', () => {
    const purse = purseOf(block(1, 0, 100), block(1, 50, 150), block(1, 200, 300));
    expect(purse.take(120, 3)).toEqual([{ count: 1, place: 6, tick: 5 }]);
    expect([purse.takeExpired(120).length, purse.count, purse.endsAt]).toEqual([1, 1, 300]);
  });

  it('grants none together that are never at hand together', () => {
    const purse = purseOf(block(1, 0, 100), block(2, 100, 200), block(1, 150, 250));
    expect([purse.freeAt(0, 2, false), purse.freeAt(0, 3, false), purse.freeAt(0, 4, false)]).toEqual([
      100,
      150,
      undefined,
    ]);
  });

  it('ends with the first of them that is over, though others began earlier', () => {
    const purse = purseOf(block(1, 0, 400), block(1, 100, 200));
    expect([purse.endsAt, purse.takeExpired(250).map(({ until }) => until), purse.endsAt]).toEqual([200, [200], 400]);
  });

  it('lets go of all', () => {
    const [a, b] = [block(1, 0, 100), block(2, 0, 150)];
    const purse = purseOf(a, b);
    expect([purse.takeAll(), purse.isEmpty]).toEqual([[a, b], true]);
  });
});
