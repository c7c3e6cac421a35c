import { expect, it } from 'vitest';
import { createHoldline } from '../index.js';
import { answered } from '../outcome.js';
import { memoryStore, type Leases } from '../ports.js';
import { VirtualClock } from '../testing.js';

it('takes calls again when the store answers again, though it refused all of them meanwhile', async () => {
  const clock = new VirtualClock();
  let works = true;
  const leases: Leases = {
    onLoss: 'refuse',
    processes: 1,
    exchange: async (_, { demand }) => {
      if (!works) throw new Error('not there');
      const now = clock.now();
      const permits = [{ count: demand, from: now, freeAtTick: 1_000 }];
      return { ledger: 'a', now, processes: 1, contended: false, limit: 10, askAt: now, permits };
    },
    closeGate: () => Promise.resolve(),
    gateOf: () => 0,
    listen: () => () => undefined,
  };
  const line = createHoldline({
    clock,
    store: { ...memoryStore(), leases },
    governor: { quotas: [{ limit: 10, windowMs: 1_000 }] },
  });
  const call = async (): Promise<unknown> => {
    const headers = { get: () => undefined, set: () => undefined };
    const send = async (): Promise<ReturnType<typeof answered>> =>
      answered('ok', { status: 200, header: () => undefined });
    const ended = line.run({ method: 'GET', url: 'https://api.example.com/', headers, replayable: true, send }).then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );
    await clock.advance(1_000);
    return ended;
  };
  expect(await call()).toBe('answered');
  await clock.advance(5_000);
  works = false;
  expect(await call()).toBe('HOLDLINE_STORE_LOST');
  works = true;
  expect(await call()).toBe('HOLDLINE_STORE_LOST');
  expect(await call()).toBe('answered');
  await line.close();
});
