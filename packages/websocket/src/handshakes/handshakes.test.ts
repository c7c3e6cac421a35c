import { callInfo, holdlineOf, release, withCall } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardWebSocket, type HandshakeOptions } from '../index.js';
import { createTokenBucket } from '../test-server.js';
import { type AttemptResult, createFakeClass, recordEvents } from '../test-socket.js';

const URL = 'wss://example.com/channels/1';

function setUp(handshakes: HandshakeOptions = {}, decide?: (url: string) => AttemptResult, seed = 1) {
  const clock = new VirtualClock();
  const fake = createFakeClass(clock, decide);
  const Guarded = guardWebSocket(fake.Native, { handshakes, clock, random: seededRandom(seed) });
  return { clock, ...fake, Guarded, line: holdlineOf(Guarded)! };
}

/** Refuses `n` attempts, then accepts. */
const failing = (n: number) => (): AttemptResult => (n-- > 0 ? 'refuse' : 'open');
const never = (): AttemptResult => 'refuse';

describe('a platform that allows 50 upgrades a second with a burst of 10', () => {
  it('refuses none of 500 simultaneous sockets, and the last connects within 5 % of the ideal time', async () => {
    let refused = 0;
    const clock = new VirtualClock();
    const take = createTokenBucket(50, 10, () => clock.now());
    const { Native, log, open } = createFakeClass(clock, () => (take() ? 'open' : (refused++, 'refuse')));
    const Guarded = guardWebSocket(Native, {
      handshakes: { quotas: [{ limit: 50, windowMs: 1_000, enforcement: 'bucket', burst: 10 }] },
      clock,
      random: seededRandom(1),
    });
    for (let i = 0; i < 500; i++) new Guarded(`${URL}?user=${i}`);
    await clock.run();
    expect({ refused, open: open.size, attempts: log.length }).toEqual({ refused: 0, open: 500, attempts: 500 });
    const ideal = ((500 - 10) / 50) * 1_000;
    expect(log.at(-1)!.at).toBeGreaterThanOrEqual(ideal);
    expect(log.at(-1)!.at).toBeLessThanOrEqual(ideal * 1.05);
  });

  it('refuses most native sockets', async () => {
    const clock = new VirtualClock();
    const take = createTokenBucket(50, 10, () => clock.now());
    const { Native, open } = createFakeClass(clock, () => (take() ? 'open' : 'refuse'));
    for (let i = 0; i < 500; i++) new Native(URL);
    await clock.run();
    expect(open.size).toBe(10);
  });
});

describe('a socket created within withCall', () => {
  const hang = (): AttemptResult => 'hang';

  it('is closed when its deadline ends during an attempt, and frees its place in the pool', async () => {
    const { clock, Guarded, line, open } = setUp({ poolSize: 1, attemptTimeoutMs: 60_000 }, hang);
    const socket = withCall({ totalTimeoutMs: 1_000 }, () => new Guarded(URL));
    const events = recordEvents(socket);
    await clock.advance(2_000);
    expect(events).toEqual(['error', 'close 1006']);
    expect({ state: socket.readyState, inFlight: line.snapshot().inFlight }).toEqual({ state: 3, inFlight: 0 });
    expect(open.size).toBe(0);
  });

  it('is closed when its signal aborts during an attempt', async () => {
    const { clock, Guarded } = setUp({ attemptTimeoutMs: 60_000 }, hang);
    const abort = new AbortController();
    const events = recordEvents(withCall({ signal: abort.signal }, () => new Guarded(URL)));
    await clock.advance(100);
    abort.abort();
    await clock.advance(100);
    expect(events).toEqual(['error', 'close 1006']);
  });
});

// Issue 13, b10: an unanswered handshake and a waiting one outlived the line.
describe('close() of the line', () => {
  it('ends an unanswered handshake within its time limit, and a socket that waits for its session key immediately', async () => {
    const { clock, Guarded, line, open } = setUp(
      { sessionKey: () => 'agent', attemptTimeoutMs: 600_000 },
      (): AttemptResult => 'hang',
    );
    const events = [new Guarded(URL), new Guarded(URL)].map((socket) => recordEvents(socket));
    await clock.advance(100);
    let closedAt = 0;
    void line.close().then(() => (closedAt = clock.now()));
    await clock.advance(0);
    expect(events).toEqual([[], ['error', 'close 1006']]);
    await clock.advance(5_000);
    expect(events[0]).toEqual(['error', 'close 1006']);
    expect(closedAt).toBe(4_100);
    expect({ open: open.size, pending: clock.pending }).toEqual({ open: 0, pending: 0 });
  });
});

