import { createHoldline, DeadlineError, memoryStore, withCall, type SessionKeys } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import { requestOptions, setUp } from './guarded-client.fixture.js';
import { guardStreaming, handshakesOn } from './index.js';
import { fakeClient, FakeStanza, type Fate } from './streaming-client.fixture.js';

describe('streams', () => {
  it('open within a quota that all clients of a line share, without their HTTP requests', async () => {
    const clock = new VirtualClock();
    const ports = { clock, random: seededRandom(1) };
    const line = createHoldline(ports);
    handshakesOn(line, { quotas: [{ limit: 5, windowMs: 1_000 }] }, ports);
    const all = Array.from({ length: 20 }, () => fakeClient());
    for (const { client } of all) void guardStreaming(client, line).connect();
    const opened = (): number => all.filter(({ attempts }) => attempts.length > 0).length;
    for (const expected of [5, 10, 15, 20]) {
      expect(opened()).toBe(expected);
      await clock.advance(1_000);
    }
    expect(all.every(({ attempts }) => attempts.length === 1)).toBe(true);
  });

  it('that close before they are open are retried', async () => {
    const { clock, client, attempts } = setUp({}, ['closed', 'closed', 'open']);
    const connected = client.connect();
    await clock.run();
    await connected;
    expect(attempts).toHaveLength(3);
  });

  it('end as in the SDK after the last attempt', async () => {
    const { clock, client, attempts } = setUp({ handshakes: { maxAttempts: 3 } }, Array<Fate>(9).fill('closed'));
    let ended: unknown = 'not yet';
    client.connect().catch((error: unknown) => (ended = error));
    await clock.run();
    expect(ended).toBeUndefined();
    expect(attempts).toHaveLength(3);
    expect(client.connecting).toBe(false);
  });

  it('that open after the deadline of the call are closed', async () => {
    const clock = new VirtualClock();
    const { client } = fakeClient();
    const stanza = new FakeStanza();
    const ended: string[] = [];
    stanza.on('disconnected', () => ended.push('ended'));
    client.connectionManager.getNewStanzaConnection = () =>
      new Promise((resolve) => clock.setTimer(5_000, () => resolve(stanza)));
    guardStreaming(client, { clock, random: seededRandom(1) });
    const connected = withCall({ totalTimeoutMs: 1_000 }, () => client.connect());
    const error = expect(connected).rejects.toThrow(DeadlineError);
    await clock.advance(4_000);
    await error;
    expect(ended).toEqual([]);
    await clock.advance(2_000);
    expect(ended).toEqual(['ended']);
  });

  it('that were lost come before first connections', async () => {
    const clock = new VirtualClock();
    const ports = { clock, random: seededRandom(1) };
    const line = createHoldline(ports);
    handshakesOn(line, { spacingMs: 100 }, ports);
    const [lost, ...first] = Array.from({ length: 5 }, () => fakeClient());
    void guardStreaming(lost!.client, line).connect();
    await clock.advance(5_000);
    lost!.stanzas[0]?.emit('disconnected');
    const order: string[] = [];
    for (const { client } of first)
      void guardStreaming(client, line)
        .connect()
        .then(() => order.push('first'));
    // A new channel id does not make it a new client.
    lost!.client.config.channelId = 'channel-2';
    void lost!.client.connect().then(() => order.push('lost'));
    await clock.run();
    expect(order.indexOf('lost')).toBe(1);
  });

  it('renew a token once that is refused as the password', async () => {
    const grant = () => Promise.resolve({ accessToken: 't2' });
    const { clock, client, attempts, answers, requests } = setUp({ token: { grant } }, ['sasl', 'open']);
    answers.push(401);
    const connected = client.connect();
    await clock.run();
    await connected;
    expect(attempts).toEqual(['t1', 't2']);
    expect(requests.map(({ options: { authToken } }) => authToken)).toEqual(['t1', 't2']);

    const hopeless = setUp({ token: { grant } }, ['sasl', 'sasl', 'sasl']);
    hopeless.answers.push(401);
    let ended: unknown;
    hopeless.client.connect().catch((error: unknown) => (ended = error));
    await hopeless.clock.run();
    expect(ended).toMatchObject({ condition: 'not-authorized' });
    expect(hopeless.attempts).toHaveLength(2);
  });
});

describe('a second session of a key', () => {
  // A review found that a connecting first session stayed, and that the SDK connected an ended one again.
  it.each<[string, Fate]>([
    ['that is still connecting', 'hang'],
    ['that is open', 'open'],
  ])('ends the first session, %s, permanently', async (_, fate) => {
    const clock = new VirtualClock();
    const ports = { clock, random: seededRandom(1) };
    const line = createHoldline(ports);
    handshakesOn(line, { sessionKey: () => 'agent-1', secondSession: 'replace' }, ports);
    const [first, second] = [fakeClient([fate]), fakeClient()];
    let disconnects = 0;
    first.client.disconnect = () => Promise.resolve(void disconnects++);
    const ended = guardStreaming(first.client, line)
      .connect()
      .then(
        () => 'connected',
        () => 'gave up',
      );
    await clock.advance(100);
    const connected = guardStreaming(second.client, line).connect();
    await clock.run();
    await connected;
    expect(await ended).toBe(fate === 'hang' ? 'gave up' : 'connected');
    expect(disconnects).toBe(1);
    expect(await first.client.backoffConnectRetryHandler({}, undefined)).toBe(false);
    expect([first.attempts.length, second.attempts.length]).toEqual([1, 1]);
  });

  it('waits for a session in another process if the store has session keys', async () => {
    const clock = new VirtualClock();
    const ports = { clock, random: seededRandom(1) };
    let isFree = false;
    const claimed: string[] = [];
    const sessions: SessionKeys = {
      onLoss: 'share',
      claim: async (key) => (claimed.push(key), { fence: 1, has: isFree, replaced: false, heldForMs: 1_000 }),
      leave: async () => undefined,
      listen: () => () => undefined,
    };
    const line = createHoldline({ ...ports, store: { ...memoryStore(), sessions } });
    handshakesOn(line, { sessionKey: () => 'agent-1' }, ports);
    const { client, attempts } = fakeClient();
    const connected = guardStreaming(client, line).connect();
    await clock.advance(5_000);
    expect({ claimed: claimed.length > 3, attempts: attempts.length }).toEqual({ claimed: true, attempts: 0 });
    isFree = true;
    await clock.advance(2_000);
    await connected;
    expect(new Set(claimed)).toEqual(new Set(['agent-1']));
    await client.disconnect();
  });
});

