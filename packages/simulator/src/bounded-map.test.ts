import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';
import { createRandomStream } from './random.js';

describe('BoundedMap', () => {
  it('deletes the oldest entry when it is full, and a known key keeps its age', () => {
    const map = new BoundedMap<string, number>(3);
    map.set('a', 1).set('b', 2).set('c', 3).set('a', 4).set('d', 5);
    expect([map.has('a'), map.get('b'), map.get('c'), map.get('d'), map.size]).toEqual([false, 2, 3, 5, 3]);
    expect([...map.values()]).toEqual([2, 3, 5]);
    expect([map.delete('b'), map.delete('b'), map.size]).toEqual([true, false, 2]);
  });

  it('does what a map with a queue of its keys does, over many parts', () => {
    const maxEntries = 5000;
    const map = new BoundedMap<number, number>(maxEntries);
    const model = new Map<number, number>();
    const random = createRandomStream(1, 'bounded map');
    for (let step = 0; step < 60_000; step += 1) {
      const key = Math.floor(random.next() * 12_000);
      if (random.next() < 0.1) {
        expect(map.delete(key)).toBe(model.delete(key));
      } else {
        map.set(key, step);
        model.set(key, step);
        if (model.size > maxEntries) model.delete(model.keys().next().value as number);
      }
      if (map.get(key) !== model.get(key) || map.size !== model.size) expect.fail(`differs after step ${step}`);
    }
    expect([...map.values()]).toEqual([...model.values()]);
  });

  it('keeps its speed when entries are deleted by key in the order of their age', () => {
    const map = new BoundedMap<number, number>(100_000);
    for (let key = 0; key < 400_000; key += 1) {
      map.set(key, key);
      if (key >= 20_000) map.delete(key - 20_000);
    }
    expect([map.size, map.values().next().value]).toEqual([20_000, 380_000]);
  });

  it('forgets all entries one after the other', () => {
    const map = new BoundedMap<number, number>(2000);
    for (let key = 0; key < 10_000; key += 1) map.set(key, key);
    for (let key = 8000; key < 10_000; key += 1) map.delete(key);
    expect([map.size, [...map.values()]]).toEqual([0, []]);
    map.set(1, 1);
    expect([...map.values()]).toEqual([1]);
  });
});
