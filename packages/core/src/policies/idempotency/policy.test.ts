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

/** A store whose entries a test can read. */
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

describe('a key is sent with', () => {
  it.each<[string, HoldlineConfig, Asked, boolean]>([
    ['a write on a keyed route', keyed(), post(), true],
    ['a write elsewhere', keyed(), post('/b'), false],
    ['a read on a keyed route', keyed({ endpoints: { '* /keyed/**': { keyed: true } } }), { url: '/keyed/a' }, false],
    [
      'a POST of a read-only route',
      keyed({ endpoints: { 'POST /q': { keyed: true, readOnly: true } } }),
      post('/q'),
      false,
    ],
    ['a write in a transaction', keyed(), post('/b', '', { context: { transaction: 't' } }), true],
    ['a read in a transaction', keyed(), { url: '/b', context: { transaction: 't' } }, false],
    ['every write with always: true', keyed({ idempotency: { always: true } }), post('/b'), true],
    ['no write with idempotency: false', keyed({ idempotency: false }), post(), false],
    [
      'a call with idempotencyKey in its context',
      keyed(),
      post('/b', '', { context: { idempotencyKey: 'mine' } }),
      true,
    ],
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
  it('is the same for every attempt, and for the replay after a 401', async () => {
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

  it('differs between two calls outside a transaction', async () => {
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
    ['with a journal that lost all entries', () => [openStore(), openStore()]],
  ])('derives from transaction, step and payload, and is the same after a restart %s', async (_, stores) => {
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

  it('does not depend on the order of different requests, which a restart may change', async () => {
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

  it('differs for another transaction, step, payload, method or URL', async () => {
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

  it('continues the step count in a nested transaction of the same name, and restarts it in one of another name', async () => {
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

  it('of a call with its own transaction ignores the transaction around it', async () => {
    const it = setup(keyed());
    await withTransaction('t', async () => {
      await it.run(post('/keyed/a', 'x', { context: { transaction: 'u' } }));
      await it.run(post('/keyed/a', 'x'));
    });
    const alone = setup(keyed());
    await alone.run(post('/keyed/a', 'x', { context: { transaction: 'u' } }));
    expect(alone.wire.header(HEADER)[0]).toBe(it.wire.header(HEADER)[0]);
  });

  it('is the same when a transaction is repeated', async () => {
    const it = setup(keyed({ retry: false }), ['reset', 200]);
    await transaction(it);
    const first = it.wire.header(HEADER);
    await transaction(it);
    expect(it.wire.header(HEADER).slice(first.length)).toEqual(first);
  });
});

describe('rotation', () => {
  const HOURS = 3_600_000;

  it('replaces a key after 23 h, restarts its attempt count, and reports the old payload by digest and size', async () => {
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

  it('takes its age from rotateAfterMs; a wall clock that jumps back rotates no key', async () => {
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

  it("never replaces the user's own key", async () => {
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
  it('the same key or step with another payload is refused, and not sent', async () => {
    for (const context of [{ idempotencyKey: 'k' }, { transaction: 't', step: 's' }]) {
      const it = setup(keyed());
      await it.run(post('/b', 'x', { context }));
      const { error } = await it.run(post('/b', 'y', { context }));
      expect(error).toBeInstanceOf(IdempotencyConflictError);
      expect(error).toMatchObject({ code: 'HOLDLINE_IDEMPOTENCY_CONFLICT', route: 'POST /b' });
      expect(it.wire.sent).toHaveLength(1);
    }
  });

  it('the same key with another payload is also refused while the first call is in flight', async () => {
    const it = setup(keyed(), ['hang']);
    it.start(post('/b', 'x', { context: { idempotencyKey: 'k' } }));
    await it.clock.advance(0);
    const second = it.start(post('/b', 'y', { context: { idempotencyKey: 'k' } }));
    await it.clock.advance(0);
    expect(second.error).toBeInstanceOf(IdempotencyConflictError);
  });

  it('one key with different methods or URLs is no conflict: every request is sent', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 100 }]);
    for (const url of ['/b', '/c', '/b?x', '/b/1']) it.start(post(url, '', { context: { idempotencyKey: 'k' } }));
    await it.clock.run();
    expect(it.wire.sent).toHaveLength(4);
  });

  it('an expired key may be used for another payload', async () => {
    const it = setup(keyed());
    await it.run(post('/b', 'x', { context: { idempotencyKey: 'daily' } }));
    await it.clock.advance(24 * 3_600_000);
    expect((await it.run(post('/b', 'y', { context: { idempotencyKey: 'daily' } }))).value).toEqual({ status: 200 });
  });
});

describe('a second identical call', () => {
  const twin = (more: Asked = {}, url = '/b'): Asked => post(url, 'x', { context: { idempotencyKey: 'k' }, ...more });

  it('joins the first: one request, the same answer for all', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 100 }]);
    const calls = [it.start(twin()), it.start(twin()), it.start(twin())];
    await it.clock.run();
    expect(it.wire.sent).toHaveLength(1);
    expect(calls.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200 }, { status: 200 }]);
  });

  it('gets a copy of the answer if the client can make one', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 100 }]);
    const copy = (value: unknown): unknown => ({ ...(value as object), copied: true });
    const calls = [it.start(twin({ copy })), it.start(twin({ copy }))];
    await it.clock.run();
    expect(calls.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200, copied: true }]);
    expect(callInfo(calls[1]?.value)).toMatchObject({ attempts: 0, status: 200, idempotencyKey: 'k' });
  });

  it('gets its own copy of an error too, and an OutcomeUnknownError', async () => {
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
  it('gets its own copy of the answer in an OutcomeUnknownError', async () => {
    const it = setup(keyed(), [{ status: 503, afterMs: 100 }]);
    const copy = (value: unknown): unknown => ({ ...(value as object), copied: true });
    const calls = [it.start(twin({ copy })), it.start(twin({ copy }))];
    await it.clock.run();
    const errors = calls.map(({ error }) => error as OutcomeUnknownError);
    expect(errors.map(({ response }) => response)).toEqual([{ status: 503 }, { status: 503, copied: true }]);
    for (const error of errors) expect(error).toMatchObject({ message: errors[0]?.message, attempts: 1 });
  });

  it('is sent itself under the same key once the first has ended', async () => {
    const it = setup(keyed());
    await it.run(twin());
    await it.run(twin());
    expect(it.wire.header(HEADER)).toEqual(['k', 'k']);
  });

  it.each(['hang', 'deaf'] as const)(
    'is sent itself when the caller of the first aborts, on a keyed route, even if the transport ignores the abort (%s)',
    async (step) => {
      const it = setup(keyed(), [step, 200]);
      const abort = new AbortController();
      const first = it.start(twin({ signal: abort.signal }, '/keyed/a'));
      const others = [it.start(twin({}, '/keyed/a')), it.start(twin({}, '/keyed/a'))];
      await it.clock.advance(1_000);
      abort.abort(new Error('enough'));
      await it.clock.advance(0);
      expect((first.error as Error).message).toBe('enough');
      expect(others.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200 }]);
      expect(it.wire.sent).toHaveLength(2);
    },
  );

  it('joins the call that replaced an aborted first one', async () => {
    const it = setup(keyed(), [
      { status: 200, afterMs: 2_000 },
      { status: 200, afterMs: 9_000 },
    ]);
    const abort = new AbortController();
    it.start(twin({ signal: abort.signal }, '/keyed/a'));
    const second = it.start(twin({}, '/keyed/a'));
    await it.clock.advance(1_000);
    abort.abort(new Error('enough'));
    await it.clock.advance(2_000);
    const third = it.start(twin({}, '/keyed/a'));
    await it.clock.run();
    expect(it.wire.table).toEqual(['0 POST /keyed/a', '1000 POST /keyed/a']);
    expect([second.at, third.at]).toEqual([10_000, 10_000]);
  });

  it.each(['hang', 'deaf'] as const)(
    'gets an OutcomeUnknownError when the caller of the first aborts on the wire, because the route honours no keys (%s)',
    async (step) => {
      const it = setup(keyed({ store: memoryStore() }), [step, 200]);
      const abort = new AbortController();
      it.start(twin({ signal: abort.signal }));
      const second = it.start(twin());
      await it.clock.advance(1_000);
      abort.abort(new Error('enough'));
      await it.clock.advance(0);
      expect(second.error).toBeInstanceOf(OutcomeUnknownError);
      expect(second.error).toMatchObject({ attempts: 0 });
      expect(it.wire.sent).toHaveLength(1);
      const { letters } = await it.line.deadLetters.list();
      expect(letters.map(({ mayBeExecuted }) => mayBeExecuted)).toEqual([true]);
    },
  );

  it('is sent itself when the first ends with its own deadline', async () => {
    const it = setup(keyed({ governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } }));
    await it.run({ url: '/x' });
    const first = it.start(twin({ context: { idempotencyKey: 'k', totalTimeoutMs: 1_000 } }));
    const second = it.start(twin());
    await it.clock.run();
    expect([(first.error as Error).name, second.value]).toEqual(['DeadlineError', { status: 200 }]);
  });

  it('has its own deadline', async () => {
    const it = setup(keyed(), [{ status: 200, afterMs: 5_000 }]);
    const first = it.start(twin());
    const second = it.start(twin({ context: { idempotencyKey: 'k', totalTimeoutMs: 1_000 } }));
    await it.clock.run();
    expect([first.at, second.at, (second.error as Error).name]).toEqual([5_000, 1_000, 'DeadlineError']);
  });
});

describe('the journal', () => {
  it('stores a key before the platform receives it, and the outcome afterwards', async () => {
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
  ])('stores %s as %s', async (_, step, state) => {
    const store = openStore();
    const it = setup(keyed({ store, retry: false }), [step as number]);
    await withTransaction('t', () => it.run(post()));
    expect([...store.entries.values()]).toMatchObject([{ state }]);
  });

  it('contains only digests: no payload, no URL, no transaction', async () => {
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
    '%s does not fail the call: the key is the derived one, and the failure is reported',
    async (_, journal, operations) => {
      const healthy = setup(keyed());
      await withTransaction('t', () => healthy.run(post()));
      const it = setup(keyed({ store: { journal: { ...openStore().journal, ...journal } } }));
      const told = it.told('storeFailed');
      const { value } = await withTransaction('t', () => it.run(post()));
      expect(value).toEqual({ status: 200 });
      expect(it.wire.header(HEADER)).toEqual(healthy.wire.header(HEADER));
      expect(told).toEqual(operations.map((operation) => ({ operation, message: 'down' })));
    },
  );

  it('that never answers fails the call at its deadline, and no attempt is sent afterwards', async () => {
    let answer: (entry: undefined) => void = () => undefined;
    const hung = { ...memoryStore().journal, get: () => new Promise<undefined>((resolve) => (answer = resolve)) };
    const it = setup(keyed({ store: { journal: hung }, deadline: { totalTimeoutMs: 1_000 } }));
    const { error, at } = await withTransaction('t', () => it.run(post()));
    expect([(error as Error).name, at]).toEqual(['DeadlineError', 1_000]);
    answer(undefined);
    await it.clock.run();
    expect(it.wire.sent).toEqual([]);
  });

  it('that is slow stores the key before the platform receives it', async () => {
    const slow = {
      ...openStore().journal,
      put: () => new Promise<void>((resolve) => void it.clock.setTimer(100, resolve)),
    };
    const it = setup(keyed({ store: { journal: slow } }));
    const { at } = await withTransaction('t', () => it.run(post()));
    expect([it.wire.table, at]).toEqual([['100 POST /keyed/a'], 100]);
  });

  it('with a slow write after the answer does not delay the answer', async () => {
    let puts = 0;
    const slow = {
      ...openStore().journal,
      put: () => (++puts === 1 ? Promise.resolve() : new Promise<void>(() => undefined)),
    };
    const it = setup(keyed({ store: { journal: slow } }));
    const { at, value } = await withTransaction('t', () => it.run(post()));
    expect([at, value]).toEqual([0, { status: 200 }]);
  });

  it('of memoryStore deletes the oldest entry above maxEntries', async () => {
    const { journal } = memoryStore({ maxEntries: 2 });
    const entry = { key: 'k' } as JournalEntry;
    for (const step of ['a', 'b', 'a', 'c']) await journal.put(step, entry);
    expect(await Promise.all(['a', 'b', 'c'].map((step) => journal.get(step)))).toEqual([entry, undefined, entry]);
    await journal.delete('a');
    expect(await journal.get('a')).toBeUndefined();
  });
});