describe('pool and spacing', () => {
  it('at most poolSize handshakes are in flight, whatever their outcome', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<AttemptResult>('open', 'refuse', 'hang'), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (fates, poolSize) => {
          const { clock, Native, Guarded, line } = setUp({ poolSize, spacingMs: 0 }, () => fates.pop() ?? 'open');
          void Native;
          for (let i = 0; i < 30; i++) new Guarded(URL);
          for (let i = 0; i < 400; i++) {
            expect(line.snapshot().inFlight).toBeLessThanOrEqual(poolSize);
            await clock.advance(500);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('handshakes leave evenly spaced, 20 ms by default', async () => {
    const { clock, Guarded, log } = setUp();
    for (let i = 0; i < 10; i++) new Guarded(URL);
    await clock.run();
    expect(log.map(({ at }) => Math.round(at))).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180]);
  });

  it('handshakes with quotas are not spaced', async () => {
    const { clock, Guarded, log } = setUp({ quotas: [{ limit: 10, windowMs: 1_000 }] });
    for (let i = 0; i < 10; i++) new Guarded(URL);
    await clock.run();
    expect(log.every(({ at }) => at === 0)).toBe(true);
  });

  it('the first handshake leaves before the constructor returns', () => {
    const { Guarded, log } = setUp();
    new Guarded(URL);
    expect(log).toHaveLength(1);
  });

  it('origins do not wait for each other', async () => {
    const { clock, Guarded, log } = setUp({ poolSize: 1 }, (url) => (url.includes('slow') ? 'hang' : 'open'));
    for (const host of ['slow', 'slow', 'quick', 'quick']) new Guarded(`wss://${host}.example.com/`);
    await clock.advance(5_000);
    expect(log.map(({ url }) => url)).toEqual([
      'wss://slow.example.com/',
      'wss://quick.example.com/',
      'wss://quick.example.com/',
    ]);
  });
});

describe('a failed attempt', () => {
  it('is repeated after 1 s plus jitter, then after twice that', async () => {
    const { clock, Guarded, log } = setUp({ earlyCloses: Infinity, jitter: 0 }, failing(4));
    const events = recordEvents(new Guarded(URL));
    await clock.run();
    expect(events).toEqual(['open']);
    expect(log.map(({ at }) => at)).toEqual([0, 1_010, 3_020, 7_030, 15_040]);
  });

  it('is never repeated earlier, nor in step with other clients', async () => {
    const times = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const { clock, Guarded, log } = setUp({}, failing(1), seed);
      new Guarded(URL);
      await clock.run();
      times.add(log[1]!.at);
      expect(log[1]!.at).toBeGreaterThanOrEqual(1_010);
      expect(log[1]!.at).toBeLessThanOrEqual(2_010);
    }
    expect(times.size).toBe(50);
  });

  it('is the last after 5 attempts: error, then close with 1006, like the native class', async () => {
    const { clock, Guarded, log } = setUp({}, never);
    const socket = new Guarded(URL);
    const events = recordEvents(socket);
    let error: Event | undefined;
    socket.addEventListener('error', (event) => (error = event));
    await clock.run();
    expect(events).toEqual(['error', 'close 1006']);
    expect(log).toHaveLength(5);
    expect(socket.readyState).toBe(3);
    expect(callInfo(error)?.attempts).toBe(5);
  });

  it('without an answer is given up and repeated', async () => {
    let n = 0;
    const { clock, Guarded, log } = setUp({ jitter: 0 }, () => (n++ === 0 ? 'hang' : 'open'));
    const events = recordEvents(new Guarded(URL));
    await clock.run();
    expect(events).toEqual(['open']);
    expect(log.map(({ at }) => at)).toEqual([0, 16_000]);
  });

  it('twice in a row counts as throttling if the reason is hidden: all wait, then one probe goes first', async () => {
    const { clock, Guarded, log, line } = setUp({ jitter: 0, gateJitterMs: 0, spacingMs: 0 }, failing(20));
    const gates: number[] = [];
    line.on('gateClosed', ({ forMs }) => gates.push(forMs));
    const sockets = Array.from({ length: 20 }, () => new Guarded(URL));
    await clock.advance(1_005);
    expect(log).toHaveLength(20);
    expect(gates[0]).toBe(1_000);
    await clock.advance(10);
    // Only the probe left.
    expect(log).toHaveLength(21);
    await clock.run();
    expect(sockets.every(({ readyState }) => readyState === 1)).toBe(true);
  });
});

