import { describe, expect, it } from 'vitest';
import { SimulatorOptionError } from '../option-error.js';
import { call, login, sleep, startGenesys, startCxone, waitUntil } from '../testing/http-client.js';
import { openSocket, type UpgradeRefusedError } from '../testing/socket-client.js';

const fixed = { limit: 2, windowMs: 60_000, enforcement: 'sliding' } as const;

describe('upgrades', () => {
  it('are accepted and logged together with the traffic of their sockets', async () => {
    const simulator = await startGenesys();
    const { socket, messages, closed } = await openSocket(simulator, '/sockets/echo?x=1');
    socket.send('hello');
    socket.send(Buffer.from([1, 2, 3]));
    await waitUntil(() => messages.length === 2);
    expect(messages[0]).toBe('hello');
    expect(simulator.sockets()).toHaveLength(1);
    socket.close(4001, 'enough');
    expect((await closed).code).toBe(4001);
    await waitUntil(() => simulator.sockets().length === 0);
    const [entry] = simulator.upgrades();
    expect(entry).toMatchObject({
      id: 1,
      path: '/sockets/echo?x=1',
      route: 'GET /sockets/echo',
      status: 101,
      outcome: 'accepted',
      framesIn: 2,
      framesOut: 2,
      bytesIn: 8,
      bytesOut: 8,
      closeCode: 4001,
      closedBy: 'client',
    });
    expect(entry?.openedAt).toBeGreaterThanOrEqual(entry?.at ?? Infinity);
    expect(simulator.stats().sockets).toMatchObject({
      upgrades: 1,
      accepted: 1,
      refused: 0,
      open: 0,
      peakOpen: 1,
      framesIn: 2,
      bytesOut: 8,
      closes: { 4001: 1 },
    });
    expect(simulator.stats().requests).toBe(0);
  });

  it('over the limit are refused with 429 and Retry-After; other upgrades are not delayed', async () => {
    const simulator = await startGenesys({
      sockets: { upgrades: [{ name: 'u', per: 'org', match: 'GET /sockets/**', ...fixed }] },
    });
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((turn) => openSocket(simulator, turn % 2 === 0 ? '/sockets/echo' : '/sockets/sink')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as UpgradeRefusedError] : [],
    );
    expect(refused).toHaveLength(2);
    for (const { status, retryAfter } of refused) {
      expect(status).toBe(429);
      expect(Number(retryAfter)).toBeGreaterThan(50);
    }
    expect(simulator.stats().sockets).toMatchObject({ upgrades: 4, accepted: 2, refused: 2, mostAcceptedPerSecond: 2 });
    expect(simulator.stats().sockets.mostPerSecond).toBeGreaterThanOrEqual(2);
    simulator.set({ sockets: { upgrades: [] } });
    await openSocket(simulator, '/sockets/sink');
  });

  it('are accepted by a bucket according to its burst and its rate', async () => {
    const simulator = await startGenesys({
      sockets: {
        upgrades: [{ name: 'u', per: 'org', limit: 20, windowMs: 1000, enforcement: 'bucket', burst: 5 }],
      },
    });
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => openSocket(simulator, '/sockets/sink')));
    const accepted = results.filter(({ status }) => status === 'fulfilled').length;
    const times = simulator.upgrades().map(({ at }) => at);
    const spanMs = Math.max(...times) - Math.min(...times);
    expect(accepted).toBeGreaterThanOrEqual(5);
    expect(accepted).toBeLessThanOrEqual(5 + Math.ceil((spanMs * 20) / 1000) + 1);
  });

  it('are dropped without an answer with refuse: drop', async () => {
    const simulator = await startGenesys({
      sockets: { upgrades: [{ name: 'u', per: 'org', ...fixed, limit: 1 }], refuse: 'drop' },
    });
    await openSocket(simulator, '/sockets/sink');
    await expect(openSocket(simulator, '/sockets/sink')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.upgrades().at(-1)).toMatchObject({ outcome: 'refused', status: 0 });
  });

  it('are answered by scripts, and after the configured delay', async () => {
    const simulator = await startGenesys({ sockets: { upgradeMs: 30 } });
    simulator.script('GET /sockets/*', [
      { status: 429, headers: { 'retry-after': '3' } },
      { status: 0, drop: 'before' },
    ]);
    await expect(openSocket(simulator, '/sockets/echo')).rejects.toMatchObject({ status: 429, retryAfter: '3' });
    await expect(openSocket(simulator, '/sockets/echo')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await openSocket(simulator, '/sockets/echo');
    const [entry] = simulator.sockets();
    expect((entry?.openedAt ?? 0) - (entry?.at ?? 0)).toBeGreaterThanOrEqual(29);
    expect(simulator.upgrades().map(({ outcome }) => outcome)).toEqual(['scripted', 'scripted', 'accepted']);
  });

  it('get 404 at unknown paths, and do not count as requests', async () => {
    const simulator = await startCxone();
    await expect(openSocket(simulator, '/nothing/here')).rejects.toMatchObject({ status: 404 });
    await openSocket(simulator, '/sockets/echo');
    expect(simulator.stats()).toMatchObject({ requests: 0, sockets: { upgrades: 2, accepted: 1, rejected: 1 } });
  });

  it('are aborted when the client disconnects', async () => {
    const simulator = await startGenesys({ sockets: { upgradeMs: 5000 } });
    const opening = openSocket(simulator, '/sockets/echo', [], { handshakeTimeout: 30 });
    await expect(opening).rejects.toThrow('timed out');
    await waitUntil(() => simulator.upgrades()[0]?.outcome === 'aborted');
    await simulator.stop();
  });
});

