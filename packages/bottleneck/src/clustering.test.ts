import { DeadlineError, EngineError } from '@holdline/core';
import { freePort, startRedis } from '@holdline/test-servers';
import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bottleneck } from './index.js';
import { lineOf } from './line.fixture.js';

/** The limiter of one process in a cluster. It disconnects at the end of the test. */
function member(port: number, options: Bottleneck.ConstructorOptions): Bottleneck {
  const limiter = new Bottleneck({
    id: 'fleet',
    datastore: 'ioredis',
    Redis,
    clientOptions: { host: '127.0.0.1', port },
    ...options,
  } as Bottleneck.ConstructorOptions);
  // Without a listener bottleneck reports no lost connection. With one it does not throw either.
  limiter.on('error', () => undefined);
  onTestFinished(() => limiter.disconnect(false));
  return limiter;
}

const settled = { timeout: 15_000, interval: 20 };

describe('lines over the clustering of bottleneck', () => {
  it('two lines share one reservoir, and waiting calls can be aborted', async () => {
    const { port } = await startRedis();
    const lines = [1, 2].map(() => lineOf(bottleneck(member(port, { reservoir: 5 }))));
    const sent = (): number => lines.reduce((sum, line) => sum + line.sent.length, 0);
    const abort = new AbortController();
    const calls = lines.flatMap(({ call }) => [1, 2, 3, 4].map(() => call({ signal: abort.signal })));
    await vi.waitFor(() => expect(sent()).toBe(5), settled);
    abort.abort(new Error('enough'));
    const ended = await Promise.all(calls);
    expect(ended.filter((value) => (value as { status?: number }).status === 200)).toHaveLength(5);
    expect(ended.filter((value) => value instanceof Error)).toHaveLength(3);
    expect(sent()).toBe(5);
  });

  it('library-lab §4: after FLUSHALL bottleneck refuses every call; the line reports each refusal, sends nothing and does not hang', async () => {
    const { port } = await startRedis();
    const { line, call, sent } = lineOf(bottleneck(member(port, { minTime: 1 })));
    const failures: string[] = [];
    line.on('engineFailed', ({ message }) => void failures.push(message));
    expect(await call()).toEqual({ status: 200 });
    const client = new Redis(port, '127.0.0.1');
    await client.flushall();
    client.disconnect();
    for (let i = 0; i < 3; i++) {
      const error = await call();
      expect(error).toBeInstanceOf(EngineError);
      expect((error as Error).message).toMatch(/^bottleneck gave no slot: .*SETTINGS_KEY_NOT_FOUND/);
    }
    expect(failures).toHaveLength(3);
    expect(sent).toHaveLength(1);
    expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
  });

  it('library-lab §4: while Redis is down at the start, calls wait until the deadline of the line', async () => {
    const { call, sent } = lineOf(bottleneck(member(await freePort(), { minTime: 1 })));
    expect(await call({ context: { totalTimeoutMs: 200 } })).toBeInstanceOf(DeadlineError);
    expect(sent).toHaveLength(0);
  });
});
