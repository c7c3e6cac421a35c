import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCall } from '../../call/context.js';
import { type CallContext } from '../../contract/context.js';
import { type HoldlineConfig, memoryStore } from '../../index.js';
import { answered, failed, type Outcome } from '../../contract/outcome.js';
import { type DeadCall, type DeadLetter } from '../../contract/dead-letters.js';
import { type Store } from '../../contract/store.js';
import { settle, VirtualClock } from '../../testing.js';
import { ORIGIN, setup, type Asked, type Setup, type Step } from '../../line/transport.fixture.js';
import type { LetterSender, ReplayOptions, ReplayReport } from '../../contract/dead-letters.js';

const KEY = new Uint8Array(32).fill(7);

interface LetterSetup extends Setup {
  store: Store;
  /** The letters after all calls have ended. */
  letters(): Promise<readonly DeadLetter[]>;
  /** The letters now. */
  listed(): Promise<readonly DeadLetter[]>;
  replay(options?: ReplayOptions): Promise<ReplayReport>;
}

/** A line that keeps letters, and sends them on its scripted wire. */
function setupLetters(
  config: HoldlineConfig = {},
  script: Step[] = [],
  given?: { store: Store; clock: VirtualClock },
): LetterSetup {
  const clock = given?.clock ?? new VirtualClock();
  const store = given?.store ?? memoryStore({ clock });
  const made = setup({ clock, store, deadLetters: { key: KEY }, retry: { maxAttempts: 1 }, ...config }, script);
  const { line, wire } = made;
  const sender: LetterSender = {
    serves: () => true,
    send: ({ method, url, headers, body }) =>
      line.run({
        ...wire.request({ method, url, headers: { ...headers }, payload: String(body ?? '') }),
        client: 'wire',
        owner: wire,
      }),
  };
  line.deadLetters.sendBy('wire', sender, wire);
  const through = async <T>(work: Promise<T>): Promise<T> => {
    let isSettled = false;
    const watched = work.finally(() => (isSettled = true));
    watched.catch(() => undefined);
    // WebCrypto runs in real time.
    while (!isSettled) await clock.advance(1_000);
    return watched;
  };
  return {
    ...made,
    store,
    async letters() {
      await through(line.drain());
      return this.listed();
    },
    listed: async () => (await through(line.deadLetters.list())).letters,
    replay: (options) => through(line.deadLetters.replay(options)),
  };
}

/** Makes a write with the client of the wire. */
async function write(on: LetterSetup, asked: Asked = {}): Promise<unknown> {
  const request = on.wire.request({
    method: 'POST',
    payload: '{"n":1}',
    headers: { 'Content-Type': 'application/json' },
    ...asked,
  });
  let ended: unknown;
  on.line.run({ ...request, client: 'wire', owner: on.wire }).then(
    (value) => (ended = value),
    (error: unknown) => (ended = error),
  );
  await on.clock.advance(120_000);
  return ended;
}

