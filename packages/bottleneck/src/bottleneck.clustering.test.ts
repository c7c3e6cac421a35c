import { DeadlineError, EngineError } from '@holdline/core';
import { freePort, startRedis } from '@holdline/test-servers';
import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bottleneck } from './bottleneck.js';
import { createTestLine } from './line.fixture.js';

/** Creates the limiter of one process of a fleet. It disconnects after the test. */
function createMember(port: number, options: Bottleneck.ConstructorOptions): Bottleneck {
  const limiter = new Bottleneck({
    id: 'fleet',
    datastore: 'ioredis',
    Redis,
    clientOptions: { host: '127.0.0.1', port },
    ...options,
  } as Bottleneck.ConstructorOptions);
  // An error listener keeps a lost connection from throwing.
  limiter.on('error', () => undefined);
  onTestFinished(() => limiter.disconnect(false));
  return limiter;
}

const waitOptions = { timeout: 15_000, interval: 20 };

describe('the clustering of bottleneck behind lines', () => {
  it('works: two lines share one reservoir, and waiting calls can be aborted', async () => {
    const { port } = await startRedis();
    const lines = [1, 2].map(() => createTestLine(bottleneck(createMember(port, { reservoir: 5 }))));
    const sent = (): number => lines.reduce((sum, line) => sum + line.sent.length, 0);
    const abort = new AbortController();
    const calls = lines.flatMap(({ call }) => [1, 2, 3, 4].map(() => call({ signal: abort.signal })));
    await vi.waitFor(() => expect(sent()).toBe(5), waitOptions);
    abort.abort(new Error('enough'));
    const ended = await Promise.all(calls);
    expect(ended.filter((value) => (value as { status?: number }).status === 200)).toHaveLength(5);
    expect(ended.filter((value) => value instanceof Error)).toHaveLength(3);
    expect(sent()).toBe(5);
  });

  it('library-lab §4: after FLUSHALL every call is refused permanently; the line reports this, sends nothing and does not hang', async () => {
    const { port } = await startRedis();
    const { line, call, sent } = createTestLine(bottleneck(createMember(port, { minTime: 1 })));
    const failures: string[] = [];
    line.on('engineFailed', ({ message }) => void failures.push(message));
    expect(await call()).toEqual({ status: 200 });
    const client = new Redis(port, '127.0.0.1');
    await client.flushall();
    client.disconnect();
    for (let i = 0; i < 3; i++) {
      const error = await call();
      expect(error).toBeInstanceOf(EngineError);
      expect((error as Error).message).toMatch(
        /bottleneck gave no slot \(governor\.engine\): .*SETTINGS_KEY_NOT_FOUND/,
      );
    }
    expect(failures).toHaveLength(3);
    expect(sent).toHaveLength(1);
    expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
  });

  it('library-lab §4: if Redis is down at the start, calls wait; the deadline of the line ends the wait', async () => {
    const { call, sent } = createTestLine(bottleneck(createMember(await freePort(), { minTime: 1 })));
    expect(await call({ context: { totalTimeoutMs: 200 } })).toBeInstanceOf(DeadlineError);
    expect(sent).toHaveLength(0);
  });
});
