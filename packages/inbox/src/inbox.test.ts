import { ConfigError, currentContext, memoryStore, withCall, type Clock, type EventQueue } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { deferred, setUp, storeWith } from './inbox.fixture.js';
import { inbox } from './inbox.js';
import { PermanentError } from './permanent-error.js';
import type { Handling, Verification } from './types.js';

const EVENT = { id: '1', key: 'k', type: 't', data: { a: [1, 'ü'] } };
const never = (): Promise<never> => new Promise(() => undefined);

describe('accept', () => {
  it('stores an event, hands it over once, and knows it afterwards', async () => {
    const seen: Handling[] = [];
    const { clock, box, told } = setUp({ handle: (handling) => void seen.push(handling) });
    const [accepted, duplicate, handled] = [told('accepted'), told('duplicate'), told('handled')];
    expect(await box.accept(EVENT)).toEqual({ result: 'accepted' });
    expect(await box.accept({ ...EVENT, data: 'other' })).toEqual({ result: 'duplicate' });
    await clock.advance(0);
    expect(seen).toMatchObject([{ event: EVENT, attempt: 1, mayBeRepeated: false, receivedAt: clock.wall() }]);
    expect(await box.accept(EVENT)).toEqual({ result: 'duplicate' });
    expect([accepted, duplicate.length, handled]).toEqual([
      [{ id: '1', type: 't' }],
      2,
      [{ id: '1', attempt: 1, tookMs: 0 }],
    ]);
    expect(await box.counts()).toEqual({ pending: 0, dead: 0 });
    expect(box.snapshot()).toMatchObject({ name: 'inbox', accepted: 1, duplicates: 2, handled: 1, running: 0 });
    await clock.advance(86_400_001);
    expect(await box.accept(EVENT)).toEqual({ result: 'accepted' });
  });

  it('refuses above the quota until the oldest event leaves the window, and counts sources apart', async () => {
    const { clock, box, told } = setUp({
      quota: { limit: 2, windowMs: 1_000, by: ({ data }) => String(data) },
    });
    const refused = told('refused');
    const accept = async (id: string, data = 'a'): Promise<unknown> => {
      const answer = await box.accept({ id, data });
      return 'reason' in answer ? `${answer.reason} ${answer.retryAfterMs}` : answer.result;
    };
    expect(await accept('1')).toBe('accepted');
    await clock.advance(400);
    expect(await accept('2')).toBe('accepted');
    await clock.advance(100);
    expect(await accept('3')).toBe('rate 500');
    expect(await accept('4', 'b')).toBe('accepted');
    await clock.advance(499);
    expect(await accept('3')).toBe('rate 1');
    await clock.advance(1);
    expect(await accept('3')).toBe('accepted');
    expect(await accept('5')).toBe('rate 400');
    expect(refused.map(({ reason }) => reason)).toEqual(['rate', 'rate', 'rate']);
    expect(box.snapshot().refused).toEqual({ rate: 3, full: 0, store: 0, closed: 0 });
  });

  it('refuses when the store is full, and accepts when an event was handled', async () => {
    const gate = deferred();
    const { clock, box } = setUp({ maxEvents: 1, handle: () => gate.promise });
    expect(await box.accept({ id: '1', data: 1 })).toEqual({ result: 'accepted' });
    expect(await box.accept({ id: '2', data: 1 })).toEqual({ result: 'refused', reason: 'full', retryAfterMs: 5_000 });
    expect(await box.accept({ id: '1', data: 1 })).toEqual({ result: 'duplicate' });
    gate.resolve();
    await clock.advance(0);
    expect(await box.accept({ id: '2', data: 1 })).toEqual({ result: 'accepted' });
  });

  it.for([
    ['fails', () => Promise.reject(new Error('disk full')), 'disk full'],
    [
      'throws',
      () => {
        throw new Error('no store');
      },
      'no store',
    ],
    ['never answers', never, 'the store did not answer inbox.add within 4 s'],
  ] as [string, EventQueue['add'], string][])('refuses when the store %s', async ([, add, message]) => {
    const base = setUp();
    const { clock, box, told } = setUp({ clock: base.clock, store: storeWith(base.store, () => ({ add })) });
    const failures = told('storeFailed');
    const answer = box.accept(EVENT);
    await clock.advance(4_000);
    expect(await answer).toEqual({ result: 'refused', reason: 'store', retryAfterMs: 5_000 });
    expect(failures).toEqual([{ operation: 'add', message }]);
    expect(box.snapshot()).toMatchObject({ accepted: 0, storeFailures: 1, refused: { store: 1 } });
  });

  it('shows no credential in the message of a failure', async () => {
    const base = setUp();
    const add = (): Promise<never> => Promise.reject(new Error('no login with Authorization: Bearer s3cret-token'));
    const { box, told } = setUp({ clock: base.clock, store: storeWith(base.store, () => ({ add })) });
    const failures = told('storeFailed');
    await box.accept(EVENT);
    expect(failures).toHaveLength(1);
    expect(JSON.stringify(failures)).not.toContain('s3cret-token');
  });

  it('recognises the repetition of an event that the store kept after the time limit', async () => {
    const base = setUp();
    const store = storeWith(base.store, (queue) => ({
      add: async (...args) => {
        const end = await queue.add(...args);
        await new Promise<void>((resolve) => void base.clock.setTimer(6_000, resolve));
        return end;
      },
    }));
    const { clock, box } = setUp({ clock: base.clock, store });
    const first = box.accept(EVENT);
    await clock.advance(4_000);
    expect(await first).toMatchObject({ reason: 'store' });
    expect(await base.box.accept(EVENT)).toEqual({ result: 'duplicate' });
  });

  it.for([
    [undefined, 'event must be an object with id and data'],
    [{ data: 1 }, 'event.id must be a string of 1 to 1024 characters, got undefined'],
    [{ id: '', data: 1 }, 'got a string of 0 characters'],
    [{ id: 'x'.repeat(1_025), data: 1 }, 'got a string of 1025 characters'],
    [{ id: '1', key: 7, data: 1 }, 'event.key must be'],
    [{ id: '1', type: {}, data: 1 }, 'event.type must be'],
    [{ id: '1' }, 'event.data must be a JSON value, got undefined'],
    [{ id: '1', data: 10n }, 'event.data must be a JSON value, got bigint'],
    [{ id: '1', data: 'x'.repeat(200) }, 'the event must have at most 100 characters as JSON, got 220'],
  ])('rejects the invalid event %#', async ([event, message]) => {
    const { box } = setUp({ maxEventLength: 100 });
    const error = await box.accept(event as never).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toContain(message);
  });
});

