import { describe, expect, it } from 'vitest';
import {
  callInfo,
  IdempotencyConflictError,
  memoryStore,
  OutcomeUnknownError,
  withCall,
  withTransaction,
  type HoldlineConfig,
  type JournalEntry,
  type Store,
} from '../../index.js';
import { setup, type Asked, type Setup } from '../../line/transport.fixture.js';

const HEADER = 'idempotency-key';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;
const keyed = (more: HoldlineConfig = {}): HoldlineConfig => ({
  governor: false,
  breaker: false,
  retry: { jitter: 'none', baseDelayMs: 100 },
  endpoints: { 'POST /keyed/**': { keyed: true } },
  ...more,
});
const post = (url = '/keyed/a', payload = '{"n":1}', more: Asked = {}): Asked => ({
  method: 'POST',
  url,
  payload,
  ...more,
});

/** A store whose entries a test can look at. */
function openStore(): Store & { entries: Map<string, JournalEntry> } {
  const entries = new Map<string, JournalEntry>();
  return {
    entries,
    journal: {
      get: (step) => Promise.resolve(entries.get(step)),
      put: (step, entry) => Promise.resolve(void entries.set(step, entry)),
      delete: (step) => Promise.resolve(void entries.delete(step)),
    },
  };
}

describe('who gets a key', () => {
  it.each<[string, HoldlineConfig, Asked, boolean]>([
    ['a write on a keyed route', keyed(), post(), true],
    ['a write elsewhere', keyed(), post('/b'), false],
    ['a read on a keyed route', keyed({ endpoints: { '* /keyed/**': { keyed: true } } }), { url: '/keyed/a' }, false],
    ['a POST that only reads', keyed({ endpoints: { 'POST /q': { keyed: true, readOnly: true } } }), post('/q'), false],
    ['a write in a transaction', keyed(), post('/b', '', { context: { transaction: 't' } }), true],
    ['a read in a transaction', keyed(), { url: '/b', context: { transaction: 't' } }, false],
    ['every write, if wanted', keyed({ idempotency: { always: true } }), post('/b'), true],
    ['no write, if switched off', keyed({ idempotency: false }), post(), false],
    ['whoever asks', keyed(), post('/b', '', { context: { idempotencyKey: 'mine' } }), true],
  ])('%s', async (_, config, asked, gets) => {
    const { run, wire } = setup(config);
    const { value } = await run(asked);
    expect(wire.header(HEADER)[0] !== undefined).toBe(gets);
    expect(callInfo(value)?.idempotencyKey).toBe(wire.header(HEADER)[0]);
  });

  it.each<[string, HoldlineConfig, Asked, string, string]>([
    ["the user's own key", keyed(), post('/b', '', { context: { idempotencyKey: 'mine' } }), HEADER, 'mine'],
    [
      'quoted',
      keyed({ idempotency: { quoted: true } }),
      post('/b', '', { context: { idempotencyKey: 'm"i\\e' } }),
      HEADER,
      '"m\\"i\\\\e"',
    ],
    [
      'under another name',
      keyed({ idempotency: { header: 'X-Request-Id' } }),
      post('/b', '', { context: { idempotencyKey: 'mine' } }),
      'x-request-id',
      'mine',
    ],
    [
      'the header that the client wrote stays as it is',
      keyed({ idempotency: { quoted: true } }),
      post('/b', '', { headers: { 'Idempotency-Key': '"mine"' } }),
      HEADER,
      '"mine"',
    ],
  ])('%s', async (_, config, asked, header, value) => {
    const { run, wire } = setup(config);
    await run(asked);
    expect(wire.header(header)).toEqual([value]);
  });
});

