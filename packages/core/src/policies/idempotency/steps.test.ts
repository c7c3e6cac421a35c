import { describe, expect, it, test, vi } from 'vitest';
import { answered, failed } from '../../contract/outcome.js';
import {
  callInfo,
  currentContext,
  isHoldlineError,
  memoryStore,
  OutcomeUnknownError,
  StepDoneError,
  StoreLostError,
  withCall,
  type HoldlineConfig,
  type JournalEntry,
  type Store,
  type UncertainWrite,
  type VerifyResult,
} from '../../index.js';
import { setup, type Asked, type Running, type Setup, type Step } from '../../line/transport.fixture.js';
import { VirtualClock } from '../../testing.js';
import { durableStore } from './journal.fixture.js';

const HOURS = 3_600_000;
const KEY = new Uint8Array(32).fill(7);

/** An answer of the test's client, which has a body. */
interface Native {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}
const native = (status: number, body: unknown = '', headers: Record<string, string> = {}): Step => {
  const value: Native = { status, body, headers };
  return () => answered(value, { status, header: (name) => headers[name] });
};

const step = (method = 'POST', url = '/plain', payload = '{"n":1}', more: Asked = {}): Asked => ({
  method,
  url,
  payload,
  answerBody: (value) => (value as Native).body,
  restoreAnswer: ({ status, headers, body }) => ({ status, headers, body }),
  ...more,
});

interface Run extends Setup {
  /** Makes the write as step `s` of transaction `t`. */
  send(asked?: Asked): Promise<Running>;
  begin(asked?: Asked): Running;
}

/** A process on a store. Another call with the same store and clock is the process after a restart. */
function start(
  store: Store,
  script: Step[] = [native(201, '{"id":"a"}')],
  config: HoldlineConfig = {},
  clock?: VirtualClock,
): Run {
  const made = setup(
    {
      store,
      governor: false,
      breaker: false,
      retry: { jitter: 'none', baseDelayMs: 100 },
      endpoints: { '* /keyed': { keyed: true }, 'POST /reads': { readOnly: true } },
      clock: clock ?? new VirtualClock(),
      ...config,
    },
    script,
  );
  const within = <T>(fn: () => T): T => withCall({ transaction: 't', step: 's' }, fn);
  return {
    ...made,
    send: (asked = step()) => within(() => made.run(asked)),
    begin: (asked = step()) => within(() => made.start(asked)),
  };
}

/** Waits in real time, in which WebCrypto runs. */
async function settled(running: Running): Promise<Running> {
  await vi.waitFor(() => expect(running.at).toBeDefined());
  return running;
}