describe('the end of a call decides whether it is kept:', () => {
  const CASES: [string, Step[], Asked, HoldlineConfig, string | undefined][] = [
    ['200', [200], {}, {}, undefined],
    ['404', [404], {}, {}, undefined],
    ['401', [401], {}, {}, undefined],
    ['500', [500], {}, {}, undefined],
    [
      '500 that the route retries',
      [500],
      { method: 'PUT' },
      { retry: { maxAttempts: 2, statuses: [500] } },
      'rejected 500',
    ],
    ['429', [429], {}, { governor: false }, 'refused 429'],
    ['503 with Retry-After', [{ status: 503, headers: { 'retry-after': '1' } }], {}, {}, 'refused 503'],
    ['connection refused', ['refused'], {}, {}, 'not-sent'],
    ['reset of a POST', ['reset'], {}, {}, 'HOLDLINE_OUTCOME_UNKNOWN'],
    ['reset of a PUT', ['reset'], { method: 'PUT' }, {}, 'unknown'],
    ['502 of a keyed POST', [502], {}, { endpoints: { 'POST /a': { keyed: true } } }, 'unknown 502'],
    ['a read', ['reset'], { method: 'GET' }, {}, undefined],
    ['a read with keep: all', ['reset'], { method: 'GET' }, { deadLetters: { keep: 'all' } }, 'unknown'],
    ['a POST of a read-only route', ['reset'], {}, { endpoints: { 'POST /a': { readOnly: true } } }, undefined],
    [
      'a call that the keep function rejects',
      ['refused'],
      {},
      { deadLetters: { keep: ({ route }) => route !== 'POST /a' } },
      undefined,
    ],
    ['the deadline', ['hang'], { context: { totalTimeoutMs: 50 } }, {}, 'HOLDLINE_OUTCOME_UNKNOWN'],
    ['a call of another retry layer', ['refused'], { retriedBy: 'axios-retry' }, {}, undefined],
    ['verify: executed', ['reset'], {}, { retry: { maxAttempts: 1, verify: () => Promise.resolve(true) } }, undefined],
    ['deadLetters: false', ['refused'], {}, { deadLetters: false }, undefined],
  ];

  test.for(CASES)('%s', async ([, script, asked, config, reason]) => {
    const on = setupLetters(config, script);
    await write(on, asked);
    if (config.deadLetters === false) {
      await expect(on.line.deadLetters.list()).rejects.toThrow('the line keeps no dead letters');
      return;
    }
    expect((await on.letters()).map((letter) => letter.reason)).toEqual(reason === undefined ? [] : [reason]);
  });

  test.for([
    ['before it was sent', false, []],
    ['during an attempt', true, ['cancelled']],
  ] as const)('cancelled by its caller %s', async ([, isSent, reasons]) => {
    const on = setupLetters({ bulkhead: { maxConcurrent: 1 } }, ['hang', 200]);
    const first = new AbortController();
    const second = new AbortController();
    on.start({ method: 'POST', signal: first.signal });
    on.start({ method: 'POST', signal: second.signal });
    await on.clock.advance(10);
    (isSent ? first : second).abort();
    await on.clock.advance(10);
    expect((await on.listed()).map(({ reason }) => reason)).toEqual(reasons);
  });

  test('isolated route, and closed line', async () => {
    const on = setupLetters({}, [200]);
    const undo = on.line.isolate('POST /a');
    await write(on);
    undo();
    void on.line.close();
    await write(on);
    expect((await on.letters()).map(({ reason }) => reason)).toEqual(['HOLDLINE_CIRCUIT_OPEN', 'HOLDLINE_CLOSED']);
  });
});

