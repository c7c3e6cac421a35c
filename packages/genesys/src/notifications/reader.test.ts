import { describe, expect, it } from 'vitest';
import { setUp } from './feed.fixture.js';
import type { Item } from './reader.js';

describe('readers', () => {
  const drain = async (reader: AsyncIterator<Item>, n: number): Promise<Item[]> => {
    const items: Item[] = [];
    for (let i = 0; i < n; i++) items.push((await reader.next()).value as Item);
    return items;
  };

  it('get notifications and gaps in order, side by side', async () => {
    const { clock, platform, feed, subscribe } = setUp();
    await subscribe('a');
    const readers = [feed[Symbol.asyncIterator](), feed[Symbol.asyncIterator]()];
    platform.publish('a', 1);
    platform.sockets()[0]?.end(1006);
    await clock.advance(60_000);
    platform.publish('a', 2);
    for (const reader of readers)
      expect((await drain(reader, 3)).map((item) => (item.kind === 'gap' ? 'gap' : item.body))).toEqual([1, 'gap', 2]);
  });

  it('that are slow keep the newest items, and a gap reports how many were dropped', async () => {
    const { clock, platform, feed, subscribe } = setUp({ maxBuffered: 3 });
    await subscribe('a');
    const reader = feed[Symbol.asyncIterator]();
    const from = clock.wall();
    for (let i = 1; i <= 5; i++) {
      platform.publish('a', i);
      await clock.advance(1_000);
    }
    const items = await drain(reader, 4);
    const to = clock.wall();
    expect(items[0]).toEqual({
      kind: 'gap',
      topics: ['a'],
      from,
      to,
      reason: 'the reader was too slow: 2 items dropped',
    });
    expect(items.slice(1).map((item) => (item as { body: unknown }).body)).toEqual([3, 4, 5]);
  });

  it('that end receive nothing more', async () => {
    const { platform, feed, subscribe } = setUp();
    await subscribe('a');
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const item of feed) {
        seen.push(item);
        break;
      }
    })();
    platform.publish('a', 1);
    await reading;
    platform.publish('a', 2);
    expect(seen).toHaveLength(1);
  });
});
