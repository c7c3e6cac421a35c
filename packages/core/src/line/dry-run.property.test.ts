import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallContext, HoldlineConfig } from '../index.js';
import { VirtualClock } from '../testing.js';
import { type Setup, setup, type Step, Wire } from './transport.fixture.js';

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      status: fc.constantFrom(200, 200, 200, 400, 401, 404, 429, 500, 503, 504),
      headers: fc.constantFrom({}, { 'retry-after': '2' }, { 'retry-after': '100' }),
      afterMs: fc.constantFrom(0, 50, 3_000, 20_000),
      threw: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('refused', 'reset') },
);

const policies = fc.record<HoldlineConfig>({
  governor: fc.constantFrom<NonNullable<HoldlineConfig['governor']>[]>(
    false,
    {},
    { quotas: [{ limit: 2, windowMs: 1_000 }] },
    { quotas: [{ limit: 3, windowMs: 5_000, scope: 'tenant' }], maxQueued: 3 },
    { quotas: [{ limit: 1, windowMs: 2_000 }], maxQueued: 2, overflow: 'shed' },
  ),
  bulkhead: fc.constantFrom<NonNullable<HoldlineConfig['bulkhead']>[]>(false, { maxConcurrent: 2 }),
  retry: fc.constantFrom<NonNullable<HoldlineConfig['retry']>[]>(false, 'interactive', { statuses: [500] }),
  breaker: fc.constantFrom<NonNullable<HoldlineConfig['breaker']>[]>(false, {}, { minAttempts: 2, openMs: 500 }),
  deadline: fc.constantFrom({}, { totalTimeoutMs: 2_500 }, { attemptTimeoutMs: 1_000 }),
  // A key would take a random number, and shift the jitter of gates.
  idempotency: fc.constant(false),
});