describe('a key', () => {
  it('is the same for every attempt and for the replay after a 401', async () => {
    const { run, wire } = setup(keyed({ token: { grant: () => Promise.resolve({ accessToken: 'x' }) } }), [
      'reset',
      504,
      401,
      200,
    ]);
    await run(post());
    expect(wire.sent).toHaveLength(4);
    expect(new Set(wire.header(HEADER)).size).toBe(1);
    expect(wire.header(HEADER)[0]).toMatch(UUID);
  });

  it('is another one for another call outside of a transaction', async () => {
    const { run, wire } = setup(keyed());
    await run(post());
    await run(post());
    expect(new Set(wire.header(HEADER)).size).toBe(2);
  });

  const transaction = async ({ run }: Setup, id = 't-1'): Promise<void> => {
    for (const asked of [post('/keyed/a'), post('/keyed/a', '{"n":2}'), post('/keyed/b'), post('/keyed/a?x=1')]) {
      await withTransaction(id, () => withCall({}, () => run(asked)));
    }
  };

  it.each<[string, () => [Store | undefined, Store | undefined]]>([
    [
      'with the same journal',
      () => {
        const store = openStore();
        return [store, store];
      },
    ],
    ['without a journal', () => [undefined, undefined]],
    ['with a journal that lost everything', () => [openStore(), openStore()]],
  ])('derives from transaction, step and payload: the same after a restart %s', async (_, stores) => {
    const keys: (string | undefined)[][] = [];
    for (const store of stores()) {
      const it = setup(keyed(store ? { store } : {}));
      await withTransaction('t-1', async () => {
        await it.run(post('/keyed/a'));
        await it.run(post('/keyed/a', '{"n":2}'));
        await it.run(post('/keyed/b'));
      });
      keys.push(it.wire.header(HEADER));
    }
    expect(keys[0]).toEqual(keys[1]);
    expect(new Set(keys[0]).size).toBe(3);
  });

  it('does not depend on the order of different requests: a restart may take them in another', async () => {
    const keys: Record<string, string | undefined>[] = [];
    for (const urls of [
      ['/keyed/1', '/keyed/2', '/keyed/3'],
      ['/keyed/3', '/keyed/1', '/keyed/2'],
    ]) {
      const it = setup(keyed());
      await withTransaction('t', () => Promise.all(urls.map((url) => it.start(post(url, '')).promise)));
      keys.push(Object.fromEntries(it.wire.sent.map(({ request, headers }) => [request, headers[HEADER]])));
    }
    expect(keys[0]).toEqual(keys[1]);
    expect(new Set(Object.values(keys[0] ?? {})).size).toBe(3);
  });

  it('is another one for another transaction, step, payload, method or URL', async () => {
    const it = setup(keyed());
    const asked: [string, string, Asked][] = [
      ['t', 's', post('/keyed/a', 'x')],
      ['u', 's', post('/keyed/a', 'x')],
      ['t', 'r', post('/keyed/a', 'x')],
      ['t', 's', post('/keyed/b', 'x')],
      ['t', 's', post('/keyed/a?q', 'x')],
      ['t', 's', { ...post('/keyed/a', 'x'), method: 'PATCH' }],
    ];
    for (const [transaction, step, call] of asked) await withCall({ transaction, step }, () => it.run(call));
    expect(new Set(it.wire.header(HEADER)).size).toBe(asked.length);
  });

  it('counts the steps of a nested transaction of the same name on, and of another one anew', async () => {
    const it = setup(keyed());
    await withTransaction('t', async () => {
      await it.run(post());
      await withTransaction('t', () => it.run(post()));
      await withTransaction('u', () => it.run(post()));
      await it.run(post());
    });
    await withTransaction('u', () => it.run(post()));
    const keys = it.wire.header(HEADER);
    expect(new Set(keys).size).toBe(4);
    expect(keys[4]).toBe(keys[2]);
  });

  it('named for the call itself, the transaction around counts for nothing', async () => {
    const it = setup(keyed());
    await withTransaction('t', async () => {
      await it.run(post('/keyed/a', 'x', { context: { transaction: 'u' } }));
      await it.run(post('/keyed/a', 'x'));
    });
    const alone = setup(keyed());
    await alone.run(post('/keyed/a', 'x', { context: { transaction: 'u' } }));
    expect(alone.wire.header(HEADER)[0]).toBe(it.wire.header(HEADER)[0]);
  });

  it('of a repeated transaction is repeated', async () => {
    const it = setup(keyed({ retry: false }), ['reset', 200]);
    await transaction(it);
    const first = it.wire.header(HEADER);
    await transaction(it);
    expect(it.wire.header(HEADER).slice(first.length)).toEqual(first);
  });
});

