import type { CallContext, HoldlineConfig, Quota } from '@holdline/core';
import { seededRandom } from '@holdline/core/testing';
import type { Redis } from 'ioredis';
import { LineFleet, type Attempt, type Member, type PlatformReply } from '../fixtures/line-fleet.fixture.js';
import { mostWithin } from '../fixtures/most-within.fixture.js';

/** How long faults are injected, ms. */
const TROUBLE_MS = 15_000;
/** Longest time for all calls to settle afterwards, ms. */
const LONGEST_MS = 3_600_000;
const HOSTS = ['https://a.example', 'https://b.example'];
const PATHS = ['users', 'queues', 'slow'];
const TENANTS = ['acme', 'globex', undefined];

/** Seeded random choices. */
class Dice {
  readonly #random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  is(probability: number): boolean {
    return this.#random.next() < probability;
  }

  int(least: number, most: number): number {
    return least + Math.floor(this.#random.next() * (most - least + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T;
  }
}

/** The faults of a run. They decide which bounds hold in it. */
interface Plan {
  readonly config: HoldlineConfig;
  readonly quotas: readonly Quota[];
  readonly processes: number;
  /** The limit that the platform enforces, as a part of the limit that the fleet is given. */
  readonly truth: number;
  readonly failures: number;
  readonly troubles: readonly Trouble[];
}

const TROUBLES = [
  'close',
  'die',
  'freeze',
  'join',
  'lose Redis',
  'drop replies',
  'flush Redis',
  'forget one key',
  'evict ledgers',
  'set the clock',
  'update',
  'hold back',
  'abort',
  'burst',
  'invalid messages',
] as const;
type Trouble = (typeof TROUBLES)[number];

/** Faults under which the ledger knows every attempt, so that no window exceeds the limit. */
const HARMLESS: readonly Trouble[] = ['close', 'die', 'join', 'hold back', 'abort', 'burst', 'invalid messages'];

function makePlan(dice: Dice): Plan {
  const quota = (more: Partial<Quota> = {}): Quota => ({
    limit: dice.pick([1, 2, 3, 5, 7, 10, 11, 13, 17, 19, 29, 37]),
    windowMs: dice.pick([500, 1_000, 1_700, 3_000, 5_000]),
    enforcement: dice.is(0.6) ? 'sliding' : dice.pick(['auto', 'fixed', 'bucket'] as const),
    ...more,
  });
  const smooth = (one: Quota): Quota =>
    dice.is(0.15) ? { ...one, shape: 'smooth', burst: dice.int(1, one.limit as number) } : one;
  const quotas = [smooth(quota())];
  if (dice.is(0.4)) quotas.push(quota({ name: 'second', scope: dice.pick(['credential', 'host', 'tenant'] as const) }));
  if (dice.is(0.2)) quotas.push(quota({ name: 'third', scope: dice.pick(['host', 'tenant'] as const) }));
  if (dice.is(0.05)) quotas.push(quota({ name: 'found', limit: 'discover', enforcement: 'auto', scope: 'host' }));
  const retry = dice.pick<NonNullable<HoldlineConfig['retry']>>([false, 'interactive', 'batch', { maxAttempts: 6 }]);
  const config: HoldlineConfig = {
    governor: {
      quotas,
      ...(dice.is(0.2) && { gateJitterMs: 0 }),
      ...(dice.is(0.1) && { ratePerSec: dice.int(2, 30) }),
    },
    retry,
    breaker: dice.is(0.7) ? false : {},
    ...(dice.is(0.15) && {
      bulkhead: { maxConcurrent: dice.int(1, 4), scope: dice.pick(['credential', 'host'] as const) },
    }),
    ...(dice.is(0.3) && {
      endpoints: { 'GET /slow': { governor: { quotas: [{ limit: 3, windowMs: 1_000, scope: 'route' as const }] } } },
    }),
    ...(dice.is(0.1) && { deadline: { totalTimeoutMs: dice.int(1_000, 20_000) } }),
  };
  const troubles = Array.from({ length: dice.int(0, 6) }, () => dice.pick(TROUBLES));
  return {
    config,
    quotas,
    processes: dice.is(0.1) ? dice.int(6, 10) : dice.int(2, 4),
    truth: dice.is(0.6) ? 1 : dice.pick([0.4, 0.7, 0.9]),
    failures: dice.is(0.5) ? 0 : 0.05,
    troubles,
  };
}