describe('the content of a letter', () => {
  const asked: Asked = {
    url: '/a?secret=query-secret',
    payload: 'body-secret ü',
    headers: {
      Authorization: 'Bearer token-secret',
      Cookie: 'sid=cookie-secret',
      'X-Api-Key': 'key-secret',
      'X-Tenant-Note': 'header-secret',
      'Content-Type': 'text/plain',
    },
  };
  const withParts = (on: LetterSetup): Promise<unknown> => {
    const request = { ...on.wire.request({ method: 'POST', ...asked }), client: 'wire' };
    const letter = (): never | object => ({
      url: request.url,
      headers: Object.entries(asked.headers as Record<string, string>),
      body: asked.payload,
    });
    const running = on.line.run({ ...request, letter: letter as never }).catch(() => undefined);
    return on.clock.advance(1).then(() => running);
  };

  test('shows no secret unencrypted', async () => {
    const on = setupLetters({}, ['refused', 200]);
    await withParts(on);
    const [letter] = await on.letters();
    expect(JSON.stringify(letter)).not.toMatch(/-secret/);
    expect(letter).toMatchObject({ url: `${ORIGIN}/a`, headers: { 'content-type': 'text/plain' }, missing: [] });
    // The client does not have this credential, so the letter waits until the user chooses a client (issue 13, a06).
    expect((await on.replay()).letters).toMatchObject([{ result: 'no client' }]);
    const { replayed } = await on.replay({ client: () => on.wire });
    expect(replayed).toBe(1);
    expect(on.wire.sent[1]?.request).toBe(`POST ${ORIGIN}/a?secret=query-secret`);
    expect(on.wire.sent[1]?.headers).toEqual({ 'content-type': 'text/plain', 'x-tenant-note': 'header-secret' });
    expect(await on.letters()).toEqual([]);
  });

  test('has no secret part without a key; a replay needs them from `complete`', async () => {
    const on = setupLetters({ deadLetters: {} }, ['refused', 200]);
    await withParts(on);
    const [letter] = await on.letters();
    expect(letter).toMatchObject({ sealed: undefined, missing: ['query', 'headers', 'body'] });
    expect((await on.replay()).letters).toEqual([
      { id: letter?.id, result: 'incomplete', reason: 'query, headers, body' },
    ]);
    const complete = (): object => ({ url: `${ORIGIN}/a?x`, headers: {}, body: 'again' });
    expect(await on.replay({ complete, client: () => on.wire })).toMatchObject({ replayed: 1, left: 0 });
  });

  test('lacks a body that is too large or a stream', async () => {
    const on = setupLetters({ deadLetters: { key: KEY, maxBodyBytes: 4 } }, ['refused']);
    await write(on);
    const other = setupLetters({}, ['refused']);
    await write(other, { replayable: false });
    for (const each of [on, other]) expect((await each.letters())[0]?.missing).toEqual(['body']);
  });

  test('cannot be decrypted with another key', async () => {
    const on = setupLetters({}, ['refused']);
    await write(on);
    await on.letters();
    const other = setupLetters({ deadLetters: { key: new Uint8Array(32).fill(1) } }, [], on);
    expect((await other.replay()).letters).toMatchObject([{ result: 'incomplete', reason: 'no key decrypts it' }]);
    const rotated = setupLetters({ deadLetters: { key: [new Uint8Array(32).fill(1), KEY] } }, [200], on);
    expect(await rotated.replay()).toMatchObject({ replayed: 1 });
  });
});

