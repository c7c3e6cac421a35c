import { describe, expect, it } from 'vitest';
import { setUp } from './feed.fixture.js';

// Issue 13: the platform announces that it closes a socket, and leaves a minute.
describe('a socket that will be closed', () => {
  it('is kept until another one is open: nothing is missed, nothing comes twice, no gap is told', async () => {
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

  it('is closed before the other one is open: it is recovered, with its gap', async () => {
    const { clock, platform, gaps, subscribe } = setUp();
    await subscribe('a');
    platform.announceClosing();
    platform.sockets()[0]?.end(1001);
    await clock.advance(10_000);
    expect({ gaps: gaps.length, sockets: platform.sockets().length }).toEqual({ gaps: 1, sockets: 1 });
  });

  it('the other one cannot be opened: it stays, and is recovered when it is closed', async () => {
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

  it('both end with the feed', async () => {
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
