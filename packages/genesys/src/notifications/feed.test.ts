import { ConfigError, holdlineOf, withCall } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { topicNames, setUp } from './feed.fixture.js';

const HOUR_MS = 3_600_000;

describe('topics', () => {
  it('2,500 are spread over three channels within the limit of each', async () => {
    const { platform, feed, subscribe } = setUp();
    await subscribe(topicNames(2_500));
    expect([...platform.channels.values()].map(({ topics }) => topics.length)).toEqual([1_000, 1_000, 500]);
    const heard: string[] = [];
    feed.on('notification', ({ topic }) => heard.push(topic));
    for (const topic of topicNames(2_500)) platform.publish(topic, {});
    expect(heard).toEqual(topicNames(2_500));
    expect({ channels: feed.channels, topics: feed.topics.length }).toEqual({ channels: 3, topics: 2_500 });
  });

  it('beyond the limit of all channels are refused before anything is sent', async () => {
    const { platform, feed } = setUp();
    const error = await feed.subscribe(topicNames(20_001)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toContain('at most 20000 (20 channels of 1000), got 20001');
    expect(platform.requests).toEqual([]);
  });

  it('fill free channels, exist once, and free their place when they are removed', async () => {
    const { platform, feed, subscribe } = setUp({ topicsPerChannel: 3 });
    await subscribe(['a', 'b']);
    await subscribe(['b', 'c', 'd']);
    const shown = (): string[][] => [...platform.channels.values()].map(({ topics }) => topics);
    expect(shown()).toEqual([['a', 'b', 'c'], ['d']]);
    await feed.unsubscribe(['a', 'd', 'unknown']);
    expect(shown()).toEqual([['b', 'c'], []]);
    expect({ channels: feed.channels, sockets: platform.sockets().length }).toEqual({ channels: 1, sockets: 1 });
    await subscribe('e');
    expect(shown()[0]).toEqual(['b', 'c', 'e']);
  });

  it('that the platform refuses are removed, and the others stay', async () => {
    const { platform, feed, subscribe, gaps } = setUp();
    await subscribe('a');
    platform.refuseWith = 400;
    await expect(subscribe('b')).rejects.toEqual({ status: 400 });
    platform.refuseWith = undefined;
    expect(feed.topics).toEqual(['a']);
    await subscribe('c');
    expect([...platform.channels.values()].map(({ topics }) => topics)).toEqual([['a', 'c']]);
    expect(gaps).toEqual([]);
  });

  // A review found this case and the next three.
  it('that another call still waits for make this call wait too', async () => {
    const { clock, platform, feed } = setUp();
    const first = feed.subscribe('a');
    let isHeard = false;
    const second = feed.subscribe(['a']).then(() => (isHeard = platform.sockets().length === 1));
    await clock.advance(10_000);
    await Promise.all([first, second]);
    expect(isHeard).toBe(true);
    expect(platform.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  });

  it('that another call requested together with a wrong topic are subscribed to', async () => {
    const { clock, feed } = setUp();
    const ends = Promise.allSettled([feed.subscribe(['a', 'wrong']), feed.subscribe('a')]);
    await clock.advance(10_000);
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(feed.topics).toEqual(['a']);
  });

  it('of several calls share a request, and a wrong topic rejects only its own call', async () => {
    const { clock, platform, feed } = setUp();
    const right = topicNames(40).map((topic) => feed.subscribe(topic));
    const wrong = feed.subscribe('wrong');
    const ends = Promise.allSettled([...right, wrong]);
    await clock.advance(10_000);
    expect((await ends).map(({ status }) => status)).toEqual([...Array<string>(40).fill('fulfilled'), 'rejected']);
    expect([...platform.channels.values()].map(({ topics }) => topics)).toEqual([topicNames(40)]);
    expect(feed.topics).toEqual(topicNames(40));
    expect(platform.requests.length).toBeLessThan(20);
  });

  it('requested during a request are in the next request', async () => {
    const { clock, platform, feed } = setUp();
    const calls = [feed.subscribe('a')];
    while (!platform.requests.some((request) => request.startsWith('PUT'))) await Promise.resolve();
    calls.push(feed.subscribe('b'));
    await clock.advance(10_000);
    await Promise.all(calls);
    expect([...platform.channels.values()].map(({ topics }) => topics)).toEqual([['a', 'b']]);
  });
});

// Issue 13, b08: React's StrictMode mounts, unmounts and mounts again.
describe('subscribe, unsubscribe, subscribe in one tick', () => {
  it('subscribes, and each notification arrives once', async () => {
    const { clock, platform, feed } = setUp();
    const heard: string[] = [];
    feed.on('notification', ({ topic }) => heard.push(topic));
    const ends = Promise.allSettled([feed.subscribe('a'), feed.unsubscribe('a'), feed.subscribe('a')]);
    await clock.advance(10_000);
    expect((await ends).at(-1)).toMatchObject({ status: 'fulfilled' });
    platform.publish('a', 1);
    expect({ topics: feed.topics, heard }).toEqual({ topics: ['a'], heard: ['a'] });
    await feed.unsubscribe('a');
    expect({ topics: feed.topics, sockets: platform.sockets() }).toEqual({ topics: [], sockets: [] });
  });
});

describe('close()', () => {
  it('ends sockets, subscriptions, iterators and timers', async () => {
    const { clock, platform, feed, subscribe } = setUp();
    await subscribe(topicNames(1_500));
    const reader = feed[Symbol.asyncIterator]();
    const waiting = reader.next();
    await feed.close();
    await clock.advance(1);
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(platform.sockets()).toEqual([]);
    expect([...platform.channels.values()].map(({ topics }) => topics)).toEqual([[], []]);
    expect(clock.pending).toBe(0);
    await expect(feed.subscribe('a')).rejects.toThrow(ConfigError);
    expect(await feed[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  });

  it('during a subscribe() rejects it and leaves nothing behind', async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const { clock, platform, feed } = setUp();
      const subscribed = feed.subscribe('a').then(
        () => 'subscribed',
        ({ message }: Error) => message,
      );
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      await feed.close();
      expect(await subscribed).toBe('the notification feed was closed (close)');
      await clock.advance(1);
      expect({ pending: clock.pending, sockets: platform.sockets() }).toEqual({ pending: 0, sockets: [] });
      expect([...platform.channels.values()].flatMap(({ topics }) => topics)).toEqual([]);
    }
  });

  it('during an outage reports the gap', async () => {
    const { clock, platform, feed, gaps, subscribe } = setUp();
    await subscribe('a');
    platform.refuseWith = 503;
    platform.sockets()[0]?.end(1006);
    await clock.advance(5_000);
    await feed.close();
    expect(gaps).toHaveLength(1);
    await clock.advance(HOUR_MS);
    expect({ pending: clock.pending, opened: platform.opened.length }).toEqual({ pending: 0, opened: 1 });
  });

  // Issue 13, b10: close() waited for the platform without a limit.
  it.each<[string, (feed: ReturnType<typeof setUp>) => void]>([
    ['that works well, at once', () => undefined],
    ['that does not answer', ({ platform }) => (platform.isDead = true)],
    [
      'that does not answer during a recovery',
      ({ platform }) => {
        platform.isDead = true;
        platform.sockets()[0]?.end(1006);
      },
    ],
    [
      'that does not answer during a subscribe()',
      ({ platform, feed }) => {
        platform.isDead = true;
        feed.subscribe('b').catch(() => undefined);
      },
    ],
  ])('of a platform %s is bounded, and counts the channels left there', async (name, dies) => {
    const it = setUp();
    const { clock, feed, subscribe } = it;
    await subscribe('a');
    const told: { tookMs: number; channels: number }[] = [];
    feed.on('closed', (event) => told.push(event));
    dies(it);
    await clock.advance(100);
    const from = clock.now();
    let settledAt = Infinity;
    void feed.close().then(() => (settledAt = clock.now() - from));
    await clock.advance(5_000);
    const isWell = name.includes('well');
    expect(settledAt).toBeLessThanOrEqual(isWell ? 0 : 5_000);
    expect(told).toEqual([{ tookMs: settledAt, channels: isWell ? 0 : 1 }]);
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  it('rejects a pending subscribe() within closeTimeoutMs', async () => {
    const { clock, platform, feed } = setUp({ closeTimeoutMs: 1_000 });
    platform.isDead = true;
    const subscribed = feed.subscribe('a').catch((error: unknown) => (error as Error).message);
    let isClosed = false;
    void feed.close().then(() => (isClosed = true));
    await clock.advance(1_000);
    expect(isClosed).toBe(true);
    expect(await subscribed).toBe('the notification feed was closed (close)');
  });

  it('follows the close of the line', async () => {
    const { clock, platform, feed, subscribe } = setUp();
    await subscribe('a');
    void holdlineOf(platform.client)!.close();
    await clock.advance(5_000);
    expect({ sockets: platform.sockets(), channels: feed.channels, pending: clock.pending }).toEqual({
      sockets: [],
      channels: 0,
      pending: 0,
    });
  });
});

describe('the context of the caller', () => {
  it('does not follow the feed, except for the tenant of its start', async () => {
    const { clock, platform, feed, subscribe } = withCall({ tenant: 'acme' }, () => setUp());
    const caller = new AbortController();
    await withCall({ tenant: 'globex', signal: caller.signal, transaction: 'order-1' }, () => subscribe('a'));
    caller.abort();
    await clock.advance(23 * HOUR_MS);
    await withCall({ signal: caller.signal }, () => feed.close());
    expect(platform.requests.map((request) => request.split(' ')[0])).toEqual(['POST', 'PUT', 'PUT', 'DELETE']);
    for (const { tenant, transaction, signal } of platform.contexts)
      expect({ tenant, transaction, isAborted: signal?.aborted ?? false }).toEqual({
        tenant: 'acme',
        transaction: undefined,
        isAborted: false,
      });
  });
});
