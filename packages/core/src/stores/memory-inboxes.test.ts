import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../testing.js';
import type { EventEnd, EventQueue, StoredEvent } from '../contract/inbox.js';
import { EVENT_QUEUE_CASES } from './event-queue-cases.js';
import { MemoryInboxes } from './memory-inboxes.js';
import type { Rows } from './rows.js';

const DONE: EventEnd = { kind: 'done', rememberMs: 10_000, maxRemembered: 100 };

const eventOf = (id: string, key?: string): StoredEvent => ({
  id,
  key,
  body: id,
  receivedAt: 1,
  attempts: 0,
  reason: undefined,
});

/** Rows that stay when their inbox is loaded again. A write settles when `release` is called, if `isSlow`. */
class KeptRows implements Rows {
  readonly kept = new Map<string, string>();
  isBroken = false;
  isSlow = false;
  #waiting: (() => void)[] = [];

  *load(): Iterable<readonly [string, unknown]> {
    for (const [key, row] of this.kept) yield [key, JSON.parse(row)];
  }

  set(key: string, row: unknown): Promise<void> {
    return this.#write(() => this.kept.set(key, JSON.stringify(row)));
  }

  delete(key: string): Promise<void> {
    return this.#write(() => this.kept.delete(key));
  }

  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #write(write: () => unknown): Promise<void> {
    if (this.isBroken) throw new Error('disk full');
    if (this.isSlow) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    write();
  }
}

describe('the contract of event queues', () => {
  it.for([
    ['in memory', undefined],
    ['with rows', (): Rows => new KeptRows()],
  ] as const)('holds %s', async ([, rowsOf]) => {
    for (const { name, run } of EVENT_QUEUE_CASES) {
      const clock = new VirtualClock();
      const inboxes = new MemoryInboxes(clock, rowsOf);
      const until = async (holds: () => Promise<boolean>): Promise<void> => {
        for (let n = 0; !(await holds()); n++) {
          if (n > 100) throw new Error(`${name}: did not happen`);
          await clock.advance(10);
        }
      };
      await run({ open: (inbox) => inboxes.open(inbox), until });
    }
  });
});