describe('replay', () => {
  const KEYED: HoldlineConfig = { endpoints: { 'POST /a': { keyed: true } } };
  const inTransaction: CallContext = { transaction: 't', tenant: 'acme' };

  test('uses the old idempotency key, and deletes letters that succeed', async () => {
    const on = setupLetters(KEYED, [502, 200]);
    await write(on, { context: inTransaction });
    const [letter] = (await on.letters()) as [DeadCall];
    expect(letter).toMatchObject({ transaction: 't', tenant: 'acme', mayBeExecuted: true, replays: 0 });
    expect(await on.replay()).toMatchObject({ replayed: 1, left: 0, stopped: false });
    expect(new Set(on.wire.header('idempotency-key'))).toEqual(new Set([letter.key?.value]));
    expect(await on.letters()).toEqual([]);
    expect(on.line.snapshot().deadLetters).toEqual({ kept: 1, replayed: 1, lost: 0 });
  });

  test('uses the old key also in a process without the journal entry, and for a random key', async () => {
    const on = setupLetters(KEYED, [502]);
    await write(on);
    await on.letters();
    const clock = on.clock;
    const { deadLetters } = on.store;
    const later = setupLetters(KEYED, [200], { clock, store: { ...memoryStore({ clock }), deadLetters } });
    expect(await later.replay()).toMatchObject({ replayed: 1 });
    expect(later.wire.header('idempotency-key')).toEqual(on.wire.header('idempotency-key'));
  });

  test('keeps a letter that fails, with a higher count and its new state', async () => {
    const on = setupLetters({}, ['refused', 'reset', 404]);
    await write(on);
    expect((await on.replay()).letters).toMatchObject([{ result: 'failed', reason: 'HOLDLINE_OUTCOME_UNKNOWN' }]);
    expect(await on.letters()).toMatchObject([{ replays: 1, mayBeExecuted: true }]);
    expect((await on.replay()).letters).toMatchObject([{ result: 'doubtful' }]);
    expect((await on.replay({ confirm: () => true })).letters).toMatchObject([
      { result: 'failed', reason: 'rejected 404' },
    ]);
    expect(await on.letters()).toMatchObject([{ replays: 2 }]);
    expect(on.wire.sent).toHaveLength(3);
  });

  test('asks about a PUT that creates, and not about a POST that the client knows to be repeatable', async () => {
    const creating = setupLetters({}, ['reset', 200]);
    await write(creating, { method: 'PUT', repeatable: false });
    expect(await creating.letters()).toMatchObject([{ mayBeExecuted: true, repeatable: false }]);
    expect((await creating.replay()).letters).toMatchObject([{ result: 'doubtful' }]);
    const known = setupLetters({ retry: { maxAttempts: 1 } }, ['reset', 200]);
    await write(known, { repeatable: true });
    expect(await known.replay()).toMatchObject({ replayed: 1 });
  });

  test.for([
    ['returns false', false, 'replayed', 2],
    ['returns true', true, 'executed', 1],
    ['returns undefined', undefined, 'doubtful', 1],
  ] as const)('of a letter that may have been executed, verify %s', async ([, executed, result, sent]) => {
    const facts: { executed?: boolean | undefined } = {};
    const on = setupLetters({ retry: { maxAttempts: 1, verify: () => Promise.resolve(facts.executed) } }, [
      'reset',
      200,
    ]);
    await write(on);
    facts.executed = executed;
    expect((await on.replay()).letters).toMatchObject([{ result }]);
    expect(on.wire.sent).toHaveLength(sent);
  });

  test('does not repeat a write with an expired key without `confirm`', async () => {
    const on = setupLetters({ ...KEYED, deadLetters: { key: KEY } }, [502, 200]);
    await write(on, { context: inTransaction });
    const [letter] = (await on.letters()) as [DeadCall];
    await on.clock.advance(23.5 * 3_600_000);
    expect((await on.replay()).letters).toMatchObject([{ result: 'doubtful' }]);
    expect((await on.replay({ confirm: () => true })).letters).toMatchObject([{ result: 'replayed' }]);
    expect(on.wire.header('idempotency-key')[1]).not.toBe(letter.key?.value);
  });

  test('uses a new key for an expired one if the call was not executed', async () => {
    const on = setupLetters(KEYED, ['refused', 200]);
    await write(on, { context: inTransaction });
    const rotated = on.told('keyRotated');
    await on.clock.advance(23.5 * 3_600_000);
    expect(await on.replay()).toMatchObject({ replayed: 1 });
    const [first, second] = on.wire.header('idempotency-key');
    expect(second).not.toBe(first);
    expect(rotated).toHaveLength(1);
  });

  test('sends the steps of a transaction in order, and stops them at a failure', async () => {
    const on = setupLetters({}, ['refused', 'refused', 'refused', 404, 200]);
    for (const [url, transaction] of [
      ['/a', 't'],
      ['/b', 't'],
      ['/c', 'u'],
    ] as const)
      await write(on, { url, context: { transaction } });
    const { letters } = await on.replay({ concurrency: 1 });
    expect(letters.map(({ result }) => result)).toEqual(['failed', 'blocked', 'replayed']);
  });

  test('is not needed for a write that was repeated and answered: its letter is deleted', async () => {
    const on = setupLetters({}, ['refused', 200]);
    const told = on.told('deadLetter');
    await write(on, { context: { transaction: 't', step: 's' } });
    expect(await on.letters()).toHaveLength(1);
    await write(on, { context: { transaction: 't', step: 's' } });
    expect(await on.letters()).toEqual([]);
    expect(told.map(({ what }) => what)).toEqual(['kept', 'removed']);
  });

  test('never sends a letter twice when two replays run at the same time', async () => {
    const on = setupLetters({}, [
      ...Array.from({ length: 20 }, () => 'refused' as const),
      { status: 200, afterMs: 5_000 },
    ]);
    for (let i = 0; i < 20; i++) await write(on, { payload: `${i}` });
    expect(await on.letters()).toHaveLength(20);
    const reports = await Promise.all([on.replay({ concurrency: 3 }), on.replay({ concurrency: 3 })]);
    expect(reports.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(20);
    expect(on.wire.sent).toHaveLength(40);
  });

  test('treats a letter whose process died during a replay as possibly sent', async () => {
    const on = setupLetters({}, ['refused', 200]);
    await write(on);
    const [letter] = await on.letters();
    await on.store.deadLetters?.claim(letter?.id ?? '', 60_000);
    expect((await on.replay()).letters).toMatchObject([{ result: 'taken' }]);
    await on.clock.advance(60_000);
    expect((await on.replay()).letters).toMatchObject([{ result: 'doubtful' }]);
    expect(await on.letters()).toMatchObject([{ mayBeExecuted: true }]);
  });

  test('stops at a signal; waiting letters stay unchanged', async () => {
    const on = setupLetters({ bulkhead: { maxConcurrent: 1 } }, ['refused', 'refused', 'hang']);
    await write(on);
    await write(on);
    await on.letters();
    const controller = new AbortController();
    const replaying = on.replay({ signal: controller.signal });
    while (on.wire.sent.length < 3) await settle();
    controller.abort();
    const { letters, stopped } = await replaying;
    expect(stopped).toBe(true);
    expect(letters.map(({ result }) => result).sort()).toEqual(['failed', 'stopped']);
    expect((await on.letters()).map((letter) => [letter.replays, letter.mayBeExecuted])).toEqual([
      [1, true],
      [0, false],
    ]);
  });

  test('ends when the line refuses calls; the letters keep their count', async () => {
    const on = setupLetters({}, ['refused', 'refused', 200]);
    await write(on);
    await write(on);
    await on.letters();
    const undo = on.line.isolate('POST /a');
    const report = await on.replay({ concurrency: 1 });
    expect(report).toMatchObject({ letters: [{ result: 'refused' }], left: 1, stopped: true });
    expect(await on.letters()).toMatchObject([{ replays: 0 }, { replays: 0 }]);
    undo();
    expect(await on.replay()).toMatchObject({ replayed: 2, stopped: false });
  });

  test('waits for an open circuit', async () => {
    const breaker = { minAttempts: 2, failureRatio: 0.5, openMs: 150_000 };
    const on = setupLetters({ breaker }, ['refused', 'refused', 'refused', 200]);
    for (let i = 0; i < 3; i++) on.start({ method: 'POST' });
    await on.clock.advance(1);
    await write(on);
    await on.letters();
    expect(await on.replay({ where: ({ client }) => client === 'wire' })).toMatchObject({
      replayed: 1,
      stopped: false,
    });
  });

  test('uses the `send` function of the user if no client serves the letter', async () => {
    const on = setupLetters({}, ['refused']);
    const request = on.wire.request({ method: 'POST', payload: 'bytes' });
    await on.line.run(request).catch(() => undefined);
    await on.letters();
    expect((await on.replay()).letters).toMatchObject([{ result: 'no client' }]);
    const sent: unknown[] = [];
    const send: ReplayOptions['send'] = ({ method, url, body }) => {
      sent.push([method, url, body]);
      return Promise.resolve({ status: 201 });
    };
    expect(await on.replay({ send })).toMatchObject({ replayed: 1 });
    expect(sent).toEqual([['POST', `${ORIGIN}/a`, 'bytes']]);
  });

  test('sends frames by their own sender', async () => {
    const on = setupLetters();
    const sent: unknown[] = [];
    const undo = on.line.deadLetters.sendBy('socket', {
      serves: (url) => url.startsWith('wss://'),
      send: ({ kind, url, body }) => Promise.resolve(sent.push([kind, url, body])),
    });
    const frame = {
      client: 'socket',
      url: 'wss://h/s?token=x',
      reason: 'closed',
      mayBeExecuted: false,
      tenant: undefined,
    };
    on.line.deadLetters.keep({ ...frame, order: 1, data: 'one' });
    on.line.deadLetters.keep({ ...frame, order: 2, data: Uint8Array.of(0, 255) });
    expect(await on.letters()).toMatchObject([
      { kind: 'frame', url: 'wss://h/s', order: 1, binary: false },
      { kind: 'frame', order: 2, binary: true },
    ]);
    expect(await on.replay()).toMatchObject({ replayed: 2 });
    expect(sent).toEqual([
      ['frame', 'wss://h/s?token=x', 'one'],
      ['frame', 'wss://h/s?token=x', Uint8Array.of(0, 255)],
    ]);
    undo();
  });
});

test('a store that fails briefly loses no letter; a letter is reported lost if the store stays unavailable', async () => {
  for (const [fails, kept, lost] of [
    [3, 1, 0],
    [Infinity, 0, 1],
  ] as const) {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    let failures = 0;
    const inner = store.deadLetters as NonNullable<Store['deadLetters']>;
    const put: typeof inner.put = (...args) =>
      failures++ < fails ? Promise.reject(new Error('away')) : inner.put(...args);
    const flaky = Object.assign(Object.create(inner) as typeof inner, {
      put,
      list: inner.list.bind(inner),
    });
    const on = setupLetters({}, ['refused'], { clock, store: { ...store, deadLetters: flaky } });
    const told = on.told('deadLetter');
    await write(on);
    await on.letters();
    expect(on.line.snapshot().deadLetters).toEqual({ kept, replayed: 0, lost });
    expect(told.at(-1)).toMatchObject(lost ? { what: 'lost', message: 'away' } : { what: 'kept' });
  }
});

describe('a store that is away for minutes', () => {
  function setupOutage(awayMs: number, deadLetters: HoldlineConfig['deadLetters'] = {}) {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    const inner = store.deadLetters as NonNullable<Store['deadLetters']>;
    let tries = 0;
    const put: typeof inner.put = (...args) => {
      tries++;
      return clock.now() < awayMs ? Promise.reject(new Error('away')) : inner.put(...args);
    };
    const flaky = Object.assign(Object.create(inner) as typeof inner, { put, list: inner.list.bind(inner) });
    const config = { clock, store: { ...store, deadLetters: flaky } };
    const on = setupLetters({ deadLetters }, ['refused', 'refused'], config);
    return {
      clock,
      on,
      told: on.told('deadLetter'),
      /** Makes a write, and waits for the first try to store its letter. */
      async lose(): Promise<void> {
        const before = tries;
        const request = on.wire.request({ method: 'POST', payload: '{"n":1}' });
        await on.line.run({ ...request, client: 'wire', owner: on.wire }).catch(() => undefined);
        while (tries === before) await settle();
      },
    };
  }

  test('loses no letter, also none that comes during the outage', async () => {
    const { clock, on, lose } = setupOutage(540_000);
    await lose();
    await clock.advance(300_000);
    await lose();
    await clock.advance(239_000);
    expect(on.line.snapshot().deadLetters).toEqual({ kept: 0, replayed: 0, lost: 0 });
    await clock.advance(17_000);
    expect(on.line.snapshot().deadLetters).toEqual({ kept: 2, replayed: 0, lost: 0 });
  });

  test('loses the letter after maxStoreOutageMs, with an event', async () => {
    const { clock, told, lose } = setupOutage(Infinity, { maxStoreOutageMs: 60_000 });
    await lose();
    await clock.advance(59_000);
    expect(told).toEqual([]);
    await clock.advance(17_000);
    expect(told).toMatchObject([{ what: 'lost', message: 'away' }]);
  });

  test('does not delay close()', async () => {
    const { on, told, lose } = setupOutage(Infinity);
    await lose();
    await on.line.close();
    expect(told).toMatchObject([{ what: 'lost' }]);
  });
});

test('explain shows the policy without its key', () => {
  const on = setupLetters();
  const [first] = on.line.explain({ method: 'POST', url: '/a' }).policies;
  expect(first).toMatchObject({ name: 'dead-letters', phase: 'observe', options: { keep: 'writes' } });
  expect(JSON.stringify(first)).not.toContain('7');
});

test.for([
  [{ key: 'short' }, 'deadLetters.key must be 32 bytes'],
  [{ keepMs: 0 }, 'deadLetters.keepMs must be'],
  [{ keep: 'some' }, 'deadLetters.keep must be'],
  [{ other: 1 }, 'deadLetters.other is not known'],
] as const)('the options %o are refused', ([options, message]) => {
  expect(() => setup({ store: memoryStore(), deadLetters: options as never })).toThrow(message);
  expect(() => setup({ deadLetters: {} })).toThrow('deadLetters needs a store');
});

test('every write is answered or kept, and never executed twice', async () => {
  const answer = (status: number): Outcome => answered({ status }, { status, header: () => undefined });
  const fault = fc.constantFrom('ok', 'refused', 'reset before', 'reset after', '429', '502 after', '404');
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ keyed: fc.boolean(), inTransaction: fc.boolean(), faults: fc.array(fault, { maxLength: 4 }) }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      fc.integer({ min: 0, max: 2 }),
      async (writes, replays) => {
        const executed = new Map<string, number>();
        const seen = new Set<string>();
        const left = writes.map(({ faults }) => [...faults]);
        const platform: Step = (call) => {
          const n = Number(call.request.payload?.());
          const step = left[n]?.shift() ?? 'ok';
          if (step === 'refused') return failed(new Error('refused'), 'not-sent');
          if (step === 'reset before') return failed(new Error('reset'), 'unknown');
          if (step === '429' || step === '404') return answer(Number(step));
          const key = call.info.idempotencyKey;
          const isKnown = call.url.endsWith('/keyed') && key !== undefined && seen.has(key);
          if (!isKnown) executed.set(`${n}`, (executed.get(`${n}`) ?? 0) + 1);
          if (key !== undefined) seen.add(key);
          if (step === 'reset after') return failed(new Error('reset'), 'unknown');
          return answer(step === '502 after' ? 502 : 201);
        };
        const on = setupLetters(
          { endpoints: { 'POST /keyed': { keyed: true } }, retry: { maxAttempts: 2, baseDelayMs: 1 }, breaker: false },
          [platform],
        );
        const ends: unknown[] = [];
        for (const [n, { keyed, inTransaction }] of writes.entries()) {
          const asked = {
            payload: `${n}`,
            url: keyed ? '/keyed' : '/plain',
            ...(inTransaction && { context: { transaction: `t${n}` } }),
          };
          ends.push(await write(on, asked));
        }
        const kept = async (): Promise<number> => (await on.letters()).length;
        const answers = ends.filter((end) => typeof (end as { status?: unknown } | undefined)?.status === 'number');
        const refused = answers.filter((end) => [429, 502].includes((end as { status: number }).status));
        expect(answers.length - refused.length + (await kept())).toBe(writes.length);
        for (let i = 0; i < replays; i++) await on.replay();
        for (const [n] of writes.entries()) expect(executed.get(`${n}`) ?? 0).toBeLessThanOrEqual(1);
        await on.line.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('the context around a replay does not apply to its calls', async () => {
  const on = setupLetters({}, ['refused', 200]);
  await write(on);
  await on.letters();
  const told = on.told('call');
  await withCall({ transaction: 'other', tenant: 'other' }, () => on.replay());
  expect(told).toMatchObject([{ outcome: 'ok' }]);
  expect(on.wire.header('idempotency-key')).toEqual([undefined, undefined]);
});
