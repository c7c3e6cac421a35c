import { ClosedError, ConfigError, withCall } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { setUpLive, userIds } from './platform.fixture.js';

const stateOf = (value: { current: { presenceDefinition?: { systemPresence?: string } } | undefined }) =>
  value.current?.presenceDefinition?.systemPresence;

describe('a presence', () => {
  it('is subscribed to first, then read, then follows notifications, and ends with the last watcher', async () => {
    const { clock, channels, platform, values } = setUpLive();
    platform.setPresence('u1', 'Away');
    const presence = values.user('u1').presence;
    expect({ current: presence.current, at: presence.at, isStale: presence.isStale }).toEqual({
      current: undefined,
      at: undefined,
      isStale: true,
    });
    const ready = presence.ready();
    await clock.advance(1_000);
    expect((await ready).presenceDefinition).toEqual({ id: 'd-Away', systemPresence: 'Away' });
    expect(channels.requests).toEqual([
      'POST /api/v2/notifications/channels',
      'PUT /api/v2/notifications/channels/{channelId}/subscriptions',
    ]);
    expect(platform.reads).toEqual(['GET /api/v2/users/presences/purecloud/bulk?id=u1']);
    expect(presence.source).toBe('push');
    const seen: unknown[] = [];
    const other = values.user('u1').presence;
    other.on('change', ({ previous, current, by }) =>
      seen.push([previous?.presenceDefinition?.systemPresence, current.presenceDefinition?.systemPresence, by]),
    );
    platform.setPresence('u1', 'Busy');
    expect(seen).toEqual([['Away', 'Busy', 'event']]);
    expect(presence.at).toBe(clock.wall());
    expect(platform.reads).toHaveLength(1);
    presence.close();
    await clock.advance(1_000);
    expect([...channels.channels.values()][0]?.topics).toEqual(['v2.users.u1.presence']);
    other.close();
    await clock.advance(10_000);
    expect([...channels.channels.values()][0]?.topics).toEqual([]);
    expect(values.watched).toBe(0);
    expect({ sockets: channels.sockets(), timers: clock.pending }).toEqual({ sockets: [], timers: 0 });
  });

  it('of 1,000 users takes one channel, one subscription and 20 reads, and 20 more in ten minutes', async () => {
    const { clock, channels, platform, values } = setUpLive();
    const all = userIds(1_000).map((id) => values.user(id).presence);
    const ready = Promise.all(all.map((presence) => presence.ready()));
    await clock.advance(1_000);
    await ready;
    expect(channels.requests).toHaveLength(2);
    expect(platform.reads).toHaveLength(20);
    await clock.advance(250_000);
    expect(channels.requests.length + platform.reads.length).toBe(22);
    await clock.advance(600_000 - 251_000);
    expect(channels.requests.length + platform.reads.length).toBe(42);
    expect(all.every(({ isStale }) => !isStale)).toBe(true);
    await values.close();
  });

  it('is read again after a gap, and is not stale meanwhile', async () => {
    const { clock, channels, platform, values } = setUpLive();
    const presence = values.user('u1').presence;
    void presence.ready();
    await clock.advance(1_000);
    channels.sockets()[0]?.end(1006);
    platform.setPresence('u1', 'Busy');
    await clock.advance(5_000);
    expect(stateOf(presence)).toBe('Busy');
    expect(platform.reads).toHaveLength(2);
    expect(presence.isStale).toBe(false);
    await values.close();
  });

  it('behind a socket that is cut without a close is stale after 60 s at most, and read again', async () => {
    const { clock, channels, platform, values } = setUpLive();
    const presence = values.user('u1').presence;
    void presence.ready();
    await clock.advance(40_000);
    const before = clock.now();
    platform.cutSockets();
    channels.isDead = true;
    platform.setPresence('u1', 'Busy');
    let sawStale = false;
    const stop = clock.afterEachStep(() => {
      sawStale ||= presence.isStale && clock.now() - before <= 60_000;
      // The last message came up to 30 s before the cut.
      if (clock.now() - before > 60_000 + 3_000 + 100) expect(stateOf(presence)).toBe('Busy');
    });
    await clock.advance(70_000);
    stop();
    expect(sawStale).toBe(true);
    expect(stateOf(presence)).toBe('Busy');
    // Without a channel, each read confirms the value for another 60 s.
    const reads = platform.reads.length;
    await clock.advance(300_000);
    expect(platform.reads.length - reads).toBeGreaterThanOrEqual(4);
    expect(platform.reads.length - reads).toBeLessThanOrEqual(6);
    void values.close();
    await clock.advance(10_000);
  });

  it('whose notification was lost is found by the reconciliation', async () => {
    const { clock, platform, values } = setUpLive();
    const presence = values.user('u1').presence;
    void presence.ready();
    await clock.advance(1_000);
    platform.setPresence('u1', 'Busy', { lose: true });
    await clock.advance(250_000);
    expect(stateOf(presence)).toBe('Offline');
    await clock.advance(330_000 + 3_000 - 250_000);
    expect(stateOf(presence)).toBe('Busy');
    expect(platform.reads).toHaveLength(2);
    await values.close();
  });
});