/** Configuration with a `verify` hook, which records what it gets. */
function verifying(answer: VerifyResult | Error): { config: HoldlineConfig; asked: UncertainWrite[] } {
  const asked: UncertainWrite[] = [];
  const verify = (write: UncertainWrite): Promise<VerifyResult> => {
    asked.push(write);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { config: { retry: { jitter: 'none', baseDelayMs: 100, verify } }, asked };
}

describe('a step that is done', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is not sent again, and answers from the journal: %s', async (method) => {
    const store = memoryStore();
    const first = await start(store, [native(201, '{"id":"a"}', { etag: '"1"', 'set-cookie': 's3cret' })]).send(
      step(method),
    );
    expect(callInfo(first.value)).toMatchObject({ attempts: 1, fromJournal: false });
    const again = start(store);
    const skipped = again.told('stepSkipped');
    const { value } = await again.send(step(method));
    expect(again.wire.sent).toEqual([]);
    expect(value).toEqual({ status: 201, body: '{"id":"a"}', headers: { etag: '"1"' } });
    expect(callInfo(value)).toMatchObject({ attempts: 0, fromJournal: true, status: 201, idempotencyKey: undefined });
    expect(skipped).toEqual([
      { route: `${method} /plain`, transaction: 't', status: 201, doneAt: Date.UTC(2026, 0, 1), answer: 'journal' },
    ]);
  });

  it('answers although it is older than its key, and rotates no key', async () => {
    const store = memoryStore();
    const clock = new VirtualClock();
    await start(store, undefined, {}, clock).send(step('POST', '/keyed'));
    await clock.advance(100 * HOURS);
    const again = start(store, undefined, {}, clock);
    const rotated = again.told('keyRotated');
    expect((await again.send(step('POST', '/keyed'))).value).toMatchObject({ status: 201, body: '{"id":"a"}' });
    expect([again.wire.sent, rotated]).toEqual([[], []]);
  });

  it.each<[string, unknown]>([
    ['bytes', new Uint8Array([0, 200, 255])],
    ['a buffer', Buffer.from([0, 200, 255])],
    ['an ArrayBuffer', new Uint8Array([0, 200, 255]).buffer],
    ['parsed data', { id: 'a', list: [1, null] }],
    ['no body', ''],
    ['text of any language', 'ä€😀'],
  ])('answers with its body in the form of the client: %s', async (_, body) => {
    const store = memoryStore();
    await start(store, [native(200, body)]).send();
    const { value } = await start(store).send();
    expect((value as Native).body).toEqual(body);
    expect((value as Native).body?.constructor).toBe(body?.constructor);
  });

  it('is encrypted in a durable store, and bound to its step', async () => {
    const store = durableStore([KEY]);
    const settle = (run: Run): Promise<Running> => settled(run.begin());
    await settle(start(store, [native(201, '{"iban":"DE00"}', { location: '/x?iban=DE00' })]));
    const [[name = '', row = ''] = []] = store.rows;
    expect(row).not.toContain('DE00');
    expect((await settle(start(store))).value).toMatchObject({
      body: '{"iban":"DE00"}',
      headers: { location: '/x?iban=DE00' },
    });
    for (const keys of [undefined, [new Uint8Array(32)]]) {
      const other = durableStore(keys);
      other.rows.set(name, row);
      expect((await settle(start(other))).error).toBeInstanceOf(StepDoneError);
    }
  });

  it('keeps an answer without a body in a store without keys, but none of its headers', async () => {
    const store = durableStore();
    await start(store, [native(204, '', { location: '/x?iban=DE00' })]).send();
    expect([...store.rows.values()].join()).not.toContain('DE00');
    expect((await start(store).send()).value).toEqual({ status: 204, body: '', headers: {} });
  });

  const unkept: [string, Step, Asked, HoldlineConfig][] = [
    ['is too long', native(201, 'x'.repeat(65_537)), {}, {}],
    ['is longer than the option', native(201, '1234'), {}, { idempotency: { maxAnswerBytes: 3 } }],
    ['is too long in bytes', native(201, '€€'), {}, { idempotency: { maxAnswerBytes: 3 } }],
    ['is a stream', native(201, new ReadableStream()), {}, {}],
    ['cannot be read', native(201, 'x'), { answerBody: () => expect.fail() }, {}],
    ['cannot be read by the client', native(201, 'x'), { answerBody: undefined }, {}],
    [
      'is thrown by the client',
      () => answered({ status: 304, body: '' }, { status: 304, header: () => undefined, threw: true }),
      {},
      {},
    ],
  ];
  it.each(unkept)('whose answer %s ends with a StepDoneError, and is not sent', async (_, answer, more, config) => {
    const store = memoryStore();
    const clock = new VirtualClock();
    const asked = step('POST', '/plain', '', more as Asked);
    const first = await start(store, [answer], config, clock).send(asked);
    const { status } = callInfo(first.value ?? first.error) ?? {};
    const again = start(store, undefined, config, clock);
    const skipped = again.told('stepSkipped');
    const { error } = await again.send(asked);
    expect(error).toBeInstanceOf(StepDoneError);
    expect(error).toMatchObject({
      code: 'HOLDLINE_STEP_DONE',
      status,
      doneAt: clock.wall(),
      attempts: 0,
      route: 'POST /plain',
    });
    expect((error as Error).message).toContain('2026-01-01T00:00:00.000Z');
    expect(again.wire.sent).toEqual([]);
    expect(skipped).toMatchObject([{ answer: 'none', status }]);
  });

  const noAnswer = { answerBody: undefined };
  it('without a kept answer, a keyed step is sent again under its key, while the platform knows the key', async () => {
    const store = memoryStore();
    const clock = new VirtualClock();
    const asked = step('POST', '/keyed', '', noAnswer);
    const first = start(store, undefined, {}, clock);
    await first.send(asked);
    const again = start(store, undefined, {}, clock);
    expect((await again.send(asked)).value).toMatchObject({ status: 201 });
    expect(again.wire.header('idempotency-key')).toEqual(first.wire.header('idempotency-key'));
    await clock.advance(24 * HOURS);
    const late = start(store, undefined, {}, clock);
    expect((await late.send(asked)).error).toBeInstanceOf(StepDoneError);
    expect(late.wire.sent).toEqual([]);
  });

  it('without a kept answer, a PUT is not sent again: a later step may have changed the entity since', async () => {
    const store = memoryStore();
    await start(store).send(step('PUT', '/plain', '', noAnswer));
    const again = start(store);
    expect((await again.send(step('PUT', '/plain', '', noAnswer))).error).toBeInstanceOf(StepDoneError);
    expect(again.wire.sent).toEqual([]);
  });

  it.each<[VerifyResult, object]>([
    [
      { executed: true, answer: { status: 200, body: 'from the hook' } },
      { value: { status: 200, body: 'from the hook', headers: {} } },
    ],
    [true, { error: expect.any(StepDoneError) as unknown }],
    [false, { error: expect.any(StepDoneError) as unknown }],
    [undefined, { error: expect.any(StepDoneError) as unknown }],
  ])('without a kept answer, asks verify: %j', async (verdict, expected) => {
    const store = memoryStore();
    await start(store).send(step('POST', '/plain', '', noAnswer));
    const again = start(store, undefined, verifying(verdict).config);
    expect(await again.send(step('POST', '/plain', '', noAnswer))).toMatchObject(expected);
    expect(again.wire.sent).toEqual([]);
  });
});

