import { type HoldlineEvents, holdlineOf, memoryStore, StoreLostError } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardWebSocket, type HandshakeOptions } from '../index.js';
import { FakeSessionKeys } from '../test-session-keys.js';
import { createFakeClass, recordEvents } from '../test-socket.js';

const URL = 'wss://example.com/channels/1';
const CLAIM_MS = 30_000;

/** Processes that share a platform and a store. */
function setUp(handshakes: HandshakeOptions = {}, onLoss: 'share' | 'refuse' | 'open' = 'share') {
  const clock = new VirtualClock();
  const keys = new FakeSessionKeys(clock);
  const { Native, log, open } = createFakeClass(clock);
  let seed = 0;
  const process = () => {
    const sessions = keys.process(onLoss);
    const Guarded = guardWebSocket(Native, {
      handshakes: { sessionKey: () => 'alice', spacingMs: 0, ...handshakes },
      store: { ...memoryStore(), sessions },
      clock,
      random: seededRandom(++seed),
    });
    const failures: HoldlineEvents['storeFailed'][] = [];
    holdlineOf(Guarded)!.on('storeFailed', (failure) => failures.push(failure));
    return { Guarded, failures, connect: () => new Guarded(URL), die: () => (sessions.isDead = true) };
  };
  return { clock, keys, log, open, process };
}

const states = (sockets: { readyState: number }[]): number[] => sockets.map(({ readyState }) => readyState);

describe('a session key shared by processes', () => {
  it('wait: a second session starts when the first has ended, also in another process', async () => {
    const { clock, process, keys } = setUp();
    const [one, two] = [process(), process()];
    const first = one.connect();
    await clock.advance(100);
    const second = two.connect();
    const third = one.connect();
    await clock.advance(200_000);
    expect(states([first, second, third])).toEqual([1, 0, 0]);
    // Each claim is renewed three times, and another session claims the key once at its end.
    expect(keys.claims).toBeLessThan(40);
    first.close(1000);
    await clock.advance(100);
    const [next, last] = second.readyState === 1 ? [second, third] : [third, second];
    expect(states([next, last])).toEqual([1, 0]);
    next.close(1000);
    await clock.advance(100);
    expect(last.readyState).toBe(1);
  });

  it('replace: a second session closes the first and all waiting ones', async () => {
    const { clock, process, open } = setUp({ secondSession: 'replace' });
    const [one, two, three] = [process(), process(), process()];
    const first = one.connect();
    await clock.advance(100);
    const events = recordEvents(first);
    const second = two.connect();
    await clock.advance(0);
    const third = three.connect();
    await clock.advance(1_000);
    expect(events).toEqual(['close 1000']);
    expect(states([first, second, third])).toEqual([3, 3, 1]);
    expect(open.size).toBe(1);
  });

  it.each(['wait', 'replace'] as const)(
    '%s: of any number of sessions in any process one is open',
    async (secondSession) => {
      const arrival = fc.record({ process: fc.nat(2), afterMs: fc.nat(20), closes: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 12 }), async (arrivals) => {
          const { clock, process, open } = setUp({ secondSession });
          const processes = [process(), process(), process()];
          const sockets: InstanceType<ReturnType<typeof process>['Guarded']>[] = [];
          let most = 0;
          for (const { process: at, afterMs, closes } of arrivals) {
            const socket = processes[at]!.connect();
            sockets.push(socket);
            for (let i = 0; i < afterMs; i++) {
              await clock.advance(1);
              most = Math.max(most, open.size);
            }
            if (closes && secondSession === 'wait') socket.close();
          }
          for (let i = 0; i < 20; i++) {
            await clock.advance(CLAIM_MS / 10);
            most = Math.max(most, open.size);
            if (secondSession === 'wait') for (const socket of [...open]) socket.end(1000);
          }
          expect(most).toBeLessThanOrEqual(1);
          if (secondSession === 'wait') expect(states(sockets)).toEqual(sockets.map(() => 3));
          else {
            // Of simultaneous sessions the store keeps the one it saw last, which is the last of its process.
            const living = sockets.flatMap(({ readyState }, i) => (readyState === 3 ? [] : [i]));
            expect(living.map((i) => sockets[i]!.readyState)).toEqual([1]);
            const at = arrivals[living[0]!]!.process;
            expect(arrivals.findLastIndex(({ process: other }) => other === at)).toBe(living[0]);
          }
          for (const socket of sockets) socket.close();
          await clock.advance(CLAIM_MS);
          expect(clock.pending).toBe(0);
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(['wait', 'replace'] as const)(
    '%s: the key of a dead process is free when its claim expires',
    async (secondSession) => {
      const { clock, process } = setUp({ secondSession });
      const [one, two] = [process(), process()];
      one.connect();
      await clock.advance(100);
      one.die();
      const second = two.connect();
      await clock.advance(CLAIM_MS - 1_000);
      expect(second.readyState).toBe(0);
      await clock.advance(1_200);
      expect(second.readyState).toBe(1);
    },
  );

  it('a session that is closed while it waits or claims leaves no claim behind', async () => {
    const { clock, process } = setUp();
    const [one, two] = [process(), process()];
    const first = one.connect();
    await clock.advance(100);
    const second = two.connect();
    await clock.advance(100);
    second.close();
    first.close();
    const third = two.connect();
    third.close();
    await clock.advance(100);
    const fourth = one.connect();
    await clock.advance(100);
    expect(fourth.readyState).toBe(1);
  });
});

describe('while the store is lost', () => {
  it('open sessions continue, and new ones are limited per process', async () => {
    const { clock, keys, process, open } = setUp();
    const [one, two] = [process(), process()];
    const first = one.connect();
    await clock.advance(100);
    keys.isLost = true;
    const [second, third] = [two.connect(), two.connect()];
    await clock.advance(10 * CLAIM_MS);
    expect(states([first, second, third])).toEqual([1, 1, 0]);
    expect(two.failures[0]).toEqual({ operation: 'sessions.claim', message: 'not connected' });
    // The store returns empty. Open sessions continue, and the next session waits for both as far as possible.
    keys.forget();
    keys.restore();
    const fourth = process().connect();
    await clock.advance(10 * CLAIM_MS);
    expect(states([first, second, third, fourth])).toEqual([1, 1, 0, 0]);
    for (const socket of [...open]) socket.end(1000);
    await clock.advance(2 * CLAIM_MS);
    expect([third, fourth].filter(({ readyState }) => readyState === 1)).toHaveLength(1);
  });

  it('a later session replaces earlier ones, even after the store was emptied', async () => {
    const { clock, keys, process } = setUp({ secondSession: 'replace' });
    const first = process().connect();
    await clock.advance(100);
    keys.forget();
    const second = process().connect();
    await clock.advance(CLAIM_MS);
    expect(states([first, second])).toEqual([3, 1]);
  });

  it('refuse: open sessions continue, and new ones are refused', async () => {
    const { clock, keys, process } = setUp({}, 'refuse');
    const [one, two] = [process(), process()];
    const first = one.connect();
    await clock.advance(100);
    keys.isLost = true;
    const second = two.connect();
    const errors: unknown[] = [];
    second.addEventListener('error', (event) => errors.push((event as { error?: unknown }).error));
    const events = recordEvents(second);
    await clock.advance(10 * CLAIM_MS);
    expect(states([first, second])).toEqual([1, 3]);
    expect(errors).toEqual([expect.any(StoreLostError)]);
    expect(events).toEqual(['error', 'close 1006']);
    keys.restore();
    first.close();
    await clock.advance(100);
    const third = two.connect();
    await clock.advance(100);
    expect(third.readyState).toBe(1);
  });
});