describe('options', () => {
  const { store } = inboxOptions();
  it.for([
    [{}, 'options.store must be a store'],
    [{ store: { journal: {} } }, 'options.store must be a store with inboxes'],
    [{ store, limit: 1 }, 'options.limit is not known'],
    [{ store, quota: { limit: 5 } }, 'options.quota needs limit and windowMs'],
    [{ store, quota: { limit: 0, windowMs: 1 } }, 'options.quota.limit must be an integer of at least 1, got 0'],
    [{ store, retry: { backoff: [-1] } }, 'options.retry.backoff[0] must be'],
    [{ store, concurrency: 1.5 }, 'options.concurrency must be'],
    [{ store, claimMs: 10 }, 'options.claimMs must be a number of at least 100, got 10'],
    [{ store, handle: true }, 'options.handle must be a function'],
    [{ store, http: {} }, 'options.http needs verify'],
    [{ store, verify: () => undefined, http: { maxBodyBytes: 0 } }, 'options.maxBodyBytes must be'],
  ])('are checked: %#', ([options, message]) => {
    expect(() => inbox(options as never)).toThrow(message as string);
  });

  function inboxOptions(): { store: object } {
    return { store: { journal: {}, inboxes: { open: () => ({ listen: () => () => undefined }) } } };
  }
});

