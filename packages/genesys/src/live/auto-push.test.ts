import { ConfigError, withCall } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { live } from './live.js';
import type { LiveOptions } from './options.js';
import { setUpLive } from './platform.fixture.js';

const PATH = '/api/v2/users/u1/presences/purecloud';

/** Reads a resource so often that its GETs are answered from the live value. */
async function setUpAnswered(options: LiveOptions = {}) {
  const parts = setUpLive({ push: 'auto', ...options });
  const { clock, get, platform } = parts;
  /** Reads the resource, and tells whether a request was sent. */
  const read = async (path = PATH, authorization?: string) => {
    const before = platform.reads.length;
    const answer = get(path, authorization);
    await clock.advance(20);
    return { answer: await answer, sent: platform.reads.length - before };
  };
  for (let i = 0; i < 3; i++) await read();
  await clock.advance(1_000);
  await read();
  return { ...parts, read };
}

describe("push: 'auto'", () => {
  it('answers repeated GETs of a presence as the platform would, without a request', async () => {
    const { channels, platform, line, read, values } = await setUpAnswered();
    expect(platform.reads).toHaveLength(4);
    expect(await read()).toEqual({ answer: platform.bodyOf('u1'), sent: 0 });
    platform.setPresence('u1', 'Busy');
    expect(await read()).toEqual({ answer: platform.bodyOf('u1'), sent: 0 });
    expect(channels.requests).toHaveLength(2);
    const { policies } = line.explain({ method: 'GET', url: `https://api.example.com${PATH}` });
    const shown = policies.find(({ name }) => name === 'live-push');
    expect(shown).toMatchObject({ phase: 'answer', options: { repeats: 3, answering: '1 resources' } });
    await values.close();
    expect((await read()).sent).toBe(1);
  });

  it('tells where the answer came from', async () => {
    const { line, read, values } = await setUpAnswered();
    const from: unknown[] = [];
    line.on('call', ({ answeredBy }) => from.push(answeredBy));
    await read();
    expect(from).toEqual(['live value']);
    await values.close();
  });

  it('counts the GETs of one resource within the time, and leaves other paths alone', async () => {
    const { clock, channels, get, platform, values } = setUpLive({ push: 'auto', repeats: 2, withinMs: 1_000 });
    const paths = [PATH, '/api/v2/users/u2/presences/purecloud', `${PATH}?a=1`, '/api/v2/users/me/presences/purecloud'];
    platform.answers.set('GET /api/v2/users/me/presences/purecloud', {});
    for (let i = 0; i < 3; i++) {
      for (const path of paths.slice(0, 2)) void get(path);
      await clock.advance(1_100);
    }
    for (let i = 0; i < 3; i++) {
      for (const path of paths.slice(2)) void get(path);
      await clock.advance(100);
    }
    expect(channels.requests).toEqual([]);
    await values.close();
  });

  it('sends a GET after a write of the line, and reads the own write', async () => {
    const { clock, client, platform, read, values } = await setUpAnswered();
    platform.latency = () => [1, 50];
    const written = client.callApi(PATH, 'PATCH', {}, {}, {}, {}, { systemPresence: 'Meal' });
    const during = read();
    await clock.advance(200);
    await Promise.all([written, during]);
    expect((await during).sent).toBe(1);
    const after = read();
    await clock.advance(200);
    expect(await after).toEqual({ answer: platform.bodyOf('u1'), sent: 1 });
    const bulk = client.callApi('/api/v2/users/presences/purecloud/bulk', 'PUT', {}, {}, {}, {}, null);
    await clock.advance(200);
    await bulk;
    const last = read();
    await clock.advance(200);
    expect((await last).sent).toBe(1);
    await values.close();
  });

  it('sends a GET after a gap, when the socket is silent, and when the last answer is old', async () => {
    const { clock, channels, platform, read, values } = await setUpAnswered({ reconcileMs: 40_000, idleMs: 600_000 });
    channels.sockets()[0]?.end(1006);
    expect((await read()).sent).toBe(1);
    await clock.advance(5_000);
    expect((await read()).sent).toBe(1);
    expect((await read()).sent).toBe(0);
    await clock.advance(41_000);
    expect((await read()).sent).toBe(1);
    platform.cutSockets();
    channels.isDead = true;
    await clock.advance(61_000);
    platform.setPresence('u1', 'Busy');
    expect(await read()).toEqual({ answer: platform.bodyOf('u1'), sent: 1 });
    void values.close();
    await clock.advance(10_000);
  });

  it('never answers another credential or tenant', async () => {
    const { clock, platform, read, get, values } = await setUpAnswered();
    expect((await read()).sent).toBe(0);
    expect((await read(PATH, 'Bearer b')).sent).toBe(1);
    // The answer of the other credential replaces that of the first.
    expect((await read()).sent).toBe(1);
    const before = platform.reads.length;
    const other = withCall({ tenant: 't2' }, () => get(PATH));
    await clock.advance(20);
    await other;
    expect(platform.reads.length - before).toBe(1);
    await values.close();
  });

  it('sends a GET after a notification that does not tell the whole answer', async () => {
    const { channels, platform, read, values } = await setUpAnswered();
    const { presenceDefinition, ...event } = platform.eventOf(platform.setPresence('u1', 'Busy', { lose: true }));
    for (const body of [event, { ...event, presenceDefinition, mood: 'good' }, { modifiedDate: 'never' }, null]) {
      channels.publish('v2.users.u1.presence', body);
      expect((await read()).sent).toBe(1);
      expect((await read()).sent).toBe(0);
    }
    channels.publish('v2.users.u1.presence', { ...event, presenceDefinition, source: 'MicrosoftTeams' });
    expect((await read()).sent).toBe(0);
    await values.close();
  });

  it('ends the subscription of a resource that nobody reads any more', async () => {
    const { clock, channels, read, values } = await setUpAnswered({ idleMs: 100_000 });
    await clock.advance(210_000);
    expect([...channels.channels.values()].map(({ topics }) => topics)).toEqual([[]]);
    expect((await read()).sent).toBe(1);
    expect(clock.pending).toBe(0);
    await values.close();
  });

  it('subscribes to no more resources than allowed', async () => {
    const { clock, channels, get, values } = setUpLive({ push: 'auto', repeats: 1, maxAutomatic: 3 });
    for (let i = 0; i < 10; i++) void get(`/api/v2/users/u${i}/presences/purecloud`);
    await clock.advance(1_000);
    expect([...channels.channels.values()][0]?.topics).toHaveLength(3);
    await values.close();
  });

  it('only watches in a dry run', async () => {
    const { clock, channels, get, platform, values } = setUpLive({ push: 'auto' }, { dryRun: true });
    for (let i = 0; i < 10; i++) {
      void get(PATH);
      await clock.advance(1_000);
    }
    expect([platform.reads.length, channels.requests]).toEqual([10, []]);
    await values.close();
  });

  it('works for one live of a line at a time, and not with a token pool', async () => {
    const { channels, clock, client, values } = setUpLive({ push: 'auto' });
    const options = { push: 'auto', notifications: { WebSocket: channels.WebSocket, clock } } as const;
    expect(() => live(client, options)).toThrow(ConfigError);
    await values.close();
    const again = live(client, options);
    await again.close();
    const grant = () => Promise.resolve({ accessToken: 'a' });
    const pool = [
      { name: 'a', grant },
      { name: 'b', grant },
    ];
    expect(() => setUpLive({ push: 'auto' }, { token: { pool } })).toThrow('token pool');
  });
});