describe('a step that an earlier run started, and whose outcome is unknown', () => {
  /** The store after a crash: the attempt left, and nothing else is known. */
  async function crashed(asked?: Asked, clock?: VirtualClock): Promise<Store & { entries(): { state: string }[] }> {
    const store = durableStore([KEY]);
    const dead = start(store, ['deaf'], {}, clock);
    dead.begin(asked);
    await dead.clock.advance(0);
    expect(dead.wire.sent).toHaveLength(1);
    expect(store.entries()).toMatchObject([{ state: 'started' }]);
    return store;
  }

  it.each([
    ['PUT', '/plain'],
    ['DELETE', '/plain'],
    ['POST', '/keyed'],
    ['PATCH', '/keyed'],
  ])('is sent again under the same key if that is safe: %s %s', async (method, url) => {
    const clock = new VirtualClock();
    const first = start(durableStore(), ['deaf'], {}, clock);
    first.begin(step(method, url));
    await clock.advance(0);
    const again = start(await crashed(step(method, url)), [native(200)]);
    expect((await settled(again.begin(step(method, url)))).value).toMatchObject({ status: 200 });
    expect(again.wire.header('idempotency-key')).toEqual(first.wire.header('idempotency-key'));
  });

  it.each<[string, VerifyResult | Error | 'none']>([
    ['without a hook', 'none'],
    ['if the hook does not know', undefined],
    ['if the hook fails', new Error('hook')],
  ])('is not sent if that is not safe: OutcomeUnknownError %s', async (_, verdict) => {
    const again = start(await crashed(), undefined, verdict === 'none' ? {} : verifying(verdict).config);
    const { error } = await again.send();
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ attempts: 0, route: 'POST /plain' });
    expect(again.wire.sent).toEqual([]);
  });

  it('is sent after the hook says that it was not executed', async () => {
    const store = await crashed();
    const { config, asked } = verifying(false);
    const again = start(store, [native(201, 'x')], config);
    expect((await settled(again.begin())).value).toMatchObject({ status: 201 });
    expect(asked).toMatchObject([
      {
        method: 'POST',
        url: 'https://api.test/plain',
        payload: '{"n":1}',
        context: { transaction: 't', step: 's' },
      },
    ]);
    expect(store.entries()).toMatchObject([{ state: 'done' }]);
  });

  it('is verified outside of the transaction, with its tenant: a call of the hook is no step', async () => {
    const clock = new VirtualClock();
    const asked = step('POST', '/plain', '', { context: { tenant: 'acme' } });
    const store = memoryStore();
    start(store, ['deaf'], {}, clock).begin(asked);
    await clock.advance(0);
    const contexts: unknown[] = [];
    const verify = async ({ client }: UncertainWrite): Promise<boolean> => {
      contexts.push({ ...currentContext() }, client);
      await again.start(step('POST', '/looks')).promise;
      return false;
    };
    const again: Run = start(store, [native(200)], { retry: { verify } }, clock);
    const owner = {};
    expect((await again.send({ ...asked, owner })).value).toMatchObject({ status: 200 });
    expect(contexts).toEqual([{ tenant: 'acme' }, owner]);
    expect(again.wire.header('idempotency-key')).toEqual([undefined, expect.any(String)]);
  });

  it('is done after the hook says that it was executed: with its answer, or with a StepDoneError', async () => {
    const answer = { status: 200, body: '{"id":"b"}' };
    const store = await crashed();
    const again = start(store, undefined, verifying({ executed: true, answer }).config);
    const skipped = again.told('stepSkipped');
    const running = await settled(again.begin());
    expect(running.value).toEqual({ ...answer, headers: {} });
    expect(callInfo(running.value)).toMatchObject({ attempts: 0, fromJournal: true, status: 200 });
    expect(skipped).toMatchObject([{ answer: 'verify', status: 200 }]);
    expect(store.entries()).toMatchObject([{ state: 'done', done: { status: 200 } }]);

    const other = await crashed();
    const { config, asked } = verifying(true);
    const unknown = start(other, undefined, config);
    expect((await unknown.send()).error).toMatchObject({ code: 'HOLDLINE_STEP_DONE', status: undefined });
    expect(other.entries()).toMatchObject([{ state: 'done' }]);
    expect([again.wire.sent, unknown.wire.sent, asked.length]).toEqual([[], [], 1]);
  });

  it('becomes one dead letter, however often the transaction runs again', async () => {
    const clock = new VirtualClock();
    const memory = memoryStore({ clock });
    const dead = start(memory, ['deaf'], {}, clock);
    dead.begin();
    await clock.advance(0);
    for (let run = 0; run < 3; run++) {
      const again = start(memory, undefined, {}, clock);
      expect((await again.send()).error).toBeInstanceOf(OutcomeUnknownError);
      await again.line.drain();
      const { letters } = await again.line.deadLetters.list();
      expect(letters).toMatchObject([{ reason: 'HOLDLINE_OUTCOME_UNKNOWN', mayBeExecuted: true, transaction: 't' }]);
    }
    const settled = start(memory, undefined, verifying(false).config, clock);
    expect((await settled.send()).value).toMatchObject({ status: 201 });
    await settled.line.drain();
    expect((await settled.line.deadLetters.list()).letters).toEqual([]);
  });

  it('with a key that the platform has forgotten, is not sent either, until the hook says that it was not executed', async () => {
    const clock = new VirtualClock();
    const asked = step('POST', '/keyed');
    const store = await crashed(asked, clock);
    await clock.advance(24 * HOURS);
    const again = start(store, undefined, {}, clock);
    expect((await again.send(asked)).error).toBeInstanceOf(OutcomeUnknownError);
    expect(again.wire.sent).toEqual([]);
    const verified = start(store, [native(201)], verifying(false).config, clock);
    const rotated = verified.told('keyRotated');
    expect((await settled(verified.begin(asked))).value).toMatchObject({ status: 201 });
    expect(rotated).toMatchObject([{ transaction: 't', payloadBytes: 7, attempts: 0, issuedAt: Date.UTC(2026, 0, 1) }]);
    expect(store.entries()).toMatchObject([{ generation: 1, attempts: 1, issuedAt: clock.wall(), state: 'done' }]);
  });

  it('rotates the key of a step without effect after 23 h, over a restart, and counts its attempts anew', async () => {
    const clock = new VirtualClock();
    const store = durableStore();
    const asked = step('POST', '/keyed');
    const first = start(store, [{ status: 429, headers: { 'retry-after': '999999' } }], {}, clock);
    await first.send(asked);
    expect(store.entries()).toMatchObject([{ state: 'no effect', attempts: 1 }]);
    await clock.advance(23 * HOURS + 1);
    const again = start(store, [native(204)], {}, clock);
    const rotated = again.told('keyRotated');
    await again.send(asked);
    expect(rotated).toMatchObject([{ attempts: 1, payloadBytes: 7 }]);
    expect(JSON.stringify(rotated)).not.toContain('"n"');
    expect(again.wire.header('idempotency-key')).not.toEqual(first.wire.header('idempotency-key'));
    expect(store.entries()).toMatchObject([{ generation: 1, attempts: 1, state: 'done' }]);
  });
});