describe('handling', () => {
  it('repeats a failed handling with growing delays, and keeps a dead letter at the end', async () => {
    const seen: string[] = [];
    const { clock, box, told } = setUp({
      retry: { maxAttempts: 3, baseDelayMs: 100, jitter: 'none' },
      handle({ event, attempt, mayBeRepeated }) {
        seen.push(`${clock.now()} ${event.id} ${attempt} ${mayBeRepeated}`);
        throw Object.assign(new Error('secret'), { code: 'E_DOWN' });
      },
    });
    const [failed, dead] = [told('failed'), told('deadLetter')];
    await box.accept(EVENT);
    await clock.advance(1_000);
    expect(seen).toEqual(['0 1 1 false', '100 1 2 true', '300 1 3 true']);
    expect(failed.map(({ reason, retryInMs }) => [reason, retryInMs])).toEqual([
      ['E_DOWN', 100],
      ['E_DOWN', 200],
      ['E_DOWN', undefined],
    ]);
    expect(dead).toEqual([{ what: 'kept', id: '1', reason: 'E_DOWN' }]);
    const { letters } = await box.deadLetters.list();
    expect(letters).toEqual([
      { id: '1', event: EVENT, receivedAt: letters[0]!.receivedAt, attempts: 3, reason: 'E_DOWN' },
    ]);
    expect(JSON.stringify(letters)).not.toContain('secret');
  });

  it('keeps an event as dead after a permanent error, also of another copy of the package', async () => {
    for (const error of [new PermanentError('no id'), Object.assign(new Error('x'), { permanent: true })]) {
      let calls = 0;
      const handle = (): void => {
        calls++;
        throw error;
      };
      const { clock, box } = setUp({ handle });
      await box.accept(EVENT);
      await clock.advance(3_600_000);
      expect([calls, (await box.counts()).dead]).toEqual([1, 1]);
    }
  });

  it('waits as long as the error of a line says', async () => {
    const at: number[] = [];
    const { clock, box } = setUp({
      retry: { baseDelayMs: 10, jitter: 'none' },
      handle() {
        at.push(clock.now());
        if (at.length === 1) throw Object.assign(new Error('throttled'), { retryAt: clock.wall() + 60_000 });
      },
    });
    await box.accept(EVENT);
    await clock.advance(100_000);
    expect(at).toEqual([0, 60_000]);
  });

  it('keeps the order of each key, and a failing event blocks no other key', async () => {
    const order: string[] = [];
    let fails = 2;
    const { clock, box } = setUp({
      retry: { baseDelayMs: 1_000, jitter: 'none' },
      handle: ({ event: { id } }) => {
        order.push(id);
        if (id === 'a1' && fails-- > 0) throw new Error('not yet');
      },
    });
    for (const id of ['a1', 'a2', 'b1', 'a3', 'b2']) await box.accept({ id, key: id[0], data: 1 });
    await clock.advance(900);
    expect(order.sort()).toEqual(['a1', 'b1', 'b2']);
    order.length = 0;
    await clock.advance(10_000);
    expect(order).toEqual(['a1', 'a1', 'a2', 'a3']);
  });

  it('runs at most `concurrency` handlers, and never two of one key', async () => {
    let [running, most] = [0, 0];
    const keys = new Set<string | undefined>();
    const { clock, box } = setUp({
      concurrency: 3,
      async handle({ event: { key } }) {
        expect(keys.has(key)).toBe(false);
        if (key) keys.add(key);
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => void clock.setTimer(50, resolve));
        running--;
        keys.delete(key);
      },
    });
    for (let n = 0; n < 30; n++) await box.accept({ id: `${n}`, key: n % 2 ? `k${n % 4}` : undefined, data: n });
    const drained = box.drain();
    await clock.advance(2_000);
    await drained;
    expect([most, box.snapshot().handled]).toEqual([3, 30]);
  });

  it('ends a handling after its time, and ignores its late result', async () => {
    const gate = deferred();
    const signals: AbortSignal[] = [];
    const { clock, box, told } = setUp({
      handleTimeoutMs: 5_000,
      claimMs: 1_000,
      retry: { baseDelayMs: 100, jitter: 'none', maxAttempts: 2 },
      handle: ({ signal, attempt }) => {
        signals.push(signal);
        return attempt === 1 ? gate.promise : undefined;
      },
    });
    const [failed, handled] = [told('failed'), told('handled')];
    await box.accept(EVENT);
    await clock.advance(4_999);
    expect([signals.length, signals[0]!.aborted]).toEqual([1, false]);
    await clock.advance(1);
    expect(signals[0]!.aborted).toBe(true);
    expect(failed).toMatchObject([{ reason: 'timeout', retryInMs: 100 }]);
    await clock.advance(100);
    gate.reject(new Error('late'));
    await clock.advance(1_000);
    expect([failed.length, handled]).toEqual([1, [{ id: '1', attempt: 2, tookMs: 0 }]]);
  });

  // The matrix of faults, process frozen for 10 minutes: a timer fired before the answer of the handler's call was read.
  it('gives a handling one more second after a freeze of the process', async () => {
    const gate = deferred();
    const inner = new VirtualClock();
    let frozenMs = 0;
    const clock: Clock = {
      now: () => inner.now() + frozenMs,
      wall: () => inner.wall() + frozenMs,
      setTimer: (ms, fn) => inner.setTimer(ms, fn),
    };
    const box = inbox({ store: memoryStore({ clock }), clock, handleTimeoutMs: 5_000, handle: () => gate.promise });
    const [failed, handled] = [vi.fn(), vi.fn()];
    box.on('failed', failed);
    box.on('handled', handled);
    await box.accept(EVENT);
    await inner.advance(4_000);
    frozenMs = 600_000;
    await inner.advance(1_000);
    expect(failed).not.toHaveBeenCalled();
    gate.resolve();
    await inner.advance(0);
    expect([failed.mock.calls.length, handled.mock.calls.length]).toEqual([0, 1]);
    await box.close();
  });

  it('is a transaction, and does not run in the context of the request that brought the event', async () => {
    const contexts: object[] = [];
    const handle = (): void => void contexts.push(currentContext());
    const { clock, box } = setUp({ name: 'calls', handle });
    const plain = setUp({ handle, transaction: false });
    await withCall({ tenant: 'acme', priority: 'high' }, () => box.accept(EVENT));
    await clock.advance(0);
    await withCall({ tenant: 'acme' }, () => plain.box.accept(EVENT));
    await plain.clock.advance(0);
    expect(contexts.map((context) => Object.keys(context).sort())).toEqual([
      ['signal', 'steps', 'transaction'],
      ['signal'],
    ]);
    expect(contexts[0]).toMatchObject({ transaction: 'calls:1' });
  });

  it('goes on after a loss of the store, as soon as the store is back', async () => {
    const base = setUp();
    let isLost = false;
    const news: (() => void)[] = [];
    const lose =
      <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        isLost ? Promise.reject(new Error('lost')) : run(...args);
    const gate = deferred();
    const { clock, box, told } = setUp({
      clock: base.clock,
      store: storeWith(base.store, (queue) => ({
        add: lose((...args) => queue.add(...args)),
        claim: lose((...args) => queue.claim(...args)),
        renew: lose((...args) => queue.renew(...args)),
        settle: lose((...args) => queue.settle(...args)),
        listen: (fn) => {
          news.push(fn);
          return queue.listen(fn);
        },
      })),
      handle: ({ event }) => (event.id === '1' ? gate.promise : undefined),
    });
    const handled = told('handled');
    await box.accept(EVENT);
    await base.box.accept({ id: '2', data: 1 });
    await clock.advance(0);
    isLost = true;
    await base.box.accept({ id: '3', data: 1 });
    expect(await box.accept({ id: '4', data: 1 })).toMatchObject({ reason: 'store' });
    gate.resolve();
    await clock.advance(12_000);
    expect(handled.map(({ id }) => id)).toEqual(['2']);
    isLost = false;
    for (const fn of news) fn();
    await clock.advance(5_000);
    expect(handled.map(({ id }) => id).sort()).toEqual(['1', '2', '3']);
  });

  it('handles the events of a claim whose reply came too late', async () => {
    const base = setUp();
    let delayMs = 8_000;
    const store = storeWith(base.store, (queue) => ({
      async claim(...args) {
        const reply = await queue.claim(...args);
        if (reply.claims.length > 0) {
          await new Promise<void>((resolve) => void base.clock.setTimer(delayMs, resolve));
          delayMs = 0;
        }
        return reply;
      },
    }));
    const seen: Handling[] = [];
    const { clock, box } = setUp({ clock: base.clock, store, handle: (handling) => void seen.push(handling) });
    await box.accept(EVENT);
    await clock.advance(8_000);
    expect(seen).toMatchObject([{ attempt: 1, mayBeRepeated: false }]);
    expect(await box.counts()).toEqual({ pending: 0, dead: 0 });
  });
});

