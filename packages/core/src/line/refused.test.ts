import { describe, expect, it } from 'vitest';
import type { HoldlineConfig, HoldlineErrorCode } from '../index.js';
import { ORIGIN, type Asked, type Setup, setup, type Step } from './transport.fixture.js';

const one: HoldlineConfig = { retry: false, governor: { quotas: [{ limit: 1, windowMs: 60_000 }], gateJitterMs: 0 } };
const keyed = { method: 'POST', context: { idempotencyKey: 'k' } };

describe('the event refused', () => {
  it.each<[string, HoldlineErrorCode, HoldlineConfig, Asked, (it: Setup) => unknown]>([
    ['a closed line', 'HOLDLINE_CLOSED', {}, {}, ({ line }) => line.close()],
    [
      'another payload under the same key',
      'HOLDLINE_IDEMPOTENCY_CONFLICT',
      {},
      { ...keyed, payload: '2' },
      ({ run }) => run({ ...keyed, payload: '1' }),
    ],
    [
      'a grant that fails',
      'HOLDLINE_TOKEN_REFRESH',
      { token: { grant: () => Promise.reject(new Error('down')) } },
      {},
      () => undefined,
    ],
    ['an isolated route', 'HOLDLINE_CIRCUIT_OPEN', { breaker: false }, {}, ({ line }) => line.isolate('GET /a')],
    [
      'a wait in the queue that a gate makes too long',
      'HOLDLINE_THROTTLED',
      { ...one, governor: {}, bulkhead: { maxConcurrent: 1 } },
      {},
      ({ start }) => start(),
    ],
    [
      'a budget that ends in the queue',
      'HOLDLINE_DEADLINE',
      { bulkhead: { maxConcurrent: 1 } },
      { context: { totalTimeoutMs: 100 } },
      ({ start }) => start(),
    ],
  ])('reports once that %s ended a call before anything was sent', async (_, code, config, asked, prepare) => {
    const it = setup(config, [{ status: 429, headers: { 'retry-after': '9999' }, afterMs: 500 } as Step, 'hang']);
    if (code !== 'HOLDLINE_THROTTLED' && code !== 'HOLDLINE_DEADLINE') it.wire.script = [200];
    it.told('refused');
    it.told('call');
    await prepare(it);
    const call = it.start(asked);
    await it.clock.run();
    expect(call.error).toMatchObject({ code, attempts: 0 });
    const { callId, route } = it.told('call').find(({ error }) => error === code) as { callId: number; route: string };
    expect(it.told('refused')).toEqual([
      { callId, route, code, retryAt: (call.error as { retryAt?: number }).retryAt },
    ]);
  });

  it('does not report a call that was sent before', async () => {
    const { run, told } = setup({ breaker: { minAttempts: 1 }, governor: false }, ['refused']);
    told('refused');
    const call = await run();
    expect(call.error).toMatchObject({ code: 'HOLDLINE_CIRCUIT_OPEN', attempts: 1 });
    expect(told('refused')).toEqual([]);
  });

  it('reports a permit of an adapter that the queue refuses, at once or after a wait', async () => {
    const { line, told } = setup(one);
    told('refused');
    const ask = (): unknown => line.permit({ method: 'SEND', url: `${ORIGIN}/s` });
    ask();
    const { granted } = line.permit({ method: 'SEND', url: `${ORIGIN}/s` });
    void line.close();
    await expect(granted).rejects.toMatchObject({ code: 'HOLDLINE_CLOSED' });
    expect(ask).toThrow('SEND /s was not sent: the line was closed (close)');
    expect(told('refused')).toMatchObject([{ code: 'HOLDLINE_CLOSED' }, { code: 'HOLDLINE_CLOSED' }]);
  });
});
