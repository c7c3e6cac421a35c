import { describe, expect, it } from 'vitest';
import type { Gap } from './events.js';
import { topicNames, setUp } from './feed.fixture.js';

const HOUR_MS = 3_600_000;

describe('a channel', () => {
  it('lives for a week without a gap', async () => {
    const { clock, platform, gaps, subscribe } = setUp();
    await subscribe(topicNames(3));
    await clock.advance(7 * 24 * HOUR_MS);
    expect({ ended: platform.ended, opened: platform.opened.length, gaps }).toEqual({ ended: [], opened: 1, gaps: [] });
    expect(platform.requests.filter((request) => request.startsWith('PUT')).length).toBeGreaterThanOrEqual(8);
  });

  it('is recovered on the same platform channel after its socket breaks, with a gap', async () => {
    const { clock, platform, feed, gaps, subscribe } = setUp();
    const told: string[] = [];
    feed.on('disconnected', ({ reason }) => told.push(reason));
    feed.on('connected', () => told.push('connected'));
    await subscribe(topicNames(2));
    await clock.advance(65_000);
    const killedAt = clock.wall();
    platform.sockets()[0]?.end(1006);
    await clock.advance(30_000);
    expect(platform.opened).toEqual(Array(2).fill('wss://streaming.example.com/channels/c1'));
    expect(told).toEqual(['connected', 'the socket was closed (1006)', 'connected']);
    expect(gaps).toHaveLength(1);
    const [gap] = gaps;
    expect(gap).toMatchObject({ topics: topicNames(2), reason: 'the socket was closed (1006)' });
    // The gap begins at the last heartbeat.
    expect(gap?.from).toBeGreaterThanOrEqual(killedAt - 30_000);
    expect(gap?.from).toBeLessThanOrEqual(killedAt);
    expect(gap?.to).toBeGreaterThanOrEqual(killedAt);
    // The subscription precedes the open socket, so no later notification is lost.
    expect(platform.requests.at(-1)).toContain('PUT');
  });

  it('gets a new platform channel with all its topics after an eviction', async () => {
    const { clock, platform, gaps, subscribe } = setUp();
    await subscribe(topicNames(1_500));
    await clock.advance(120_000);
    platform.end('c1', 'evicted');
    await clock.advance(60_000);
    expect([...platform.channels.values()].map(({ id, topics }) => [id, topics.length])).toEqual([
      ['c2', 500],
      ['c3', 1_000],
    ]);
    expect(gaps.map(({ topics, reason }) => [topics.length, reason])).toEqual([
      [1_000, 'the socket was closed (1001: channel evicted)'],
    ]);
  });

  it('recovers ever more slowly when it is evicted repeatedly', async () => {
    const { clock, platform, feed, subscribe } = setUp();
    await subscribe('a');
    feed.on('connected', () => {
      for (const id of platform.channels.keys()) clock.setTimer(100, () => platform.end(id, 'evicted'));
    });
    platform.end('c1', 'evicted');
    await clock.advance(600_000);
    expect(platform.ended.length).toBeGreaterThan(3);
    expect(platform.ended.length).toBeLessThan(25);
  });

  // A review found that `connected` and the gap came after `disconnected`.
  it('emits connected before disconnected if the socket breaks in the tick in which it opens', async () => {
    const { clock, platform, feed, gaps, subscribe } = setUp();
    const told: string[] = [];
    feed.on('disconnected', () => told.push('disconnected'));
    feed.on('connected', () => told.push('connected'));
    platform.breakOnOpen = 2;
    await subscribe('a');
    await clock.advance(60_000);
    expect(told).toEqual(['connected', 'disconnected', 'connected', 'disconnected', 'connected']);
    expect(gaps).toHaveLength(2);
    expect(platform.sockets()).toHaveLength(1);
  });

  it('gets a ping after a silence, and is recovered without an answer', async () => {
    const { clock, platform, gaps, subscribe } = setUp();
    await subscribe('a');
    platform.isAlive = false;
    await clock.advance(80_000);
    expect(platform.pings).toBe(1);
    expect(platform.opened).toHaveLength(2);
    platform.isAlive = true;
    expect(gaps).toMatchObject([{ topics: ['a'], reason: 'the socket was silent for 55000 ms' }]);
    await clock.advance(600_000);
    expect(gaps).toHaveLength(1);
  });

  it('stays connected if the platform answers the ping', async () => {
    const { clock, platform, gaps, subscribe } = setUp({ silenceMs: 20_000 });
    await subscribe('a');
    await clock.advance(600_000);
    expect(platform.pings).toBeGreaterThan(10);
    expect({ opened: platform.opened.length, gaps }).toEqual({ opened: 1, gaps: [] });
  });

  it('is recovered after an outage of the API, with growing delays between the attempts', async () => {
    const { clock, platform, feed, gaps, subscribe } = setUp();
    const failures: number[] = [];
    feed.on('recoveryFailed', ({ retryInMs }) => failures.push(retryInMs));
    await subscribe('a');
    await clock.advance(HOUR_MS);
    platform.refuseWith = 503;
    platform.sockets()[0]?.end(1006);
    await clock.advance(HOUR_MS);
    expect(failures.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(failures.length).toBeLessThan(65);
    expect(gaps).toEqual([]);
    platform.refuseWith = undefined;
    await clock.advance(180_000);
    expect(gaps).toHaveLength(1);
    expect((gaps[0] as Gap).to - (gaps[0] as Gap).from).toBeGreaterThan(HOUR_MS);
    expect(platform.sockets()).toHaveLength(1);
  });

  it('reports a gap for an unreadable message', async () => {
    const { platform, gaps, subscribe } = setUp();
    await subscribe('a');
    platform.sockets()[0]?.dispatchEvent(new MessageEvent('message', { data: '{"topicName":' }));
    expect(gaps).toMatchObject([{ topics: ['a'], reason: 'a message could not be read' }]);
  });
});
