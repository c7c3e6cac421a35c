import { describe, expect, it } from 'vitest';
import { ConfigError, createHoldline, definePolicy, PHASES, type Phase, type Policy } from '../index.js';
import { orderPolicies, checkPlaces } from './order.js';
import { setup } from '../line/transport.fixture.js';

const policy = (name: string, phase: Phase, more: Partial<Policy> = {}): Policy => ({
  name,
  phase,
  create: () => (call, next) => next(call),
  ...more,
});
const order = (...policies: Policy[]): string[] => orderPolicies(policies).map(({ name }) => name);

describe('the order of policies', () => {
  it('follows the phases, for any order of use', () => {
    const all = PHASES.map((phase) => policy(phase, phase));
    expect(order(...[...all].reverse())).toEqual([...PHASES]);
  });

  it.each<[string, Policy[], string[]]>([
    ['the given order', [policy('a', 'retry'), policy('b', 'retry')], ['a', 'b']],
    ['before', [policy('a', 'retry'), policy('b', 'retry', { before: 'a' })], ['b', 'a']],
    ['after', [policy('a', 'retry', { after: 'b' }), policy('b', 'retry')], ['b', 'a']],
    [
      'a chain',
      [policy('a', 'retry', { after: 'b' }), policy('b', 'retry', { after: 'c' }), policy('c', 'retry')],
      ['c', 'b', 'a'],
    ],
    [
      'between',
      [policy('a', 'retry'), policy('b', 'retry'), policy('c', 'retry', { after: 'a', before: 'b' })],
      ['a', 'c', 'b'],
    ],
    ['after a missing policy', [policy('a', 'retry', { after: 'x' })], ['a']],
  ])('inside a phase follows %s', (_, policies, expected) => expect(order(...policies)).toEqual(expected));

  it.each<[string, Policy[], RegExp]>([
    ['two policies of one name', [policy('a', 'retry'), policy('a', 'send')], /'a' is used twice/],
    ['the name of a built-in policy', [policy('retry', 'observe')], /'retry' is used twice/],
    ['a circle', [policy('a', 'send', { before: 'b' }), policy('b', 'send', { before: 'a' })], /contradict/],
    [
      'a policy before and after the same policy',
      [policy('a', 'send', { before: 'b', after: 'b' }), policy('b', 'send')],
      /contradict/,
    ],
    ['a policy before itself', [policy('a', 'send', { before: 'a' })], /contradict|'before' or 'after' 'a'/],
    ['a neighbour that does not exist', [policy('a', 'send', { before: 'x' })], /'x'/],
    ['a neighbour of another phase', [policy('a', 'send', { before: 'retry' })], /not in phase 'send'/],
  ])('refuses %s', (_, policies, message) => {
    expect(() => checkPlaces(policies)).toThrow(message);
    const line = createHoldline();
    expect(() => policies.forEach((one) => line.use(one))).toThrow(ConfigError);
  });

  it('does not change after a refused `use`', () => {
    const line = createHoldline({ governor: false }).use(policy('a', 'send'));
    expect(() => line.use(policy('a', 'send'))).toThrow(ConfigError);
    expect(() =>
      line.use(
        policy('b', 'send', {
          create: () => {
            throw new Error('bug');
          },
        }),
      ),
    ).toThrow('bug');
    expect(() => line.use(policy('b', 'send', { create: () => 7 as never }))).toThrow(ConfigError);
    for (const nonsense of [
      undefined,
      null,
      7,
      'retry',
      {},
      { name: 'x' },
      { name: 'x', phase: 'early', create: () => 1 },
    ]) {
      expect(() => line.use(nonsense as never)).toThrow(ConfigError);
    }
    expect(
      line.explain({ method: 'GET', url: '/a' }).policies.filter(({ name }) => ['a', 'b', 'x'].includes(name)),
    ).toHaveLength(1);
  });

  it('does not depend on a built-in neighbour that a route or an update switches off', async () => {
    const { line, run } = setup({ governor: false, endpoints: { 'GET /plain': { retry: false } } });
    line.use(policy('mine', 'retry', { before: 'retry' }));
    const names = (url: string): string[] => line.explain({ method: 'GET', url }).policies.map(({ name }) => name);
    expect(names('/a')).toEqual(['deadline', 'idempotency', 'mine', 'retry', 'breaker']);
    expect(names('/plain')).toEqual(['deadline', 'idempotency', 'mine', 'breaker']);
    line.update({ retry: false });
    expect(names('/a')).toEqual(['deadline', 'idempotency', 'mine', 'breaker']);
    expect((await run()).value).toEqual({ status: 200 });
  });
});

