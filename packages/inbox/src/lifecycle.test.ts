import { memoryStore, type Store } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import { deferred, passUntil, setUp, storeWith } from './inbox.fixture.js';
import { inbox } from './inbox.js';
import type { Handling } from './types.js';

const EVENT = { id: '1', key: 'k', data: 'what the customer said' };
const never = (): Promise<never> => new Promise(() => undefined);

describe('close', () => {
  it('refuses new events, and lets handlers finish', async () => {
    const gate = deferred();
    const { clock, box, told } = setUp({ handle: () => gate.promise });
    const closed = told('closed');
    await box.accept(EVENT);
    await clock.advance(0);
    let isClosed = false;
    void box.close().then(() => (isClosed = true));
    expect(await box.accept({ id: '2', data: 1 })).toEqual({
      result: 'refused',
      reason: 'closed',
      retryAfterMs: 5_000,
    });
    await clock.advance(7_000);
    expect(isClosed).toBe(false);
    gate.resolve();
    await clock.advance(0);
    expect(isClosed).toBe(true);
    expect(closed).toEqual([{ tookMs: 7_000, running: 0 }]);
    expect([box.snapshot().handled, clock.pending]).toEqual([1, 0]);
  });

  it('aborts handlers after four fifths of its time, and another process gets their events at once', async () => {
    const { clock, store, box, told } = setUp({
      handle: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    });
    const [closed, failed] = [told('closed'), told('failed')];
    await box.accept(EVENT);
    await clock.advance(0);
    const seen: Handling[] = [];
    setUp({ clock, store, handle: (handling) => void seen.push(handling) });
    const done = box.close({ timeoutMs: 1_000 });
    await clock.advance(799);
    expect(seen).toEqual([]);
    await clock.advance(1);
    await done;
    expect(seen).toMatchObject([{ attempt: 1, mayBeRepeated: true }]);
    expect([closed, failed]).toEqual([[{ tookMs: 800, running: 0 }], []]);
  });

  it('leaves the event of a handler that does not stop to its claim, so that no two handlers have it', async () => {
    const { clock, store, box, told } = setUp({ claimMs: 20_000, handle: never });
    const closed = told('closed');
    await box.accept(EVENT);
    await clock.advance(0);
    const seen: Handling[] = [];
    setUp({ clock, store, handle: (handling) => void seen.push(handling) });
    void box.close({ timeoutMs: 1_000 });
    await clock.advance(15_000);
    expect([closed, seen]).toEqual([[{ tookMs: 1_000, running: 1 }], []]);
    await clock.advance(25_000);
    expect(seen).toMatchObject([{ attempt: 2, mayBeRepeated: true }]);
  });

  it('gives back what a claim brings after it, and stores what is being accepted', async () => {
    const base = setUp();
    const [claimed, added] = [deferred(), deferred()];
    const store = storeWith(base.store, (queue) => ({
      async claim(...args) {
        const reply = await queue.claim(...args);
        await claimed.promise;
        return reply;
      },
      async add(...args) {
        await added.promise;
        return queue.add(...args);
      },
    }));
    await base.box.accept(EVENT);
    const seen: Handling[] = [];
    const { clock, box } = setUp({ clock: base.clock, store, handle: (handling) => void seen.push(handling) });
    const accepted = box.accept({ id: '2', data: 1 });
    await clock.advance(0);
    const closed = box.close();
    claimed.resolve();
    added.resolve();
    expect(await accepted).toEqual({ result: 'accepted' });
    await closed;
    setUp({ clock, store: base.store, handle: (handling) => void seen.push(handling) });
    await clock.advance(0);
    expect(seen.map(({ event: { id }, attempt, mayBeRepeated }) => `${id} ${attempt} ${mayBeRepeated}`)).toEqual([
      '1 1 false',
      '2 1 false',
    ]);
  });

  it('ends within its time although the store is lost, and leaves no timer', async () => {
    const base = setUp();
    let isLost = false;
    const store = storeWith(base.store, (queue) => ({
      settle: (...args) => (isLost ? Promise.reject(new Error('lost')) : queue.settle(...args)),
      claim: (...args) => (isLost ? never() : queue.claim(...args)),
    }));
    const gate = deferred();
    const { clock, box } = setUp({ clock: base.clock, store, handle: () => gate.promise });
    await box.accept(EVENT);
    await clock.advance(0);
    isLost = true;
    gate.resolve();
    await clock.advance(1_000);
    let isClosed = false;
    void box.close({ timeoutMs: 2_000 }).then(() => (isClosed = true));
    await clock.advance(2_000);
    expect(isClosed).toBe(true);
    await clock.advance(30_000);
    expect(clock.pending).toBe(0);
  });

  it('ends drain, and a second call waits for the first', async () => {
    const { clock, box } = setUp({ handle: never });
    await box.accept(EVENT);
    const drained = box.drain();
    await clock.advance(5_000);
    const closed = Promise.all([box.close({ timeoutMs: 100 }), box.close()]);
    await clock.advance(100);
    await Promise.all([drained, closed]);
  });
});

