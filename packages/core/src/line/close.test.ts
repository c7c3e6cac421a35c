import { describe, expect, it } from 'vitest';
import {
  type Call,
  type CallRequest,
  ClosedError,
  ConfigError,
  createHoldline,
  type DeadLetters,
  failed,
  type HoldlineConfig,
  type HoldlineEvents,
  memoryStore,
  OutcomeUnknownError,
} from '../index.js';
import { seededRandom, VirtualClock } from '../testing.js';

/** Makes a request to a server that never answers. Its client observes `call.attemptSignal`, or no signal. */
function dead(method = 'GET', isDeaf = false): CallRequest & { aborted: number } {
  const request = {
    method,
    url: 'https://api.example.com/a',
    headers: { get: () => undefined, set: () => undefined },
    replayable: true,
    aborted: 0,
    send: (call: Call) =>
      new Promise<ReturnType<typeof failed>>((resolve) => {
        if (isDeaf) return;
        call.attemptSignal?.addEventListener('abort', () => {
          request.aborted++;
          resolve(failed(new Error('canceled'), 'cancelled'));
        });
      }),
  };
  return request;
}

/** A store that never finishes keeping a dead letter. */
function without(letters: DeadLetters, put: DeadLetters['put']): DeadLetters {
  return Object.assign(Object.create(letters) as DeadLetters, { put });
}

function setUp(config: HoldlineConfig = {}) {
  const clock = new VirtualClock();
  const line = createHoldline({ clock, random: seededRandom(1), governor: false, ...config });
  const closed: HoldlineEvents['closed'][] = [];
  line.on('closed', (event) => closed.push(event));
  return { clock, line, closed };
}

// Issue 13, b10 and "shutdown under outage".
describe('close() takes a limited time', () => {
  it('abandons the attempts on the wire after four fifths of its time, and reports their number', async () => {
    const { clock, line, closed } = setUp();
    const [get, post] = [dead(), dead('POST')];
    const errors: unknown[] = [];
    for (const request of [get, post]) line.run(request).catch((error: unknown) => errors.push(error));
    await clock.advance(10);
    let settledAt: number | undefined;
    void line.close().then(() => (settledAt = clock.now()));
    await clock.advance(3_990);
    expect([get.aborted, post.aborted, settledAt]).toEqual([0, 0, undefined]);
    await clock.run();
    expect([get.aborted, post.aborted]).toEqual([1, 1]);
    expect(errors.map((error) => (error as Error).constructor)).toEqual([ClosedError, OutcomeUnknownError]);
    expect(settledAt).toBe(4_010);
    expect(closed).toEqual([{ tookMs: 4_000, calls: 2, deadLetters: 0, others: 0 }]);
    expect(clock.pending).toBe(0);
  });

  it('for a client that observes no signal', async () => {
    const { clock, line, closed } = setUp();
    line.run(dead('GET', true)).catch(() => undefined);
    let isClosed = false;
    void line.close({ timeoutMs: 1_000 }).then(() => (isClosed = true));
    await clock.advance(1_000);
    expect(isClosed).toBe(true);
    expect(closed).toEqual([{ tookMs: 1_000, calls: 1, deadLetters: 0, others: 0 }]);
    expect(clock.pending).toBe(0);
  });

  it('abandons calls with their own deadline or signal', async () => {
    const { clock, line } = setUp({ deadline: { totalTimeoutMs: 60_000 } });
    const errors: unknown[] = [];
    line.run(dead('GET', true)).catch((error: unknown) => errors.push(error));
    const own = { ...dead('GET', true), signal: new AbortController().signal };
    line.run(own).catch((error: unknown) => errors.push(error));
    void line.close();
    await clock.run();
    expect(errors.map((error) => (error as Error).message)).toEqual(
      Array(2).fill('GET /a got no answer before the line was closed (timeoutMs of close)'),
    );
    expect(errors[0]).not.toBe(errors[1]);
    expect(clock.now()).toBe(4_000);
  });

  // The fault matrix of issue 16: with a budget or a signal, an abandoned write got a ClosedError, as if it had never been sent.
  it('tells the caller of a write with its own deadline or signal that the outcome is unknown', async () => {
    const { clock, line } = setUp({ deadline: { totalTimeoutMs: 60_000 } });
    const errors: unknown[] = [];
    line.run(dead('POST')).catch((error: unknown) => errors.push(error));
    line
      .run({ ...dead('POST', true), signal: new AbortController().signal })
      .catch((error: unknown) => errors.push(error));
    void line.close();
    await clock.run();
    expect(errors.map((error) => (error as Error).constructor)).toEqual([OutcomeUnknownError, OutcomeUnknownError]);
    expect(errors[0]).toMatchObject({ cause: { name: 'ClosedError' }, attempts: 1 });
  });

  it('keeps abandoned calls as dead letters, and reports letters that the store does not accept', async () => {
    const store = memoryStore();
    const { clock, line, closed } = setUp({ store });
    line.run(dead('POST')).catch(() => undefined);
    void line.close();
    await clock.run();
    const { letters } = await store.deadLetters!.list('', 10);
    expect(letters).toMatchObject([{ method: 'POST', mayBeExecuted: true }]);

    const hanging = without(store.deadLetters!, () => new Promise<never>(() => undefined));
    const stuck = setUp({ store: { ...store, deadLetters: hanging } });
    stuck.line.run(dead('POST')).catch(() => undefined);
    void stuck.line.close();
    await stuck.clock.run();
    expect(stuck.closed).toEqual([{ tookMs: 5_000, calls: 1, deadLetters: 1, others: 0 }]);
    expect(closed).toMatchObject([{ calls: 1, deadLetters: 0 }]);
  });

  it('ends the pause of a letter that waits for an unreachable store', async () => {
    const { deadLetters, ...rest } = memoryStore();
    let puts = 0;
    const away = without(deadLetters!, () => (puts++, Promise.reject(new Error('away'))));
    const { clock, line, closed } = setUp({ store: { ...rest, deadLetters: away }, retry: false });
    const refused = { ...dead('POST'), send: () => Promise.resolve(failed(new Error('refused'), 'not-sent')) };
    await line.run(refused).catch(() => undefined);
    await clock.advance(1_500);
    const tried = puts;
    const closing = line.close();
    await clock.advance(0);
    await closing;
    expect(puts).toBe(tried + 1);
    expect(closed).toMatchObject([{ tookMs: 0, deadLetters: 0 }]);
    expect(line.snapshot().deadLetters.lost).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('abandons a grant that hangs, and leaves no timer', async () => {
    const { clock, line } = setUp({
      token: { grant: () => new Promise(() => undefined), origins: ['https://api.example.com'] },
    });
    line.run(dead()).catch(() => undefined);
    await clock.advance(10);
    void line.close();
    await clock.advance(4_000);
    expect(clock.pending).toBe(0);
  });

  it('calls the functions of adapters, and waits for them within its time', async () => {
    const { clock, line, closed } = setUp();
    const begun: string[] = [];
    line.onClose(() => void begun.push('at once'));
    line.onClose(() => (begun.push('never'), new Promise(() => undefined)));
    line.onClose(() => void begun.push('undone'))();
    void line.close();
    expect(begun).toEqual(['at once', 'never']);
    await clock.run();
    expect(closed).toEqual([{ tookMs: 5_000, calls: 0, deadLetters: 0, others: 1 }]);
  });

  it('checks its options', async () => {
    const { line } = setUp();
    await expect(line.close({ timeoutMs: -1 })).rejects.toThrow(ConfigError);
    await expect(line.close({ timeout: 1 } as object)).rejects.toThrow('timeout');
    await line.close();
  });
});