describe('a notification and a read that cross', () => {
  it('lose no change: a notification during the read is newer than its answer', async () => {
    const { clock, channels, platform, values } = setUpLive();
    platform.latency = () => [1, 100];
    const presence = values.user('u1').presence;
    const seen: unknown[] = [];
    presence.on('change', ({ current }) => seen.push(current.presenceDefinition?.systemPresence));
    await clock.advance(30);
    expect(channels.sockets()).toHaveLength(1);
    expect(platform.reads).toHaveLength(1);
    platform.setPresence('u1', 'Busy');
    await clock.advance(500);
    expect(seen).toEqual(['Busy']);
    expect(stateOf(presence)).toBe('Busy');
    await values.close();
  });

  it('do not go back: a notification that is older than the answer is not applied', async () => {
    const { clock, platform, values } = setUpLive();
    const presence = values.user('u1').presence;
    const seen: unknown[] = [];
    presence.on('change', ({ current }) => seen.push(current.presenceDefinition?.systemPresence));
    platform.setPresence('u1', 'Away', { delayMs: 2_000 });
    platform.setPresence('u1', 'Busy', { delayMs: 3_000 });
    await clock.advance(10_000);
    expect(seen).toEqual(['Busy']);
    await values.close();
  });

  it('keep the newer value of a kind without a version: notifications during the read are applied over its answer', async () => {
    const { clock, channels, platform, values } = setUpLive();
    platform.latency = () => [1, 100];
    platform.answers.set('GET /api/v2/users', { entities: [{ id: 'u1', outOfOffice: { active: false } }] });
    const outOfOffice = values.user('u1').outOfOffice;
    void outOfOffice.ready();
    await clock.advance(30);
    channels.publish('v2.users.u1.outofoffice', { user: { id: 'u1' }, active: true, indefinite: true });
    await clock.advance(500);
    expect(outOfOffice.current).toEqual({ active: true, indefinite: true });
    await values.close();
  });

  it('accept an older answer when the platform gives it twice in a row', async () => {
    const { clock, platform, values } = setUpLive({ reconcileMs: 10_000 });
    const presence = values.user('u1').presence;
    platform.setPresence('u1', 'Busy');
    void presence.ready();
    await clock.advance(1_000);
    platform.presences.set('u1', { systemPresence: 'Away', modifiedDate: '2025-06-01T00:00:00.000Z' });
    const reads = platform.reads.length;
    const stop = clock.afterEachStep(() => {
      if (platform.reads.length <= reads + 1) expect(stateOf(presence)).toBe('Busy');
    });
    await clock.advance(14_000);
    stop();
    expect(stateOf(presence)).toBe('Away');
    expect(platform.reads.length).toBe(reads + 2);
    await values.close();
  });
});

