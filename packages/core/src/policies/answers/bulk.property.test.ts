import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHoldline, PRIORITIES, type HoldlineEvents, type Priority } from '../../index.js';
import { type Running, track } from '../../line/transport.fixture.js';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '../../testing.js';
import { type Native, UserPlatform, USERS } from './bulk.fixture.js';

const KNOWN = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** `bad` makes each list with it fail. */
const IDS = [...KNOWN, 'inactive', 'missing', 'bad', 'broken'];
const FAILURES = [400, 403, 404, 413, 429, 500, 503, 'reset', 'no JSON', undefined, undefined, undefined] as const;

interface Caller {
  readonly at: number;
  readonly id: string;
  readonly credential: string;
  readonly tenant: string | undefined;
  readonly priority: Priority;
  readonly expand: string | undefined;
  /** Milliseconds after which the caller aborts, or its budget ends. */
  readonly abortsAfter: number | undefined;
  readonly budget: number | undefined;
}

const caller: fc.Arbitrary<Caller> = fc.record({
  at: fc.integer({ min: 0, max: 30 }),
  id: fc.constantFrom(...IDS),
  credential: fc.constantFrom('A', 'B'),
  tenant: fc.constantFrom('t1', 't2', undefined),
  priority: fc.constantFrom(...PRIORITIES),
  expand: fc.constantFrom(undefined, undefined, 'presence'),
  abortsAfter: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined, freq: 4 }),
  budget: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined, freq: 6 }),
});

const world = fc.record({
  callers: fc.array(caller, { minLength: 2, maxLength: 40 }),
  max: fc.integer({ min: 1, max: 7 }),
  withinMs: fc.constantFrom(0, 1, 5),
  platformMax: fc.integer({ min: 1, max: 8 }),
  latencyMs: fc.constantFrom(0, 3, 10),
  losesExpand: fc.boolean(),
  isPaced: fc.boolean(),
  failures: fc.array(fc.constantFrom(...FAILURES), { minLength: 1, maxLength: 12 }),
});

it('each caller gets the result that it would get without bulk reads', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const clock = new VirtualClock();
      const line = createHoldline({
        clock,
        random: seededRandom(1),
        retry: false,
        breaker: false,
        governor: given.isPaced ? { quotas: [{ limit: 3, windowMs: 10 }] } : false,
        endpoints: { 'GET /users/:id': { bulk: { ...USERS, max: given.max, withinMs: given.withinMs } } },
      });
      clock.afterEachStep(() => assertNoStalledCalls(line));
      const platform = new UserPlatform(clock).add(...KNOWN, 'bad');
      platform.users.set('inactive', { id: 'inactive', state: 'inactive' });
      platform.max = given.platformMax;
      platform.afterMs = given.latencyMs;
      platform.losesExpand = given.losesExpand;
      platform.marksOwner = true;
      platform.failSingle = (id) => (id === 'broken' ? 500 : undefined);
      let lists = 0;
      let failure: (typeof FAILURES)[number];
      platform.failList = (ids) => {
        failure = given.failures[lists++ % given.failures.length];
        if (ids.includes('bad')) return 400;
        return failure === 'no JSON' ? undefined : failure;
      };
      platform.changeList = (body) => (failure === 'no JSON' ? '<html>' : body);
      const events: HoldlineEvents['bulkRead'][] = [];
      line.on('bulkRead', (event) => void events.push(event));

      const calls: { asked: Caller; running: Running }[] = [];
      for (const asked of given.callers) {
        clock.setTimer(asked.at, () => {
          const { id, credential, tenant, priority, expand, abortsAfter, budget } = asked;
          const abort = new AbortController();
          if (abortsAfter !== undefined) clock.setTimer(abortsAfter, () => abort.abort());
          const request = platform.request({
            url: `/users/${id}${expand ? `?expand=${expand}` : ''}`,
            headers: { authorization: credential },
            context: { priority, ...(tenant && { tenant }), ...(budget && { totalTimeoutMs: budget }) },
            signal: abort.signal,
          });
          calls.push({ asked, running: track(clock, line.run(request)) });
        });
      }
      await clock.run();

      expect(calls).toHaveLength(given.callers.length);
      for (const { asked, running } of calls) checkResult(asked, running);
      expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
      expect(Math.max(0, ...platform.lists.map((ids) => ids.length))).toBeLessThanOrEqual(given.max);
      for (const ids of platform.lists) expect(new Set(ids).size).toBe(ids.length);
      // A list that answers nobody is the only request that a line without bulk reads would not make.
      const useless = events.filter(({ answered }) => answered === 0).length;
      expect(platform.table.length).toBeLessThanOrEqual(calls.length + useless);
      const { requests, answered } = line.snapshot().answers.bulk;
      expect(requests).toBe(events.length);
      expect(answered).toBe(events.reduce((sum, event) => sum + event.answered, 0));
    }),
    { numRuns: 300 },
  );
});

function checkResult({ at, id, credential, tenant, expand, abortsAfter, budget }: Caller, running: Running): void {
  const { value, error, at: endedAt } = running;
  expect(endedAt, 'the end of the call').toBeDefined();
  if ((error as Error | undefined)?.name === 'AbortError') return expect(endedAt).toBe(at + (abortsAfter as number));
  if ((error as { code?: string } | undefined)?.code !== undefined) {
    // With a quota the call may be refused before its budget ends.
    expect(budget, 'a call without a budget').toBeDefined();
    return expect(endedAt).toBeLessThanOrEqual(at + (budget as number));
  }
  const { status, body } = (value ?? error) as Native;
  const fields = { ...(expand && { [expand]: `${expand} of ${id}` }), owner: `${credential} ${tenant}` };
  const expected =
    id === 'broken'
      ? [500, { message: 'failed broken' }]
      : id === 'missing'
        ? [404, { message: 'no user missing' }]
        : id === 'inactive'
          ? [200, { id, state: 'inactive', ...fields }]
          : [200, { id, name: `User ${id}`, ...fields }];
  expect([status, JSON.parse(body as string)]).toEqual(expected);
  expect(error === undefined).toBe(status === 200);
}