describe('a step that certainly had no effect is sent again', () => {
  it.each<[string, Step, HoldlineConfig]>([
    ['429', { status: 429, headers: { 'retry-after': '999999' } }, {}],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '999999' } }, {}],
    ['connection refused', 'refused', { retry: false }],
    ['rejected', 422, {}],
    ['a broken body', () => failed(new Error('body'), 'local'), {}],
  ])('%s', async (_, answer, config) => {
    const store = durableStore();
    await start(store, [answer], config).send();
    expect(store.entries()).toMatchObject([{ state: 'no effect' }]);
    const again = start(store, [native(201)]);
    expect((await again.send()).value).toMatchObject({ status: 201 });
    expect(again.wire.sent).toHaveLength(1);
  });

  it('cancelled in the queue, or killed there: the journal knows of no attempt', async () => {
    const store = durableStore();
    const config: HoldlineConfig = { governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } };
    const first = start(store, [native(200)], config);
    first.start({ method: 'POST', url: '/other', payload: '' });
    const controller = new AbortController();
    const queued = first.begin(step('POST', '/plain', '', { signal: controller.signal }));
    await first.clock.advance(10);
    expect(first.wire.sent).toHaveLength(1);
    expect(store.rows.size).toBe(0);
    controller.abort(new Error('gone'));
    await first.clock.advance(0);
    expect(queued.error).toBeInstanceOf(Error);
    expect((await start(store, [native(201)]).send()).value).toMatchObject({ status: 201 });
  });

  it('killed while it waits after a refusal', async () => {
    const store = durableStore();
    const dead = start(store, [{ status: 429, headers: { 'retry-after': '60' } }]);
    dead.begin();
    await dead.clock.advance(1_000);
    expect(store.entries()).toMatchObject([{ state: 'no effect' }]);
    expect((await start(store, [native(201)]).send()).value).toMatchObject({ status: 201 });
  });

  it.each([500, 501, 507])('but not after a %i, which may come after the execution', async (status) => {
    const store = durableStore();
    await start(store, [status]).send();
    expect(store.entries()).toMatchObject([{ state: 'unknown', attempts: 1 }]);
    const again = start(store, [native(201)]);
    expect((await again.send()).error).toBeInstanceOf(OutcomeUnknownError);
    expect(again.wire.sent).toEqual([]);
    const { config, asked } = verifying(false);
    const verified = start(store, [native(201)], config);
    expect((await settled(verified.begin())).value).toMatchObject({ status: 201 });
    expect(asked).toMatchObject([{ method: 'POST' }]);
  });

  it('but not after another attempt of the same step whose outcome is unknown', async () => {
    const store = durableStore();
    const keyed = start(store, ['reset', 422]);
    await keyed.send(step('POST', '/keyed'));
    expect(store.entries()).toMatchObject([{ state: 'unknown', attempts: 2 }]);
  });
});