const asked = fc.record({
  gapMs: fc.constantFrom(0, 0, 10, 500, 4_000),
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  url: fc.constantFrom('/a', '/b'),
  replayable: fc.boolean(),
  priority: fc.constantFrom(undefined, 'high' as const, 'low' as const),
  tenant: fc.constantFrom(undefined, 'acme', 'bolt'),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

/** The reaction to a call does not depend on when, or in which order, the calls arrive. */
const scriptOf =
  (steps: readonly Step[]) =>
  ({ headers }: { headers: Record<string, string> }): Step =>
    steps[Number(headers['x-id']) % steps.length] as Step;

const requestOf = ({ method, url, replayable, priority, tenant }: Asked, id: number): Parameters<Setup['start']>[0] => {
  const context: CallContext = { ...(priority && { priority }), ...(tenant && { tenant }) };
  return { method, url, replayable, payload: String(id), headers: { 'X-Id': String(id) }, context };
};

/** Plays a world with a line. */
async function play(config: HoldlineConfig, calls: readonly Asked[], steps: readonly Step[]): Promise<Setup> {
  const it = setup(config, scriptOf(steps));
  for (const name of ['callStarted', 'dryRun', 'queued', 'refused', 'retry'] as const) it.told(name);
  for (const [i, call] of calls.entries()) {
    await it.clock.advance(call.gapMs);
    it.start(requestOf(call, i));
  }
  await it.clock.run();
  return it;
}

/** Plays the same world with a client that nothing guards. */
async function playBare(calls: readonly Asked[], steps: readonly Step[]): Promise<Wire> {
  const clock = new VirtualClock();
  const wire = new Wire(clock, scriptOf(steps));
  for (const [i, call] of calls.entries()) {
    await clock.advance(call.gapMs);
    void wire.request(requestOf(call, i)).send({} as never);
  }
  await clock.run();
  return wire;
}

const worlds = (config: fc.Arbitrary<HoldlineConfig>, one: fc.Arbitrary<Step>) =>
  [config, fc.array(one, { minLength: 1, maxLength: 20 }), fc.array(asked, { minLength: 1, maxLength: 15 })] as const;

describe('for any policies, platform and callers, a dry run', () => {
  it('sends what a client without a line sends, at the same times, and leaves no state behind', async () => {
    await fc.assert(
      fc.asyncProperty(...worlds(policies, step), async (config, steps, calls) => {
        const bare = await playBare(calls, steps);
        const { wire, line, clock } = await play({ ...config, dryRun: true }, calls, steps);
        expect(wire.sent).toEqual(bare.sent);
        expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0, listenerFailures: 0 });
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('decides about the first call with a decision as the line does with its policies on', async () => {
    await fc.assert(
      fc.asyncProperty(...worlds(policies, step), async (config, steps, calls) => {
        const real = await play(config, calls, steps);
        const dry = await play({ ...config, dryRun: true }, calls, steps);
        const place = (one: Setup, callId: number): number =>
          one.told('callStarted').findIndex((started) => started.callId === callId);
        const first = dry.told('dryRun')[0];
        if (!first) {
          expect([real.told('queued'), real.told('refused'), real.told('retry')]).toEqual([[], [], []]);
          return;
        }
        const at = place(dry, first.callId);
        const isFirst = ({ callId }: { callId: number }): boolean => place(real, callId) === at;
        if (first.action === 'wait')
          expect(real.told('queued').find(isFirst)).toMatchObject({ estimatedMs: first.forMs, waitsFor: first.reason });
        if (first.action === 'refuse') expect(real.told('refused').find(isFirst)).toMatchObject({ code: first.error });
        // A wait at a gate counts as a part of the delay in a dry run only.
        if (first.action === 'retry') expect(real.told('retry').find(isFirst)).toMatchObject({ reason: first.reason });
      }),
      { numRuns: 300 },
    );
  });

  it('decides about every call as the line does with its policies on, if the platform accepts all', async () => {
    // Trials of the counting learn from the answers after a wait, which a dry run does not have.
    const enforcement = 'sliding';
    const accepting = fc.record<HoldlineConfig>({
      governor: fc.constantFrom<NonNullable<HoldlineConfig['governor']>[]>(
        { quotas: [{ limit: 2, windowMs: 1_000, enforcement }] },
        { quotas: [{ limit: 2, windowMs: 5_000, scope: 'tenant', enforcement }], maxQueued: 3 },
        { quotas: [{ limit: 1, windowMs: 2_000, enforcement }], maxQueued: 2, overflow: 'shed' },
        { quotas: [{ limit: 3, windowMs: 1_000, shape: 'smooth', burst: 1 }] },
      ),
    });
    const accepted = fc.constantFrom<Step[]>(200, { status: 200, afterMs: 40 });
    await fc.assert(
      fc.asyncProperty(...worlds(accepting, accepted), async (config, steps, calls) => {
        // An answer that comes after a wait shifts the window of the platform, so all answers take equally long.
        const same = steps.slice(0, 1);
        const real = await play(config, calls, same);
        const dry = await play({ ...config, dryRun: true }, calls, same);
        const order = (one: Setup): Map<number, number> =>
          new Map(one.told('callStarted').map(({ callId }, i) => [callId, i]));
        const [realOrder, dryOrder] = [order(real), order(dry)];
        const waits = real.told('queued').map(({ callId, estimatedMs }) => [realOrder.get(callId), estimatedMs]);
        const refusals = real.told('refused').map(({ callId, code }) => [realOrder.get(callId), code]);
        const told = dry.told('dryRun');
        const dryWaits = told.filter(({ action }) => action === 'wait');
        const dryRefusals = told.filter(({ action }) => action === 'refuse');
        expect(dryWaits.map(({ callId, forMs }) => [dryOrder.get(callId), forMs])).toEqual(waits);
        expect(dryRefusals.map(({ callId, error }) => [dryOrder.get(callId), error]).sort()).toEqual(refusals.sort());
      }),
      { numRuns: 300 },
    );
  });
});