describe('an inbox with rows', () => {
  function setUp(): { clock: VirtualClock; rows: KeptRows; open: () => EventQueue } {
    const [clock, rows] = [new VirtualClock(), new KeptRows()];
    const open = (): EventQueue => new MemoryInboxes(clock, () => rows).open('a');
    return { clock, rows, open };
  }

  it('has its events, claims, dead letters and identifiers after a restart', async () => {
    const { clock, open } = setUp();
    const before = open();
    for (const [id, key] of [['done'], ['dead'], ['retry', 'k'], ['behind', 'k'], ['claimed', 'l'], ['free']] as const)
      await before.add(eventOf(id, key), 10);
    const { claims } = await before.claim(4, 60_000);
    const [done, dead, retry, claimed] = claims;
    await before.settle('done', done!.fence, DONE);
    await before.settle('dead', dead!.fence, { kind: 'dead', event: { ...dead!.event, attempts: 5, reason: 'no' } });
    await before.settle('retry', retry!.fence, { kind: 'retry', event: { ...retry!.event, attempts: 1 }, inMs: 5_000 });
    const after = open();
    expect(await after.counts()).toEqual({ pending: 4, dead: 1 });
    expect(await after.add(eventOf('done'), 10)).toBe('known');
    expect((await after.listDead('', 9)).events).toMatchObject([{ id: 'dead', attempts: 5, reason: 'no' }]);
    const first = await after.claim(9, 60_000);
    expect(first.claims.map(({ event, drops }) => `${event.id} ${drops}`)).toEqual(['claimed 1', 'free 0']);
    expect(first.claims[0]!.fence).toBeGreaterThan(claimed!.fence);
    expect(first.nextInMs).toBe(5_000);
    await clock.advance(5_000);
    const second = await after.claim(9, 60_000);
    expect(second.claims).toMatchObject([{ event: { id: 'retry', attempts: 1 }, drops: 0 }]);
    await after.settle('retry', second.claims[0]!.fence, DONE);
    expect((await after.claim(9, 60_000)).claims).toMatchObject([{ event: { id: 'behind' } }]);
    await clock.advance(5_001);
    expect(await after.add(eventOf('done'), 10)).toBe('added');
  });

  it('waits no longer than it was asked to, although the wall clock was set back', async () => {
    const { clock, open } = setUp();
    const before = open();
    for (const id of ['retry', 'done']) await before.add(eventOf(id), 10);
    const [retry, done] = (await before.claim(2, 60_000)).claims;
    await before.settle('retry', retry!.fence, { kind: 'retry', event: retry!.event, inMs: 5_000 });
    await before.settle('done', done!.fence, DONE);
    clock.jumpWall(-3_600_000);
    const after = open();
    expect(await after.claim(9, 60_000)).toEqual({ claims: [], nextInMs: 5_000 });
    await clock.advance(5_000);
    const { claims } = await after.claim(9, 60_000);
    expect(claims).toMatchObject([{ event: { id: 'retry' } }]);
    expect(claims[0]!.fence).toBeGreaterThan(retry!.fence);
    await clock.advance(5_001);
    expect(await after.add(eventOf('done'), 10)).toBe('added');
  });

  it('acknowledges neither an event nor its repetition before the row is durable, and offers no such event', async () => {
    const { rows, open } = setUp();
    const queue = open();
    rows.isSlow = true;
    const ends: string[] = [];
    for (let n = 0; n < 2; n++) void queue.add(eventOf('1'), 10).then((end) => ends.push(end));
    expect((await queue.claim(9, 1_000)).claims).toEqual([]);
    expect(ends).toEqual([]);
    rows.release();
    await expect.poll(() => ends).toEqual(['added', 'known']);
    rows.isSlow = false;
    expect((await queue.claim(9, 1_000)).claims).toHaveLength(1);
  });

  it('changes nothing if a row cannot be written, and works again afterwards', async () => {
    const { clock, rows, open } = setUp();
    const queue = open();
    await queue.add(eventOf('1'), 10);
    await queue.add(eventOf('dead'), 10);
    const [one, dead] = (await queue.claim(2, 1_000)).claims;
    await queue.settle('dead', dead!.fence, { kind: 'dead', event: dead!.event });
    rows.isBroken = true;
    for (const failing of [
      () => queue.add(eventOf('2'), 10),
      () => queue.settle('1', one!.fence, DONE),
      () => queue.revive('dead'),
      () => queue.deleteDead('dead'),
    ])
      await expect(failing()).rejects.toThrow('disk full');
    await clock.advance(1_000);
    await expect(queue.claim(9, 1_000)).rejects.toThrow('disk full');
    rows.isBroken = false;
    expect(await queue.add(eventOf('2'), 10)).toBe('added');
    expect(await queue.revive('dead')).toBe(true);
    const { claims } = await queue.claim(9, 1_000);
    expect(claims.map(({ event, drops }) => `${event.id} ${drops}`)).toEqual(['1 1', '2 0', 'dead 0']);
    expect(await queue.settle('1', claims[0]!.fence, DONE)).toBe(true);
    expect(await queue.counts()).toEqual({ pending: 2, dead: 0 });
  });

  it('keeps no row of a forgotten identifier', async () => {
    const { clock, rows, open } = setUp();
    const queue = open();
    for (const id of ['1', '2', '3']) {
      await queue.add(eventOf(id), 10);
      const [claim] = (await queue.claim(1, 1_000)).claims;
      await queue.settle(id, claim!.fence, { kind: 'done', rememberMs: 1_000, maxRemembered: 2 });
    }
    expect([...rows.kept.keys()]).toEqual(['2', '3']);
    await clock.advance(1_000);
    expect(await queue.add(eventOf('4'), 10)).toBe('added');
    expect([...rows.kept.keys()]).toEqual(['4']);
  });
});

it('handles 100,000 waiting events in time that does not grow with the queue', async () => {
  const queue = new MemoryInboxes(new VirtualClock()).open('a');
  for (let n = 0; n < 100_000; n++) await queue.add(eventOf(`${n}`, `key ${n % 1_000}`), 100_000);
  expect(await queue.add(eventOf('more'), 100_000)).toBe('full');
  const start = performance.now();
  for (let n = 0; n < 20_000; n++) {
    const { claims } = await queue.claim(1, 60_000);
    expect(claims[0]?.event.id).toBe(`${n}`);
    await queue.settle(claims[0]!.event.id, claims[0]!.fence, DONE);
  }
  // A scan of the queue would take 20,000 times some ms.
  expect(performance.now() - start).toBeLessThan(20_000);
});