describe('the record', () => {
  it('of the start is durable before the request leaves, and that of the answer before the caller gets it', async () => {
    const store = durableStore();
    const seen: string[][] = [];
    const run = start(store, [
      () => {
        seen.push([...store.log]);
        return answered({ status: 204, body: '' }, { status: 204, header: () => undefined });
      },
    ]);
    const { value } = await run.send();
    expect(seen).toEqual([['get', 'replace started']]);
    expect(value).toBeDefined();
    expect(store.log).toEqual(['get', 'replace started', 'put done']);
  });

  it('the caller waits for a slow store, and gets the answer after 5 s without one', async () => {
    const store = durableStore();
    const run = start(store, [native(204)]);
    const failures = run.told('storeFailed');
    store.broken.set('put', 'silent');
    const running = run.begin();
    await run.clock.advance(4_999);
    expect(running.at).toBeUndefined();
    await run.clock.advance(1);
    expect(running.value).toMatchObject({ status: 204 });
    expect(failures).toMatchObject([{ operation: 'journal.put' }]);
  });

  it('a deadline that ends meanwhile leaves no dead letter of the executed write', async () => {
    const clock = new VirtualClock();
    const { deadLetters } = memoryStore({ clock });
    const store = { ...durableStore(), deadLetters } as ReturnType<typeof durableStore>;
    const run = start(store, [native(204)], { deadline: { totalTimeoutMs: 1_000 } }, clock);
    store.broken.set('put', 'silent');
    const { error } = await run.send();
    expect(isHoldlineError(error) && error.code).toBe('HOLDLINE_OUTCOME_UNKNOWN');
    expect((error as Error).message).toContain('was executed, but its answer is lost');
    expect((await run.line.deadLetters.list()).letters).toEqual([]);
  });

  it.each([
    ['POST', StoreLostError],
    ['PUT', undefined],
  ])('that cannot be read stops a write that must not be repeated: %s', async (method, expected) => {
    const store = durableStore();
    store.broken.set('get', new Error('lost'));
    const run = start(store, [native(204)]);
    const { error, value } = await run.send(step(method));
    if (expected) expect(error).toBeInstanceOf(expected);
    else expect(value).toMatchObject({ status: 204 });
    expect(run.wire.sent).toHaveLength(expected ? 0 : 1);
  });

  it.each([
    ['POST', StoreLostError],
    ['PUT', undefined],
  ])('that cannot be written stops a write that must not be repeated: %s', async (method, expected) => {
    const store = durableStore();
    const run = start(store, [native(204)]);
    const failures = run.told('storeFailed');
    store.broken.set('replace', new Error('full')).set('put', new Error('full'));
    const { error, value } = await run.send(step(method));
    if (expected) expect(error).toBeInstanceOf(expected);
    else expect(value).toMatchObject({ status: 204 });
    expect(run.wire.sent).toHaveLength(expected ? 0 : 1);
    // The second failure is that of the record of the end.
    expect(failures).toHaveLength(2);
  });

  it('of two processes at once: one sends, and the other finds the started step', async () => {
    const store = durableStore();
    const clock = new VirtualClock();
    const one = start(store, ['hang'], {}, clock);
    const two = start(store, ['hang'], {}, clock);
    one.begin();
    const second = two.begin();
    await clock.advance(0);
    expect(one.wire.sent.length + two.wire.sent.length).toBe(1);
    expect(second.error).toBeInstanceOf(OutcomeUnknownError);
  });

  it('outside of transactions is written as before: the caller does not wait for the answered entry', async () => {
    const store = durableStore();
    const run = start(store, [native(204)]);
    store.broken.set('replace', 'silent');
    const running = run.start(step('POST', '/keyed', '', { context: { idempotencyKey: 'mine' } }));
    await run.clock.advance(0);
    expect(running.value).toBeDefined();
    expect(store.entries()).toMatchObject([{ state: 'answered' }]);
    expect((await run.run(step('POST', '/keyed', '', { context: { idempotencyKey: 'mine' } }))).value).toBeDefined();
    expect(run.wire.sent).toHaveLength(2);
  });

  it('a read in a transaction is sent each time', async () => {
    const store = memoryStore();
    for (const asked of [step('GET', '/plain', ''), step('POST', '/reads', '')]) {
      await start(store).send(asked);
      const again = start(store);
      await again.send(asked);
      expect(again.wire.sent).toHaveLength(1);
    }
  });

  it('a second equal call of the same process gets the same answer', async () => {
    const run = start(memoryStore(), [native(201, 'a')]);
    await run.send();
    expect((await run.send()).value).toMatchObject({ body: 'a' });
    expect(run.wire.sent).toHaveLength(1);
  });
});