describe('rotation', () => {
  const HOURS = 3_600_000;

  it('an older key than 23 h is replaced, the attempts start again, and the old one is told for audit, by digest and size', async () => {
    const store = openStore();
    const it = setup(keyed({ store, retry: { jitter: 'none', baseDelayMs: 0, maxAttempts: 3 } }), ['reset']);
    const rotated = it.told('keyRotated');
    const step = (): Promise<unknown> =>
      withCall({ transaction: 't', step: 's' }, () => it.run(post('/keyed/a', '{"iban":"DE00"}')));
    await step();
    await it.clock.advance(23 * HOURS);
    await step();
    expect(rotated).toEqual([]);
    await it.clock.advance(1);
    await step();
    const keys = it.wire.header(HEADER);
    expect([new Set(keys.slice(0, 6)).size, new Set(keys).size]).toEqual([1, 2]);
    expect(rotated).toEqual([
      {
        route: 'POST /keyed/a',
        transaction: 't',
        payloadDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        payloadBytes: 15,
        issuedAt: Date.UTC(2026, 0, 1),
        attempts: 6,
      },
    ]);
    expect([...store.entries.values()]).toMatchObject([{ generation: 1, attempts: 3, issuedAt: it.clock.wall() }]);
  });

  it('takes the number of hours from rotateAfterMs, and a wall clock that jumps back rotates nothing', async () => {
    const it = setup(keyed({ idempotency: { rotateAfterMs: 1_000 } }));
    const step = (): Promise<unknown> => withCall({ transaction: 't', step: 's' }, () => it.run(post()));
    await step();
    it.clock.jumpWall(-10 * HOURS);
    await step();
    it.clock.jumpWall(10 * HOURS + 1_001);
    await step();
    const keys = it.wire.header(HEADER);
    expect([keys[0] === keys[1], keys[1] === keys[2]]).toEqual([true, false]);
  });

  it("the user's own key is never replaced", async () => {
    const it = setup(keyed());
    const rotated = it.told('keyRotated');
    for (let i = 0; i < 2; i++) {
      await it.run(post('/b', 'x', { context: { idempotencyKey: 'mine' } }));
      await it.clock.advance(48 * HOURS);
    }
    expect(it.wire.header(HEADER)).toEqual(['mine', 'mine']);
    expect(rotated).toEqual([]);
  });
});

describe('conflicts', () => {
  it('the same key, or step, with another payload is refused before anything is sent', async () => {
    for (const context of [{ idempotencyKey: 'k' }, { transaction: 't', step: 's' }]) {
      const it = setup(keyed());
      await it.run(post('/b', 'x', { context }));
      const { error } = await it.run(post('/b', 'y', { context }));
      expect(error).toBeInstanceOf(IdempotencyConflictError);
      expect(error).toMatchObject({ code: 'HOLDLINE_IDEMPOTENCY_CONFLICT', route: 'POST /b' });
      expect(it.wire.sent).toHaveLength(1);
    }
  });

  it('also while the first is still under way', async () => {
    const it = setup(keyed(), ['hang']);
    it.start(post('/b', 'x', { context: { idempotencyKey: 'k' } }));
    await it.clock.advance(0);
    const second = it.start(post('/b', 'y', { context: { idempotencyKey: 'k' } }));
    await it.clock.advance(0);
    expect(second.error).toBeInstanceOf(IdempotencyConflictError);
  });

  it('one key for two different requests is none: neither is swallowed', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 100 }]);
    for (const url of ['/b', '/c', '/b?x', '/b/1']) it.start(post(url, '', { context: { idempotencyKey: 'k' } }));
    await it.clock.run();
    expect(it.wire.sent).toHaveLength(4);
  });

  it('a key that the platform has forgotten may stand for something else', async () => {
    const it = setup(keyed());
    await it.run(post('/b', 'x', { context: { idempotencyKey: 'daily' } }));
    await it.clock.advance(24 * 3_600_000);
    expect((await it.run(post('/b', 'y', { context: { idempotencyKey: 'daily' } }))).value).toEqual({ status: 200 });
  });
});

