import { expect, it } from 'vitest';
import { createRandomStream } from '../../random.js';
import { takeFirst } from './take-first.js';

it('takes what a stable sort puts first', () => {
  const random = createRandomStream(1, 'first');
  for (let size = 0; size < 60; size += 1) {
    const items = Array.from({ length: size }, (_, id) => ({ id, weight: Math.floor(random.next() * 8) }));
    const compare = (a: { weight: number }, b: { weight: number }): number => b.weight - a.weight;
    expect(takeFirst(items, 10, compare)).toEqual([...items].sort(compare).slice(0, 10));
  }
});