/** A platform that counts attempts in sliding windows, per host and tenant as the quotas say. */
function makePlatform({ quotas, truth, failures }: Plan, dice: Dice): (attempt: Attempt) => PlatformReply {
  const limits = quotas
    .filter(({ limit }) => limit !== 'discover' || truth < 1)
    .map(({ limit, windowMs, scope }) => ({
      limit: Math.max(1, Math.floor((limit === 'discover' ? 10 : limit) * truth)),
      windowMs,
      scope,
      accepted: new Map<string, { at: number; weight: number }[]>(),
    }));
  return ({ at, url, weight, tenant }) => {
    const afterMs = dice.is(0.03) ? dice.int(2_000, 8_000) : dice.int(5, 120);
    if (dice.is(failures)) return { status: dice.pick([0, 0, -1, 500, 504]), afterMs };
    if (dice.is(failures / 2)) return { status: 503, afterMs, headers: { 'retry-after': String(dice.int(1, 3)) } };
    const counted = limits.map((one) => {
      const key = one.scope === 'host' ? new URL(url).origin : one.scope === 'tenant' ? String(tenant) : '';
      const list = (one.accepted.get(key) ?? []).filter((earlier) => earlier.at > at - one.windowMs);
      one.accepted.set(key, list);
      return { ...one, list };
    });
    if (truth < 1)
      for (const { list, limit, windowMs } of counted) {
        if (list.reduce((sum, one) => sum + one.weight, 0) + Math.min(weight, limit) <= limit) continue;
        const waitMs = (list[0]?.at ?? at) + windowMs - at;
        return {
          status: 429,
          afterMs,
          ...(dice.is(0.8) && { headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } }),
        };
      }
    for (const { list } of counted) list.push({ at, weight });
    return { status: 200, afterMs };
  };
}

/** Result of a run. */
export interface ChaosRun {
  readonly seed: number;
  readonly calls: number;
  readonly exchanges: number;
  readonly virtualMs: number;
  readonly faults: readonly string[];
  readonly plan: string;
}

