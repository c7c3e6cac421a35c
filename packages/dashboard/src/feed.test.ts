import { VirtualClock } from '@holdline/core/testing';
import { expect, it } from 'vitest';
import { Feed, FEED_MS } from './feed.js';
import type { DashboardState } from './state/types.js';

const state = (queued: number): DashboardState =>
  ({ at: 0, notices: [], lines: [{ id: 1, glance: { queued } }] }) as unknown as DashboardState;

it('publishes at most two changes per second, and rests longer when reading is slow', async () => {
  const clock = new VirtualClock();
  const messages: string[] = [];
  let isSlow = false;
  let [queued, reads, lateMs] = [0, 0, 0];
  // Reading takes 40 ms of this clock, which a virtual clock cannot spend inside of a function.
  const slow = { now: () => clock.now() + lateMs, wall: () => clock.wall(), setTimer: clock.setTimer.bind(clock) };
  const feed = new Feed(
    () => {
      reads++;
      if (isSlow) lateMs += 40;
      return state(queued++);
    },
    (message) => messages.push(message),
    slow,
    'p',
  );
  feed.start();
  await clock.advance(10 * FEED_MS);
  expect(messages).toHaveLength(10);
  expect(reads).toBe(10);
  // 40 ms of reading, then 2 s of rest: 2 % of a core.
  isSlow = true;
  await clock.advance(FEED_MS + 5 * 2_000);
  expect(reads).toBe(16);
  feed.stop();
  await clock.advance(10 * FEED_MS);
  expect(reads).toBe(16);
});

it('a reader of the whole state and a reader of changes have the same state, also if a change is undone', () => {
  const clock = new VirtualClock();
  let queued = 0;
  const messages: string[] = [];
  const feed = new Feed(
    () => state(queued),
    (message) => messages.push(message),
    clock,
    'p',
  );
  feed.start();
  feed.whole();
  messages.length = 0;
  queued = 1;
  expect(feed.whole()).toContain('"queued":1');
  expect(messages).toHaveLength(1);
  queued = 0;
  feed.whole();
  expect(messages).toHaveLength(2);
  expect(messages[1]).toContain('"queued":0');
});

it('knows which message a reader has, until the feed stops', () => {
  const feed = new Feed(
    () => state(1),
    () => undefined,
    new VirtualClock(),
    'p',
  );
  feed.start();
  const id = /^id: (.*)$/m.exec(feed.whole())?.[1] ?? '';
  expect(feed.isCurrent(id)).toBe(true);
  feed.stop();
  feed.start();
  expect(feed.isCurrent(id)).toBe(false);
});