describe('frames', () => {
  it('over the limit close the socket with 1008', async () => {
    const simulator = await startGenesys({ sockets: { frames: [{ name: 'f', per: 'socket', ...fixed }] } });
    const [one, other] = [await openSocket(simulator, '/sockets/echo'), await openSocket(simulator, '/sockets/echo')];
    for (let turn = 0; turn < 4; turn += 1) one.socket.send(`${turn}`);
    expect(await one.closed).toEqual({ code: 1008, reason: 'Rate limit exceeded' });
    expect(one.messages).toEqual(['0', '1']);
    other.socket.send('a');
    await waitUntil(() => other.messages.length === 1);
    await waitUntil(() => simulator.sockets().length === 1);
    expect(simulator.upgrades()[0]).toMatchObject({ closedBy: 'server', closeCode: 1008 });
    expect(simulator.stats().sockets.closes).toEqual({ 1008: 1 });
  });

  it('are counted over all sockets when the limit is per org', async () => {
    const simulator = await startGenesys({ sockets: { frames: [{ name: 'f', per: 'org', ...fixed }] } });
    const sockets = [await openSocket(simulator, '/sockets/echo'), await openSocket(simulator, '/sockets/echo')];
    for (const { socket } of sockets) socket.send('a');
    await waitUntil(() => sockets.every(({ messages }) => messages.length === 1));
    sockets[0]?.socket.send('b');
    expect((await sockets[0]?.closed)?.code).toBe(1008);
  });

  it('over the maximum size close the socket with 1009', async () => {
    const simulator = await startGenesys({ sockets: { maxFrameBytes: 10 } });
    const { socket, closed } = await openSocket(simulator, '/sockets/echo');
    socket.send('x'.repeat(11));
    expect((await closed).code).toBe(1009);
  });

  it('are reported as they are read, until the listener is removed', async () => {
    const simulator = await startGenesys();
    const seen: string[] = [];
    const stop = simulator.onFrame(({ data, route, socketId }) => seen.push(`${socketId} ${route} ${data.toString()}`));
    const { socket, messages } = await openSocket(simulator, '/sockets/echo');
    socket.send('a');
    await waitUntil(() => messages.length === 1);
    stop();
    socket.send('b');
    await waitUntil(() => messages.length === 2);
    expect(seen).toEqual(['1 GET /sockets/echo a']);
  });
});

describe('reading', () => {
  it("stops, so that the client's buffer fills, and resumes without losing data", async () => {
    const simulator = await startGenesys({ sockets: { readBytesPerSecond: 0 } });
    const { socket } = await openSocket(simulator, '/sockets/sink');
    const frame = Buffer.alloc(64 * 1024, 1);
    let sent = 0;
    // The loop runs as long as needed, because the size of the kernel's buffers is unknown.
    while (socket.bufferedAmount < 1024 * 1024 && sent < 2000) {
      socket.send(frame);
      sent += 1;
      if (sent % 16 === 0) await sleep(1);
    }
    expect(socket.bufferedAmount).toBeGreaterThanOrEqual(1024 * 1024);
    expect(simulator.stats().sockets.framesIn).toBe(0);
    simulator.set({ sockets: { readBytesPerSecond: Infinity } });
    await waitUntil(() => simulator.stats().sockets.framesIn === sent);
    expect(socket.bufferedAmount).toBe(0);
    expect(simulator.stats().sockets.bytesIn).toBe(sent * frame.length);
  });

  it('keeps to the configured rate', async () => {
    const simulator = await startGenesys({ sockets: { readBytesPerSecond: 100_000 } });
    const times: number[] = [];
    simulator.onFrame(({ at }) => times.push(at));
    const { socket } = await openSocket(simulator, '/sockets/sink');
    for (let turn = 0; turn < 4; turn += 1) {
      socket.send(Buffer.alloc(5000));
      await sleep(5);
    }
    await waitUntil(() => times.length === 4);
    expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(99);
  });
});

