import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callInfo, isHoldlineError, type HoldlineConfig } from '../index.js';
import { setup, type Running, type Step } from './transport.fixture.js';

/** Statuses after which it is unknown whether the platform executed the request. */
const UNKNOWN = [408, 502, 503, 504];

const status = fc.record({
  status: fc.constantFrom(200, 200, 200, 400, 401, 404, 408, 429, 500, 502, 503, 504),
  headers: fc.constantFrom(
    {},
    {},
    { 'retry-after': '0' },
    { 'retry-after': '2' },
    { 'retry-after': '999999' },
    { 'retry-after': '-1' },
  ),
  afterMs: fc.constantFrom(0, 0, 50, 3_000, 20_000),
  threw: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: status },
  { weight: 1, arbitrary: fc.constantFrom('refused', 'reset', 'hang') },
);

const config = fc.record<HoldlineConfig>({
  governor: fc.constantFrom<NonNullable<HoldlineConfig['governor']>[]>(
    false,
    {},
    { quotas: [{ limit: 2, windowMs: 1_000 }] },
    { quotas: [{ limit: 3, windowMs: 5_000 }], maxQueued: 3 },
  ),
  retry: fc.constantFrom<NonNullable<HoldlineConfig['retry']>[]>(
    false,
    'interactive',
    'batch',
    { jitter: 'none', baseDelayMs: 100 },
    { backoff: [0] },
    { statuses: [500] },
  ),
  breaker: fc.constantFrom<NonNullable<HoldlineConfig['breaker']>[]>(
    false,
    {},
    { minAttempts: 3, openMs: 500, probes: 1 },
    { minAttempts: 2, queued: 'keep' },
  ),
  idempotency: fc.constantFrom<NonNullable<HoldlineConfig['idempotency']>[]>(false, {}, { always: true }),
});

const asked = fc.record({
  gapMs: fc.constantFrom(0, 0, 10, 500, 4_000),
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH'),
  url: fc.constantFrom('/a', '/b', '/keyed'),
  replayable: fc.constantFrom(true, true, false),
  totalTimeoutMs: fc.constantFrom(Infinity, 100, 2_500, 60_000),
  abortAfterMs: fc.constantFrom(undefined, undefined, 0, 40, 1_500),
  transaction: fc.constantFrom(undefined, 't'),
});

describe('for any behaviour of the platform, the network and the callers', () => {
  it('every call ends once and sends nothing afterwards, no state is left, and no write runs twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        config,
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.array(asked, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (chosen, steps, calls, managed) => {
          let granting = 0;
          let most = 0;
          const played = new Map<string, { at: number; step: Step }[]>();
          let n = 0;
          const it = setup(
            {
              ...chosen,
              endpoints: { 'POST /keyed': { keyed: true } },
              ...(managed
                ? {
                    token: {
                      refreshBeforeExpiryMs: 200,
                      grant: async () => {
                        most = Math.max(most, ++granting);
                        await new Promise<void>((resolve) => void it.clock.setTimer(30, resolve));
                        granting--;
                        return { accessToken: `t${n}`, expiresInMs: 1_000 };
                      },
                    },
                  }
                : {}),
            },
            (sent) => {
              const next = steps[n++ % steps.length] as Step;
              const id = sent.headers['x-id'] as string;
              played.set(id, [...(played.get(id) ?? []), { at: sent.at, step: next }]);
              return next;
            },
          );
          const running: Running[] = [];
          for (const [
            i,
            { gapMs, method, url, replayable, totalTimeoutMs, abortAfterMs, transaction },
          ] of calls.entries()) {
            await it.clock.advance(gapMs);
            const abort = new AbortController();
            // 'hang' ends only with an abort.
            const tolerance = Math.min(totalTimeoutMs, 3_600_000);
            running.push(
              it.start({
                method,
                url,
                replayable,
                signal: abort.signal,
                payload: String(i),
                headers: { 'X-Id': String(i) },
                context: { totalTimeoutMs: tolerance, ...(transaction ? { transaction: `${transaction}${i}` } : {}) },
              }),
            );
            if (abortAfterMs !== undefined) it.clock.setTimer(abortAfterMs, () => abort.abort(new Error('enough')));
          }
          await it.clock.run();

          for (const [i, { at, value, error }] of running.entries()) {
            const { method, url, replayable } = calls[i] as (typeof calls)[number];
            const attempts = played.get(String(i)) ?? [];
            expect(at).toBeDefined();
            for (const attempt of attempts) expect(attempt.at).toBeLessThanOrEqual(at as number);
            if (!replayable) expect(attempts.length).toBeLessThanOrEqual(1);
            const info = callInfo(error ?? value);
            expect(info?.attempts).toBe(attempts.length);
            if (isHoldlineError(error)) expect(error.route).toBe(`${method} ${url}`);
            const maybeExecuted = attempts.findIndex(
              ({ step: was }) =>
                was === 'reset' ||
                was === 'hang' ||
                (typeof was === 'object' &&
                  (was.status < 400 ||
                    (UNKNOWN.includes(was.status) && !(was.status === 503 && 'retry-after' in (was.headers ?? {}))))),
            );
            const keyed = method === 'POST' && url === '/keyed' && chosen.idempotency !== false;
            if (maybeExecuted >= 0 && (method === 'POST' || method === 'PATCH') && !keyed)
              expect(attempts).toHaveLength(maybeExecuted + 1);
          }
          expect(it.line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0, listenerFailures: 0 });
          expect(it.clock.pending).toBe(0);
          expect(most).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 400 },
    );
  });
});