describe('claims', () => {
  it('are renewed while a handler runs, however long it takes', async () => {
    const gate = deferred();
    const { clock, store, box } = setUp({ claimMs: 3_000, handle: () => gate.promise });
    await box.accept(EVENT);
    const seen: Handling[] = [];
    setUp({ clock, store, handle: (handling) => void seen.push(handling) });
    await clock.advance(200_000);
    expect(seen).toEqual([]);
    gate.resolve();
    await clock.advance(0);
    expect(box.snapshot()).toMatchObject({ handled: 1, claimsLost: 0 });
  });

  // A process that is stopped, or swaps, or sleeps with its machine, runs no timer.
  it('of a frozen process go to another process, and the frozen handler is told to stop', async () => {
    const own = new VirtualClock();
    const shared = new VirtualClock();
    const store = memoryStore({ clock: shared });
    const gate = deferred();
    let signal: AbortSignal | undefined;
    const frozen = setUp({
      clock: own,
      store,
      claimMs: 30_000,
      handle: (handling) => {
        ({ signal } = handling);
        return gate.promise;
      },
    });
    const lost = frozen.told('claimLost');
    await frozen.box.accept(EVENT);
    await own.advance(0);
    const seen: Handling[] = [];
    const other = setUp({ clock: shared, store, handle: (handling) => void seen.push(handling) });
    // Ten minutes for everyone else.
    await shared.advance(600_000);
    expect(seen).toMatchObject([{ attempt: 2, mayBeRepeated: true }]);
    expect(other.box.snapshot().handled).toBe(1);
    await own.advance(600_000);
    expect(signal?.aborted).toBe(true);
    gate.resolve();
    await own.advance(0);
    expect(lost).toEqual([{ id: '1' }]);
    expect(frozen.box.snapshot()).toMatchObject({ handled: 0, claimsLost: 1 });
  });

  it('of an event that crashes every process end in a dead letter', async () => {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    const queue = store.inboxes!.open('inbox');
    const first = setUp({ clock, store, retry: { maxAttempts: 3 } });
    await first.box.accept(EVENT);
    for (let crash = 0; crash < 3; crash++) {
      expect((await queue.claim(1, 1_000)).claims).toHaveLength(1);
      await clock.advance(1_000);
    }
    const seen: Handling[] = [];
    const { box, told } = setUp({
      clock,
      store,
      retry: { maxAttempts: 3 },
      handle: (handling) => void seen.push(handling),
    });
    const failed = told('failed');
    await clock.advance(0);
    expect([seen, failed.map(({ attempt, reason }) => [attempt, reason])]).toEqual([[], [[3, 'crashed']]]);
    expect((await box.deadLetters.list()).letters).toMatchObject([{ attempts: 3, reason: 'crashed' }]);
  });

  it('end although the reply of the store was lost', async () => {
    const base = setUp();
    let losses = 1;
    const store = storeWith(base.store, (queue) => ({
      async settle(...args) {
        const isSettled = await queue.settle(...args);
        if (losses-- > 0) throw new Error('reset');
        return isSettled;
      },
    }));
    const { clock, box } = setUp({ clock: base.clock, store, handle: () => undefined });
    await box.accept(EVENT);
    await clock.advance(1_000);
    expect(box.snapshot()).toMatchObject({ handled: 1, claimsLost: 0, storeFailures: 1 });
  });

  it('stop the handler when the store is lost for longer than they last', async () => {
    const base = setUp();
    const signals: AbortSignal[] = [];
    const store = storeWith(base.store, () => ({ renew: never }));
    const handle = ({ signal }: Handling): Promise<never> => {
      signals.push(signal);
      return never();
    };
    const { clock, box } = setUp({ clock: base.clock, store, claimMs: 10_000, handle });
    await box.accept(EVENT);
    await clock.advance(8_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(101);
    expect(signals[0]?.aborted).toBe(true);
  });
});

it('two inboxes with other names share nothing, and two with one name share everything', async () => {
  const clock = new VirtualClock();
  const store = memoryStore({ clock });
  const seen: string[] = [];
  for (const [name, process] of [
    ['a', 'a1'],
    ['a', 'a2'],
    ['b', 'b1'],
  ] as const)
    setUp({ clock, store, name, concurrency: 1, handle: ({ event }) => void seen.push(`${process[0]} ${event.id}`) });
  const [a, b] = ['a', 'b'].map((name) => setUp({ clock, store, name }).box);
  await a!.accept({ id: '1', data: 1 });
  await a!.accept({ id: '2', data: 1 });
  expect(await b!.accept({ id: '1', data: 1 })).toEqual({ result: 'accepted' });
  await clock.advance(0);
  expect(seen.sort()).toEqual(['a 1', 'a 2', 'b 1']);
});

it('an idle inbox keeps no process alive, and one that handles an event does', async () => {
  const clock = new VirtualClock();
  const store = memoryStore({ clock });
  const timers = { kept: 0, background: 0 };
  const count = (kind: keyof typeof timers) => (ms: number, fn: () => void) => {
    timers[kind]++;
    const stop = clock.setTimer(ms, () => {
      timers[kind]--;
      fn();
    });
    let isStopped = false;
    return () => {
      if (!isStopped) timers[kind]--;
      isStopped = true;
      stop();
    };
  };
  const gate = deferred();
  const box = inbox({
    store,
    clock: {
      now: () => clock.now(),
      wall: () => clock.wall(),
      setTimer: count('kept'),
      setBackgroundTimer: count('background'),
    },
    handle: () => gate.promise,
  });
  await clock.advance(1);
  expect(timers.kept).toBe(0);
  await box.accept(EVENT);
  await clock.advance(1);
  expect(timers.kept).toBeGreaterThan(0);
  gate.resolve();
  await clock.advance(1);
  expect(timers.kept).toBe(0);
  await box.close();
  expect(timers).toEqual({ kept: 0, background: 0 });
});

describe('a store with keys', () => {
  const KEYS = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;
  const withKeys = (store: Store, keys: readonly Uint8Array[]): Store => ({
    ...store,
    inboxes: { keys, open: (name) => store.inboxes!.open(name) },
  });

  it('has neither the data nor the key of an event, and every key reads them', async () => {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    const writer = setUp({ clock, store: withKeys(store, [KEYS[0]]) });
    const event = { id: '1', key: '+49 170 5550100', type: 'secret.type', data: 'what the customer said' };
    await writer.box.accept(event);
    const queue = store.inboxes!.open('inbox');
    const { claims } = await queue.claim(1, 1);
    const text = JSON.stringify(claims);
    for (const secret of ['5550100', 'secret.type', 'customer', 'what']) expect(text).not.toContain(secret);
    await clock.advance(1);
    const seen: Handling[] = [];
    setUp({ clock, store: withKeys(store, [KEYS[1], KEYS[0]]), handle: (handling) => void seen.push(handling) });
    await passUntil(clock, () => seen.length > 0);
    expect(seen).toMatchObject([{ event }]);
  });

  it('keeps an event that no key decrypts until a key is back', async () => {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    await setUp({ clock, store: withKeys(store, [KEYS[0]]) }).box.accept(EVENT);
    const without = setUp({
      clock,
      store: withKeys(store, [KEYS[1]]),
      retry: { maxAttempts: 2 },
      handle: () => undefined,
    });
    await passUntil(clock, () => without.box.snapshot().deadLetters > 0);
    expect((await without.box.deadLetters.list()).letters).toMatchObject([
      { id: '1', event: undefined, attempts: 2, reason: 'undecryptable' },
    ]);
    await without.box.close();
    const seen: Handling[] = [];
    const { box } = setUp({ clock, store: withKeys(store, [KEYS[0]]), handle: (handling) => void seen.push(handling) });
    await box.deadLetters.replay();
    await passUntil(clock, () => seen.length > 0);
    expect(seen).toMatchObject([{ event: EVENT }]);
  });

  it('gives no event to a queue with another name', async () => {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    await setUp({ clock, store: withKeys(store, [KEYS[0]]), name: 'a' }).box.accept(EVENT);
    const { claims } = await store.inboxes!.open('a').claim(1, 1);
    await store.inboxes!.open('b').add(claims[0]!.event, 10);
    const { box, told } = setUp({ clock, store: withKeys(store, [KEYS[0]]), name: 'b', handle: () => undefined });
    const failed = told('failed');
    await passUntil(clock, () => failed.length > 0);
    expect(failed).toMatchObject([{ reason: 'undecryptable' }]);
    expect(box.snapshot().handled).toBe(0);
  });
});

describe('listeners', () => {
  it('get no contents of an event, and one that throws is reported', async () => {
    const { clock, box, told } = setUp({
      retry: { maxAttempts: 1 },
      handle: ({ event }) => {
        if (event.id === '2') throw new Error('broken');
      },
    });
    const all = (['accepted', 'duplicate', 'refused', 'handled', 'deadLetter', 'claimLost', 'closed'] as const).map(
      told,
    );
    const failures = told('listenerFailed');
    box.on('handled', () => {
      throw new Error('my log is full');
    });
    for (const id of ['1', '1', '2']) await box.accept({ ...EVENT, id });
    await clock.advance(0);
    expect(failures).toEqual([{ event: 'handled', message: 'my log is full' }]);
    expect(JSON.stringify(all)).not.toContain('customer');
    expect(() => box.on('closing' as never, () => undefined)).toThrow('event must be one of accepted');
  });
});