describe('disconnect()', () => {
  it('while the handshake waits ends it, and nothing is sent', async () => {
    const { clock, client, attempts, handshakes } = setUp({ handshakes: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    await client.connect();
    const waiting = client.connect().then(
      () => 'connected',
      () => 'ended',
    );
    await clock.advance(1_000);
    expect(handshakes.snapshot().queued).toBe(1);
    await client.disconnect();
    expect(await waiting).toBe('ended');
    await clock.run();
    expect(attempts).toHaveLength(1);
  });

  it('ends the back-off of the SDK', async () => {
    const { clock, client } = setUp();
    const asked = client.backoffConnectRetryHandler({}, new Error('closed'));
    await client.disconnect();
    expect(await asked).toBe(false);
    expect(await client.backoffConnectRetryHandler({}, new Error('closed'))).toBe(false);
    await clock.run();
    expect(clock.pending).toBe(0);
  });

  it('ends the HTTP requests of the connection', async () => {
    const { clock, client, requests } = setUp({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    await client.http.requestApi('users/me', requestOptions());
    client.connecting = true;
    const waiting = client.http.requestApi('notifications/channels', requestOptions({ method: 'post' })).then(
      () => 'answered',
      () => 'ended',
    );
    await clock.advance(10);
    await client.disconnect();
    expect(await waiting).toBe('ended');
    await clock.run();
    expect(requests).toHaveLength(1);
  });
});

// Issue 13, b08: React's StrictMode mounts, unmounts and mounts again.
describe('connect(), disconnect(), connect()', () => {
  /** A second connect() during an attempt resolves at once, as in the SDK. */
  function attachSdkRules(client: ReturnType<typeof fakeClient>['client']): void {
    const connect = client.connect.bind(client);
    client.connect = () => (client.connecting ? Promise.resolve() : connect());
  }

  it('in one tick connects by the first attempt', async () => {
    const fake = fakeClient();
    attachSdkRules(fake.client);
    const clock = new VirtualClock();
    guardStreaming(fake.client, { clock, random: seededRandom(1) });
    const first = fake.client.connect();
    void fake.client.disconnect();
    const second = fake.client.connect();
    await clock.run();
    await Promise.all([first, second]);
    expect({ attempts: fake.attempts.length, sessions: fake.stanzas.length }).toEqual({ attempts: 1, sessions: 1 });
    expect(fake.client.connecting).toBe(false);
  });

  it('after the end of the first attempt connects by a new one', async () => {
    const fake = fakeClient(['hang', 'open']);
    attachSdkRules(fake.client);
    const clock = new VirtualClock();
    guardStreaming(fake.client, { clock, random: seededRandom(1) });
    const first = fake.client.connect().catch((error: unknown) => (error as Error).message);
    await clock.advance(10);
    void fake.client.disconnect();
    await Promise.resolve();
    const second = fake.client.connect();
    await clock.run();
    await second;
    expect(await first).toContain('was disconnected');
    expect({ attempts: fake.attempts.length, sessions: fake.stanzas.length }).toEqual({ attempts: 2, sessions: 1 });
  });

  it('and disconnect() once more sends nothing', async () => {
    const { clock, client, attempts } = setUp();
    const first = client.connect().catch(() => undefined);
    for (let i = 0; i < 3; i++) {
      void client.disconnect();
      client.connect().catch(() => undefined);
    }
    void client.disconnect();
    await clock.run();
    await first;
    // The first attempt starts before the first disconnect().
    expect(attempts.length).toBeLessThanOrEqual(1);
    expect(clock.pending).toBe(0);
  });
});

describe('the back-off of the SDK', () => {
  it('gets positive jitter that differs between clients', async () => {
    const times = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const { clock, client } = setUp({ random: seededRandom(seed) });
      const from = clock.now();
      const asked = (client.backoffConnectRetryHandler as (...args: unknown[]) => Promise<boolean>)({}, undefined, 1);
      await clock.run();
      expect(await asked).toBe(true);
      times.add(clock.now() - from);
      expect(clock.now() - from).toBeLessThanOrEqual(2_000);
    }
    expect(times.size).toBe(20);
  });

  it('sees the error without its Retry-After, because the gate waits for that', async () => {
    const { clock, client, decided } = setUp();
    const error = Object.assign(new Error('busy'), {
      response: { status: 429, headers: { 'retry-after': '7', 'x-other': '1' } },
    });
    void (client.backoffConnectRetryHandler as (...args: unknown[]) => Promise<boolean>)({}, error, 1);
    await clock.run();
    expect(decided).toMatchObject([{ name: 'Error', response: { status: 429, headers: { 'x-other': '1' } } }]);
    expect(JSON.stringify(decided)).not.toContain('retry-after');
    expect(error.response.headers['retry-after']).toBe('7');
  });
});