describe('topics', () => {
  it('of one user are combined, and a new one reads only its own value', async () => {
    const { clock, channels, platform, values } = setUpLive();
    const user = values.user('u1');
    const [presence, status] = [user.presence, user.routingStatus];
    void presence.ready();
    await clock.advance(1_000);
    void status.ready();
    await clock.advance(1_000);
    expect([...channels.channels.values()][0]?.topics).toEqual(['v2.users.u1?presence&routingStatus']);
    expect(platform.reads).toEqual([
      'GET /api/v2/users/presences/purecloud/bulk?id=u1',
      'GET /api/v2/users?id=u1&expand=routingStatus&state=any&pageSize=1',
    ]);
    platform.setStatus('u1', 'IDLE');
    platform.setPresence('u1', 'Available');
    expect([status.current?.status, stateOf(presence)]).toEqual(['IDLE', 'Available']);
    channels.sockets()[0]?.end(1006);
    await clock.advance(5_000);
    expect(platform.reads.at(-1)).toBe('GET /api/v2/users?id=u1&expand=presence%2CroutingStatus&state=any&pageSize=1');
    status.close();
    await clock.advance(1_000);
    expect([...channels.channels.values()][0]?.topics).toEqual(['v2.users.u1.presence']);
    await values.close();
  });

  it('beyond the channels are read at an interval, until there is room', async () => {
    const { clock, channels, platform, values } = setUpLive({
      notifications: { maxChannels: 2, topicsPerChannel: 50 },
    });
    const all = userIds(120).map((id) => values.user(id).presence);
    for (const presence of all) void presence.ready();
    await clock.advance(1_000);
    expect(all.map(({ source }) => source).filter((source) => source === 'push')).toHaveLength(100);
    const last = all.at(-1);
    expect(last && stateOf(last)).toBe('Offline');
    const reads = platform.reads.length;
    platform.setPresence('u119', 'Busy');
    await clock.advance(33_000);
    expect(last && stateOf(last)).toBe('Busy');
    // One request for the 20 values.
    expect(platform.reads.length - reads).toBe(1);
    const conversations = values.topic('v2.users.{id}.conversations', { id: 'x' });
    const late = expect(conversations.ready()).rejects.toThrow('no room');
    await clock.advance(1_000);
    await late;
    conversations.close();
    for (const presence of all.slice(0, 60)) presence.close();
    await clock.advance(10_000);
    expect(all.slice(60).every(({ source }) => source === 'push')).toBe(true);
    expect(channels.channels.size).toBeLessThanOrEqual(4);
    await values.close();
  });

  it('that an accepted request names as rejected are read instead, and the others are pushed', async () => {
    const { clock, channels, platform, values } = setUpLive();
    channels.rejected.add('v2.users.u2.presence');
    const refused: string[] = [];
    values.on('topicRefused', ({ topic }) => refused.push(topic));
    const all = userIds(5).map((id) => values.user(id).presence);
    const ready = Promise.all(all.map((presence) => presence.ready()));
    await clock.advance(1_000);
    await ready;
    expect(refused).toEqual(['v2.users.u2.presence']);
    expect(all.map(({ source }) => source)).toEqual(['push', 'push', 'poll', 'push', 'push']);
    platform.setPresence('u2', 'Busy', { lose: true });
    await clock.advance(35_000);
    expect(stateOf(all[2]!)).toBe('Busy');
    await values.close();
  });

  it('that the platform refuses one and all cost few requests', async () => {
    const { clock, channels, platform, values } = setUpLive();
    for (const id of userIds(1_000)) channels.rejected.add(`v2.users.${id}.presence`);
    const all = userIds(1_000).map((id) => values.user(id).presence);
    void Promise.all(all.map((presence) => presence.ready()));
    await clock.advance(20_000);
    expect(channels.requests.length).toBeLessThan(80);
    expect(all.every(({ source, current }) => source === 'poll' && current !== undefined)).toBe(true);
    expect(platform.reads.length).toBeLessThan(50);
    await values.close();
  });

  it('do not count as refused if the platform refuses the channel', async () => {
    const { clock, channels, platform, values } = setUpLive();
    channels.refuseCreationWith = 403;
    const refused: unknown[] = [];
    values.on('topicRefused', (event) => refused.push(event));
    const all = userIds(500).map((id) => values.user(id).presence);
    const ready = Promise.all(all.map((presence) => presence.ready()));
    await clock.advance(20_000);
    await ready;
    expect(refused).toEqual([]);
    expect(channels.requests.length).toBeLessThanOrEqual(6);
    expect(platform.reads).toHaveLength(10);
    channels.refuseCreationWith = undefined;
    await clock.advance(130_000);
    expect(all.every(({ source }) => source === 'push')).toBe(true);
    await values.close();
  });

  it('that the platform refuses are read instead, and the others are pushed', async () => {
    const { clock, platform, values } = setUpLive();
    const refused: string[] = [];
    values.on('topicRefused', ({ topic }) => refused.push(topic));
    const users = ['u1', 'wrong', 'u2'].map((id) => values.user(id).presence);
    const flow = values.topic('v2.flows.{id}', { id: 'wrong-too' });
    const conversations = values.topic('v2.users.{id}.conversations', { id: 'wrong' });
    for (const value of [...users, flow]) void value.ready().catch(() => undefined);
    // Nothing reads the conversations of a user, so the refusal is the end.
    const late = expect(conversations.ready()).rejects.toMatchObject({ status: 400 });
    await clock.advance(2_000);
    await late;
    expect(users.map(({ source }) => source)).toEqual(['push', 'poll', 'push']);
    expect(users.map(stateOf)).toEqual(['Offline', 'Offline', 'Offline']);
    expect(refused.sort()).toEqual(['v2.flows.wrong-too', 'v2.users.wrong.conversations', 'v2.users.wrong.presence']);
    platform.setPresence('wrong', 'Busy');
    await clock.advance(33_000);
    expect(users[1] && stateOf(users[1])).toBe('Busy');
    await values.close();
  });

  it('without a read settle with the subscription, and give the notifications', async () => {
    const { clock, channels, values } = setUpLive();
    const conversations = values.topic<{ id: string }>('v2.users.{id}.conversations', { id: 'u1' });
    const ready = conversations.ready();
    await clock.advance(1_000);
    expect(await ready).toBeUndefined();
    channels.publish('v2.users.u1.conversations', { id: 'c1' });
    expect(conversations.current).toEqual({ id: 'c1' });
    await values.close();
  });
});