describe('the replay of a dead letter', () => {
  test('whose step is done meanwhile deletes the letter and sends nothing', async () => {
    const clock = new VirtualClock();
    const store = memoryStore({ clock });
    const failing = start(store, ['reset'], { retry: false }, clock);
    await failing.send(step('PUT'));
    await failing.line.drain();
    const { letters } = await failing.line.deadLetters.list();
    expect(letters).toHaveLength(1);
    const [{ id = '' } = {}] = letters;
    const entry = await store.journal.get(id);
    if (!entry) return expect.unreachable();
    await store.journal.put(id, { ...entry, state: 'done', done: { status: 200, at: 0 } });
    const replaying = start(store, [native(200)], {}, clock);
    const report = replaying.line.deadLetters.replay({
      complete: () => ({ body: '{"n":1}' }),
      send: () => expect.fail(),
    });
    await clock.run();
    expect((await report).letters).toMatchObject([{ result: 'replayed' }]);
    expect((await replaying.line.deadLetters.list()).letters).toEqual([]);
  });
});

describe('a dead letter of a step', () => {
  /** A store whose dead letters work although its journal is lost. */
  function storeWithLetters(clock: VirtualClock): ReturnType<typeof durableStore> {
    const { deadLetters } = memoryStore({ clock });
    return { ...durableStore(), deadLetters } as ReturnType<typeof durableStore>;
  }
  const supply = { complete: () => ({ body: '{"n":1}' }) };

  test('that was not sent while the journal was lost is one letter, and its replay finds the step that is done', async () => {
    const clock = new VirtualClock();
    const store = storeWithLetters(clock);
    await start(store, [native(204)], {}, clock).send();
    store.broken.set('get', new Error('lost'));
    for (let run = 0; run < 2; run++) {
      const lost = start(store, [native(204)], {}, clock);
      expect((await lost.send()).error).toBeInstanceOf(StoreLostError);
      await lost.line.drain();
    }
    store.broken.clear();
    const { line } = start(store, [native(204)], verifying(false).config, clock);
    expect((await line.deadLetters.list()).letters).toMatchObject([{ mayBeExecuted: true, transaction: 't' }]);
    const report = line.deadLetters.replay({ ...supply, send: () => expect.fail() });
    await clock.run();
    expect((await report).letters).toMatchObject([{ result: 'replayed' }]);
  });

  test('that looks unsent is not sent if the journal says that an earlier run started it', async () => {
    const clock = new VirtualClock();
    const store = storeWithLetters(clock);
    start(store, ['deaf'], {}, clock).begin();
    await clock.advance(0);
    store.broken.set('get', 'silent');
    const late = start(store, [native(204)], { deadline: { totalTimeoutMs: 1_000 } }, clock);
    expect((await late.send()).error).toMatchObject({ code: 'HOLDLINE_DEADLINE' });
    await late.line.drain();
    store.broken.clear();
    const { line } = start(store, [native(204)], {}, clock);
    expect((await line.deadLetters.list()).letters).toMatchObject([{ mayBeExecuted: false }]);
    for (const result of ['failed', 'doubtful']) {
      const report = line.deadLetters.replay({ ...supply, send: () => expect.fail() });
      await clock.run();
      expect((await report).letters).toMatchObject([{ result }]);
    }
  });
});

