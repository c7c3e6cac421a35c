import { describe, expect, it } from 'vitest';
import type { ActiveCall } from '../../../call/call.js';
import type { HoldlineConfig } from '../../../index.js';
import type { GovernedRoute } from '../route.js';
import { NO_TRIAL, refusalToleranceOf } from './refusal-tolerance.js';
import { Bench, ROOT, type CallSpec } from '../platform.fixture.js';

describe('refusal tolerance of a call', () => {
  const call = (more: object = {}, request: object = {}): ActiveCall =>
    ({
      request: { replayable: true, ...request },
      attempts: 0,
      deadlineAt: Infinity,
      ...more,
    }) as unknown as ActiveCall;
  it.each<[string, ActiveCall, refusalToleranceMs: number, expected: number]>([
    ['is the tolerance of its route', call(), 180_000, 180_000],
    ['is 0 without retries', call(), 0, 0],
    ['is 0 where the call cannot be replayed', call({}, { replayable: false }), 180_000, 0],
    ['is 0 where another layer retries the call', call({}, { retriedBy: 'axios-retry' }), 180_000, 0],
    ['excludes trials where the call was sent before', call({ attempts: 1 }), 180_000, NO_TRIAL],
    ['ends at its deadline', call({ deadlineAt: 5_000 }), 180_000, 4_000],
    ['ends with its retries, before its deadline', call({ deadlineAt: 500_000 }), 180_000, 180_000],
  ])('%s', (_, asked, refusalToleranceMs, expected) => {
    expect(refusalToleranceOf(asked, { refusalToleranceMs } as GovernedRoute, 1_000)).toBe(expected);
  });
});

describe('no attempt exceeds a quota as a counting trial', () => {
  const trials = async (config: HoldlineConfig, spec: CallSpec, windowMs = 10_000): Promise<number> => {
    const bench = new Bench({ governor: { quotas: [{ limit: 10, windowMs }] }, retry: {}, ...config });
    bench.reply = () => ({ ms: 20 });
    void bench.calls(10, 'first', spec);
    await bench.clock.advance(20);
    void bench.calls(5, 'next', spec);
    await bench.clock.advance(windowMs - 100);
    expect(bench.failures).toBe('');
    return bench.scope(ROOT)?.quotas[0]?.evidence.trials ?? -1;
  };

  it.each<[string, HoldlineConfig, CallSpec]>([
    ['without retries', { retry: false }, {}],
    ['with two attempts, of which the trial would use one', { retry: { maxAttempts: 2 } }, {}],
    ['of a call that cannot be replayed', {}, { replayable: false }],
    ['of a call that another layer retries', {}, { retriedBy: 'axios-retry' }],
    ['of a call whose deadline may come before its retry', {}, { totalTimeoutMs: 11_000 }],
    ['where the next window exceeds the maximum Retry-After', { retry: { maxRetryAfterMs: 11_000 } }, {}],
    ['of a call heavier than one permit', {}, { weight: 2 }],
  ])('%s', async (_, config, spec) => expect(await trials(config, { ...spec })).toBe(0));

  it('of the interactive profile, for limits per minute', async () => {
    expect(await trials({ retry: 'interactive' }, {}, 60_000)).toBe(0);
  });

  it.each<[string, HoldlineConfig, CallSpec]>([
    ['by default', {}, {}],
    ['of the batch profile', { retry: 'batch' }, {}],
    ['with three attempts', { retry: { maxAttempts: 3 } }, {}],
    ['of a call with a late deadline', {}, { totalTimeoutMs: 60_000 }],
    ['of a write, which a refusal leaves undone', {}, { method: 'POST' }],
    ['of the interactive profile, with a window below its tolerance', { retry: 'interactive' }, {}],
  ])('but an attempt does %s', async (_, config, spec) => expect(await trials(config, spec)).toBeGreaterThan(0));

  it('a second attempt never does, even with tolerance', async () => {
    const bench = new Bench({ governor: { quotas: [{ limit: 4, windowMs: 10_000 }] }, retry: {} });
    bench.reply = () => ({ status: 502, ms: 20 });
    void bench.calls(4, 'c');
    await bench.clock.advance(9_000);
    expect(bench.sent.length).toBe(4);
    expect(bench.scope(ROOT)?.quotas[0]?.evidence.trials).toBe(0);
  });
});
