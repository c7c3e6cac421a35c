import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BodySource, failed, memoryStore, type HoldlineConfig } from '../index.js';
import { setup, type Asked, type Setup, type Step } from './transport.fixture.js';

// Issue 13, §3: a local failure is not a failure of the platform (a01, a02, d-local-stream, d-stream-fds).

const gone = new Error('source gone');
const local =
  (isUnsent?: boolean): Step =>
  () =>
    failed(gone, 'local', isUnsent);
const upload = (body: PassThrough): Asked => ({
  method: 'POST',
  replayable: false,
  source: BodySource.of(body),
});
/** Waits until stream events and their consequences have happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an attempt with a local failure', () => {
  it('is not repeated, opens no circuit, and its caller gets the native error', async () => {
    const it = setup({ breaker: { minAttempts: 2 } }, [local()]);
    const told = it.told('giveUp');
    for (let i = 0; i < 10; i++) expect((await it.run({ method: i % 2 ? 'GET' : 'POST' })).error).toBe(gone);
    expect(it.wire.sent).toHaveLength(10);
    expect(told).toHaveLength(10);
    expect(told[0]).toMatchObject({ reason: 'local failure', attempts: 1 });
    expect(it.line.snapshot().breakers).toEqual(
      it.line.snapshot().breakers.map((breaker) => ({ ...breaker, state: 'closed', succeeded: 0, failed: 0 })),
    );
  });

  it.each([
    { isUnsent: true, sentAt: [0, 0, 0] },
    { isUnsent: false, sentAt: [0, 1_000, 2_000] },
  ])('releases its slot, and its permit if nothing was sent: $isUnsent', async ({ isUnsent, sentAt }) => {
    const it = setup({ governor: { quotas: [{ limit: 1, windowMs: 1_000 }] }, bulkhead: { maxConcurrent: 1 } }, [
      local(isUnsent),
    ]);
    for (let i = 0; i < 3; i++) it.start({ method: 'POST' });
    await it.clock.run();
    expect(it.wire.sent.map(({ at }) => at)).toEqual(sentAt);
    expect(it.line.snapshot()).toMatchObject({ inFlight: 0, queued: 0, calls: 0 });
  });

  it('does not end an identical call, whose body may be intact', async () => {
    const it = setup({ governor: false }, [local(), 200]);
    const asked = { method: 'POST', payload: 'a', context: { transaction: 't', step: 's' } };
    const [first, second] = [it.start(asked), it.start(asked)];
    await it.clock.run();
    expect(first.error).toBe(gone);
    expect(second.value).toEqual({ status: 200 });
  });

  it('makes no dead letter', async () => {
    const it = setup({ deadLetters: {}, store: memoryStore() }, [local()]);
    await it.run({ method: 'POST', payload: 'a' });
    expect((await it.line.deadLetters.list()).letters).toEqual([]);
  });
});

describe('a body that fails while its call waits', () => {
  /** Places where a call can wait, with a configuration that keeps it there. */
  const PLACES: { place: string; config: HoldlineConfig; script: Step[]; keep: (it: Setup) => void }[] = [
    {
      place: 'in the queue',
      config: { governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } },
      script: [200],
      keep: (it) => void it.start({ method: 'POST' }),
    },
    {
      place: 'for a slot',
      config: { bulkhead: { maxConcurrent: 1 } },
      script: ['hang'],
      keep: (it) => void it.start({ method: 'POST' }),
    },
    {
      place: 'behind a gate',
      config: {},
      script: [{ status: 429, headers: { 'retry-after': '60' } }],
      keep: (it) => void it.start({ method: 'POST' }),
    },
    {
      place: 'for a token',
      config: { token: { grant: () => new Promise<never>(() => undefined) } },
      script: [200],
      keep: () => undefined,
    },
  ];

  it.each(PLACES)('ends the call at once, $place', async ({ config, script, keep }) => {
    const it = setup({ breaker: { minAttempts: 1 }, ...config }, script);
    keep(it);
    await it.clock.advance(0);
    const sent = it.wire.sent.length;
    const { queued, calls } = it.line.snapshot();
    const body = new PassThrough();
    const running = it.start(upload(body));
    const late = it.start(upload(new PassThrough().on('error', () => undefined).destroy(gone)));
    await it.clock.advance(0);
    expect(running.at).toBeUndefined();
    body.destroy(gone);
    await turn();
    await it.clock.advance(0);
    expect(running.error).toBe(gone);
    expect(late.error).toBe(gone);
    expect(it.line.snapshot()).toMatchObject({ queued, calls });
    expect(it.wire.sent).toHaveLength(sent);
    for (const { failed: count } of it.line.snapshot().breakers) expect(count).toBe(0);
  });

  it('is the matter of the native transport after an attempt took it', async () => {
    const it = setup({}, [200]);
    const body = new PassThrough();
    const done = await it.run(upload(body));
    expect(done.value).toEqual({ status: 200 });
    expect(body.destroyed).toBe(false);
  });
});