describe('a second identical call', () => {
  const twin = (more: Asked = {}): Asked => post('/b', 'x', { context: { idempotencyKey: 'k' }, ...more });

  it('joins the first: one request, the same answer for both', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 100 }]);
    const calls = [it.start(twin()), it.start(twin()), it.start(twin())];
    await it.clock.run();
    expect(it.wire.sent).toHaveLength(1);
    expect(calls.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200 }, { status: 200 }]);
  });

  it('gets a copy where the client can make one', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 100 }]);
    const copy = (value: unknown): unknown => ({ ...(value as object), copied: true });
    const calls = [it.start(twin({ copy })), it.start(twin({ copy }))];
    await it.clock.run();
    expect(calls.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200, copied: true }]);
    expect(callInfo(calls[1]?.value)).toMatchObject({ attempts: 0, status: 200, idempotencyKey: 'k' });
  });

  it('gets its own copy of the error too, and an unknown outcome', async () => {
    const rejects = setup(keyed({ retry: false }), [{ status: 400, afterMs: 100, threw: true }]);
    const first = [rejects.start(twin({ copy: () => 'copied' })), rejects.start(twin({ copy: () => 'copied' }))];
    await rejects.clock.run();
    expect(first.map(({ error }) => error)).toEqual([{ status: 400 }, 'copied']);
    const unknown = setup(keyed(), [{ status: 504, afterMs: 100 }]);
    const second = [unknown.start(twin()), unknown.start(twin())];
    await unknown.clock.run();
    for (const { error } of second) expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(unknown.wire.sent).toHaveLength(1);
  });

  // Issue 13, d-post-503: a body can be read once.
  it('gets its own copy of the answer that hangs on an unknown outcome', async () => {
    const it = setup(keyed(), [{ status: 503, afterMs: 100 }]);
    const copy = (value: unknown): unknown => ({ ...(value as object), copied: true });
    const calls = [it.start(twin({ copy })), it.start(twin({ copy }))];
    await it.clock.run();
    const errors = calls.map(({ error }) => error as OutcomeUnknownError);
    expect(errors.map(({ response }) => response)).toEqual([{ status: 503 }, { status: 503, copied: true }]);
    for (const error of errors) expect(error).toMatchObject({ message: errors[0]?.message, attempts: 1 });
  });

  it('after the first has ended is a call of its own, under the same key', async () => {
    const it = setup(keyed());
    await it.run(twin());
    await it.run(twin());
    expect(it.wire.header(HEADER)).toEqual(['k', 'k']);
  });

  it.each(['hang', 'deaf'] as const)(
    'goes itself when the caller of the first gives up, though its request says nothing (%s)',
    async (step) => {
      const it = setup(keyed(), [step, 200]);
      const abort = new AbortController();
      const first = it.start(twin({ signal: abort.signal }));
      const others = [it.start(twin()), it.start(twin())];
      await it.clock.advance(1_000);
      abort.abort(new Error('enough'));
      await it.clock.advance(0);
      expect((first.error as Error).message).toBe('enough');
      expect(others.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200 }]);
      expect(it.wire.sent).toHaveLength(2);
    },
  );

  it('joins the one that took over, also after the first has ended at last', async () => {
    const it = setup(keyed(), [
      { status: 200, afterMs: 2_000 },
      { status: 200, afterMs: 9_000 },
    ]);
    const abort = new AbortController();
    it.start(twin({ signal: abort.signal }));
    const second = it.start(twin());
    await it.clock.advance(1_000);
    abort.abort(new Error('enough'));
    await it.clock.advance(2_000);
    const third = it.start(twin());
    await it.clock.run();
    expect(it.wire.table).toEqual(['0 POST /b', '1000 POST /b']);
    expect([second.at, third.at]).toEqual([10_000, 10_000]);
  });

  it('goes itself when the first was refused by us for a reason of its own', async () => {
    const it = setup(keyed({ governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } }));
    await it.run({ url: '/x' });
    const first = it.start(twin({ context: { idempotencyKey: 'k', totalTimeoutMs: 1_000 } }));
    const second = it.start(twin());
    await it.clock.run();
    expect([(first.error as Error).name, second.value]).toEqual(['DeadlineError', { status: 200 }]);
  });

  it('has its own patience', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 5_000 }]);
    const first = it.start(twin());
    const second = it.start(twin({ context: { idempotencyKey: 'k', totalTimeoutMs: 1_000 } }));
    await it.clock.run();
    expect([first.at, second.at, (second.error as Error).name]).toEqual([5_000, 1_000, 'DeadlineError']);
  });
});

