import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRIORITIES } from '../../contract/context.js';
import { fingerprint } from '../../crypto/fingerprint.js';
import type { Quota } from './options.js';
import { Bench, maxInWindow, type Reply, type Sent } from './platform.fixture.js';

const PATHS = ['/a', '/b', '/c'];
const TENANTS = ['t1', 't2', 't3'];
const HOSTS = ['https://h1', 'https://h2'];
const CREDENTIAL = 'Bearer secret';
const ROOT = `credential:${fingerprint(CREDENTIAL)}`;

interface Arrival {
  at: number;
  path: string;
  tenant: string;
  host: string;
  priority: (typeof PRIORITIES)[number];
  weight: number;
  reply: Reply;
  abortAfter: number | undefined;
  totalTimeoutMs: number | undefined;
}

const reply: fc.Arbitrary<Reply> = fc
  .tuple(
    fc.oneof(
      { weight: 10, arbitrary: fc.constant<Reply>({}) },
      { weight: 1, arbitrary: fc.constant<Reply>({ status: 500 }) },
      { weight: 1, arbitrary: fc.constant<Reply>({ fails: 'not-sent' }) },
      { weight: 1, arbitrary: fc.constant<Reply>({ fails: 'unknown' }) },
      { weight: 1, arbitrary: fc.constant<Reply>({ status: 429 }) },
      { weight: 1, arbitrary: fc.constant<Reply>({ status: 429, limitKey: 'credential' }) },
      {
        weight: 1,
        arbitrary: fc.constant<Reply>({ status: 429, limitKey: 'entity', headers: { 'retry-after': '1' } }),
      },
      { weight: 1, arbitrary: fc.constant<Reply>({ status: 429, headers: { 'retry-after': '0.3' } }) },
      { weight: 1, arbitrary: fc.constant<Reply>({ status: 503, headers: { 'retry-after': '0.7' } }) },
      { weight: 1, arbitrary: fc.constant<Reply>({ headers: { ratelimit: '"d";r=1;t=1' } }) },
    ),
    fc.nat(500),
  )
  .map(([kind, ms]) => ({ ...kind, ms }));

const arrival: fc.Arbitrary<Arrival> = fc.record({
  at: fc.oneof(fc.nat(3000), fc.constantFrom(0, 100, 1000)),
  path: fc.constantFrom(...PATHS),
  tenant: fc.constantFrom(...TENANTS),
  host: fc.constantFrom(...HOSTS),
  priority: fc.constantFrom(...PRIORITIES),
  weight: fc.constantFrom(1, 1, 1, 2),
  reply,
  abortAfter: fc.option(fc.nat(1500), { nil: undefined, freq: 4 }),
  totalTimeoutMs: fc.option(fc.integer({ min: 50, max: 4000 }), { nil: undefined, freq: 4 }),
});

const entityOf = ({ path, host }: { path: string; host: string }): string => `${path}${host.slice(-1)}`;

/** Quotas of all kinds of scope, named after their scope. */
const KINDS: Record<string, { scope: Quota['scope']; key: (arrival: Arrival) => string }> = {
  credential: { scope: 'credential', key: () => '' },
  route: { scope: 'route', key: ({ path }) => path },
  tenant: { scope: 'tenant', key: ({ tenant }) => tenant },
  host: { scope: 'host', key: ({ host }) => host },
  entity: { scope: ({ url }) => entityOf({ path: url.slice(10), host: url.slice(0, 10) }), key: entityOf },
};

/** The limit holds strictly, in any window: random refusals show no windows to align to. */
const quota: fc.Arbitrary<Quota & { name: string; limit: number }> = fc
  .record({
    name: fc.constantFrom(...Object.keys(KINDS)),
    limit: fc.integer({ min: 2, max: 6 }),
    windowMs: fc.integer({ min: 50, max: 1000 }),
    shape: fc.constantFrom('window' as const, 'smooth' as const),
    enforcement: fc.constant('sliding' as const),
  })
  .map((one) => ({ ...one, scope: KINDS[one.name]?.scope ?? 'credential' }));

