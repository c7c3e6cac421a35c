import { describe, expect, it } from 'vitest';
import { setUp } from './feed.fixture.js';

// Issue 13: the platform announces the close of a socket one minute before.
describe('an announced close of a socket', () => {
  it('opens a new socket first, without a lost or doubled notification and without a gap', async () => {
    const { clock, platform, feed, gaps, subscribe } = setUp();
    await subscribe('a');
    const events: string[] = [];
    for (const name of ['moving', 'connected', 'disconnected'] as const) feed.on(name, () => events.push(name));
    const heard: unknown[] = [];
    feed.on('notification', ({ body }) => heard.push(body));
    platform.announceClosing();
    let n = 0;
    for (let i = 0; i < 200; i++) {
      platform.publish('a', n++);
      await clock.advance(7);
    }
    await clock.advance(120_000);
    platform.publish('a', n++);
    expect(heard).toEqual(Array.from({ length: n }, (_, i) => i));
    expect(events).toEqual(['moving', 'connected']);
    expect({ gaps, sockets: platform.sockets().length, opened: platform.opened.length }).toEqual({
      gaps: [],
      sockets: 1,
      opened: 2,
    });
    expect(new Set(platform.opened).size).toBe(1);
  });

  it('recovers the channel with a gap if the old socket closes before the new one is open', async () => {
    const { clock, platform, gaps, subscribe } = setUp();
    await subscribe('a');
    platform.announceClosing();
    platform.sockets()[0]?.end(1001);
    await clock.advance(10_000);
    expect({ gaps: gaps.length, sockets: platform.sockets().length }).toEqual({ gaps: 1, sockets: 1 });
  });

  it('keeps the old socket if the new one cannot open, and recovers the channel after the close', async () => {
    const { clock, platform, feed, gaps, subscribe } = setUp({ handshakes: { maxAttempts: 1 } });
    await subscribe('a');
    const heard: unknown[] = [];
    feed.on('notification', ({ body }) => heard.push(body));
    platform.isDead = true;
    platform.announceClosing();
    await clock.advance(30_000);
    platform.publish('a', 1);
    expect(heard).toEqual([1]);
    platform.isDead = false;
    await clock.advance(120_000);
    expect({ sockets: platform.sockets().length, gaps: gaps.length }).toEqual({ sockets: 1, gaps: 1 });
  });

  it('both sockets close with the feed', async () => {
    for (const ms of [5, 100]) {
      const { clock, platform, feed, subscribe } = setUp();
      await subscribe('a');
      platform.announceClosing();
      await clock.advance(ms);
      void feed.close();
      await clock.advance(65_000);
      expect({ sockets: platform.sockets(), pending: clock.pending }).toEqual({ sockets: [], pending: 0 });
    }
  });
});
