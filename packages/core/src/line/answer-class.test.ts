import { describe, expect, it } from 'vitest';
import { callInfo } from '../index.js';
import { setup, type Step } from './transport.fixture.js';

// AWS refuses with a status of 400 and a code. Without `Answer.kind` the line would take such an answer for a rejected request.
describe('an answer with a class of its own', () => {
  const write = { method: 'POST' };

  it('closes the gate and is retried if it is refused, whatever its status', async () => {
    const { run, told } = setup({ governor: { gateJitterMs: 0 } }, [
      { status: 400, kind: 'refused', retryAfterMs: 700 },
      200,
    ]);
    told('gateClosed');
    const call = await run(write);
    expect(callInfo(call.value)).toMatchObject({ attempts: 2, status: 200 });
    expect(told('gateClosed')).toMatchObject([{ by: { status: 400 } }]);
  });

  it('tells the caller when the next attempt is accepted, with the status of the answer', async () => {
    const { run } = setup({ retry: false, governor: { gateJitterMs: 0 } }, [
      { status: 400, kind: 'refused', retryAfterMs: 700, threw: true },
    ]);
    const { error, at } = await run(write);
    expect(callInfo(error)).toMatchObject({ attempts: 1, status: 400 });
    expect(callInfo(error)?.retryAt).toBe(1_767_225_600_700);
    expect(at).toBe(0);
  });

  it('teaches the governor a limit if it is refused', async () => {
    const learn = async (refusal: Step): Promise<unknown[]> => {
      const { run, told } = setup({ governor: { quotas: [{ limit: 5, windowMs: 1_000 }], gateJitterMs: 0 } }, [
        200,
        refusal,
        200,
      ]);
      told('quotaLearned');
      await run(write);
      await run(write);
      return told('quotaLearned');
    };
    const learned = await learn(429);
    expect(learned).not.toEqual([]);
    expect(await learn({ status: 400, kind: 'refused' })).toEqual(learned);
  });

  it('opens the circuit as 429s do if it is refused', async () => {
    const config = { retry: false, governor: false, breaker: { throttled: { ratio: 0.5, minAttempts: 2 } } } as const;
    const { run, told } = setup(config, [{ status: 400, kind: 'refused' }]);
    told('breaker');
    for (let calls = 0; calls < 2; calls++) await run(write);
    expect(told('breaker')).toMatchObject([{ to: 'open' }]);
  });

  it('is repeated as a write, and counts for its quota, if the platform executed nothing', async () => {
    const { run } = setup({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }], gateJitterMs: 0 } }, [
      { status: 403, kind: 'not-sent' },
      200,
    ]);
    const call = await run(write);
    expect(callInfo(call.value)).toMatchObject({ attempts: 2, status: 200 });
    expect(callInfo(call.value)?.waitedMs).toBeGreaterThan(50_000);
  });

  it('leaves a write uncertain if its outcome is unknown', async () => {
    const { run } = setup({}, [{ status: 400, kind: 'unknown', threw: true }]);
    const call = await run(write);
    expect(call.error).toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN', attempts: 1 });
  });

  it('is not retried and closes no gate if it is rejected', async () => {
    const { run, told } = setup({}, [{ status: 429, kind: 'rejected', threw: true }, 200]);
    told('gateClosed');
    const call = await run();
    expect(call.error).toEqual({ status: 429 });
    expect(told('gateClosed')).toEqual([]);
  });
});