const scenario = fc.record({
  quotas: fc.uniqueArray(quota, { maxLength: 4, selector: ({ name }) => name }),
  arrivals: fc.array(arrival, { minLength: 1, maxLength: 60 }),
  updates: fc.array(fc.record({ at: fc.nat(4000), limit: fc.integer({ min: 2, max: 8 }) }), { maxLength: 3 }),
  jumps: fc.array(fc.record({ at: fc.nat(4000), ms: fc.integer({ min: -1e7, max: 1e7 }) }), { maxLength: 3 }),
  maxConcurrent: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  maxQueued: fc.constantFrom(5, 1000),
  overflow: fc.constantFrom('reject' as const, 'shed' as const),
  seed: fc.nat(),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Plays a scenario, and checks the invariants after every step. */
async function play(
  plan: Scenario,
): Promise<{ bench: Bench; byId: Map<string, Arrival>; limits: Map<string, number> }> {
  const { quotas, maxQueued, overflow, maxConcurrent } = plan;
  const bench = new Bench(
    {
      governor: { quotas, maxQueued, overflow },
      ...(maxConcurrent === undefined ? {} : { bulkhead: { maxConcurrent, scope: 'host' } }),
    },
    plan.seed,
  );
  const { clock, line } = bench;
  const byId = new Map<string, Arrival>();
  const limits = new Map(quotas.map(({ name, limit }) => [name, limit]));
  const gates = new Map<string, { until: number; probe: Sent | undefined }>();
  line.on('gateClosed', ({ scope, forMs }) => {
    const gate = gates.get(scope);
    const until = Math.max(gate?.until ?? 0, clock.now() + forMs);
    gates.set(scope, { until, probe: undefined });
  });
  line.on('gateOpened', ({ scope }) => gates.delete(scope));

  const scopesOf = (one: Arrival): string[] => [
    ROOT,
    `route:${ROOT}:GET ${one.path}`,
    `tenant:${one.tenant}`,
    `host:${one.host}`,
    `entity:${entityOf(one)}`,
  ];

  const onSend = (sent: Sent): Reply => {
    const one = byId.get(sent.id) as Arrival;
    const now = clock.now();
    // (d) Nothing is sent after an abort.
    expect(sent.context.signal?.aborted).not.toBe(true);
    for (const scope of scopesOf(one)) {
      const gate = gates.get(scope);
      if (!gate) continue;
      // (e) Nothing is sent before retryAt. (f) Then one probe is sent alone.
      expect(now).toBeGreaterThanOrEqual(gate.until);
      if (gate.probe) expect(gate.probe.endedAt).not.toBe(Infinity);
      gate.probe = sent;
    }
    // (a), (g) Every quota of the call has at most its current limit in use.
    for (const { name, windowMs } of quotas) {
      const key = KINDS[name]?.key as (arrival: Arrival) => string;
      let used = 0;
      for (const other of bench.sent) {
        const gone = other.endedAt + windowMs <= now || (other.reply.fails === 'not-sent' && other.endedAt < Infinity);
        if (!gone && key(byId.get(other.id) as Arrival) === key(one)) used += other.weight;
      }
      expect(used).toBeLessThanOrEqual(limits.get(name) as number);
    }
    if (maxConcurrent !== undefined) {
      const out = bench.sent.filter((other) => other.endedAt === Infinity && byId.get(other.id)?.host === one.host);
      expect(out.length).toBeLessThanOrEqual(maxConcurrent);
    }
    return one.reply;
  };

  const guarded = (sent: Sent): Reply => {
    try {
      return onSend(sent);
    } catch (error) {
      broken.push(error);
      return {};
    }
  };
  const broken: unknown[] = [];

  plan.arrivals.forEach((one, i) => {
    clock.setTimer(one.at, () => {
      const controller = new AbortController();
      const { path, host, tenant, priority, weight, totalTimeoutMs } = one;
      const id = `c${i}`;
      byId.set(id, one);
      const timeout = totalTimeoutMs === undefined ? {} : { totalTimeoutMs };
      void bench.call(id, {
        path,
        host,
        tenant,
        priority,
        weight,
        credential: CREDENTIAL,
        signal: controller.signal,
        reply: guarded,
        ...timeout,
      });
      if (one.abortAfter !== undefined) clock.setTimer(one.abortAfter, () => controller.abort());
    });
  });
  for (const { at, limit } of plan.updates) {
    clock.setTimer(at, () => {
      line.update({ governor: { quotas: quotas.map((one) => ({ ...one, limit })) } });
      for (const { name } of quotas) limits.set(name, limit);
    });
  }
  for (const { at, ms } of plan.jumps) clock.setTimer(at, () => clock.jumpWall(ms));
  await clock.run(100_000);
  if (broken.length > 0) throw broken[0];
  return { bench, byId, limits };
}

describe('random arrivals, failures, aborts, clock jumps and updates', () => {
  it('keep every guarantee of quotas, queue and gates at every moment', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (plan) => {
        const { bench, byId } = await play(plan);
        // (b) Every call settles exactly once, and makes at most one attempt.
        expect(bench.settled.map(({ id }) => id).sort()).toEqual([...byId.keys()].sort());
        expect(new Set(bench.sent.map(({ id }) => id)).size).toBe(bench.sent.length);
        // (c) Nothing is left behind.
        expect(bench.clock.pending).toBe(0);
        expect(bench.line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
        // Refusals are remembered for at most two minutes.
        await bench.clock.advance(200_000);
        for (const scope of bench.line.snapshot().scopes) {
          expect(scope.inFlight).toBe(0);
          for (const { used } of scope.quotas) expect(used).toBe(0);
          expect(scope.learned?.used ?? 0).toBe(0);
        }
        // (h) Equal calls are served in the order of their arrival.
        const last = new Map<string, number>();
        for (const { id } of bench.sent) {
          const { path, host, tenant, priority } = byId.get(id) as Arrival;
          const alike = [path, host, tenant, priority].join();
          const order = [...byId.keys()].indexOf(id);
          expect(order).toBeGreaterThan(last.get(alike) ?? -1);
          last.set(alike, order);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('no window has more attempts than the limit, counted at sending or at any arrival before the answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenario,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (plan, chance) => {
          const { bench, byId } = await play({ ...plan, updates: [] });
          const arrived = bench.sent.filter(({ reply: { fails } }) => fails !== 'not-sent');
          const places = new Map(arrived.map((sent) => [sent, chance.next().value as number]));
          const delays: ((sent: Sent) => number)[] = [() => 0, () => 1, (sent) => places.get(sent) as number];
          for (const { name, limit, windowMs } of plan.quotas) {
            const groups = new Map<string, Sent[]>();
            for (const sent of arrived) {
              const key = KINDS[name]?.key(byId.get(sent.id) as Arrival) ?? '';
              groups.set(key, [...(groups.get(key) ?? []), sent]);
            }
            for (const group of groups.values()) {
              for (const part of delays) {
                const most = maxInWindow(group, windowMs, (sent) => sent.at + part(sent) * (sent.endedAt - sent.at));
                expect(most).toBeLessThanOrEqual(limit);
              }
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('saturated tenants', () => {
  it('get their weighted shares within 5 % over a long run, with any weights of calls', async () => {
    const tenants = fc.array(
      fc.record({ share: fc.integer({ min: 1, max: 8 }), weight: fc.integer({ min: 1, max: 3 }) }),
      {
        minLength: 2,
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(tenants, fc.integer({ min: 1, max: 4 }), async (all, perBurst) => {
        const shares = Object.fromEntries(all.map(({ share }, i) => [`t${i}`, share]));
        const total = all.reduce((sum, { share }) => sum + share, 0);
        const limit = 10 * perBurst;
        const bench = new Bench({ governor: { quotas: [{ limit, windowMs: 100 }], shares, maxQueued: Infinity } });
        const permits = 1500;
        all.forEach(({ weight, share }, i) => {
          const enough = Math.ceil((permits * share * 1.2) / total / weight) + 20;
          for (let n = 0; n < enough; n++)
            void bench.call(`t${i}`, { tenant: `t${i}`, weight, path: PATHS[n % 3] as string });
        });
        await bench.clock.advance((permits / limit) * 100);
        // Attempts before the first wait belong to no share.
        const contended = bench.sent.filter(({ at }) => at > 0);
        const used = contended.reduce((sum, { weight }) => sum + weight, 0);
        all.forEach(({ share }, i) => {
          const mine = contended.filter(({ id }) => id === `t${i}`).reduce((sum, { weight }) => sum + weight, 0);
          const fair = (used * share) / total;
          expect(Math.abs(mine - fair)).toBeLessThanOrEqual(Math.max(0.05 * fair, 6));
        });
      }),
      { numRuns: 15 },
    );
  });

  it('give a permit to every class at least once per agingMs, as long as there are permits', async () => {
    const rates = fc.integer({ min: 5, max: 50 });
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 300, max: 3000 }), async (perSec, agingMs) => {
        const governor = { quotas: [{ limit: perSec, windowMs: 1000, shape: 'smooth' as const, burst: 1 }], agingMs };
        const bench = new Bench({ governor });
        for (const priority of PRIORITIES) void bench.calls(perSec * 12, priority, { priority });
        // Refusals are remembered for at most two minutes.
        await bench.clock.advance(200_000);
        // Three classes may be overdue at once, and every second permit follows the priorities.
        const slack = agingMs + (6 * 1000) / perSec + 1;
        for (const priority of PRIORITIES) {
          let previous = 0;
          for (const { at } of [...bench.sent.filter(({ id }) => id.startsWith(priority)), { at: 10_000 }]) {
            if (priority !== 'high') expect(at - previous).toBeLessThanOrEqual(slack);
            previous = at;
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