describe('a custom policy', () => {
  it('runs once per call in phases up to retry, and once per attempt from authorize on', async () => {
    const seen: string[] = [];
    const { line, run } = setup(
      {
        retry: { jitter: 'none', baseDelayMs: 1 },
        governor: { gateJitterMs: 0 },
        token: { grant: () => Promise.resolve({ accessToken: 'x' }) },
      },
      [504, 401, 200],
    );
    for (const phase of PHASES) {
      line.use(
        policy(phase, phase, { name: `my-${phase}`, create: () => (call, next) => (seen.push(phase), next(call)) }),
      );
    }
    await run();
    const counts = Object.fromEntries(PHASES.map((phase) => [phase, seen.filter((one) => one === phase).length]));
    expect(counts).toEqual({
      observe: 1,
      answer: 1,
      deadline: 1,
      identify: 1,
      // Inside of the built-in retry: once per iteration; further inside also once per replay after a 401.
      retry: 2,
      authorize: 3,
      break: 3,
      govern: 3,
      sign: 3,
      send: 3,
    });
    expect(seen.slice(0, 10)).toEqual([...PHASES]);
  });

  it('gets its options and the ports once per line', async () => {
    const created: unknown[] = [];
    const mine = definePolicy<{ n: number }>({
      name: 'mine',
      phase: 'observe',
      create: (options, { clock, random, store }) => {
        created.push(options, clock.now(), typeof random.next(), typeof store.journal.get);
        return (call, next) => next(call);
      },
    });
    const { line, run } = setup({ governor: false });
    line.use(mine({ n: 7 }));
    await run();
    await run({ url: '/b' });
    expect(created).toEqual([{ n: 7 }, 0, 'number', 'function']);
    expect(line.explain({ method: 'GET', url: '/a' }).policies[0]).toEqual({
      name: 'mine',
      phase: 'observe',
      options: { n: 7 },
    });
  });

  it('may answer a call itself, which then sends nothing and takes no permit', async () => {
    const { line, run, wire } = setup({ governor: { quotas: [{ limit: 1, windowMs: 1_000 }] } });
    line.use(
      policy('kept-answers', 'answer', {
        create: () => () => Promise.resolve({ kind: 'ok', value: 'cached', threw: false } as never),
      }),
    );
    expect((await run()).value).toBe('cached');
    expect([wire.sent.length, line.snapshot().scopes]).toEqual([0, []]);
  });

  it.each(PHASES)('fails its call without a leak when it throws in phase %s', async (phase) => {
    const { line, run, clock } = setup({
      governor: { quotas: [{ limit: 1, windowMs: 60_000 }] },
      deadline: { totalTimeoutMs: 5_000 },
    });
    let faulty = true;
    line.use(
      policy('faulty', phase, {
        create: () => (call, next) => {
          if (faulty) throw new Error('bug');
          return next(call);
        },
      }),
    );
    const call = await run();
    expect((call.error as Error).message).toBe('bug');
    expect(call.at).toBe(0);
    expect(clock.pending).toBe(0);
    expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
    faulty = false;
    await line.drain();
    expect((await run()).value).toEqual({ status: 200 });
    expect(clock.now()).toBe(0);
  });
});

describe('definePolicy', () => {
  it.each<[unknown, string]>([
    [{ name: 'x', phase: 'early', create: () => 1 }, "policy.phase must be 'observe'"],
    [{ name: '', phase: 'send', create: () => 1 }, 'policy.name'],
    [{ name: 'x', phase: 'send' }, 'policy.create is missing'],
    [{ phase: 'send', create: () => 1 }, 'policy.name is missing'],
    [{ name: 'x', phase: 'send', create: 1 }, 'policy.create must be a function'],
    [{ name: 'x', phase: 'send', create: () => 1, inside: 'y' }, 'policy.inside is not known'],
    [undefined, 'policy must be an object'],
  ])('%j is a ConfigError', (definition, message) => {
    expect(() => definePolicy(definition as never)).toThrow(ConfigError);
    expect(() => definePolicy(definition as never)).toThrow(message);
  });
});