it('a damaged entry of a done step is no answer, and the step is not sent', async () => {
  for (const answer of ['{', '???', 'AAAA']) {
    const store = durableStore([KEY]);
    const run = start(store, [native(200)]);
    await settled(run.begin());
    const [[name = '', row = ''] = []] = store.rows;
    const entry = JSON.parse(row) as JournalEntry;
    store.rows.set(name, JSON.stringify({ ...entry, done: { status: 200, at: 0, answer } }));
    const again = start(store);
    expect((await settled(again.begin())).error).toBeInstanceOf(StepDoneError);
    expect(again.wire.sent).toEqual([]);
  }
});

describe('memoryStore', () => {
  it('forgets the oldest answers above its bound, but not that their steps are done', async () => {
    const store = memoryStore({ maxAnswerChars: 1_000 });
    const run = start(store, [native(201, 'x'.repeat(400))]);
    for (const name of ['a', 'b', 'c']) await withCall({ transaction: 't', step: name }, () => run.run(step()));
    const results: unknown[] = [];
    for (const name of ['a', 'b', 'c']) {
      const { error, value } = await withCall({ transaction: 't', step: name }, () => run.run(step()));
      results.push(error instanceof StepDoneError ? 'done' : (value as Native).status);
    }
    expect(results).toEqual(['done', 201, 201]);
    expect(run.wire.sent).toHaveLength(3);
  });
});
