import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { OwnedSet } from './owned-set.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Runs the garbage collector. A WeakRef keeps its target alive until the turn of the event loop ends. */
async function collect(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
}

test('a value lives as long as its owner, even if the value refers to the owner (issue 13, a05)', async () => {
  const set = new OwnedSet<{ n: number; owner?: object }>();
  const kept: object[] = [];
  const add = (n: number): void => {
    const owner = { n };
    if (n % 100 === 0) kept.push(owner);
    set.add({ n, owner }, owner);
  };
  for (let n = 0; n <= 1_000; n++) add(n);
  await collect();
  expect(set.all().map(({ n }) => n)).toEqual(kept.map((_, i) => i * 100));
  for (let n = 0; n < 2_000; n++) {
    set.add({ n: -1 }, {});
    if (n % 500 === 0) await collect();
  }
  await collect();
  expect(set.size).toBeLessThan(1_500);
  expect(kept).toHaveLength(11);
});

test('a value without an owner stays until undone, and values of one owner are undone one by one', async () => {
  const set = new OwnedSet<string>();
  const owner = {};
  const undo = [set.add('a'), set.add('b', owner), set.add('c', owner)];
  await collect();
  expect(set.all()).toEqual(['a', 'b', 'c']);
  undo[1]?.();
  undo[1]?.();
  expect(set.all()).toEqual(['a', 'c']);
  undo[0]?.();
  expect(set.all()).toEqual(['c']);
  expect(owner).toEqual({});
});