describe('compression', () => {
  it.each([true, false])('follows the option deflate: %s', async (deflate) => {
    const simulator = await startGenesys({ sockets: { deflate } });
    const { socket, messages } = await openSocket(simulator, '/sockets/echo', [], { perMessageDeflate: true });
    expect(socket.extensions.includes('permessage-deflate')).toBe(deflate);
    const text = 'the same words again '.repeat(1000);
    socket.send(text);
    await waitUntil(() => messages.length === 1);
    expect(messages[0]).toBe(text);
    expect(simulator.sockets()[0]).toMatchObject({ isDeflated: deflate, bytesIn: text.length });
    socket.terminate();
    await waitUntil(() => simulator.sockets().length === 0);
    const wireBytes = simulator.upgrades()[0]?.wireBytesIn ?? 0;
    if (deflate) expect(wireBytes).toBeLessThan(text.length / 4);
    else expect(wireBytes).toBeGreaterThan(text.length);
  });
});

describe('commands', () => {
  it.each([1001, 1008, 1011, 1013, 4000])('close sockets with %i', async (code) => {
    const simulator = await startGenesys();
    const { closed } = await openSocket(simulator, '/sockets/echo');
    expect(simulator.closeSockets(code, { reason: 'because' })).toBe(1);
    expect(await closed).toEqual({ code, reason: 'because' });
    await waitUntil(() => simulator.sockets().length === 0);
    expect(simulator.stats().sockets.closes).toEqual({ [code]: 1 });
    expect(simulator.upgrades()[0]?.closedBy).toBe('server');
  });

  it('break the connection with 1006', async () => {
    const simulator = await startGenesys();
    const { closed } = await openSocket(simulator, '/sockets/echo');
    simulator.closeSockets(1006);
    expect((await closed).code).toBe(1006);
    await waitUntil(() => simulator.sockets().length === 0);
    expect(simulator.stats().sockets.closes).toEqual({ 1006: 1 });
  });

  it('apply to the selected sockets only', async () => {
    const simulator = await startGenesys();
    const [echo, sink] = [await openSocket(simulator, '/sockets/echo'), await openSocket(simulator, '/sockets/sink')];
    expect(simulator.sendFrames('hi', { match: 'GET /sockets/sink' })).toBe(1);
    await waitUntil(() => sink.messages.length === 1);
    expect(simulator.closeSockets(1001, { id: 1 })).toBe(1);
    expect((await echo.closed).code).toBe(1001);
    expect(echo.messages).toEqual([]);
    expect(simulator.closeSockets(1001, { user: 'nobody' })).toBe(0);
  });

  it('refuse invalid codes and patterns', async () => {
    const simulator = await startGenesys();
    for (const code of [999, 1004, 1005, 1015, 2000, 5000, 1.5]) {
      expect(() => simulator.closeSockets(code)).toThrow(SimulatorOptionError);
    }
    expect(() => simulator.closeSockets(1000, { match: 'x' })).toThrow('match is "x"');
  });

  it('do not disturb HTTP, and all sockets end when the simulator stops', async () => {
    const simulator = await startGenesys();
    const { closed } = await openSocket(simulator, '/sockets/echo');
    const token = await login(simulator);
    expect((await call(simulator, 'GET /api/v2/users/me', { token })).status).toBe(200);
    await simulator.stop();
    expect((await closed).code).toBe(1006);
  });
});

describe('options of sockets', () => {
  it.each([
    [{ refuse: 'shout' }, "sockets.refuse is \"shout\"; allowed: 'answer', 'drop'"],
    [{ upgrades: [{ name: 'u', per: 'socket', ...fixed }] }, 'sockets.upgrades[0].per is "socket"'],
    [{ frames: [{ name: 'f', per: 'token', ...fixed }] }, 'sockets.frames[0].per is "token"'],
    [{ readBytesPerSecond: -1 }, 'sockets.readBytesPerSecond is -1'],
    [{ colour: 1 }, 'sockets.colour is 1; allowed: only the keys upgrades, refuse'],
  ])('%j are refused', async (sockets, message) => {
    await expect(startGenesys({ sockets } as never)).rejects.toThrow(message);
  });

  it('can be changed one by one', async () => {
    const simulator = await startGenesys({ sockets: { upgrades: [{ name: 'u', per: 'org', ...fixed, limit: 1 }] } });
    simulator.set({ sockets: { refuse: 'drop' } });
    await openSocket(simulator, '/sockets/sink');
    await expect(openSocket(simulator, '/sockets/sink')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