/** Runs random lines, a random platform and random faults, all derived from the seed. */
export async function chaosRun(redis: Redis, seed: number): Promise<ChaosRun> {
  const dice = new Dice(seed);
  const plan = makePlan(dice);
  const onLoss = dice.pick(['share', 'share', 'refuse', 'open'] as const);
  const fleet = new LineFleet(redis, `chaos${seed}`, plan.config, seed, plan.processes, onLoss);
  fleet.latencyMs = dice.pick([0, 2, 5, 40]);
  fleet.reply = makePlatform(plan, dice);
  let started = 0;
  const aborts: AbortController[] = [];
  const least = Math.min(...plan.quotas.map(({ limit }) => (limit === 'discover' ? 10 : limit)));
  const call = (member: Member): void => {
    if (member.isDead || member.isClosed) return;
    const context: CallContext = {};
    if (dice.is(0.2) && least > 1) context.weight = dice.int(1, least);
    const tenant = dice.pick(TENANTS);
    if (tenant !== undefined) context.tenant = tenant;
    if (dice.is(0.2)) context.priority = dice.pick(['high', 'low', 'background'] as const);
    if (dice.is(0.1)) context.totalTimeoutMs = dice.int(100, 10_000);
    if (dice.is(0.1)) {
      const abort = new AbortController();
      aborts.push(abort);
      context.signal = abort.signal;
    }
    started++;
    member.pending++;
    const ended = (): void => {
      member.pending--;
    };
    member.call(`${dice.pick(HOSTS)}/${dice.pick(PATHS)}`, context).then(ended, ended);
  };
  // Uneven demand: some processes make a few calls over time, some many at once.
  for (const member of fleet.members) {
    const n = dice.is(0.3) ? dice.int(0, 2) : dice.int(5, 25);
    for (let i = 0; i < n; i++)
      member.after(dice.is(0.5) ? dice.int(0, 200) : dice.int(0, TROUBLE_MS), () => call(member));
  }
  for (const trouble of plan.troubles) {
    const at = dice.int(0, TROUBLE_MS);
    const forMs = dice.int(100, 6_000);
    const some = (): Member => dice.pick(fleet.members);
    fleet.simulation.schedule(at, async () => {
      switch (trouble) {
        case 'close':
          return some().close();
        case 'die':
          some().isDead = true;
          return;
        case 'freeze':
          some().frozenUntil = fleet.now + forMs;
          return;
        case 'join':
          return call(fleet.join());
        case 'lose Redis':
          fleet.lostUntil = fleet.now + forMs;
          fleet.simulation.schedule(fleet.lostUntil + 1, () => fleet.reconnect());
          return;
        case 'drop replies':
          fleet.drops += dice.int(1, 3);
          return;
        case 'flush Redis':
          return fleet.deleteKeys();
        case 'forget one key': {
          const key = dice.pick(['places', 'ticks', 'processes', 'waiting', 'served']);
          return fleet.deleteKeys((one) => one.endsWith(key));
        }
        case 'evict ledgers':
          fleet.evicts = true;
          fleet.simulation.schedule(fleet.now + forMs, () => void (fleet.evicts = false));
          return;
        case 'set the clock':
          fleet.redisJumpMs += dice.pick([-60_000, -3_000, -100, 100, 3_000, 60_000]);
          return;
        case 'update': {
          const quotas = plan.quotas.map((one) =>
            one.limit === 'discover' ? one : { ...one, limit: one.limit + dice.int(0, 5) },
          );
          some().update({ governor: { quotas } });
          return;
        }
        case 'hold back':
          some().line.holdBack({ method: 'GET', url: `${dice.pick(HOSTS)}/${dice.pick(PATHS)}` }, forMs);
          return;
        case 'abort':
          for (const abort of aborts.splice(0)) abort.abort();
          return;
        case 'burst':
          for (let i = 0; i < 10; i++) call(some());
          return;
        case 'invalid messages':
          fleet.publish((news) => news.onGate([...fleet.scopes][0] ?? 'none', dice.pick([Infinity, NaN, -1])));
          fleet.publish((news) => news.onChange([...fleet.scopes][0] ?? 'none'));
      }
    });
  }
  await fleet.run(TROUBLE_MS);
  const waits = (): boolean => fleet.members.some(({ isDead, pending }) => !isDead && pending > 0);
  await fleet.run(LONGEST_MS, () => !waits());
  if (waits() && fleet.faults.length === 0) {
    const open = fleet.members.map(
      ({ id, isDead, pending }) => `p${id} ${isDead ? 'died with' : 'waits for'} ${pending}`,
    );
    fleet.faults.push(`calls that did not settle after ${fleet.now} ms: ${open.join(', ')}`);
  }
  fleet.faults.push(...(await fleet.findFractions()), ...findOverruns(fleet, plan));
  for (const member of fleet.members) member.isDead = true;
  return {
    seed,
    calls: started,
    exchanges: fleet.exchanges,
    virtualMs: fleet.now,
    faults: fleet.faults,
    plan: JSON.stringify({ ...plan, onLoss, latencyMs: fleet.latencyMs }),
  };
}

/** Finds windows that exceed the limit, unless a fault of the run allows it. */
function findOverruns({ attempts }: LineFleet, { quotas, troubles }: Plan): string[] {
  if (!troubles.every((trouble) => HARMLESS.includes(trouble))) return [];
  const found: string[] = [];
  for (const { limit, windowMs, scope = 'credential', enforcement } of quotas) {
    if (limit === 'discover' || enforcement !== 'sliding') continue;
    const groups = new Map<string, (Attempt & { status: number })[]>();
    for (const attempt of attempts) {
      // The platform does not count refused and unsent attempts.
      if (attempt.status === -1 || attempt.status === 429 || attempt.status === 503) continue;
      const { origin } = new URL(attempt.url);
      const key = scope === 'tenant' ? String(attempt.tenant) : origin;
      groups.set(key, [...(groups.get(key) ?? []), attempt]);
    }
    for (const [key, group] of groups) {
      const most = mostWithin(group, windowMs);
      if (most > limit) found.push(`${most} permits of ${limit} in ${windowMs} ms (${scope} ${key})`);
    }
  }
  return found;
}