describe('close() of a waiting socket', () => {
  it('sends nothing and emits the events of the native class', async () => {
    const { clock, Guarded, log } = setUp({ poolSize: 1 }, () => 'hang');
    new Guarded(URL);
    const socket = new Guarded(URL);
    const events = recordEvents(socket);
    socket.close();
    expect(socket.readyState).toBe(2);
    expect(events).toEqual([]);
    await clock.run();
    expect(socket.readyState).toBe(3);
    expect(events).toEqual(['error', 'close 1006']);
    expect(log.filter(({ at }) => at === 0)).toHaveLength(1);
  });

  it('also sends nothing during a back-off', async () => {
    const { clock, Guarded, log } = setUp({}, never);
    const socket = new Guarded(URL);
    const events = recordEvents(socket);
    await clock.advance(500);
    socket.close();
    await clock.run();
    expect(log).toHaveLength(1);
    expect(events).toEqual(['error', 'close 1006']);
  });

  it('cancels an attempt on the wire', async () => {
    const { clock, Guarded, log, open } = setUp();
    const socket = new Guarded(URL);
    const events = recordEvents(socket);
    socket.close();
    await clock.run();
    expect({ events, attempts: log.length, open: open.size }).toEqual({
      events: ['error', 'close 1006'],
      attempts: 1,
      open: 0,
    });
  });

  it('close() of the line ends waiting sockets with its error code as the reason', async () => {
    const { clock, Guarded, line } = setUp({ poolSize: 1 }, () => 'hang');
    new Guarded(URL);
    const socket = new Guarded(URL);
    let reason = '';
    socket.addEventListener('close', (event) => (reason = (event as CloseEvent).reason));
    void line.close();
    await clock.advance(1);
    expect(reason).toBe('HOLDLINE_CLOSED');
  });
});

describe('the reconnect of a lost session', () => {
  async function flap(code: number, openMs: number) {
    const { clock, Guarded, log, open } = setUp({ spacingMs: 100, jitter: 0, gateJitterMs: 0 });
    const mine = `${URL}?mine`;
    new Guarded(mine);
    await clock.advance(openMs);
    for (const socket of open) socket.end(code);
    for (let i = 0; i < 10; i++) new Guarded(URL);
    new Guarded(mine);
    await clock.run();
    return log.slice(1).findIndex(({ url }) => url === mine);
  }

  it('goes ahead of first connections', async () => {
    // One of the first connections had left already.
    expect(await flap(1006, 5_000)).toBe(1);
    expect(await flap(1001, 5_000)).toBe(1);
  });

  it('does not go ahead after a normal end, a policy violation or a session that never worked', async () => {
    expect(await flap(1000, 5_000)).toBe(10);
    expect(await flap(1008, 5_000)).toBe(10);
    expect(await flap(1006, 500)).toBe(10);
  });

  it('goes ahead after a short session that received a message', async () => {
    const { clock, Guarded, open, log } = setUp({ spacingMs: 100 });
    new Guarded(`${URL}?mine`);
    await clock.advance(50);
    for (const socket of open) {
      socket.receive('hello');
      socket.end(1006);
    }
    for (let i = 0; i < 5; i++) new Guarded(URL);
    new Guarded(`${URL}?mine`);
    await clock.run();
    expect(log[1]!.url).toBe(`${URL}?mine`);
  });

  it('goes ahead for one minute', async () => {
    const { clock, Guarded, open, log } = setUp({ spacingMs: 100 });
    new Guarded(`${URL}?mine`);
    await clock.advance(5_000);
    for (const socket of open) socket.end(1006);
    await clock.advance(61_000);
    for (let i = 0; i < 5; i++) new Guarded(URL);
    new Guarded(`${URL}?mine`);
    await clock.run();
    expect(log.at(-1)!.url).toBe(`${URL}?mine`);
  });
});

describe('close codes', () => {
  it('1001: reconnects are spread over one second', async () => {
    const { clock, Guarded, open, log } = setUp({ spacingMs: 0, poolSize: 100 });
    for (let i = 0; i < 50; i++) new Guarded(`${URL}?user=${i}`);
    await clock.advance(5_000);
    for (const socket of open) socket.end(1001);
    for (let i = 0; i < 50; i++) new Guarded(`${URL}?user=${i}`);
    const from = clock.now();
    await clock.run();
    const times = log.slice(50).map(({ at }) => at - from);
    expect(new Set(times.map((at) => Math.round(at))).size).toBeGreaterThan(40);
    expect(Math.max(...times)).toBeLessThanOrEqual(1_000);
  });

  it('1008: new sockets to the URL wait, longer each time', async () => {
    const { clock, Guarded, open, log } = setUp({ jitter: 0, spacingMs: 0 });
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      const before = clock.now();
      new Guarded(URL);
      await clock.advance(5_000);
      waits.push(log.at(-1)!.at - before);
      for (const socket of open) socket.end(1008);
    }
    expect(waits).toEqual([0, 1_000, 2_000]);
  });

  it('1013: closes the gate of the route', async () => {
    const { clock, Guarded, open, log } = setUp({ jitter: 0, gateJitterMs: 0, spacingMs: 0 });
    new Guarded(URL);
    await clock.advance(5_000);
    for (const socket of open) socket.end(1013);
    new Guarded(`${URL}?other`);
    const from = clock.now();
    await clock.run();
    expect(log.at(-1)!.at - from).toBe(1_000);
  });

  it('sessions that end as soon as they are open count as throttled', async () => {
    const { clock, Guarded, open, log } = setUp({ jitter: 0, gateJitterMs: 0, spacingMs: 0 });
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      const before = clock.now();
      new Guarded(URL);
      await clock.run();
      waits.push(log.at(-1)!.at - before);
      for (const socket of open) socket.end(1006);
    }
    expect(waits).toEqual([0, 0, 1_000, 2_000]);
  });
});