describe('dead letters', () => {
  it('are replayed on command, also by another process, and a letter that fails again stays', async () => {
    const isUp = new Set<string>();
    const handle = ({ event: { id } }: Handling): void => {
      if (!isUp.has(id)) throw new PermanentError(id);
    };
    const { clock, store, box, told } = setUp({ handle });
    for (const id of ['1', '2', '3']) await box.accept({ id, key: 'k', type: 't', data: id });
    await clock.advance(0);
    expect((await box.deadLetters.list({ limit: 2 })).letters.map(({ id }) => id)).toEqual(['1', '2']);
    isUp.add('1');
    const [other, heard] = [setUp({ clock, store }), told('handled')];
    expect(await other.box.deadLetters.replay({ where: ({ event }) => event?.data !== '3' })).toEqual({
      replayed: 2,
      left: 1,
    });
    await clock.advance(0);
    expect(heard).toMatchObject([{ id: '1', attempt: 1 }]);
    expect((await box.deadLetters.list()).letters.map(({ id }) => id)).toEqual(['3', '2']);
    expect(await box.deadLetters.remove('3')).toBe(true);
    expect(await box.deadLetters.remove('3')).toBe(false);
    expect(await box.accept({ id: '3', data: 'corrected' })).toEqual({ result: 'accepted' });
  });

  it('say that a handling may be a repetition', async () => {
    const seen: string[] = [];
    const { clock, box } = setUp({
      handle({ attempt, mayBeRepeated }) {
        seen.push(`${attempt} ${mayBeRepeated}`);
        if (seen.length === 1) throw new PermanentError();
      },
    });
    await box.accept(EVENT);
    await clock.advance(0);
    await box.deadLetters.replay();
    await clock.advance(0);
    expect(seen).toEqual(['1 false', '1 true']);
  });
});

describe('an inbox with a verifier', () => {
  const verify = (): Verification => ({ events: [EVENT] });
  const post = (): Request => new Request('https://inbox.example.com/', { method: 'POST', body: '{}' });

  it('answers requests when their events are stored, and tells the sender how long to wait', async () => {
    const clock = new VirtualClock();
    const quota = { limit: 2, windowMs: 9_500 };
    const box = inbox({ store: memoryStore({ clock }), clock, verify, quota });
    const { fetch } = box;
    const statuses = [await fetch(post()), await fetch(post()), await fetch(post())].map(
      ({ status, headers }) => `${status} ${headers.get('retry-after')}`,
    );
    expect(statuses).toEqual(['202 null', '200 null', '429 10']);
    await box.close();
    expect((await fetch(post())).status).toBe(503);
    expect(await box.counts()).toEqual({ pending: 1, dead: 0 });
  });

  it('has no handler without one', () => {
    expect(setUp().box).toMatchObject({ fetch: undefined });
  });
});