describe('a body that fails during an attempt', () => {
  it.each(['hang', 'deaf'] as const)('ends its call soon, even if the transport reports nothing (%s)', async (step) => {
    const it = setup({ breaker: { minAttempts: 1 } }, [step]);
    const body = new PassThrough();
    const running = it.start(upload(body));
    await it.clock.advance(10);
    body.destroy(gone);
    await turn();
    await it.clock.advance(999);
    expect(running.at).toBeUndefined();
    await it.clock.advance(1);
    expect(running.error).toBe(gone);
    expect(it.clock.pending).toBe(0);
    expect(it.line.snapshot().breakers[0]).toMatchObject({ state: 'closed', failed: 0 });
  });

  it('has no effect after the call has ended', async () => {
    const it = setup({}, [200]);
    const body = new PassThrough();
    const done = await it.run(upload(body));
    body.destroy(gone);
    await turn();
    expect([done.value, it.clock.pending]).toEqual([{ status: 200 }, 0]);
  });
});

describe('a body that will not be read', () => {
  it.each<[string, HoldlineConfig, Step[]]>([
    ['the queue is full', { governor: { maxQueued: 1 }, bulkhead: { maxConcurrent: 1 } }, ['hang']],
    ['the budget runs out', { deadline: { totalTimeoutMs: 10 }, bulkhead: { maxConcurrent: 1 } }, ['hang']],
    ['the line is closed', { bulkhead: { maxConcurrent: 1 } }, ['hang']],
    ['the connection is refused', { retry: { backoff: [0] } }, ['refused']],
  ])('is closed if %s', async (_, config, script) => {
    const it = setup(config, script);
    const bodies = Array.from({ length: 5 }, () => new PassThrough());
    it.start({ method: 'POST' });
    for (const body of bodies) it.start(upload(body));
    await it.clock.advance(10);
    void it.line.close();
    await it.clock.advance(60_000);
    expect(bodies.map(({ destroyed }) => destroyed)).toEqual(bodies.map(() => true));
  });

  it('is closed if its caller cancels the call', async () => {
    const it = setup({ bulkhead: { maxConcurrent: 1 } }, ['hang']);
    const controller = new AbortController();
    const bodies = Array.from({ length: 5 }, () => new PassThrough());
    for (const body of bodies) it.start({ ...upload(body), signal: controller.signal });
    await it.clock.advance(10);
    controller.abort();
    await it.clock.advance(0);
    expect(bodies.map(({ destroyed }) => destroyed)).toEqual(bodies.map(() => true));
  });

  it('is closed if an identical call provides the answer', async () => {
    const it = setup({ governor: false }, [{ status: 200, afterMs: 100 }]);
    const asked = { method: 'POST', context: { transaction: 't', step: 's' } };
    const [first, second] = [new PassThrough(), new PassThrough()];
    const calls = [first, second].map((body) => it.start({ ...upload(body), ...asked }));
    await it.clock.run();
    expect(calls.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200 }]);
    expect([first.destroyed, second.destroyed]).toEqual([false, true]);
  });
});