describe('one session per key', () => {
  const sessionKey = (url: string): string => url.split('user=')[1]!;
  const alice = `${URL}?user=alice`;

  it('wait: a second session starts when the first has ended', async () => {
    const { clock, Guarded, log, open } = setUp({ sessionKey });
    new Guarded(alice);
    const second = new Guarded(alice);
    new Guarded(`${URL}?user=bob`);
    await clock.advance(10_000);
    expect(log).toHaveLength(2);
    expect(second.readyState).toBe(0);
    for (const socket of [...open].slice(0, 1)) socket.end(1000);
    await clock.run();
    expect(log).toHaveLength(3);
    expect(second.readyState).toBe(1);
  });

  it('replace: a second session closes the first', async () => {
    const { clock, Guarded, open } = setUp({ sessionKey, secondSession: 'replace' });
    const first = new Guarded(alice);
    const events = recordEvents(first);
    await clock.run();
    const second = new Guarded(alice);
    const third = new Guarded(alice);
    await clock.run();
    expect(events).toEqual(['open', 'close 1000']);
    expect([first, second, third].map(({ readyState }) => readyState)).toEqual([3, 3, 1]);
    expect(open.size).toBe(1);
  });

  it('replace: of any number of sessions only the last is open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { minLength: 1, maxLength: 15 }), async (pauses) => {
        const { clock, Guarded, open } = setUp({ sessionKey, secondSession: 'replace', spacingMs: 0 });
        const sockets = [];
        for (const pause of pauses) {
          sockets.push(new Guarded(alice));
          await clock.advance(pause);
          expect(open.size).toBeLessThanOrEqual(1);
        }
        await clock.run();
        expect(sockets.at(-1)!.readyState).toBe(1);
        expect(open.size).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it('wait: a session that was closed while it waited delays no other', async () => {
    const { clock, Guarded, open } = setUp({ sessionKey });
    new Guarded(alice);
    const second = new Guarded(alice);
    const third = new Guarded(alice);
    await clock.run();
    second.close();
    for (const socket of open) socket.end(1006);
    await clock.run();
    expect(third.readyState).toBe(1);
  });
});

describe('a guarded class', () => {
  it('applies priorities of withCall', async () => {
    const { clock, Guarded, log } = setUp({ spacingMs: 100 });
    new Guarded(URL);
    withCall({ priority: 'background' }, () => new Guarded(`${URL}?later`));
    new Guarded(`${URL}?sooner`);
    await clock.run();
    expect(log.map(({ url }) => url.slice(URL.length))).toEqual(['', '?sooner', '?later']);
  });

  it('creates native sockets after release', () => {
    const { Guarded, Native } = setUp();
    release(Guarded);
    const socket = new Guarded(URL);
    expect(Object.getPrototypeOf(socket)).toBe(Native.prototype);
  });

  it('is not replaced by a second guard', () => {
    const { Guarded } = setUp();
    expect(guardWebSocket(Guarded)).toBe(Guarded);
  });

  it('keeps no process alive if nothing waits', async () => {
    const { clock, Guarded } = setUp();
    new Guarded(URL);
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });
});

describe('an invalid configuration', () => {
  it.each<[object, string]>([
    [{ handshakes: { poolSize: 0 } }, 'handshakes.poolSize must be an integer of at least 1, got 0'],
    [{ handshakes: { quotas: [{ limit: 1 }] } }, 'handshakes.quotas[0].windowMs must be'],
    [{ handshakes: { pool: 5 } }, 'handshakes.pool is not known'],
    [{ handshakes: { spacingMs: 10, ratePerSec: 10 } }, 'both set the rate'],
    [{ handshakes: { quotas: [{ limit: 1, windowMs: 1, key: 'id' }] } }, 'handshakes.quotas[0].key must be omitted'],
    [{ frame: {} }, 'frame is not known'],
    [{ clock: 5 }, 'clock must be a clock'],
  ])('%j', (config, message) => {
    const { Native } = createFakeClass(new VirtualClock());
    expect(() => guardWebSocket(Native, config)).toThrow(message);
  });

  it.each([undefined, null, {}, class {}, () => undefined])('not a WebSocket class: %s', (Native) => {
    expect(() => guardWebSocket(Native as never)).toThrow('must be a WebSocket class');
  });
});
