import { describe, expect, it } from 'vitest';
import { createRandomStream, generateTokenText, generateUuid } from './random.js';

describe('createRandomStream', () => {
  it('repeats only for the same seed and name', () => {
    const take = (seed: number, name: string): number[] => {
      const stream = createRandomStream(seed, name);
      return [stream.next(), stream.next(), stream.next()];
    };
    expect(take(1, 'a')).toEqual(take(1, 'a'));
    expect(take(1, 'a')).not.toEqual(take(2, 'a'));
    expect(take(1, 'a')).not.toEqual(take(1, 'b'));
  });

  it('spreads its numbers evenly over 0 to 1', () => {
    const stream = createRandomStream(7, 'spread');
    const tenths = new Array<number>(10).fill(0);
    for (let turn = 0; turn < 100_000; turn += 1) {
      const value = stream.next();
      const tenth = Math.floor(value * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(tenths).toHaveLength(10);
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('generates ids in the form of version 4 UUIDs, and tokens without special characters', () => {
    const stream = createRandomStream(1, 'ids');
    const ids = Array.from({ length: 1000 }, () => generateUuid(stream));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(generateTokenText(stream)).toMatch(/^[0-9a-f]{64}$/);
  });
});