describe('unknown topics', () => {
  it('and missing parameters are refused at once', () => {
    const { values } = setUpLive();
    expect(() => values.topic('wrong' as never)).toThrow(ConfigError);
    expect(() => values.topic('v2.flows.{id}')).toThrow('id');
    expect(() => values.user('a/b').presence).toThrow(ConfigError);
    expect(() => values.path('api/v2/users')).toThrow('slash');
  });
});

describe('reads', () => {
  it('of a path are shared by all who watch it', async () => {
    const { clock, platform, values } = setUpLive({ pollMs: 10_000 });
    let n = 0;
    platform.answers.set('GET /api/v2/routing/settings', () => ({ n: n++ }));
    const two = [values.path('/api/v2/routing/settings'), values.path('/api/v2/routing/settings')];
    const ready = Promise.all(two.map((value) => value.ready()));
    await clock.advance(100);
    await ready;
    await clock.advance(60_000);
    expect(platform.reads.length).toBeGreaterThanOrEqual(6);
    expect(platform.reads.length).toBeLessThanOrEqual(7);
    expect(two.map(({ current }) => current)).toEqual([{ n: n - 1 }, { n: n - 1 }]);
    expect(two[0]?.source).toBe('poll');
    for (const value of two) value.close();
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  it('of an unknown user fail with the 404 of the single read, and leave the others alone', async () => {
    const { clock, platform, values } = setUpLive();
    platform.unknown.add('u2');
    const failures: number[] = [];
    values.on('readFailed', ({ resources }) => failures.push(resources));
    const [one, two] = [values.user('u1').presence, values.user('u2').presence];
    const results = Promise.allSettled([one.ready(), two.ready()]);
    await clock.advance(1_000);
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(two.error).toMatchObject({ status: 404 });
    expect(failures).toEqual([1]);
    platform.unknown.clear();
    await clock.advance(5_000);
    expect(stateOf(two)).toBe('Offline');
    await values.close();
  });

  it('that the platform refuses as a whole are split', async () => {
    const { clock, values } = setUpLive();
    const all = ['u1', 'u2', 'bad', 'u3'].map((id) => values.user(id).presence);
    const results = Promise.allSettled(all.map((value) => value.ready()));
    await clock.advance(1_000);
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    await values.close();
  });

  it('have neither the budget, the signal nor the priority of the caller', async () => {
    const { clock, line, values } = setUpLive();
    const seen: unknown[] = [];
    line.use({
      name: 'watch',
      phase: 'observe',
      create: () => (call, next) => {
        seen.push([call.method, call.context?.totalTimeoutMs, call.context?.transaction]);
        return next(call);
      },
    });
    const controller = new AbortController();
    const presence = values.user('u1').presence;
    const ready = withCall({ totalTimeoutMs: 1, transaction: 't', signal: controller.signal }, () => presence.ready());
    controller.abort();
    await clock.advance(1_000);
    await ready;
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.every((entry) => (entry as unknown[])[1] === undefined && (entry as unknown[])[2] === undefined)).toBe(
      true,
    );
    await values.close();
  });

  it('of members follow each notification, at most one a second', async () => {
    const { clock, channels, platform, values } = setUpLive();
    let joined = false;
    platform.answers.set('GET /api/v2/routing/queues/q1/members', () => ({
      entities: [{ id: 'u1', joined }],
      pageCount: 1,
    }));
    const { members } = values.queue('q1');
    void members.ready();
    await clock.advance(2_000);
    expect(members.current).toEqual([{ id: 'u1', joined: false }]);
    joined = true;
    const reads = platform.reads.length;
    for (let i = 0; i < 40; i++) {
      channels.publish('v2.routing.queues.q1.users', { id: 'u1' });
      await clock.advance(100);
    }
    await clock.advance(5_000);
    expect(members.current).toEqual([{ id: 'u1', joined: true }]);
    expect(platform.reads.length - reads).toBeLessThanOrEqual(6);
    await values.close();
  });

  it('of observations share a query, and notifications change single metrics', async () => {
    const { clock, channels, platform, values } = setUpLive();
    platform.answers.set('POST /api/v2/analytics/queues/observations/query', {
      results: [
        {
          group: { queueId: 'q1', mediaType: 'voice' },
          data: [
            { metric: 'oWaiting', stats: { count: 1 } },
            { metric: 'oInteracting', stats: { count: 4 } },
          ],
        },
      ],
    });
    const queues = ['q1', 'q2'].map((id) => values.queue(id).observations);
    void Promise.all(queues.map((value) => value.ready()));
    await clock.advance(1_000);
    expect(platform.reads).toHaveLength(1);
    expect(queues[1]?.current).toEqual([]);
    channels.publish('v2.analytics.queues.q1.observations', {
      group: { queueId: 'q1', mediaType: 'voice' },
      data: [
        {
          interval: 'i',
          metrics: [
            { metric: 'oWaiting', stats: { count: 2 } },
            { metric: 'nOffered', stats: { count: 9 } },
          ],
        },
      ],
    });
    expect(queues[0]?.current).toEqual([
      {
        group: { queueId: 'q1', mediaType: 'voice' },
        data: [
          { metric: 'oInteracting', stats: { count: 4 } },
          { metric: 'oWaiting', stats: { count: 2 } },
        ],
      },
    ]);
    await values.close();
  });
});

describe('the cache of the line', () => {
  const flows = {
    endpoints: { 'GET /api/v2/flows/:id': { cache: { ttlMs: 600_000, invalidateBy: ['v2.flows.{id}'] } } },
  };

  it('forgets the answers of a topic with each notification and each gap', async () => {
    const { clock, channels, get, platform, values } = setUpLive({}, flows);
    platform.answers.set('GET /api/v2/flows/f1', { id: 'f1' });
    const flow = values.topic('v2.flows.{id}', { id: 'f1' });
    void flow.ready();
    await clock.advance(1_000);
    const read = async (): Promise<number> => {
      const before = platform.reads.length;
      const answer = get('/api/v2/flows/f1');
      await clock.advance(20);
      await answer;
      return platform.reads.length - before;
    };
    expect([await read(), await read()]).toEqual([1, 0]);
    channels.publish('v2.flows.f1', {});
    await clock.advance(5_000);
    expect([await read(), await read()]).toEqual([1, 0]);
    channels.sockets()[0]?.end(1006);
    await clock.advance(5_000);
    expect([await read(), await read()]).toEqual([1, 0]);
    await values.close();
  });

  it('answers no read of a live value', async () => {
    const { clock, get, platform, values } = setUpLive({ pollMs: 10_000 }, flows);
    let n = 0;
    platform.answers.set('GET /api/v2/flows/f1', () => ({ n: n++ }));
    void get('/api/v2/flows/f1');
    await clock.advance(1_000);
    const flow = values.path<{ n: number }>('/api/v2/flows/f1');
    void flow.ready();
    await clock.advance(12_000);
    expect(flow.current?.n).toBeGreaterThan(1);
    await values.close();
  });
});

describe('closing', () => {
  it('ends loops, rejects ready(), and leaves no timer', async () => {
    const { clock, line, values } = setUpLive();
    const presence = values.user('u1').presence;
    const ready = presence.ready();
    const late = expect(ready).rejects.toThrow(ClosedError);
    const loop = (async () => {
      const seen: unknown[] = [];
      for await (const { current } of values.user('u2').presence) seen.push(current);
      return seen.length;
    })();
    void line.close();
    await clock.advance(20_000);
    await late;
    expect(await loop).toBe(0);
    await expect(presence.ready()).rejects.toThrow(ClosedError);
    expect(() => presence.on('change', () => undefined)).toThrow('closed');
    expect(clock.pending).toBe(0);
  });

  it('of a loop ends the subscription', async () => {
    const { clock, platform, values } = setUpLive();
    const reading = (async () => {
      for await (const { current } of values.user('u1').presence) return current.presenceDefinition?.systemPresence;
      return undefined;
    })();
    platform.setPresence('u1', 'Away');
    await clock.advance(10_000);
    expect(await reading).toBe('Away');
    expect({ watched: values.watched, timers: clock.pending }).toEqual({ watched: 0, timers: 0 });
  });

  it('sends nothing before somebody watches', async () => {
    const { clock, channels, platform, values } = setUpLive();
    expect(values.user('u1').presence.current).toBeUndefined();
    await clock.advance(600_000);
    expect([channels.requests, platform.reads, clock.pending]).toEqual([[], [], 0]);
    await values.close();
  });
});
