import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap, type HeapItem } from './heap.js';

const operation = fc.oneof(
  fc.record({ do: fc.constant('push' as const), key: fc.nat(50) }),
  fc.record({ do: fc.constant('remove' as const), which: fc.nat() }),
  fc.record({ do: fc.constant('move' as const), which: fc.nat(), key: fc.nat(50) }),
);

describe('a heap', () => {
  it('returns the lowest key first, after any pushes, updates and removals', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const heap = new Heap<HeapItem>();
        const items: HeapItem[] = [];
        for (const step of operations) {
          if (step.do === 'push') {
            const item = { key: step.key, at: -1 };
            items.push(item);
            heap.push(item);
          } else if (items.length > 0) {
            const at = step.which % items.length;
            const item = items[at] as HeapItem;
            if (step.do === 'remove') {
              items.splice(at, 1);
              heap.remove(item);
              expect(item.at).toBe(-1);
            } else {
              item.key = step.key;
              heap.update(item);
            }
          }
          expect(heap.size).toBe(items.length);
          expect(heap.peek()?.key).toBe(items.length === 0 ? undefined : Math.min(...items.map(({ key }) => key)));
        }
        expect(new Set(heap.items())).toEqual(new Set(items));
      }),
    );
  });
});