describe('the journal', () => {
  it('knows a key before the platform does, and what became of it afterwards', async () => {
    const store = openStore();
    const seen: unknown[] = [];
    const it = setup(keyed({ store }), [
      (): never => {
        seen.push(...[...store.entries.values()].map(({ state }) => state));
        throw new Error('crash');
      },
      200,
    ]);
    await withTransaction('t', () => it.run(post()));
    expect(seen).toEqual(['started']);
    expect([...store.entries.values()]).toMatchObject([
      { state: 'answered', attempts: 2, payloadBytes: 7, generation: 0 },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a reset', 'reset', 'unknown'],
    ['a 504', 504, 'unknown'],
    ['a 400', 400, 'answered'],
  ])('%s is %s', async (_, step, state) => {
    const store = openStore();
    const it = setup(keyed({ store, retry: false }), [step as number]);
    await withTransaction('t', () => it.run(post()));
    expect([...store.entries.values()]).toMatchObject([{ state }]);
  });

  it('holds digests only: no payload, no URL, no transaction', async () => {
    const store = openStore();
    const it = setup(keyed({ store }));
    await withTransaction('customer-4711', () => it.run(post('/keyed/a?token=s3cret', 'payload-s3cret')));
    expect(JSON.stringify([...store.entries])).not.toMatch(/s3cret|4711|keyed/);
  });

  it.each<[string, Partial<Store['journal']>, string[]]>([
    ['that cannot be read', { get: () => Promise.reject(new Error('down')) }, ['journal.get']],
    [
      'that throws',
      {
        get: () => {
          throw new Error('down');
        },
      },
      ['journal.get'],
    ],
    ['that cannot be written', { put: () => Promise.reject(new Error('down')) }, ['journal.put', 'journal.put']],
  ])(
    '%s takes nothing from the caller; the key is the derived one, and the failure is told',
    async (_, journal, operations) => {
      const healthy = setup(keyed());
      await withTransaction('t', () => healthy.run(post()));
      const it = setup(keyed({ store: { journal: { ...memoryStore().journal, ...journal } } }));
      const told = it.told('storeFailed');
      const { value } = await withTransaction('t', () => it.run(post()));
      expect(value).toEqual({ status: 200 });
      expect(it.wire.header(HEADER)).toEqual(healthy.wire.header(HEADER));
      expect(told).toEqual(operations.map((operation) => ({ operation, message: 'down' })));
    },
  );

  it('that never answers is waited for until the deadline, and nothing is sent afterwards', async () => {
    let answer: (entry: undefined) => void = () => undefined;
    const hung = { ...memoryStore().journal, get: () => new Promise<undefined>((resolve) => (answer = resolve)) };
    const it = setup(keyed({ store: { journal: hung }, deadline: { totalTimeoutMs: 1_000 } }));
    const { error, at } = await withTransaction('t', () => it.run(post()));
    expect([(error as Error).name, at]).toEqual(['DeadlineError', 1_000]);
    answer(undefined);
    await it.clock.run();
    expect(it.wire.sent).toEqual([]);
  });

  it('that is slow has the key before the platform has it', async () => {
    const slow = {
      ...memoryStore().journal,
      put: () => new Promise<void>((resolve) => void it.clock.setTimer(100, resolve)),
    };
    const it = setup(keyed({ store: { journal: slow } }));
    const { at } = await withTransaction('t', () => it.run(post()));
    expect([it.wire.table, at]).toEqual([['100 POST /keyed/a'], 100]);
  });

  it('that is slow to write delays no answer', async () => {
    let puts = 0;
    const slow = {
      ...memoryStore().journal,
      put: () => (++puts === 1 ? Promise.resolve() : new Promise<void>(() => undefined)),
    };
    const it = setup(keyed({ store: { journal: slow } }));
    const { at, value } = await withTransaction('t', () => it.run(post()));
    expect([at, value]).toEqual([0, { status: 200 }]);
  });

  it('memoryStore forgets the oldest beyond maxEntries', async () => {
    const { journal } = memoryStore({ maxEntries: 2 });
    const entry = { key: 'k' } as JournalEntry;
    for (const step of ['a', 'b', 'a', 'c']) await journal.put(step, entry);
    expect(await Promise.all(['a', 'b', 'c'].map((step) => journal.get(step)))).toEqual([entry, undefined, entry]);
    await journal.delete('a');
    expect(await journal.get('a')).toBeUndefined();
  });
});
